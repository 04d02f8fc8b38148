/**
 * The pages of a run, a comparison and a model in a real browser.
 */
import type { Page } from 'playwright-core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { CHROMIUM, usePages } from './browser.ts'
import { HOSTILE, fixtureId } from './fixture-data.ts'
import { startFixture } from './fixture-server.ts'

const ADDRESSES = [
  '#/runs',
  `#/runs?view=charts`,
  '#/runs?view=scatter',
  '#/runs?view=parallel',
  `#/run/${fixtureId(1)}`,
  `#/run/${fixtureId(1)}?tab=files`,
  `#/compare?runs=${fixtureId(1)},${fixtureId(2)}`,
  '#/models',
  '#/model/churn',
] as const

describe.skipIf(CHROMIUM === undefined)('pages', () => {
  const { open, server } = usePages({ runs: 60, metrics: 2, parameters: 2, points: 500 })

  test('a link leads to a part of a run', async () => {
    const page = await open(`#/run/${fixtureId(1)}?tab=files`)
    await page.getByRole('treeitem', { name: HOSTILE }).waitFor()
    await page.getByRole('button', { name: 'Overview' }).click()
    await page.getByRole('heading', { name: 'Parameters' }).waitFor()
    expect(await page.locator('img').count()).toBe(0)
  })

  test('a comparison shows what differs, and the rest on demand', async () => {
    const page = await open(`#/compare?runs=${fixtureId(1)},${fixtureId(2)}`)
    await page.getByRole('rowheader', { name: 'optimizer' }).waitFor()
    expect(await page.getByRole('rowheader', { name: 'seed' }).count()).toBe(0)
    await page.keyboard.press('d')
    await page.getByRole('rowheader', { name: 'seed' }).waitFor()
    await page.getByRole('button', { name: 'make baseline' }).click()
    await expect.poll(() => decodeURIComponent(page.url())).toContain(`runs=${fixtureId(2)},${fixtureId(1)}`)
  })

  test('a version is promoted with a reason, and rolled back', async () => {
    const page = await open('#/model/churn')
    await page.getByRole('row', { name: /v1/ }).getByRole('button', { name: 'Promote…' }).click()
    const confirm = page.getByRole('button', { name: 'Promote v1 to production' })
    expect(await confirm.isDisabled()).toBe(true)
    await page.getByLabel('Reason').fill('it is faster')
    expect(server().told).toEqual([])
    await confirm.click()
    await page.getByText('it is faster').waitFor()
    await page.getByRole('button', { name: 'Roll back…' }).click()
    await page.getByText("'production' names v1 now, and v2 again after that.").waitFor()
    await page.getByLabel('Reason').fill('it is worse')
    await page.getByRole('button', { name: 'Roll production back to v2' }).click()
    await page.getByText('it is worse').waitFor()
    expect(server().told).toEqual([
      { revision: 'churn@v1', alias: 'production', reason: 'it is faster' },
      { model: 'churn', alias: 'production', to: null, reason: 'it is worse' },
    ])
    await page.getByRole('button', { name: 'History' }).click()
    await page.getByText('rollback churn@production to v2').waitFor()
  })

  test('a rectangle over the scatter plot becomes a filter', async () => {
    const page = await open('#/runs?view=scatter&px=param.lr&py=metric.loss')
    const ground = page.locator('.plot-ground')
    await ground.waitFor()
    const box = await ground.boundingBox()
    if (box === null) throw new Error('no plot')
    await page.mouse.move(box.x + box.width * 0.3, box.y + box.height * 0.3)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width * 0.7, box.y + box.height * 0.7, { steps: 4 })
    await page.mouse.up()
    await page.waitForURL(/filter=param\.lr\+%3E%3D/)
    expect(await page.getByLabel('Filter of runs').inputValue()).toMatch(
      /^param\.lr >= \S+ and param\.lr <= \S+ and metric\.loss >= /,
    )
  })

  test('colours follow the system until they are switched', async () => {
    const page = await open('#/runs', { colours: 'dark' })
    const theme = () => page.evaluate(() => document.documentElement.dataset['theme'])
    await page.getByRole('button', { name: 'Light colours' }).waitFor()
    expect(await theme()).toBe('dark')
    await page.getByRole('button', { name: 'Light colours' }).click()
    expect(await theme()).toBe('light')
    // Of the machine, and not of the port, which the next server has not: what is kept for the port is forgotten here.
    const [cookie] = await page.context().cookies()
    expect(cookie).toMatchObject({ name: 'mlv-theme', value: 'light', path: '/', sameSite: 'Strict', httpOnly: false })
    const other = await startFixture({ runs: 1, metrics: 0, parameters: 0, points: 1 })
    onTestFinished(other.close)
    await page.goto(`${other.address}#/runs`)
    await page.getByRole('button', { name: 'Dark colours' }).waitFor()
    expect([await theme(), await page.evaluate(() => localStorage.length)]).toEqual(['light', 0])
  })

  test('nothing is cut off at the width of a phone', async () => {
    const page = await open(ADDRESSES[0], { width: 420 })
    for (const address of ADDRESSES) {
      await openAnew(page, `${server().address}${address}`)
      const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      expect({ address, over }).toEqual({ address, over: 0 })
    }
  })

  test('everything that can be pressed or typed into has a name', async () => {
    const page = await open(ADDRESSES[0])
    for (const address of ADDRESSES) {
      await openAnew(page, `${server().address}${address}`)
      const nameless = await page.evaluate(() =>
        [...document.querySelectorAll('button, input, select, a')]
          .filter((element) => !(element instanceof HTMLInputElement && (element.labels?.length ?? 0) > 0))
          .filter((element) => !(element instanceof HTMLSelectElement && element.labels.length > 0))
          .filter((element) => (element.getAttribute('aria-label') ?? element.textContent).trim() === '')
          .map((element) => element.outerHTML),
      )
      expect({ address, nameless }).toEqual({ address, nameless: [] })
    }
  })
})

/** Opens an address and waits for what is there: what was shown before is gone, and cannot be taken for it. */
async function openAnew(page: Page, address: string): Promise<void> {
  await page.goto('about:blank')
  await page.goto(address)
  await page.locator('main :is(.grid-row, .card, table, canvas)').first().waitFor()
}
