/**
 * The table of runs in a real browser.
 */
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { CHROMIUM, usePages } from './browser.ts'
import { HOSTILE, fixtureId } from './fixture-data.ts'

const SIZE = { runs: 1000, metrics: 2, parameters: 2, points: 100 }

describe.skipIf(CHROMIUM === undefined)('the table of runs', () => {
  const { open, server } = usePages(SIZE)

  test('a filter goes to the server as it is, and into the address', async () => {
    const page = await open('#/runs')
    await page.getByText('1,000 runs').waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('metric.loss < 0.25')
    await page.keyboard.press('Enter')
    await page.getByText('50 runs').waitFor()
    expect(new URLSearchParams(page.url().split('?')[1]).get('filter')).toBe('metric.loss < 0.25')
    expect(server().asked.at(-1)).toContain('filter=metric.loss+%3C+0.25')
    await page.goBack()
    await page.getByText('1,000 runs').waitFor()
  })

  test('what is wrong with a filter is said where it is', async () => {
    const page = await open(`#/runs?filter=${encodeURIComponent('metric.loss')}`)
    const refusal = page.getByRole('alert')
    await refusal.waitFor()
    expect(await refusal.innerText()).toContain('the filter cannot be read at column 12: expected one of = != <')
    expect(await refusal.locator('pre').innerText()).toBe('metric.loss\n           ^')
    expect(await page.getByLabel('Filter of runs').getAttribute('aria-invalid')).toBe('true')
  })

  test('a key without its kind is offered with it, and a refusal goes when more is typed', async () => {
    const page = await open('#/runs')
    await page.getByText('1,000 runs').waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('auc')
    await page.getByRole('option', { name: 'metric.auc' }).waitFor()
    await page.getByText('cannot be read yet').waitFor()
    await page.keyboard.type(' > 0.9')
    await page.keyboard.press('Enter')
    const refusal = page.getByRole('alert')
    await refusal.waitFor()
    expect(await refusal.innerText()).toContain('at column 1: there is no such field; did you mean metric.auc?')
    await page.getByLabel('Filter of runs').press('End')
    await page.keyboard.type('5')
    await refusal.waitFor({ state: 'detached' })
    await page.keyboard.press('Enter')
    await refusal.getByRole('button', { name: 'metric.auc' }).click()
    await expect.poll(() => page.getByLabel('Filter of runs').inputValue()).toBe('metric.auc > 0.95')
  })

  test('a tick moves no row, and the way back to the runs keeps it', async () => {
    const page = await open('#/runs')
    const boxes = page.getByRole('checkbox', { name: 'Select this run' })
    await boxes.nth(1).waitFor()
    const before = await boxes.nth(1).boundingBox()
    await boxes.nth(0).click()
    await page.getByText('1 selected').waitFor()
    expect(await boxes.nth(1).boundingBox()).toEqual(before)
    await boxes.nth(1).click()
    await page.getByRole('button', { name: 'Compare' }).click()
    await page.waitForURL(/#\/compare/)
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Runs' }).click()
    await page.getByText('2 selected').waitFor()
  })

  test('the ways to look stay where they are, whichever is taken', async () => {
    const page = await open('#/runs')
    const way = page.getByRole('navigation', { name: 'Ways to look' })
    await page.getByText('1,000 runs').waitFor()
    const before = await way.boundingBox()
    await way.getByRole('button', { name: 'Importance' }).click()
    await page.getByRole('button', { name: 'Columns', exact: true }).waitFor({ state: 'detached' })
    expect(await way.boundingBox()).toEqual(before)
  })

  test('a click on a head sorts, and with Shift by several', async () => {
    const page = await open('#/runs')
    await page.getByRole('button', { name: 'auc', exact: false }).first().click()
    await page.waitForURL(/sort=-metric\.auc/)
    await page.locator('.grid-row').first().locator('.best').waitFor()
    const aucs = await column(page, 'auc')
    expect(aucs.length).toBeGreaterThan(10)
    expect(aucs).toEqual([...aucs].sort().reverse())
    await page
      .getByRole('button', { name: 'loss', exact: false })
      .first()
      .click({ modifiers: ['Shift'] })
    await page.waitForFunction(() => document.querySelectorAll('.sorted').length === 2)
    await expect.poll(() => server().asked.some((path) => path.includes('sort=-metric.auc%2C-metric.loss'))).toBe(true)
  })

  test('columns that do not differ are left out on demand', async () => {
    const page = await open('#/runs?cols=name%0Aparam.seed%0Aparam.lr')
    await page.getByRole('columnheader').getByText('seed').waitFor()
    await page.keyboard.press('d')
    await page.getByRole('columnheader').getByText('seed').waitFor({ state: 'detached' })
    expect(await page.getByRole('columnheader').getByText('lr').count()).toBe(1)
    expect(page.url()).toContain('diff=1')
  })

  test('groups tell mean and spread, and open', async () => {
    const page = await open(`#/runs?group=param.optimizer&filter=${encodeURIComponent('metric.loss < 0.22')}`)
    const group = page.getByRole('row').filter({ hasText: 'adam' }).first()
    await expect.poll(() => group.innerText()).toMatch(/10 runs[\s\S]* ±0\.\d+/)
    await group.getByRole('button', { name: 'Runs of this group' }).click()
    await page.getByRole('checkbox', { name: 'Select this run' }).first().waitFor()
  })

  test('j, k, x and c select two runs and compare them', async () => {
    const page = await open('#/runs')
    await page.getByText('attempt 1', { exact: true }).waitFor()
    for (const key of ['j', 'j', 'x', 'j', 'x', 'k', 'b']) await page.keyboard.press(key)
    await page.getByText('2 selected').waitFor()
    await page.keyboard.press('c')
    await page.waitForURL(/#\/compare/)
    expect(decodeURIComponent(page.url())).toContain(`runs=${fixtureId(1)},${fixtureId(2)}`)
  })

  test('the help names every key', async () => {
    const page = await open('#/runs')
    await page.getByText('1,000 runs').waitFor()
    await page.keyboard.press('?')
    const keys = page.getByRole('dialog').locator('kbd')
    await expect
      .poll(() => keys.allInnerTexts())
      .toEqual(expect.arrayContaining(['/', '?', 'j', 'k', 'x', 'c', 'd', 'b']))
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  })

  test('a menu takes the keys and gives them back; Escape closes it and lets no run go', async () => {
    const page = await open('#/runs')
    await page.getByText('attempt 1', { exact: true }).waitFor()
    for (const key of ['j', 'x', 'j', 'x']) await page.keyboard.press(key)
    await page.getByText('2 selected').waitFor()
    const opener = page.getByRole('button', { name: 'What to do with auc' })
    await opener.press('Enter')
    await page.getByRole('menuitem', { name: 'Pin to the left' }).waitFor()
    await expect.poll(() => focused(page)).toBe('Pin to the left')
    await page.keyboard.press('ArrowDown')
    await expect.poll(() => focused(page)).toBe('Sort by this too')
    await page.keyboard.press('Escape')
    await page.getByRole('menu').waitFor({ state: 'detached' })
    expect(await opener.evaluate((element) => element === document.activeElement)).toBe(true)
    expect(await page.getByText('2 selected').count()).toBe(1)
    await opener.click()
    await page.getByRole('menu').waitFor()
    await page.getByText('1,000 runs').click()
    await page.getByRole('menu').waitFor({ state: 'detached' })
    // Without a menu Escape lets them go, and a step back brings them again.
    await page.keyboard.press('Escape')
    await page.getByText('2 selected').waitFor({ state: 'detached' })
    await page.goBack()
    await page.getByText('2 selected').waitFor()
  })

  test('Enter presses the button that has the focus, and a dialog gives the focus back', async () => {
    const page = await open('#/runs')
    await page.getByText('attempt 1', { exact: true }).waitFor()
    await page.keyboard.press('j')
    const columns = page.getByRole('button', { name: 'Columns', exact: true })
    await columns.press('Enter')
    const dialog = page.getByRole('dialog', { name: 'Columns' })
    await dialog.waitFor()
    expect(page.url()).toMatch(/#\/runs$/)
    for (const close of ['Escape', 'Close']) {
      if (close === 'Escape') await page.keyboard.press('Escape')
      else await dialog.getByRole('button', { name: 'Close' }).click()
      await dialog.waitFor({ state: 'detached' })
      await expect.poll(() => focused(page)).toBe('Columns')
      if (close === 'Escape') await columns.click()
    }
  })

  test('a column is drawn wider in one go, and the address has its last width', async () => {
    const page = await open('#/runs')
    const head = page.getByRole('columnheader').filter({ hasText: 'auc' })
    const before = await head.boundingBox()
    const handle = await head.locator('.grid-resize').boundingBox()
    if (before === null || handle === null) throw new Error('no head')
    await page.mouse.move(handle.x + 3, handle.y + 5)
    await page.mouse.down()
    await page.mouse.move(handle.x + 123, handle.y + 5, { steps: 60 })
    await page.mouse.up()
    const width = Math.round(before.width) + 120
    await expect.poll(async () => Math.round((await head.boundingBox())?.width ?? 0)).toBe(width)
    await expect.poll(() => new URLSearchParams(page.url().split('?')[1]).get('width')).toBe(`${width} metric.auc`)
    // Not a step of the way back for each move.
    expect(await page.evaluate(() => history.length)).toBeLessThan(5)
  })

  test('crumbs lead back to the runs as they were left', async () => {
    const page = await open('#/runs?filter=metric.loss+%3C+0.25&sort=-metric.auc')
    await page.locator('.grid-row .run-name a').first().click()
    await page.waitForURL(/#\/run\//)
    await page.locator('.crumbs').getByRole('link', { name: 'Runs' }).click()
    await page.getByText('50 runs').waitFor()
    expect(page.url()).toMatch(/#\/runs\?filter=metric\.loss\+%3C\+0\.25&sort=-metric\.auc$/)
  })

  test('names are text, whatever they say', async () => {
    const page = await open('#/runs')
    await page.getByText(HOSTILE).waitFor()
    expect(await page.title()).toBe('fixture · mlv')
    expect(await page.locator('img').count()).toBe(0)
  })
})

/** What the element that has the focus says. */
function focused(page: Page): Promise<string> {
  return page.evaluate(() => document.activeElement?.textContent ?? '')
}

/** What stands in a column of the rows in sight. */
async function column(page: Page, title: string): Promise<readonly string[]> {
  const left = await page
    .getByRole('columnheader')
    .filter({ hasText: title })
    .first()
    .evaluate((head) => (head as HTMLElement).style.left)
  const texts = await page
    .locator('.grid-row .grid-cell')
    .evaluateAll(
      (cells, at) => cells.filter((cell) => (cell as HTMLElement).style.left === at).map((cell) => cell.textContent),
      left,
    )
  return texts.map((text) => text.replace(' best', ''))
}
