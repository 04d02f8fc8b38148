/**
 * The pages and the server of `mlv ui` together: a link, runs as they are recorded, and a model that is moved.
 */
import { spawn } from 'node:child_process'
import process from 'node:process'
import { chromium } from 'playwright-core'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { MLV, WORLD_VARIABLES, makeWorld } from '../support/world.ts'
import type { World } from '../support/world.ts'
import { CHROMIUM, openPage } from './browser.ts'

const CURVE = Array.from({ length: 50 }, (_, step) => `{"step":${step},"loss":${1 / (step + 1)}}\n`).join('')

describe.skipIf(CHROMIUM === undefined)('mlv ui', () => {
  let browser: Browser | undefined
  beforeAll(async () => {
    if (CHROMIUM !== undefined)
      browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] })
  })
  afterAll(async () => browser?.close())

  test('what is recorded while a page is open appears on it, and what is promoted there is recorded', async () => {
    if (browser === undefined) throw new Error('the browser was not started')
    const world = worldWithModel()
    const page = await openPage(browser, await startUi(world.folder))
    await page.getByRole('link', { name: 'first' }).waitFor()

    record(world, 0.2, 'second')
    await page.getByRole('link', { name: 'second' }).waitFor()

    await page.keyboard.press('/')
    await page.keyboard.type('param.lr > 0.15')
    await page.keyboard.press('Enter')
    await page.getByText('1 run', { exact: true }).waitFor()
    await page.getByRole('link', { name: 'second' }).click()
    await page.getByRole('region', { name: 'Chart of loss' }).locator('canvas').waitFor()

    await page.getByRole('link', { name: 'Models' }).click()
    await page.getByRole('link', { name: 'm', exact: true }).click()
    await page.getByRole('row', { name: /v2/ }).getByRole('button', { name: 'Promote…' }).click()
    await page.getByLabel('Reason').fill('half the loss')
    await page.getByRole('button', { name: 'Promote v2 to production' }).click()
    await page.getByText('half the loss').waitFor()
    expect(world.json('models', 'm')).toMatchObject({
      aliases: [{ name: 'production', version: { number: 2 }, reason: 'half the loss' }],
    })
  })

  test('what stands after the link leads to that place, when it is opened again too', async () => {
    if (browser === undefined) throw new Error('the browser was not started')
    const world = makeWorld()
    world.mlv('init')
    const link = await startUi(world.folder)
    const page = await openPage(browser, `${link}#/runs?filter=param.lr+%3E+0.15&view=scatter`)
    await page.waitForURL(/\/s\/[\w-]+\/#\/runs\?filter=param\.lr\+%3E\+0\.15&view=scatter$/)
    await expect.poll(() => page.getByLabel('Filter of runs').inputValue()).toBe('param.lr > 0.15')
    await page.goto('about:blank')
    await page.goto(`${link}#/models`)
    await page.getByText('No models yet').waitFor()
    await page.goto('about:blank')
    await page.goto(link)
    await page.getByText('No runs yet').waitFor()
  })
})

function worldWithModel(): World {
  const world = makeWorld()
  world.write('mlv.yaml', 'params: [params.yaml]\nseries: [history.jsonl]\n')
  world.write('history.jsonl', CURVE)
  world.mlv('init')
  record(world, 0.1, 'first')
  world.mlv('promote', 'm@v1', 'production')
  return world
}

function record(world: World, rate: number, message: string): void {
  world.write('params.yaml', `lr: ${rate}\n`)
  world.write('model.bin', `weights ${rate}`)
  const { exitCode, stderr } = world.mlv('commit', '--model', 'm=model.bin', '-m', message)
  if (exitCode !== 0) throw new Error(stderr)
}

/** Starts the command as a user does, until the test ends. The link it prints. */
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
