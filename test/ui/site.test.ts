/**
 * A site in a browser that has no network: from a folder on the disk, and as one file.
 */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CANARY, makeSiteWorld } from '../support/site-world.ts'
import type { SiteWorld } from '../support/site-world.ts'
import { CHROMIUM, openPage } from './browser.ts'
import type { Look } from './browser.ts'

let browser: Browser | undefined
let world: SiteWorld | undefined
beforeAll(async () => {
  if (CHROMIUM === undefined) return
  world = makeSiteWorld()
  world.write('history.jsonl', longSeries())
  world.mlv('commit', '--experiment', 'long', '-m', 'a spike', '--series', 'history.jsonl')
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] })
})
afterAll(async () => {
  await browser?.close()
  world?.remove()
})

describe.skipIf(CHROMIUM === undefined).each(['a folder', 'one file'] as const)('a site that is %s', (form) => {
  let address = ''
  beforeAll(() => {
    if (world === undefined) return
    const file = world.freshPath(form === 'a folder' ? 'site' : 'report.html')
    const { exitCode, stderr } = world.mlv('site', form === 'a folder' ? '--output' : '--one-file', file)
    if (exitCode !== 0) throw new Error(stderr)
    address = pathToFileURL(form === 'a folder' ? join(file, 'index.html') : file).href
  })

  async function open(hash: string, look: Look = {}): Promise<Page> {
    if (browser === undefined) throw new Error('the browser was not started')
    const page = await openPage(browser, `about:blank`, look)
    const asked: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    await page.context().setOffline(true)
    await page.goto(`${address}${hash}`)
    expect(asked.filter((url) => !/^(?:file|data|blob):/.test(url))).toEqual([])
    return page
  }

  /** Nothing that a record says became an element or code. */
  async function expectTextsOnly(page: Page): Promise<void> {
    expect(
      await page.evaluate(() => [document.querySelectorAll('img[src="x"]').length, 'caught' in globalThis]),
    ).toEqual([0, false])
  }

  test('filters and sorts the table, by an address too', async () => {
    const page = await open('#/runs')
    await page.getByText('5 runs', { exact: true }).waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('metric.auc > 0.9')
    await page.keyboard.press('Enter')
    await page.getByText('2 runs', { exact: true }).waitFor()
    await page.goto(`${address}#/runs?filter=${encodeURIComponent('metric.auc > 0')}&sort=-metric.auc`)
    await page.getByText('3 runs', { exact: true }).waitFor()
    await page.getByRole('row', { name: /0\.95/ }).waitFor()
    const first = page.getByRole('row').nth(1)
    await first.getByText('0.9500').waitFor()
    await page.goto(`${address}#/runs?filter=${encodeURIComponent('metric.auc >> 0')}`)
    await page
      .getByText(/filter/i)
      .first()
      .waitFor()
    await expectTextsOnly(page)
  })

  test('a run is shown whole, from its address', async () => {
    const id = idOf('experiment = runs and status = finished')
    const page = await open(`#/run/${id}`)
    await page.getByRole('region', { name: 'Chart of loss' }).locator('canvas').waitFor()
    await page.goto(`${address}#/run/${id}?tab=environment`)
    await page
      .getByRole('heading', { name: /Machine|Environment/ })
      .first()
      .waitFor()
    await page.goto(`${address}#/run/${id}?tab=files`)
    await page.getByText('pixel.png').click()
    const picture = page.locator('img.picture')
    await picture.waitFor()
    expect(await picture.evaluate((image: HTMLImageElement) => image.decode().then(() => image.naturalWidth))).toBe(1)
    await page.getByText('table.csv').click()
    await page.getByText('0.25').first().waitFor()
    await page.getByText('notes.txt').click()
    await page.getByText(CANARY.slice(0, 30)).first().waitFor()
    await page.goto(`${address}#/run/${id}?tab=code`)
    await page.getByText('a copy of the pages has no code').waitFor()
    await page.goto(`${address}#/run/${id}?tab=log`)
    await page.getByText('epoch 1 began').waitFor()
    await page.getByText(CANARY.slice(0, 30)).first().waitFor()
    await expectTextsOnly(page)
  })

  test('a chart keeps the spike of a long series, whole and zoomed', async () => {
    const page = await open(`#/run/${idOf('experiment = long')}?tab=charts`)
    const chart = page.getByRole('region', { name: 'Chart of loss' })
    await chart.locator('canvas').waitFor()
    const answered = (query: string): Promise<number> => {
      return page.evaluate(
        async (asked) => {
          const answer = await (globalThis as unknown as { mlvAnswer: Ask }).mlvAnswer(asked, () =>
            Promise.reject(new Error()),
          )
          return Math.max(...(JSON.parse(answer.body) as Lines).lines.flatMap(({ lasts, maxs }) => maxs ?? lasts))
        },
        `api/series?runs=${idOf('experiment = long')}&metric=loss&${query}`,
      )
    }
    type Ask = (address: string, load: () => Promise<unknown>) => Promise<{ body: string }>
    type Lines = { lines: { lasts: number[]; maxs: number[] | null }[] }
    expect(await answered('points=300')).toBe(99)
    expect(await answered('points=300&from=20000&to=30000')).toBe(99)
    expect(await answered('points=300&from=24000&to=25000')).toBe(99)
    expect(await answered('points=300&from=100&to=20000')).toBeLessThan(2)
  })

  test('models are shown and cannot be moved', async () => {
    const page = await open('#/models')
    await page.getByRole('link', { name: 'm', exact: true }).click()
    await page.getByRole('row', { name: /v2/ }).first().waitFor()
    await page.getByText('production').first().waitFor()
    expect(await page.getByRole('button', { name: /Promote|Roll/ }).count()).toBe(0)
    await expectTextsOnly(page)
  })

  test('runs are compared', async () => {
    const ids = [idOf('param.seed > 7'), idOf('param.seed = 7')]
    const page = await open(`#/compare?runs=${ids.join(',')}`)
    await page.getByText('seed').first().waitFor()
    await page.getByText('9007199254740993').first().waitFor()
    await page.goto(`${address}#/compare?runs=m@v1,m@v2`)
    // Aliases are told, and nothing offers to move them.
    await page.getByRole('columnheader').getByRole('link', { name: 'm@v2 production' }).first().waitFor()
    expect(await page.getByRole('button', { name: /Promote/ }).count()).toBe(0)
    await expectTextsOnly(page)
  })

  function idOf(filter: string): string {
    const { runs } = world?.json('ls', '--filter', filter) as Listed
    return runs[0]?.run.id ?? ''
  }
})

/** What `mlv ls` tells. */
interface Listed {
  readonly runs: readonly { readonly run: { readonly id: string } }[]
}

const LONG = 50_000

function longSeries(): string {
  const lines = Array.from(
    { length: LONG },
    (_, step) => `{"step":${step},"loss":${step === 24_680 ? 99 : 1 / (step + 1)}}`,
  )
  return `${lines.join('\n')}\n`
}
