/**
 * A browser that looks at the pages of a tracker and tells how long a reader waits. The chromium of this machine, driven
 * by playwright-core: a new browser for every look, so that nothing is cached.
 */
import { existsSync, readFileSync } from 'node:fs'

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const PATIENCE_MS = 180_000
/** A page that asks and reckons nothing for so long is done. */
const QUIET_MS = 700

/** @typedef {import('playwright-core').Page} Page */

/** Why pages cannot be looked at here; `undefined` when they can. */
export function whyNoBrowser() {
  return chromiumPath() === undefined ? 'there is no chromium on this machine (MLV_TEST_CHROMIUM)' : undefined
}

/**
 * Opens a browser for one look.
 *
 * @template Answer
 * @param {(look: Look) => Promise<Answer>} use
 * @returns {Promise<Answer>}
 */
export async function looking(use) {
  const { chromium } = await import('playwright-core')
  const args = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage']
  const browser = await chromium.launch({ executablePath: chromiumPath(), args })
  try {
    const page = await browser.newPage({ viewport: { width: 1400, height: 860 } })
    page.setDefaultTimeout(PATIENCE_MS)
    const watch = await watchPage(page)
    return await use({ page, settled: watch, memoryBytes: () => pageBytes(browser) })
  } finally {
    await browser.close()
  }
}

/**
 * One look at a page.
 *
 * @typedef {object} Look
 * @property {Page} page
 * @property {(act: () => Promise<unknown>) => Promise<number>} settled milliseconds from an act until the last answer
 * had come and nothing was reckoned any more; what is only waited for, such as events, does not count
 * @property {() => Promise<number>} memoryBytes resident size of the processes that draw pages
 */

async function watchPage(/** @type {Page} */ page) {
  const asked = new Set()
  let lastMs = 0
  // What a page shows comes by these; the end of a worker's script, for one, is never told.
  const isCounted = (request) =>
    request.url().startsWith('http://127.0.0.1') && ['document', 'fetch', 'xhr'].includes(request.resourceType())
  page.on('request', (request) => {
    if (isCounted(request)) asked.add(request)
  })
  const end = (/** @type {unknown} */ request) => {
    if (asked.delete(request)) lastMs = performance.now()
  }
  page.on('requestfinished', end)
  page.on('requestfailed', end)
  await page.addInitScript(() => {
    globalThis.lastWorkMs = 0
    new PerformanceObserver((list) => {
      for (const { startTime, duration } of list.getEntries()) globalThis.lastWorkMs = startTime + duration
    }).observe({ entryTypes: ['longtask'] })
  })
  return async (/** @type {() => Promise<unknown>} */ act) => {
    const startMs = performance.now()
    lastMs = startMs
    await act()
    for (;;) {
      // A frame after whatever is under way: what was answered by then is drawn.
      const { ageMs } = await page.evaluate(
        () =>
          new Promise((resolve) =>
            requestAnimationFrame(() =>
              setTimeout(() => resolve({ ageMs: performance.now() - globalThis.lastWorkMs }), 0),
            ),
          ),
      )
      const nowMs = performance.now()
      const workMs = Math.max(lastMs, nowMs - ageMs)
      if (asked.size === 0 && nowMs - workMs >= QUIET_MS) return Math.max(workMs, startMs) - startMs
      if (nowMs - startMs > PATIENCE_MS) throw new Error('the page did not come to rest')
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}

async function pageBytes(/** @type {import('playwright-core').Browser} */ browser) {
  const session = await browser.newBrowserCDPSession()
  const { processInfo } = await session.send('SystemInfo.getProcessInfo')
  const drawing = processInfo.filter(({ type }) => type === 'renderer')
  return drawing.reduce((total, { id }) => total + residentBytes(id, 'VmHWM'), 0)
}

/** Resident size of a process; `VmHWM` for the largest it ever was. */
export function residentBytes(/** @type {number} */ pid, /** @type {'VmRSS' | 'VmHWM'} */ field) {
  const line = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return Number(line?.[1] ?? 0) * 1024
}

function chromiumPath() {
  return [process.env.MLV_TEST_CHROMIUM, ...PLACES].find((path) => path !== undefined && existsSync(path))
}
