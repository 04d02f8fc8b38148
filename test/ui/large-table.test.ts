/**
 * Ten thousand runs with two thousand keys in a real browser.
 */
import { describe, expect, test } from 'vitest'
import { CHROMIUM, usePages } from './browser.ts'

const SIZE = { runs: 10_000, metrics: 1500, parameters: 500, points: 100 }

describe.skipIf(CHROMIUM === undefined)('a large table', () => {
  const { open, server } = usePages(SIZE)

  test('only what is in sight is in the document, from the first cell to the last', async () => {
    const page = await open('#/runs?cols=*')
    await page.getByRole('row').nth(5).waitFor()
    const grid = page.getByRole('grid')
    expect(await grid.getAttribute('aria-rowcount')).toBe('10001')
    expect(await grid.getAttribute('aria-colcount')).toBe('2009')
    expect(await page.locator('.grid-cell').count()).toBeLessThan(1200)
    await grid.evaluate((element) => element.scrollTo(element.scrollWidth, element.scrollHeight))
    await page.getByText('sweep 9999').waitFor()
    // The last parameter of the last run, which the server was asked for only now.
    await page.getByRole('columnheader').getByText('p0499').waitFor()
    expect(await page.locator('.grid-cell').count()).toBeLessThan(1200)
    await expect
      .poll(() => server().asked.some((path) => path.includes('from=9900') && path.includes('param.p0499')))
      .toBe(true)
  })

  test('all rows that were brought are selected at once, and the bar says of how many', async () => {
    const page = await open('#/runs')
    await page.getByText('10,000 runs').waitFor()
    await page.getByText('sweep 0').first().waitFor()
    const box = page.getByRole('checkbox', { name: 'Select the runs that are shown' })
    await box.check()
    const bar = page.getByRole('status').filter({ hasText: 'selected' })
    await expect.poll(() => bar.textContent()).toMatch(/^100 selected ?of 10,000 that match/)
    expect(await box.isChecked()).toBe(true)
    await box.uncheck()
    await bar.waitFor({ state: 'detached' })
  })

  test('columns are searched among two thousand, shown, and named in the address', async () => {
    const page = await open('#/runs')
    await page.getByText('10,000 runs').waitFor()
    await page.getByRole('button', { name: 'Columns' }).click()
    await page.getByLabel('Search columns').fill('m1234')
    await page.getByRole('checkbox', { name: /m1234/ }).check()
    await page.getByRole('button', { name: 'Close' }).click()
    expect(page.url()).toContain('metric.m1234')
    await page.getByRole('grid').evaluate((element) => element.scrollTo(element.scrollWidth, 0))
    await page.getByRole('columnheader').getByText('m1234').waitFor()
  })
})
