/**
 * Charts of a run that is under way, on the server of `mlv ui` itself: they grow while the run logs, and stay when it
 * has ended.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { chromium } from 'playwright-core'
import type { Browser, Locator } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { MLV, WORLD_VARIABLES, makeWorld } from '../support/world.ts'
import type { World } from '../support/world.ts'
import { CHROMIUM, openPage } from './browser.ts'

/** Logs a hundred points at a time until it is told to stop, then tells how many there were. */
const TRAINING = `
import { appendFileSync, existsSync, writeFileSync } from 'node:fs'
const log = process.env.MLV_RUN_DIR + '/log.jsonl'
let step = 0
while (!existsSync('stop')) {
  const lines = Array.from({ length: 100 }, () => {
    step += 1
    return JSON.stringify({ metrics: { loss: step === 777 ? 1e6 : 1 / step, ...(step > 500 ? { late: step } : {}) }, step })
  })
  appendFileSync(log, lines.join('\\n') + '\\n')
  await new Promise((resolve) => setTimeout(resolve, 20))
}
writeFileSync('count', String(step))
`

describe.skipIf(CHROMIUM === undefined)('charts of a live run', () => {
  let browser: Browser | undefined
  beforeAll(async () => {
    if (CHROMIUM !== undefined)
      browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] })
  })
  afterAll(async () => browser?.close())

  test('grow while it runs, and stay when it has ended', async () => {
    if (browser === undefined) throw new Error('the browser was not started')
    const world = makeWorld()
    world.mlv('init')
    world.write('train.mjs', TRAINING)
    const page = await openPage(browser, await startUi(world.folder))
    await page.waitForURL(/\/s\//)
    await page.evaluate(() => void (location.hash = '#/runs?view=charts'))
    const ended = startRun(world)
    const card = page.getByRole('region', { name: 'Chart of loss' })
    await card.locator('canvas').waitFor()
    // A metric that came later has a chart too.
    await page.getByRole('region', { name: 'Chart of late' }).locator('canvas').waitFor()
    await card.getByRole('button', { name: 'Table' }).click()
    const first = await pointsIn(card)
    await expect.poll(() => pointsIn(card), { timeout: 10_000 }).toBeGreaterThan(first + 200)
    await expect.poll(() => card.getByRole('row').nth(1).innerText()).toContain('1,000,000')

    world.write('stop', '')
    expect(await ended).toBe(0)
    const total = Number(world.read('count'))
    await expect.poll(() => pointsIn(card), { timeout: 10_000 }).toBe(total)
    await card.getByRole('button', { name: 'Table' }).click()
    await card.locator('canvas').waitFor()
    await page.reload()
    await card.locator('canvas').waitFor()
    await card.getByRole('button', { name: 'Table' }).click()
    await expect.poll(() => pointsIn(card)).toBe(total)
  })
})

/** What the table beside a chart counts for its only run. */
async function pointsIn(card: Locator): Promise<number> {
  const text = await card.getByRole('row').nth(1).getByRole('cell').nth(3).innerText()
  return Number(text.replaceAll(',', ''))
}

/** Starts the run as a user does; its exit code. */
function startRun(world: World): Promise<number | null> {
  const env = { ...process.env, ...WORLD_VARIABLES }
  const child = spawn(process.execPath, [MLV, 'run', '--', process.execPath, 'train.mjs'], { cwd: world.folder, env })
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  onTestFinished(async () => {
    if (!existsSync(join(world.folder, 'stop'))) world.write('stop', '')
    await ended
  })
  return ended
}

/** Starts the pages as a user does, until the test ends. The link they print. */
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
