/**
 * What a run holds, in a real browser with the real server: files, tensors, tables, pictures, evaluations and output.
 */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { chromium } from 'playwright-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { makeMediaWorld } from '../support/media-world.ts'
import { oneColumn, parquetPage } from '../support/parquet-file.ts'
import { makeWorld, MLV, WORLD_VARIABLES } from '../support/world.ts'
import type { World } from '../support/world.ts'
import { CHROMIUM, openPage } from './browser.ts'

const GOLDEN = join(import.meta.dirname, '../golden/readers/pyarrow-25.0.1/files')
const CANARY = '<img src=x onerror="document.title=1">'

describe.skipIf(CHROMIUM === undefined)('what a run holds', () => {
  let browser: Browser | undefined
  beforeAll(async () => {
    if (CHROMIUM !== undefined)
      browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] })
  })
  afterAll(async () => browser?.close())

  async function openWorld(
    world: World,
  ): Promise<{ page: Page; ids: readonly string[]; go: (hash: string) => Promise<void> }> {
    if (browser === undefined) throw new Error('the browser was not started')
    const page = await openPage(browser, await startUi(world.folder))
    await page.getByRole('link', { name: 'Models' }).waitFor()
    const base = page.url().split('#')[0] ?? ''
    const { runs } = world.json('ls') as { readonly runs: readonly { readonly run: { readonly id: string } }[] }
    return {
      page,
      ids: runs.map(({ run }) => run.id).reverse(),
      go: async (hash) => {
        await page.goto(`${base}#/${hash}`)
      },
    }
  }

  test('files, pictures, evaluations and output of a run, and of two side by side', async () => {
    const { page, ids, go } = await openWorld(makeMediaWorld())
    const [first = '', second = ''] = ids
    await checkFiles(page, go, first)
    await checkMedia(page, go, first)
    await checkEvaluations(page, go, [first, second])
    await checkOutput(page, go, first)
    await checkCompared(page, go, [first, second])
    await checkVersions(page, go)
  }, 30_000)

  test('what a live run prints is followed', async () => {
    const world = makeMediaWorld({ seeds: [] })
    const wait = 'until [ -e go ]; do sleep 0.05; done'
    world.write(
      'slow.sh',
      `for i in $(seq 300); do echo "line $i"; done\n${wait}\necho "step 301 came later"\nrm go\n${wait}\n`,
    )
    const ended = world.start('run', '-m', 'slow', '--', 'sh', 'slow.sh')
    const { page } = await openWorld(world)
    await page.getByRole('link', { name: 'slow' }).click()
    await page.getByRole('button', { name: 'Output' }).click()
    // The end is in sight, and stays there.
    await page.getByRole('log').getByText('line 300', { exact: true }).waitFor()
    await page.getByLabel('Search the output').fill('half a w')
    world.write('go', '')
    await page.getByRole('log').getByText('step 301 came later').waitFor()
    expect(await page.getByLabel('Search the output').inputValue()).toBe('half a w')
    await page.getByLabel('Search the output').fill('came later')
    await page.keyboard.press('Enter')
    await page.getByText('1 of 1').waitFor()
    world.write('go', '')
    expect(await ended).toMatchObject({ exitCode: 0 })
  }, 30_000)

  test('Parquet comes by rows, with every digit; a column that cannot be read says why', async () => {
    const world = makeWorld()
    world.mlv('init')
    world.write('kept/flat.parquet', readFileSync(join(GOLDEN, 'flat.parquet')))
    world.write('kept/odd.parquet', oneColumn(1, parquetPage({ body: new Uint8Array(8), values: 2, encoding: 99 }), 2))
    expect(world.mlv('commit', '-m', 'tables', '--artifact', 'kept').exitCode).toBe(0)
    const { page, ids, go } = await openWorld(world)
    await go(`run/${ids[0]}?tab=files&open=kept%2Fflat.parquet`)
    const table = page.getByRole('grid', { name: /flat/ })
    await table.getByText('9223372036854775807', { exact: true }).waitFor()
    await table.getByRole('button', { name: 'i64' }).click()
    await expect.poll(() => table.getByRole('gridcell').nth(1).textContent()).toBe('-9223372036854775808')
    await page.getByLabel('Search cells').fill('12345678.90')
    await page.getByLabel('Search cells').press('Enter')
    await page.getByText('1 row found', { exact: false }).waitFor()
    await go(`run/${ids[0]}?tab=files&open=kept%2Fodd.parquet`)
    await page.getByText('x is not shown: encoding 99 is not read').waitFor()
  }, 30_000)

  test('names, cells, captions and lines are texts, whatever they say', async () => {
    const { page, ids, go } = await openWorld(hostileWorld())
    const [run = ''] = ids
    await go(`run/${run}?tab=files&open=kept%2Fcells.csv`)
    await page.getByRole('grid').getByText(CANARY).first().waitFor()
    await go(`run/${run}?tab=media`)
    await page.getByText(`caption ${CANARY}`).waitFor()
    await page.getByText('Not shown: only whole PNG').first().waitFor()
    await page.getByText(`text ${CANARY}`).waitFor()
    await go(`run/${run}?tab=evaluation`)
    await page.getByRole('rowheader', { name: CANARY }).first().waitFor()
    await go(`run/${run}?tab=log`)
    await page.getByRole('log').getByText(CANARY).waitFor()
    expect(await page.locator('img[src="x"], script:not([src])').count()).toBe(0)
    expect(await page.title()).not.toBe('1')
  }, 30_000)
})

type Go = (hash: string) => Promise<void>

async function checkFiles(page: Page, go: Go, run: string): Promise<void> {
  await go(`run/${run}?tab=files`)
  await page.getByRole('treeitem').getByText('out/').click()
  await page.getByLabel('Search files').fill('weights')
  await page.getByRole('button', { name: /weights\.safetensors/ }).click()
  await page.getByText('11,', { exact: false }).or(page.getByText('10,944')).first().waitFor()
  const tensors = page.getByRole('grid', { name: 'Tensors' })
  await tensors.getByText('encoder.layers.0.attention.weight').waitFor()
  // Of eighty tensors only those in sight are part of the document.
  expect(await tensors.getByRole('row').count()).toBeLessThan(60)
  await page.getByLabel('Search tensors').fill('head')
  await tensors.getByText('head.old').waitFor()
  expect(page.url()).toContain('open=out%2Fmodel%2Fweights.safetensors')

  await go(`run/${run}?tab=files&open=tables%2Fpredictions.csv`)
  const table = page.getByRole('grid', { name: /predictions/ })
  await table.getByText('item, 0', { exact: true }).waitFor()
  await table.getByRole('button', { name: 'score' }).click()
  await table.getByRole('button', { name: 'score ↑' }).click()
  await table.getByRole('button', { name: 'score ↓' }).waitFor()
  await expect.poll(async () => Number(await table.getByRole('gridcell').nth(3).textContent())).toBeGreaterThan(0.99)
  await page.getByRole('button', { name: 'Text', exact: true }).click()
  await page.getByText('id,name,score,passed').waitFor()
}

async function checkMedia(page: Page, go: Go, run: string): Promise<void> {
  await go(`run/${run}?tab=media`)
  const samples = page.getByRole('region', { name: 'Images of samples' })
  await samples.getByText('after 25 steps').waitFor()
  await expect.poll(() => samples.locator('img').evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(48)
  await page.getByRole('slider', { name: 'Step' }).press('Home')
  await samples.getByText('after 0 steps').waitFor()
  expect(page.url()).toContain('step=0')
  await page.getByRole('button', { name: 'All steps' }).click()
  await expect.poll(() => samples.locator('img').count()).toBe(6)
  await samples.getByRole('button', { name: 'Show samples large' }).nth(1).click()
  await page.getByRole('dialog').getByText('after 5 steps').waitFor()
  await page.keyboard.press('ArrowRight')
  await page.getByRole('dialog').getByText('after 10 steps').waitFor()
  await page.keyboard.press('Escape')
  await page.getByText('at step 5, <b>somebody</b> trained').waitFor()
}

async function checkEvaluations(page: Page, go: Go, [first, second]: readonly [string, string]): Promise<void> {
  await go(`run/${first}?tab=evaluation`)
  const matrix = page.getByRole('table', { name: 'Confusion matrix' })
  await matrix.getByTitle('actual cat, predicted cat: 83').waitFor()
  await page.getByText('Precision, recall and what was mixed up').click()
  await page.getByRole('table', { name: 'Scores of each class' }).getByRole('rowheader', { name: 'frog' }).waitFor()
  const roc = page.getByRole('region', { name: 'Evaluation tables/roc.jsonl' })
  await roc.getByText('0.7990').waitFor()
  await roc.getByText('The numbers').click()
  await roc.getByRole('columnheader', { name: 'True positive rate' }).waitFor()

  await go(`compare?runs=${first},${second}&tab=evaluation`)
  await roc.getByText('seed 2').waitFor()
  await expect.poll(() => roc.locator('polyline').count()).toBe(2)
  await expect.poll(() => page.getByRole('table', { name: 'Confusion matrix' }).count()).toBe(2)
}

async function checkOutput(page: Page, go: Go, run: string): Promise<void> {
  await go(`run/${run}?tab=log`)
  const log = page.getByRole('log')
  await log.getByText('step 3 ').first().waitFor()
  expect(await log.locator('.ansi-2').first().textContent()).toBe('INFO')
  await page.getByLabel('Search the output').fill('step 12')
  await page.keyboard.press('Enter')
  await page.getByText('1 of 1').waitFor()
  await page.getByRole('button', { name: /^stderr/ }).click()
  await log.getByText('the learning rate is 1e-3').first().waitFor()
  await log.getByRole('button', { name: 'Link to line 2' }).click()
  expect(page.url()).toContain('line=2')

  await go(`run/${run}?tab=log&step=21`)
  await page.getByText('the nearest step').waitFor()
  await log.locator('.is-target').getByText('step 21', { exact: true }).click()
  // And back from a point of the chart to what was printed there.
  await page
    .getByRole('region', { name: 'Chart of loss' })
    .locator('.u-over')
    .click({ position: { x: 80, y: 60 } })
  const back = page.getByRole('link', { name: /^Output at step \d+$/ })
  const step = (await back.innerText()).replace('Output at step ', '')
  await back.click()
  await log.locator('.is-target').getByText(`step ${step}`, { exact: true }).waitFor()
}

async function checkCompared(page: Page, go: Go, [first, second]: readonly [string, string]): Promise<void> {
  await go(`compare?runs=${first},${second}&tab=media&table=tables%2Fpredictions.csv`)
  const pictures = page.getByRole('region', { name: 'Images of samples' })
  await expect.poll(() => pictures.locator('img').count()).toBe(2)
  await page.getByRole('button', { name: 'Swipe' }).click()
  await page.getByRole('slider', { name: 'How much of the other run' }).fill('20')
  await expect.poll(() => pictures.locator('.overlay-top').getAttribute('style')).toContain('80%')

  const table = page.getByRole('grid', { name: /of both runs/ })
  await table.getByRole('img', { name: 'changed' }).first().waitFor()
  await page.getByRole('button', { name: /^equal/ }).click()
  await table.getByRole('img', { name: 'equal' }).first().waitFor()
  await expect.poll(() => table.getByRole('img', { name: 'changed' }).count()).toBe(0)
  await page.getByText('1 only here').waitFor()
  await page.getByText('1 only there').waitFor()
}

async function checkVersions(page: Page, go: Go): Promise<void> {
  await go('model/net?tab=files&open=out%2Fmodel%2Fweights.safetensors')
  await page.getByLabel('Beside').selectOption({ label: 'v1' })
  await page.getByText('20 changed').waitFor()
  await page.getByRole('combobox', { name: 'Version' }).selectOption({ label: 'v1' })
  await page.getByText('10,944').waitFor()
}

/** A run whose every word is markup. */
function hostileWorld(): World {
  const world = makeMediaWorld({ seeds: [] })
  const log = [
    { image: 'bad', path: 'bad.png', caption: `caption ${CANARY}`, step: 1 },
    { image: 'drawn', path: 'drawn.svg', step: 1 },
    {
      table: 'confusion',
      columns: ['actual', 'predicted'],
      rows: [
        [CANARY, 'x'],
        ['x', CANARY],
      ],
    },
    { text: 'said', value: `text ${CANARY}` },
    { artifact: 'kept' },
  ]
  world.write('kept/cells.csv', `${CANARY},b\n${CANARY},2\n`)
  world.write('bad.png', `<!doctype html>${CANARY}`)
  world.write('drawn.svg', `<svg xmlns="http://www.w3.org/2000/svg"><script>document.title=1</script></svg>`)
  world.write('log.jsonl', log.map((line) => `${JSON.stringify(line)}\n`).join(''))
  world.write('train.sh', `cat log.jsonl >> "$MLV_RUN_DIR/log.jsonl"\nprintf '%s\\n' '${CANARY}'\n`)
  const { exitCode, stderr } = world.mlv('run', '-m', CANARY, '--', 'sh', 'train.sh')
  if (exitCode !== 0) throw new Error(stderr)
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
