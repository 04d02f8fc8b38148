/**
 * What a run comes from and how two differ, on the pages of a real `mlv ui`: the way from the best run to production,
 * code, lineage, and nothing cut off on a phone.
 */
import { spawn } from 'node:child_process'
import process from 'node:process'
import { chromium } from 'playwright-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { makeChurnWorld, MLV, train, WORLD_VARIABLES } from '../support/world.ts'
import type { World } from '../support/world.ts'
import { CHROMIUM, openPage } from './browser.ts'

const HOSTILE = '<img src=x onerror="document.title=\'taken\'">'

describe.skipIf(CHROMIUM === undefined)('relations', () => {
  let browser: Browser | undefined
  beforeAll(async () => {
    if (CHROMIUM !== undefined)
      browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] })
  })
  afterAll(async () => browser?.close())

  const open = async (world: World, width = 1400): Promise<Page> => {
    if (browser === undefined) throw new Error('the browser was not started')
    const page = await openPage(browser, await startUi(world.folder), { width })
    // The link leads on by itself; before that there is no page to go on from.
    await page.waitForURL(/\/s\//)
    return page
  }

  test('from the table to the best run, why it is the best, into production and back', async () => {
    const world = churn()
    world.mlv('promote', 'churn@v1', 'production', '--reason', 'the first')
    const page = await open(world)
    await page.getByLabel('Best by').selectOption({ label: 'auc' })
    await page.getByRole('link', { name: 'wider' }).click()

    const standing = page.getByRole('region', { name: 'How it stands' })
    await standing.getByText('★ Best').first().waitFor()
    expect(await standing.getByRole('listitem').first().textContent()).toBe(
      '★ Best of 3 runs of churn by last value of auc, where more is better: 0.9500. ' +
        '0.04 ahead of the next, bolder (0.9100).',
    )
    await standing.getByRole('link', { name: 'Promote churn@v2…' }).click()
    const dialog = page.getByRole('dialog', { name: 'Promote churn@v2' })
    expect(await dialog.getByRole('row', { name: /^auc/ }).textContent()).toBe('auc0.90000.9500+0.05 (+5.6%) better')
    // Whoever came here has only to say why.
    await page.keyboard.type('best on all metrics')
    await dialog.getByRole('button', { name: 'Promote v2 to production' }).click()
    await page.getByText('best on all metrics').waitFor()
    expect(world.json('models', 'churn')).toMatchObject({
      aliases: [{ name: 'production', version: { number: 2 }, reason: 'best on all metrics' }],
    })

    await page.getByRole('button', { name: 'Roll back…' }).click()
    await page.getByText("'production' names v2 now, and v1 again after that.").waitFor()
    await page.getByText('2 metrics become worse.').waitFor()
    await page.getByLabel('Reason').fill('it was a test')
    await page.keyboard.press('Control+Enter')
    await page.getByText('the first').waitFor()
    await page.getByRole('button', { name: /^History/ }).click()
    await page.getByText('it was a test').waitFor()
    expect(world.json('models', 'churn')).toMatchObject({ aliases: [{ version: { number: 1 } }] })

    // The third run is not the best, but better than what is in production now.
    await page.goto(`${page.url().split('#')[0] ?? ''}#/run/churn@v3`)
    const third = standing.getByRole('link', { name: 'Promote churn@v3…' })
    await expect.poll(() => third.getAttribute('class')).toBe('button primary')
    world.mlv('promote', 'churn@v2', 'production')
    await expect.poll(() => third.getAttribute('class')).toBe('button')
  })

  test('from the best run to what it changes in production, and into production from there', async () => {
    const world = churn()
    world.mlv('promote', 'churn@v1', 'production', '--reason', 'the first')
    train(world, { lr: 0.3, auc: 0.97, loss: 0.03 })
    world.write('params.yaml', `lr: 0.3\n${[1, 2, 3, 4, 5, 6].map((layer) => `m${layer}: ${layer}\n`).join('')}`)
    world.mlv('commit', '-m', 'deeper')
    const page = await open(world)
    const base = page.url().split('#')[0] ?? ''
    await page.goto(`${base}#/run/churn@v4`)
    const standing = page.getByRole('region', { name: 'How it stands' })
    await standing.getByText('★ Best').first().waitFor()
    await standing.getByRole('link', { name: 'Compare with production' }).click()
    await expect.poll(() => decodeURIComponent(page.url())).toContain('#/compare?runs=churn@v1,churn@v4')

    const [before, after] = ['baseline', 'deeper'].map((name) => page.getByRole('columnheader', { name }).first())
    if (before === undefined || after === undefined) throw new Error('two columns')
    await before.getByRole('link', { name: 'churn@v1 production' }).waitFor()
    expect(await before.getByRole('button', { name: /Promote/ }).count()).toBe(0)
    await after.getByRole('link', { name: 'churn@v4', exact: true }).waitFor()

    // Before it is confirmed the dialog leads back to both, and nothing is written.
    const promote = after.getByRole('button', { name: 'Promote… churn@v4' })
    await promote.click()
    const dialog = page.getByRole('dialog', { name: 'Promote churn@v4' })
    const changed = dialog.getByRole('region', { name: 'What changed' })
    await changed.getByRole('definition').first().waitFor()
    expect(await changed.getByRole('definition').allTextContents()).toEqual([
      ['lr 0.1 → 0.3', 'm1 none → 1', 'm2 none → 2', 'm3 none → 3', 'm4 none → 4', 'and 3 more'].join(''),
      'the same',
      'differs',
    ])
    await changed.getByRole('link', { name: 'compare with v1' }).click()
    await expect.poll(() => dialog.count()).toBe(0)
    expect(world.json('models', 'churn')).toMatchObject({ aliases: [{ version: { number: 1 } }] })

    await promote.click()
    await dialog.getByLabel('Reason').fill('deeper is better')
    await dialog.getByRole('button', { name: 'Promote v4 to production' }).click()
    await after.getByRole('link', { name: 'churn@v4 production' }).waitFor()
    await before.getByRole('button', { name: 'Promote… churn@v1' }).waitFor()
    expect(world.json('models', 'churn')).toMatchObject({
      aliases: [{ name: 'production', version: { number: 4 }, reason: 'deeper is better' }],
    })

    // The same from the page of the model, where the dialog is part of the address.
    await page.goto(`${base}#/model/churn?promote=2`)
    const second = page.getByRole('dialog', { name: 'Promote churn@v2' })
    await second.getByRole('link', { name: 'compare with v4' }).click()
    await expect.poll(() => decodeURIComponent(page.url())).toContain('#/compare?runs=churn@v4,churn@v2')
    await page.getByRole('columnheader', { name: 'wider' }).waitFor()
    expect(await second.count()).toBe(0)
  })

  test('the code of a run is held against others and the worktree, and a link leads to a file', async () => {
    const world = churn()
    world.write(`odd ${HOSTILE.replaceAll('/', '')}.py`, 'x = 1\n')
    world.write('train.py', 'rate = 0.3\nprint("now")\n')
    const page = await open(world)
    const base = page.url().split('#')[0] ?? ''
    await page.goto(`${base}#/run/churn@v2?tab=code`)
    const file = page.getByRole('region', { name: 'Changes of train.py' })
    await file.getByText('rate = 0.2').waitFor()
    expect(await file.locator('mark').allTextContents()).toEqual([])
    await page.getByLabel('What to hold it against').selectOption('worktree:')
    await file.getByText('rate = 0.3').waitFor()
    expect(await file.locator('mark').allTextContents()).toEqual(['0.2', 'training', '0.3', 'now'])
    expect(await page.getByRole('region', { name: /^Changes of odd/ }).textContent()).toContain(HOSTILE.slice(0, 9))
    await page.getByRole('button', { name: 'Side by side' }).click()
    await file.locator('table.split').waitFor()
    await page.goto(`${base}#/diff?base=churn@v1&head=churn@v3&file=train.py`)
    await page.getByText('rate = 1.0').waitFor()
    await page.getByRole('button', { name: 'Swap' }).click()
    await expect.poll(() => page.url()).toContain('base=churn%40v3&head=churn%40v1')
    await page.goto(`${base}#/diff?base=git:nothing&head=@`)
    await page.getByText("this clone has no commit 'nothing'").waitFor()
  })

  test('lineage is drawn and listed, and leads on', async () => {
    const world = churn()
    world.mlv('promote', 'churn@v2', 'production')
    const page = await open(world)
    const base = page.url().split('#')[0] ?? ''
    await page.goto(`${base}#/run/churn@v2?tab=lineage`)
    const graph = page.getByRole('group', { name: /^Lineage/ })
    await graph.getByRole('link', { name: 'alias production' }).waitFor()
    expect(await graph.getByRole('link').allTextContents()).toEqual([
      expect.stringContaining('wider'),
      expect.stringContaining('data.csv'),
      expect.stringContaining('churn@v2'),
      expect.stringContaining('production'),
    ])
    await page.getByRole('button', { name: 'List' }).click()
    await page.getByRole('cell', { name: 'data data.csv' }).waitFor()
    await page.getByRole('button', { name: 'Graph' }).click()
    await graph.getByRole('link', { name: 'data data.csv' }).click()
    // What came of the data: all three runs.
    await expect.poll(() => graph.getByRole('link', { name: /^run / }).count()).toBe(3)
  })

  test('names are text, and nothing is cut off at the width of a phone', async () => {
    const world = churn()
    world.mlv('commit', '-m', HOSTILE, '--model', 'churn=model')
    const page = await open(world, 400)
    const base = page.url().split('#')[0] ?? ''
    for (const hash of [
      '#/run/@',
      '#/run/churn@v2?tab=code',
      '#/run/churn@v2?tab=environment',
      '#/run/@?tab=lineage',
      '#/run/@?tab=data',
      '#/compare?runs=churn@v1,churn@v2,@',
      '#/compare?runs=churn@v1,churn@v2&tab=code&layout=split',
      '#/diff?base=churn@v1&head=churn@v2',
      '#/lineage?of=churn@v2&shown=list',
      '#/model/churn',
      '#/model/churn?promote=2',
      '#/model/churn?tab=history',
    ]) {
      // What was shown before is gone, and cannot be taken for it.
      await page.goto('about:blank')
      await page.goto(base + hash)
      await page.locator('main :is(.card, table, svg)').first().waitFor()
      const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      expect([hash, over]).toEqual([hash, 0])
    }
    expect(await page.title()).not.toBe('taken')
  })
})

/** Three runs that each made a version; the second is the best, and each has code of its own. */
function churn(): World {
  const world = makeChurnWorld()
  world.write('mlv.yaml', `${world.read('mlv.yaml')}datasets: [data.csv]\n`)
  world.write('data.csv', 'a,b\n1,2\n')
  for (const [lr, auc, message] of [
    [0.1, 0.9, 'baseline'],
    [0.2, 0.95, 'wider'],
    [1, 0.91, 'bolder'],
  ] as const) {
    world.write('train.py', `rate = ${lr.toFixed(1)}\nprint("training")\n`)
    train(world, { lr, auc, loss: 1 - auc })
    const { exitCode, stderr } = world.mlv('commit', '-m', message)
    if (exitCode !== 0) throw new Error(stderr)
  }
  return world
}

/** Starts the command as a user does, until the test ends. The link it prints. */
function startUi(folder: string): Promise<string> {
  const env = { ...process.env, ...WORLD_VARIABLES }
  const child = spawn(process.execPath, [MLV, 'ui', '--no-open', '--json'], { cwd: folder, env })
  onTestFinished(async () => {
    const ended = new Promise((done) => child.once('exit', done))
    child.kill('SIGINT')
    await ended
  })
  return new Promise((resolve, reject) => {
    let printed = ''
    child.stdout.on('data', (chunk: Buffer) => {
      printed += chunk.toString()
      const link = /"url": *"([^"]+)"/.exec(printed)?.[1]
      if (link !== undefined) resolve(link)
    })
    child.once('exit', (code) => reject(new Error(`mlv ui ended with ${code}: ${printed}`)))
  })
}
