/**
 * `mlv ui` as a person starts it: the link, the browser, and the end.
 */
import { spawn } from 'node:child_process'
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  openSync,
  closeSync,
  ftruncateSync,
  readdirSync,
  readFileSync,
  statSync,
} from 'node:fs'
import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { makeReadyWorld, MLV, WORLD_VARIABLES } from '../support/world.ts'
import type { World } from '../support/world.ts'

/** `mlv ui`, started. */
interface StartedUi {
  readonly child: ChildProcessWithoutNullStreams
  /** The first line of standard output. */
  readonly link: string
  readonly said: () => string
  /** Interrupts it, and resolves with its exit code. */
  readonly interrupt: () => Promise<number | null>
}

function initialized(): World {
  const world = makeReadyWorld()
  return world
}

async function startUi(world: World, args: readonly string[], variables: NodeJS.ProcessEnv = {}): Promise<StartedUi> {
  const env = { ...WORLD_VARIABLES, DISPLAY: '', WAYLAND_DISPLAY: '', SSH_CONNECTION: '', SSH_TTY: '', ...variables }
  const child = spawn(process.execPath, [MLV, 'ui', ...args], { cwd: world.folder, env })
  onTestFinished(() => void child.kill('SIGKILL'))
  let [stdout, stderr] = ['', '']
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString()
      if (stdout.includes('\n')) resolve()
    })
    void ended.then((code) => {
      reject(new Error(`expected a link before exit ${code}: ${stderr}`))
    })
  })
  return {
    child,
    link: stdout.split('\n', 1)[0] ?? '',
    said: () => stdout + stderr,
    interrupt: () => {
      child.kill('SIGINT')
      return ended
    },
  }
}

interface Entered {
  readonly base: string
  readonly cookie: string
}

async function enter(link: string): Promise<Entered> {
  const answer = await fetch(link)
  const base = /url=([^"]+)"/.exec(await answer.text())?.[1] ?? ''
  return { base: new URL(base, link).href, cookie: (answer.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? '' }
}

test('the link lets in one browser, once, and Ctrl-C ends all of it', async () => {
  const world = initialized()
  const ui = await startUi(world, ['--no-open'])
  expect(ui.link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/enter\?token=[\w-]{43}$/)
  await expect.poll(ui.said, { timeout: 5_000 }).toContain('lets in one browser, once; Ctrl-C ends')

  const { base, cookie } = await enter(ui.link)
  const page = await fetch(base, { headers: { cookie } })
  expect([page.status, (await page.text()).startsWith('<!doctype html>')]).toEqual([200, true])
  const runs = await fetch(`${base}api/runs`, { headers: { cookie } })
  expect(await runs.json()).toMatchObject({ total: 0, rows: [] })
  expect((await fetch(ui.link)).status).toBe(401)

  // A page that listens does not keep it from ending.
  const events = await fetch(`${base}api/events`, { headers: { cookie } })
  expect(events.status).toBe(200)
  expect(await ui.interrupt()).toBe(0)
  await expect(fetch(base)).rejects.toThrow('fetch failed')
})

test('with --json the link is the document, and the port is the one that was asked for', async () => {
  const world = initialized()
  const holder = createServer()
  await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve))
  const { port } = holder.address() as AddressInfo
  const refused = world.mlv('ui', '--no-open', '--port', String(port))
  expect(refused.exitCode).toBe(6)
  expect(refused.stderr.replaceAll(String(port), '<port>')).toMatchInlineSnapshot(`
    "mlv: port <port> cannot be answered on (port-taken)
    why: another program of this machine has it, or only the administrator may
    next: run 'mlv ui' without --port, and any that is free is taken
    "
  `)
  await new Promise((resolve) => holder.close(resolve))

  const child = spawn(process.execPath, [MLV, 'ui', '--json', '--port', String(port)], {
    cwd: world.folder,
    env: WORLD_VARIABLES,
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const text = await new Promise<string>((resolve) => {
    let all = ''
    child.stdout.on('data', (chunk: Buffer) => {
      all += chunk.toString()
      if (all.trimEnd().endsWith('}')) resolve(all)
    })
  })
  expect(JSON.parse(text)).toEqual({ url: expect.stringContaining(`http://127.0.0.1:${port}/enter?token=`) as unknown })
  child.kill('SIGTERM')
  expect(await new Promise((resolve) => child.once('close', resolve))).toBe(0)
})

test('the browser is given a file for its owner alone, never the link; the file goes when it was used', async () => {
  const world = initialized()
  const programs = join(world.folder, '.git', 'programs')
  mkdirSync(programs)
  const seen = join(programs, 'seen')
  world.write('.git/programs/xdg-open', `#!/bin/sh\necho "$#" "$@" > '${seen}.new'\nmv '${seen}.new' '${seen}'\n`)
  chmodSync(join(programs, 'xdg-open'), 0o755)
  const ui = await startUi(world, [], { DISPLAY: ':0', PATH: `${programs}:${process.env['PATH'] ?? ''}` })
  await expect.poll(() => existsSync(seen), { timeout: 10_000 }).toBe(true)

  const [count, file = ''] = readFileSync(seen, 'utf8').trim().split(' ')
  expect([count, /^.*\/\.git\/mlv\/ui-[0-9a-f]{24}\.html$/.test(file)]).toEqual(['1', true])
  expect(statSync(file).mode & 0o777).toBe(0o600)
  const link = /url=([^"]+)"/.exec(readFileSync(file, 'utf8'))?.[1] ?? ''
  expect(link).not.toBe(ui.link)
  await enter(link)
  expect(existsSync(file)).toBe(false)
  // The printed one still works, for a browser that is not the usual one.
  expect((await enter(ui.link)).cookie).not.toBe('')
  expect(readFileSync(`/proc/${ui.child.pid}/cmdline`, 'utf8')).not.toContain('token')
  expect(await ui.interrupt()).toBe(0)
  expect(readdirSync(join(world.folder, '.git', 'mlv')).filter((name) => name.startsWith('ui-'))).toEqual([])
})

test('over ssh nothing is opened, and the line that forwards the port is printed', async () => {
  const ui = await startUi(initialized(), [], { SSH_CONNECTION: '10.0.0.1 1 10.0.0.2 22', DISPLAY: ':0' })
  const { port } = new URL(ui.link)
  await expect.poll(ui.said, { timeout: 5_000 }).toContain(`ssh -N -L ${port}:127.0.0.1:${port} `)
  expect(await ui.interrupt()).toBe(0)
})

const LARGE_BYTES = 256 * 1024 * 1024

test.runIf(existsSync('/proc/self/status'))(
  'a large artifact goes to three readers at once in flat memory',
  async () => {
    const world = initialized()
    const file = openSync(join(world.folder, 'large.bin'), 'w')
    ftruncateSync(file, LARGE_BYTES)
    closeSync(file)
    expect(world.mlv('commit', '--artifact', 'large.bin', '--metric', 'a=1').exitCode).toBe(0)
    const ui = await startUi(world, ['--no-open'])
    const { base, cookie } = await enter(ui.link)
    await (await fetch(`${base}api/run/@`, { headers: { cookie } })).text()
    const before = peakBytes(ui.child)

    const answers = await Promise.all(
      Array.from({ length: 3 }, () => opened(`${base}api/run/@/file?path=large.bin`, cookie)),
    )
    let received = 0
    await Promise.all(
      answers.map(async (answer) => {
        for await (const chunk of answer as AsyncIterable<Buffer>) received += chunk.length
      }),
    )
    expect(received).toBe(3 * LARGE_BYTES)
    expect(peakBytes(ui.child) - before).toBeLessThan(LARGE_BYTES / 4)
    expect(await ui.interrupt()).toBe(0)
  },
)

function opened(url: string, cookie: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request(url, { headers: { cookie } }, resolve).once('error', reject).end()
  })
}

/** The most memory a process ever held. */
function peakBytes({ pid }: ChildProcessWithoutNullStreams): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024
}
