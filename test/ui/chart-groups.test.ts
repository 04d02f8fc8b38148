/**
 * Charts of groups, the tree of metrics, and charts as SVG, in a real browser.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { ChartLine } from '../../src/ui/charts/chart-data.ts'
import { groupedLines } from '../../src/ui/charts/group-bands.ts'
import { keyTree } from '../../src/ui/charts/key-branches.ts'
import { CHROMIUM, usePages } from './browser.ts'

describe.skipIf(CHROMIUM === undefined)('charts of groups', () => {
  const { open } = usePages({ runs: 12, metrics: 3, parameters: 0, points: 400 })

  test('one line a group, and what is drawn is taken away as SVG', async () => {
    const page = await open('#/runs?view=charts')
    const card = page.getByRole('region', { name: 'Chart of loss' })
    await card.locator('canvas').waitFor()
    await page.getByLabel('Group').selectOption('experiment')
    await card.getByRole('img', { name: /churn \(6 runs\) .*fraud \(6 runs\)/ }).waitFor()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      card.getByRole('button', { name: 'SVG' }).click({ force: true }),
    ])
    const svg = readFileSync(await download.path(), 'utf8')
    expect(svg).toContain('churn (6 runs)')
    // A band and a line for each of two groups, besides the grid.
    expect(svg.match(/Z" fill="#/g)?.length).toBe(2)
    expect(svg).not.toContain('NaN')
    // A point of a group leads to the table of its runs.
    await card.locator('.u-over').click({ position: { x: 120, y: 90 } })
    const runs = card.getByRole('link', { name: 'churn (6 runs)' })
    expect(await runs.getAttribute('href')).toBe('#/runs?filter=experiment+%3D+%22churn%22')
    expect(await card.getByRole('link', { name: /^Output/ }).count()).toBe(0)
  })

  test('the tree chooses which metrics are drawn, and the address keeps it', async () => {
    const page = await open('#/runs?view=charts')
    await page.getByRole('region', { name: 'Chart of auc' }).waitFor()
    await page.locator('.key-tree summary').click()
    await page.getByRole('searchbox', { name: 'Search metrics to draw' }).fill('los')
    await page.locator('.key-tree').getByRole('checkbox', { name: 'loss' }).check()
    await page.getByRole('region', { name: 'Chart of auc' }).waitFor({ state: 'detached' })
    expect(await page.getByRole('region', { name: 'Chart of loss' }).count()).toBe(1)
    expect(page.url()).toContain('keys=loss')
    await page.locator('.key-tree').getByRole('button', { name: 'All' }).click()
    await page.getByRole('region', { name: 'Chart of auc' }).waitFor()
  })
})

/** A run with points at steps 0, 1, 2, …; `null` where it has none. */
function line(id: string, group: string | undefined, values: readonly (number | null)[]): ChartLine {
  const xs = values.flatMap((value, step) => (value === null ? [] : [step]))
  const lasts = values.filter((value) => value !== null)
  const look = { colour: '#000000', dash: [] }
  const run = {
    id,
    title: id,
    ...look,
    ...(group === undefined ? {} : { group: { name: group, condition: '', ...look } }),
  }
  const columns = { xs, buckets: xs, steps: xs, lasts, mins: lasts, maxs: lasts, means: lasts, counts: xs.map(() => 1) }
  const rule = { goal: 'min', tolerance: 0, unit: null } as const
  return { run, series: { metric: 'loss', rule, total: xs.length, isComplete: true, width: 1, marks: [], ...columns } }
}

test('a group is the mean of its runs between a deviation, where each of them has points', () => {
  const lines = [
    line('a', 'x', [1, 2, null]),
    line('b', 'x', [3, 4, 5]),
    line('c', undefined, [7]),
    line('d', 'y', [9]),
  ]
  const found = groupedLines(lines)
  expect(found.map(({ run }) => run.title)).toEqual(['x (2 runs)', 'y (1 run)', 'c'])
  const deviation = Math.sqrt(2)
  expect(found[0]?.series).toMatchObject({
    xs: [0, 1, 2],
    means: [2, 3, 5],
    mins: [2 - deviation, 3 - deviation, 5],
    maxs: [2 + deviation, 3 + deviation, 5],
  })
  const alone = lines.slice(2, 3)
  expect(groupedLines(alone)).toBe(alone)
})

test('keys are a tree by their slashes, without branches of one', () => {
  const tree = keyTree(['loss', 'val/auc', 'val/loss', 'val/per/class/0', 'val/per/class/1', 'lone/key'])
  expect(tree).toMatchObject({ count: 6, keys: ['loss', 'lone/key'] })
  expect(tree.branches.map(({ prefix, count }) => [prefix, count])).toEqual([['val/', 4]])
  expect(tree.branches[0]?.branches.map(({ prefix }) => prefix)).toEqual(['val/per/'])
})
