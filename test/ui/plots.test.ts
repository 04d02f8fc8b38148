/**
 * Plots in a real browser, on the server of `mlv ui`, of runs whose story is known.
 */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { chromium } from 'playwright-core'
import type { Browser, Download, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { paretoFront } from '../../src/domain/statistics/pareto.ts'
import { sweptRuns, sweptWorld } from '../support/swept-runs.ts'
import { startUi } from '../support/ui-server.ts'
import type { World } from '../support/world.ts'
import { CHROMIUM, openPage } from './browser.ts'

const RUNS = sweptRuns(32)
const PAGES = resolve(import.meta.dirname, '..', '..', 'dist', 'ui')

describe.skipIf(CHROMIUM === undefined)('plots', () => {
  let browser: Browser | undefined
  beforeAll(async () => {
    if (CHROMIUM !== undefined)
      browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] })
  })
  afterAll(async () => browser?.close())

  test('from a brush to a filter of the terminal, a front, a box plot and what counts', async () => {
    if (browser === undefined) throw new Error('the browser was not started')
    const world = await sweptWorld(RUNS)
    const page = await openPage(browser, await pagesOf(world))
    await page.getByText(`${RUNS.length} runs`, { exact: true }).waitFor()
    await expectBrushes(page, world)
    await expectFront(page)
    await expectGroups(page)
    await expectImportance(page)
  }, 60_000)
})

/** The server of this process with the pages as they are built; a link to them. */
async function pagesOf(world: World): Promise<string> {
  const read = (name: string): string => readFileSync(resolve(PAGES, name), 'utf8')
  const assets = { 'index.html': read('index.html'), 'app.js': read('app.js'), 'app.css': read('app.css') }
  return (await startUi(world.folder, { assets })).issueLink()
}

/** What is in the filter of the address. */
function filterOf(page: Page): string {
  return new URLSearchParams(page.url().split('?')[1]).get('filter') ?? ''
}

async function expectBrushes(page: Page, world: World): Promise<void> {
  await page.getByRole('button', { name: 'Parallel' }).click()
  const axis = page.locator('.axis-area[data-field="metric.auc"]')
  // The upper part of the axis: the best runs.
  const box = (await axis.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 }
  await page.mouse.move(box.x + 10, box.y + 2)
  await page.mouse.down()
  await page.mouse.move(box.x + 10, box.y + box.height / 4, { steps: 4 })
  // Followed while it is drawn, before there is a filter.
  await page.getByText(/\d+ of 32 runs are within the brushes/).waitFor()
  expect(filterOf(page)).toBe('')
  await page.mouse.up()
  await page.waitForURL(/filter=/)
  expect(filterOf(page)).toMatch(/^metric\.auc >= 0\.\d+$/)
  // And a second axis, by its menu and without a pointer.
  await page.getByRole('button', { name: /^Axis optimizer/ }).press('Enter')
  await page.getByRole('group', { name: 'Axis optimizer' }).getByRole('checkbox', { name: 'adam' }).check()
  await page.waitForURL(/optimizer\+in|optimizer%20in/)
  const filter = filterOf(page)
  expect(filter).toMatch(/^metric\.auc >= 0\.\d+ and param\.optimizer in \("adam"\)$/)

  const least = Number(/>= ([\d.]+)/.exec(filter)?.[1])
  const kept = RUNS.filter(({ auc, optimizer }) => auc >= least && optimizer === 'adam').length
  expect(kept).toBeGreaterThan(0)
  await page.getByText(`${kept} of 32 runs are within the brushes`).waitFor()
  expect((await page.locator('.brushed-line code').innerText()).startsWith("mlv ls -f 'metric.auc >= ")).toBe(true)
  expect((world.json('ls', '-f', filter) as { runs: unknown[] }).runs.length).toBe(kept)

  // An axis goes to another place by keys, and the table follows the brushes.
  const heads = (): Promise<readonly string[]> => page.locator('.axis-name > span').allInnerTexts()
  const [first] = await heads()
  await page.getByRole('button', { name: `Axis ${first ?? ''}:`, exact: false }).press('ArrowRight')
  await expect.poll(async () => (await heads())[1]).toBe(first)
  await page.getByRole('button', { name: 'Table' }).first().click()
  await page.getByText(`${kept} run`, { exact: false }).first().waitFor()
  await page.getByRole('button', { name: 'Clear the filter' }).click()
}

async function expectFront(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Scatter' }).click()
  await page.getByLabel('x', { exact: true }).selectOption('metric.latency_ms')
  await page.getByLabel('y', { exact: true }).selectOption('metric.auc')
  await page.getByRole('button', { name: 'Pareto front' }).click()
  const front = page.getByRole('region', { name: 'Pareto front' })
  const points = RUNS.map(({ latencyMs, auc }) => ({ x: latencyMs, y: auc }))
  // What is better was declared with the runs: less latency, more auc.
  const expected = paretoFront(points, { x: 'min', y: 'max' }).map((index) => `trial ${index}`)
  await expect.poll(() => front.getByRole('link').allInnerTexts()).toEqual(expected)
  await front.getByRole('button', { name: /^Select/ }).click()
  await page.getByText(`${expected.length} selected`).waitFor()
  await page.getByRole('button', { name: 'Select none' }).click()

  const picture = page.getByRole('img', { name: '32 runs by latency_ms and auc' })
  await picture.waitFor()
  const tools = page.getByRole('group', { name: 'This plot' })
  const svg = await saved(page, () => tools.getByRole('button', { name: 'SVG' }).click())
  expect(svg.match(/<circle /g)?.length).toBe(RUNS.length + expected.length)
  const csv = await saved(page, () => tools.getByRole('button', { name: 'CSV' }).click())
  expect(csv.split('\r\n').length).toBe(RUNS.length + 2)

  // The other way round there is another front.
  await page.getByLabel('better x').selectOption('max')
  const other = paretoFront(points, { x: 'max', y: 'max' }).map((index) => `trial ${index}`)
  await expect.poll(() => front.getByRole('link').allInnerTexts()).toEqual(other)
}

async function saved(page: Page, click: () => Promise<void>): Promise<string> {
  const [download] = await Promise.all<[Promise<Download>, Promise<void>]>([page.waitForEvent('download'), click()])
  return readFileSync(await download.path(), 'utf8')
}

async function expectGroups(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Groups' }).click()
  await page.getByLabel('by').selectOption('param.optimizer')
  const lines = page.getByRole('button', { name: /^Select (adam|sgd):/ })
  await expect.poll(() => lines.count()).toBe(2)
  const names = await lines.evaluateAll((all) => all.map((one) => one.getAttribute('aria-label') ?? ''))
  const count = (name: string): number => RUNS.filter(({ optimizer }) => optimizer === name).length
  expect(names[0]).toContain(`adam: ${count('adam')} runs, mean auc 0.`)
  expect(names[1]).toContain(`sgd: ${count('sgd')} runs`)
  await lines.first().click()
  await page.getByText(`${count('adam')} selected`).waitFor()
  await page.getByRole('button', { name: 'Bars' }).click()
  await page.waitForURL(/gk=bar/)
  await page.getByRole('group', { name: 'This plot' }).getByRole('button', { name: 'Table' }).click()
  await page.getByRole('row', { name: new RegExp(`adam ${count('adam')} 0`) }).waitFor()
}

async function expectImportance(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Importance' }).click()
  await page.getByText(/R² 0\.\d\d \(/).waitFor()
  await page.getByText('32 runs.').waitFor()
  const label = await page.locator('.importance canvas').getAttribute('aria-label')
  expect(label).toMatch(/^lr 0\.\d\d \(0\.\d\d to [01]\.\d\d\); /)
  await page.getByLabel('Filter of runs').fill('param.layers <= 2')
  await page.keyboard.press('Enter')
  await page.getByText('Too few runs to tell what counts').waitFor()
  const few = RUNS.filter(({ layers }) => layers <= 2).length
  expect(few).toBeLessThan(20)
  await page.getByText(`${few} runs have a last value of auc; with fewer than 20`).waitFor()
}
