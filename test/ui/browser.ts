/**
 * A browser for tests of the pages: the chromium of this machine, driven by playwright-core, which brings none itself.
 */
import { existsSync } from 'node:fs'
import process from 'node:process'
import { chromium } from 'playwright-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, onTestFinished } from 'vitest'
import { startFixture } from './fixture-server.ts'
import type { FixtureServer } from './fixture-server.ts'
import type { FixtureSize } from './fixture-data.ts'

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** The browser of this machine; absent where there is none. */
export const CHROMIUM = [process.env['MLV_TEST_CHROMIUM'], ...PLACES].find(
  (path) => path !== undefined && existsSync(path),
)

if (CHROMIUM === undefined) console.warn('no chromium on this machine: the tests of the pages are skipped')

/** How a page is looked at. */
export interface Look {
  readonly width?: number
  readonly height?: number
  readonly colours?: 'dark' | 'light'
}

/** Pages of one server of made-up answers, closed with the tests of the file. */
export interface Pages {
  readonly server: () => FixtureServer
  /** Opens an address such as `#/runs`; the test fails when the page breaks or its policy is broken. */
  readonly open: (hash: string, look?: Look) => Promise<Page>
}

/** Starts a server and a browser for the tests of a file. */
export function usePages(size: FixtureSize): Pages {
  let server: FixtureServer | undefined
  let browser: Browser | undefined
  beforeAll(async () => {
    if (CHROMIUM === undefined) return
    const started = startFixture(size)
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] })
    server = await started
  })
  afterAll(async () => {
    await browser?.close()
    await server?.close()
  })
  const running = (): FixtureServer => {
    if (server === undefined) throw new Error('the server was not started')
    return server
  }
  return {
    server: running,
    open: async (hash, look = {}) => {
      if (browser === undefined) throw new Error('the browser was not started')
      return openPage(browser, `${running().address}${hash}`, look)
    },
  }
}

/** Opens an address in a browser of its own cookies; what breaks in the page fails the test. */
export async function openPage(browser: Browser, address: string, look: Look = {}): Promise<Page> {
  const viewport = { width: look.width ?? 1400, height: look.height ?? 860 }
  const context = await browser.newContext({ viewport, colorScheme: look.colours ?? 'light', acceptDownloads: true })
  const page = await context.newPage()
  const broken: string[] = []
  page.on('pageerror', (error) => broken.push(error.message))
  page.on('console', (message) => {
    if (/Content Security Policy|Refused to/.test(message.text())) broken.push(message.text())
  })
  onTestFinished(async () => {
    await context.close()
    if (broken.length > 0) throw new Error(`the page broke: ${broken.join('\n')}`)
  })
  page.setDefaultTimeout(15_000)
  await page.goto(address)
  return page
}
