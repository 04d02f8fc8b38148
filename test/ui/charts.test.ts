/**
 * Charts in a real browser: no spike is lost, live points arrive, and every chart is a table too.
 */
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { CHROMIUM, usePages } from './browser.ts'
import { SPIKE, fixtureId } from './fixture-data.ts'

const POINTS = 100_000

describe.skipIf(CHROMIUM === undefined)('charts', () => {
  const { open, server } = usePages({ runs: 40, metrics: 0, parameters: 0, points: POINTS })
  const charts = `#/runs?view=charts&sel=${fixtureId(1)},${fixtureId(2)}`

  test('one point in a hundred thousand is drawn, and drawn again when zoomed', async () => {
    const page = await open(charts)
    const card = page.getByRole('region', { name: 'Chart of loss' })
    await card.locator('canvas').waitFor()
    await expect.poll(() => hasInkNearTop(page)).toBe(true)
    const before = server().asked.length
    const box = await card.locator('.u-over').boundingBox()
    if (box === null) throw new Error('no chart')
    const at = box.x + (box.width * SPIKE.step) / POINTS
    await page.mouse.move(at - 40, box.y + 60)
    await page.mouse.down()
    await page.mouse.move(at + 40, box.y + 60, { steps: 5 })
    await page.mouse.up()
    await page.waitForURL(/zoom=/)
    await page.getByRole('button', { name: 'Show all again' }).waitFor()
    await page.waitForFunction(() => document.querySelector('.chart-card canvas') !== null)
    await expect
      .poll(() =>
        server()
          .asked.slice(before)
          .some((path) => /series.*from=\d+.*to=\d+/.test(path)),
      )
      .toBe(true)
    await card.getByRole('button', { name: 'Table' }).click()
    await expect.poll(() => card.getByRole('row').nth(1).innerText()).toContain(String(SPIKE.value))
    await card.getByRole('button', { name: 'Table' }).click()
    await card.locator('canvas').waitFor()
    await expect.poll(() => hasInkNearTop(page)).toBe(true)
    // Finer than before: more buckets of the part that is seen.
    const [from, to] = (new URLSearchParams(page.url().split('?')[1]).get('zoom') ?? '').split(',').map(Number)
    expect((to ?? 0) - (from ?? 0)).toBeLessThan(POINTS / 2)
  })

  test('a line goes on to both edges of a zoom, between two points too, and only points within are told', async () => {
    for (const [zoom, told] of [
      ['3.4,8.9', /step [4-8]\n/],
      ['3.4,3.6', undefined],
    ] as const) {
      const page = await open(`${charts}&zoom=${zoom}`)
      const card = page.getByRole('region', { name: 'Chart of auc' })
      await card.locator('canvas').waitFor()
      await expect.poll(() => inkAtEdges(page)).toEqual([true, true])
      const over = card.locator('.u-over')
      const { width = 0 } = (await over.boundingBox()) ?? {}
      for (const part of [0.001, 0.5, 0.999]) {
        await over.hover({ position: { x: width * part, y: 90 } })
        const tips = (await page.locator('.tip').allInnerTexts()).filter((text) => text.startsWith('step'))
        for (const text of tips) expect(text).toMatch(told ?? /no point is in sight/)
        if (part === 0.5 && told !== undefined) expect(tips.length).toBe(1)
      }
      const image = card.getByRole('img')
      const name = await image.getAttribute('aria-label')
      expect([name?.includes('attempt 1 none in this range'), zoom]).toEqual([told === undefined, zoom])
    }
    const beyond = await open(`${charts}&zoom=200000,300000`)
    await beyond.getByText('None of these runs has points of it in this range.').first().waitFor()
  })

  test('of many lines the nearest are told, and how many more there are', async () => {
    const page = await open('#/runs?view=charts')
    const over = page.getByRole('region', { name: 'Chart of auc' }).locator('.u-over')
    await over.hover({ position: { x: 150, y: 120 } })
    await page.locator('.tip').getByText('and 14 more').waitFor()
    await over.click({ position: { x: 150, y: 120 } })
    const pinned = page.getByRole('group', { name: 'Points near here' })
    await pinned.getByText('and 14 more').waitFor()
    expect(await pinned.locator('.tip-name').count()).toBe(6)
  })

  test('live points arrive without a question from the reader', async () => {
    const page = await open(`#/run/${fixtureId(0)}?tab=charts`)
    const card = page.getByRole('region', { name: 'Chart of loss' })
    await card.locator('canvas').waitFor()
    await card.getByRole('button', { name: 'Table' }).click()
    await card.getByText('100,000').waitFor()
    // Who does not listen yet hears nothing.
    await page.locator('.connection.live').waitFor()
    server().setPoints(POINTS + 500)
    server().tell({
      kind: 'points',
      run: fixtureId(0),
      points: [{ metric: 'loss', step: POINTS, value: 1 }],
      isCut: true,
      hasOutput: false,
    })
    await card.getByText('100,500').waitFor()
    server().setPoints(POINTS)
  })

  test('the run under the cursor is named', async () => {
    const page = await open(charts)
    const over = page.getByRole('region', { name: 'Chart of auc' }).locator('.u-over')
    await over.hover({ position: { x: 150, y: 120 } })
    await expect.poll(() => page.locator('.tip').innerText()).toMatch(/step [\d,]+\n[\s\S]*attempt [12]/)
  })

  test('a click on a point keeps it in sight, with the ways to its run and to its output', async () => {
    const page = await open(charts)
    const over = page.getByRole('region', { name: 'Chart of auc' }).locator('.u-over')
    await over.click({ position: { x: 150, y: 120 } })
    const pinned = page.getByRole('group', { name: 'Points near here' })
    await pinned.getByRole('link', { name: 'attempt 1', exact: true }).waitFor()
    // It stays where it is while the pointer goes on.
    await over.hover({ position: { x: 400, y: 60 } })
    const output = pinned.getByRole('link', { name: /^Output at step [\d,]+, attempt 2$/ })
    const step = /step ([\d,]+),/.exec((await output.getAttribute('aria-label')) ?? '')?.[1]?.replaceAll(',', '')
    expect(await output.getAttribute('href')).toBe(`#/run/${fixtureId(2)}?tab=log&step=${step}`)
    await page.keyboard.press('Escape')
    await pinned.waitFor({ state: 'detached' })
    // A stroke across the chart zooms, and is no click.
    await over.dragTo(over, { sourcePosition: { x: 100, y: 60 }, targetPosition: { x: 300, y: 60 } })
    await page.waitForURL(/zoom=/)
    expect(await pinned.count()).toBe(0)
  })

  test('keys go along the points of a line and to the next one, and Enter opens what a click does', async () => {
    const page = await open(charts)
    const points = page.getByRole('group', { name: /^Points of loss/ })
    await points.locator('canvas').waitFor()
    await points.focus()
    await page.keyboard.press('ArrowRight')
    const said = points.getByRole('status')
    await expect.poll(() => said.innerText()).toMatch(/^attempt [12], step [\d,]+: [\d.]+$/)
    await page.keyboard.press('Shift+ArrowRight')
    await expect.poll(() => said.innerText()).not.toContain('step 0:')
    await page.keyboard.press('End')
    await expect.poll(() => said.innerText()).toMatch(/^attempt [12], step 99,\d{3}: /)
    await page.keyboard.press('Enter')
    const pinned = points.getByRole('group', { name: 'Points near here' })
    await pinned.waitFor()
    await page.keyboard.press('Escape')
    await pinned.waitFor({ state: 'detached' })
    expect(await points.evaluate((element) => element === document.activeElement)).toBe(true)
  })

  test('a run is hidden from all charts, and a link hides it too', async () => {
    const page = await open(charts)
    await page.getByRole('button', { name: 'Show attempt 2' }).click()
    await expect.poll(() => page.url()).toContain(`hide=${fixtureId(2)}`)
    const canvas = page.getByRole('region', { name: 'Chart of loss' }).getByRole('img')
    await expect.poll(() => canvas.getAttribute('aria-label')).not.toContain('attempt 2')
  })

  test('choices are in the address: smoothing, logarithm, and what x is', async () => {
    const page = await open(`${charts}&smooth=0.8&log=y&x=elapsed`)
    await page.getByRole('region', { name: 'Chart of loss' }).locator('canvas').waitFor()
    expect(await page.getByRole('slider').inputValue()).toBe('0.8')
    expect(await page.getByLabel('y scale').inputValue()).toBe('log')
    expect(server().asked.some((path) => path.includes('x=elapsed'))).toBe(true)
    await page.getByLabel('y scale').selectOption('symlog')
    await expect.poll(() => page.url()).toMatch(/symlog=y/)
    expect(page.url()).not.toMatch(/[&?]log=/)
    await page.getByLabel('x axis').selectOption('metric:auc')
    await expect.poll(() => server().asked.some((path) => path.includes('x=metric%3Aauc'))).toBe(true)
    await page.getByRole('region', { name: 'Chart of loss' }).locator('canvas').waitFor()
  })

  test('all runs of a chart are asked for in one question', async () => {
    const before = server().asked.length
    const page = await open('#/runs?view=charts')
    await page.getByRole('region', { name: 'Chart of loss' }).locator('canvas').waitFor()
    const questions = server()
      .asked.slice(before)
      .filter((path) => path.includes('/series') && path.includes('metric='))
    expect(questions.map((path) => new URL(path, 'http://x').searchParams.get('runs')?.split(',').length)).toEqual([20])
    expect(questions[0]).toMatch(/metric=(auc|loss)&metric=(auc|loss)/)
  })

  test('a chart is saved as a picture and as a table', async () => {
    const page = await open(charts)
    const card = page.getByRole('region', { name: 'Chart of loss' })
    await card.locator('canvas').waitFor()
    await card.hover()
    for (const [button, name] of [
      ['PNG', 'loss.png'],
      ['CSV', 'loss.csv'],
    ] as const) {
      const saved = page.waitForEvent('download')
      await card.getByRole('button', { name: button }).click()
      expect((await saved).suggestedFilename()).toBe(name)
    }
  })
})

/** Whether the first chart of loss has something drawn in the upper tenth, where only the spike is. */
function hasInkNearTop(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>('[aria-label="Chart of loss"] canvas')
    const context = canvas?.getContext('2d')
    if (canvas == null || context == null) return false
    const { data } = context.getImageData(70, 14, canvas.width - 90, canvas.height * 0.1)
    for (let at = 0; at < data.length; at += 4) {
      const [red = 0, green = 0, blue = 0, alpha = 0] = data.slice(at, at + 4)
      // The grid is grey; runs have hues.
      if (alpha > 40 && Math.max(red, green, blue) - Math.min(red, green, blue) > 40) return true
    }
    return false
  })
}

/** Whether a line is drawn in the first and in the last pixels of the frame of auc. */
function inkAtEdges(page: Page): Promise<readonly boolean[]> {
  return page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>('[aria-label="Chart of auc"] canvas')
    const over = document.querySelector('[aria-label="Chart of auc"] .u-over')?.getBoundingClientRect()
    const context = canvas?.getContext('2d')
    if (canvas == null || context == null || over === undefined) return []
    const outer = canvas.getBoundingClientRect()
    return [over.left - outer.left + 1, over.right - outer.left - 4].map((left) => {
      const { data } = context.getImageData(left, over.top - outer.top, 3, over.height)
      for (let at = 0; at < data.length; at += 4) {
        const [red = 0, green = 0, blue = 0, alpha = 0] = data.slice(at, at + 4)
        if (alpha > 40 && Math.max(red, green, blue) - Math.min(red, green, blue) > 40) return true
      }
      return false
    })
  })
}
