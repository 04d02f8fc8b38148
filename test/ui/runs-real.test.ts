/**
 * The table of runs and the server of `mlv ui` together, on runs that were recorded as a user records them.
 */
import { spawn } from 'node:child_process'
import process from 'node:process'
import { chromium } from 'playwright-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { MLV, WORLD_VARIABLES, makeWorld } from '../support/world.ts'
import type { World } from '../support/world.ts'
import { CHROMIUM, openPage } from './browser.ts'

const SETTINGS = `experiment: digits
params: [params.yaml]
series: [history.jsonl]
goals: { loss: min, auc: max }
`
/** Two seeds of each of three settings; the last one is the best. */
const RUNS = [
  { lr: 0.1, optimizer: 'sgd', loss: 0.9, auc: 0.6 },
  { lr: 0.1, optimizer: 'sgd', loss: 0.8, auc: 0.62 },
  { lr: 0.01, optimizer: 'adam', loss: 0.5, auc: 0.8 },
  { lr: 0.01, optimizer: 'adam', loss: 0.4, auc: 0.7 },
  { lr: 0.01, optimizer: 'adam w', loss: 0.3, auc: 0.9 },
]

/** A page, and a way to another address of it as a link leads there. */
interface Opened {
  readonly page: Page
  readonly at: (hash: string) => Promise<void>
}

describe.skipIf(CHROMIUM === undefined)('the table of real runs', () => {
  let browser: Browser | undefined
  beforeAll(async () => {
    if (CHROMIUM === undefined) return
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] })
  })
  afterAll(async () => browser?.close())
  const open = async (world = worldOfRuns()): Promise<Opened> => {
    if (browser === undefined) throw new Error('the browser was not started')
    const page = await openPage(browser, await startUi(world.folder))
    await page.getByText('5 runs').waitFor()
    const at = async (hash: string): Promise<void> => {
      await page.goto(page.url().replace(/#.*|$/, hash))
      await page.reload()
    }
    return { page, at }
  }

  test('a filter is completed with fields and values, and applied while it is typed', async () => {
    const { page } = await open()
    await page.keyboard.press('/')
    await page.keyboard.type('optim')
    await page.getByRole('option', { name: 'param.optimizer' }).waitFor()
    await page.keyboard.press('Tab')
    await page.getByRole('option', { name: '!=' }).waitFor()
    await page.keyboard.type('= ad')
    await page.getByRole('option', { name: /"adam w"/ }).waitFor()
    expect(await page.locator('#filter-suggestions li').allInnerTexts()).toEqual(['adam\n2 runs', '"adam w"\n1 run'])
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    // Nothing was sent off: what reads is applied.
    await page.getByText('1 run', { exact: true }).waitFor()
    await page.waitForURL(/filter=param\.optimizer/)
    expect(await page.getByLabel('Filter of runs').inputValue()).toBe('param.optimizer = "adam w" ')
    await page.goBack()
    await page.getByText('5 runs').waitFor()
  })

  test('the best run comes first, with a star and a curve; groups have means; only what differs is shown', async () => {
    const { page, at } = await open()
    await page.getByLabel('Best by').selectOption('metric.loss')
    await page.waitForURL(/sort=metric\.loss/)
    await page.waitForFunction(() => document.querySelector('.grid-row .run-name')?.textContent.includes('run 4'))
    await page.getByRole('row').nth(1).locator('.best', { hasText: '0.3000' }).waitFor()
    await page.getByRole('button', { name: 'Curves' }).click()
    await page.locator('.grid-row').first().locator('.sparkline').first().waitFor()

    await at('#/runs?group=param.lr&sort=metric.loss')
    const first = page.getByRole('row').nth(1)
    await first.getByText('3 runs').waitFor()
    expect(await first.innerText()).toMatch(/0\.01/)
    await first.locator('.best', { hasText: '0.40' }).waitFor()
    await first.getByRole('button', { name: 'Runs of this group' }).click()
    await page.getByRole('link', { name: 'run 4' }).waitFor()
    expect(await page.getByRole('grid').getAttribute('aria-rowcount')).toBe('6')

    await at('#/runs?cols=name%0Aparam.lr%0Aparam.optimizer')
    await page.getByRole('button', { name: 'Columns' }).click()
    await page.getByLabel('Search columns').fill('/^au/')
    await page.getByRole('checkbox', { name: /auc/ }).check()
    await page.keyboard.press('Escape')
    await page.getByRole('columnheader').getByText('auc').waitFor()
    for (const key of ['j', 'x', 'j', 'x', 'd']) await page.keyboard.press(key)
    // The two newest have one learning rate and two optimizers.
    await page.getByRole('columnheader').getByText('lr').waitFor({ state: 'detached' })
    expect(await page.getByRole('columnheader').getByText('optimizer').count()).toBe(1)
    await page.keyboard.press('c')
    await page.waitForURL(/#\/compare/)
  })

  test('a view that is saved in one browser opens in another', async () => {
    const world = worldOfRuns()
    const { page, at } = await open(world)
    await at('#/runs?filter=metric.loss+%3C+0.6&sort=-metric.auc')
    await page.getByText('3 runs').waitFor()
    await page.getByRole('button', { name: 'Views' }).click()
    await page.getByLabel('Name of this view').fill('good-ones')
    await page.getByRole('button', { name: 'Save this view' }).click()
    await page.getByRole('button', { name: 'good-ones', exact: true }).waitFor()
    const other = await open(world)
    await other.page.getByRole('button', { name: 'Views' }).click()
    await other.page.getByRole('button', { name: 'good-ones', exact: true }).click()
    await other.page.getByText('3 runs').waitFor()
    await expect.poll(() => other.page.locator('.run-name a').allInnerTexts()).toEqual(['run 4', 'run 2', 'run 3'])
  })
})

function worldOfRuns(): World {
  const world = makeWorld()
  world.write('mlv.yaml', SETTINGS)
  world.mlv('init')
  for (const [index, { lr, optimizer, loss, auc }] of RUNS.entries()) {
    world.write('params.yaml', `lr: ${lr}\noptimizer: ${optimizer}\n`)
    const lines = Array.from(
      { length: 20 },
      (_, step) => `{"step":${step},"loss":${loss + 1 - step / 19},"auc":${auc}}\n`,
    )
    world.write('history.jsonl', lines.join(''))
    const { exitCode, stderr } = world.mlv('commit', '-m', `run ${index}`)
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
