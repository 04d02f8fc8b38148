/**
 * `mlv top` in front of a person: it follows a run as it goes on, obeys keys, and gives the terminal back as it was.
 */
import { spawn, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../support/repository.ts'
import { makeReadyWorld, MLV, WORLD_VARIABLES } from '../support/world.ts'
import type { World } from '../support/world.ts'

const PTY = join(import.meta.dirname, 'run-terminal.py')
const isPossible = spawnSync('python3', ['-c', 'import pty, termios']).status === 0
// Where it is absent the runner tells these titles as skipped.
const testOnTerminal = test.skipIf(!isPossible)

/** Logs two points, waits until it is told to go on, logs two more, and again. */
const TRAIN = `log() { printf '{"metric":"loss","value":%s,"step":%s}\\n' "$1" "$2" >> "$MLV_RUN_DIR/log.jsonl"; }
log 8 0; log 4 1; printf 'epoch 2 \\033[31mred\\033[0m\\n'
until test -e "$GO"; do sleep 0.05; done
log 2 2; log 1 3; echo "epoch 4"
until test -e "$GO.end"; do sleep 0.05; done
`

interface LiveWorld {
  readonly world: World
  readonly go: string
  /** Starts a training that waits. */
  readonly train: (...options: readonly string[]) => Promise<unknown>
}

function makeLiveWorld(): LiveWorld {
  const go = join(temporaryFolder(), 'go')
  const world = makeReadyWorld({ variables: { GO: go } })
  world.write('mlv.yaml', 'experiment: churn\ngoals:\n  loss: { goal: min }\n')
  world.write('train.sh', TRAIN)
  world.git('add', '.')
  world.git('commit', '--quiet', '--message=Train')
  return { world, go, train: (...options) => world.start('run', ...options, '--', 'sh', 'train.sh') }
}

interface Seen {
  readonly exitCode: number
  /** All that was sent to the terminal. */
  readonly shown: string
}

/** A command on a terminal of its own. */
interface OnTerminal {
  readonly shown: () => string
  readonly ended: Promise<Seen>
}

function onTerminal(
  world: World,
  keys: readonly (readonly [string, string])[],
  command: readonly string[],
  { rows = 24, columns = 100, variables = {} }: Partial<Window> = {},
): OnTerminal {
  const file = join(temporaryFolder(), 'shown')
  writeFileSync(file, '')
  const env = { ...WORLD_VARIABLES, LC_ALL: 'C.UTF-8', TERM: 'xterm-256color', ...variables, SHOWN: file }
  const args = [PTY, String(rows), String(columns), JSON.stringify(keys), ...command]
  const child = spawn('python3', args, { cwd: world.folder, env, stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  const shown = (): string => readFileSync(file, 'utf8')
  const ended = new Promise<Seen>((done) => {
    child.on('close', () => done({ exitCode: Number(text.split('\n')[0]), shown: shown() }))
  })
  return { shown, ended }
}

interface Window {
  readonly rows: number
  readonly columns: number
  readonly variables: NodeJS.ProcessEnv
}

/** What a terminal has on its screen at last: each line is sent to its place, and what is sent anew replaces it. */
function screenOf(shown: string): string {
  const lines = new Map<number, string>()
  const pieces = shown.split('\u001b[?1049l')[0]?.split(/\u001b\[(?=\d+;1H)/) ?? []
  for (const piece of pieces) {
    const found = /^(\d+);1H([^]*)$/.exec(piece)
    if (found !== null) lines.set(Number(found[1]), (found[2] ?? '').replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '').trimEnd())
  }
  return [...lines].sort(([left], [right]) => left - right).map(([, text]) => text).join('\n') // prettier-ignore
}

const TOP = [process.execPath, MLV, 'top'] as const
const ENTER = '\u001b[?1049h'
const LEAVE = '\u001b[?1049l'

testOnTerminal('a run is followed from its first points to its end, and q gives the terminal back', async () => {
  const { world, go, train } = makeLiveWorld()
  const run = train('-p', 'lr=0.1', '-m', 'first try')
  await expect.poll(() => world.mlv('top', '--once').stdout, { timeout: 20_000 }).toContain('epoch 2 red')
  // What a terminal was set to is asked for before and after, on that terminal.
  const command = ['sh', '-c', `stty -g; "$0" "$1" top; echo "exit $?"; stty -g`, process.execPath, MLV]
  const keys = [
    ['epoch 4', '\r'],
    ['back', 'q'],
    ['finished', 'q'],
  ] as const
  const top = onTerminal(world, keys, command)
  await expect.poll(() => screenOf(top.shown()), { timeout: 20_000 }).toContain('epoch 2 red')
  expect(screenOf(top.shown())).toMatch(/^mlv top {2}1 running, 0 ended\n.*\n> ● {2}\w{12} {2}first try .* █▁/)
  expect(screenOf(top.shown())).toMatch(/lr=0.1\nloss ↓ {2}4 {2}best 4 {2}█▁\n/)
  writeFileSync(go, '')
  await expect
    .poll(() => screenOf(top.shown()), { timeout: 20_000 })
    .toMatch(/loss ↓ {2}1 {2}best 1 {2}█▄▂▁|loss ↓ {2}last 1/)
  writeFileSync(`${go}.end`, '')
  const { shown } = await top.ended
  await run
  expect(screenOf(shown)).toMatch(/^mlv top {2}0 running, 1 ended\n.*\n> ✓ .*finished/)
  const [before, after] = [shown.slice(0, shown.indexOf(ENTER)), shown.slice(shown.lastIndexOf(LEAVE) + LEAVE.length)]
  expect(before.trim()).toMatch(/^[\w:]+$/)
  expect(after.replaceAll('\r', '')).toBe(`exit 0\n${before.trim()}\n`)
  // Nothing but the screen of its own was written on: the cursor is shown, and lines wrap again.
  expect(shown.slice(0, shown.lastIndexOf(LEAVE))).toMatch(/\u001b\[\?7h\u001b\[\?25h$/)
})

testOnTerminal.each([
  ['Ctrl-C', '\u0003', undefined, 130],
  ['SIGTERM', '', 'TERM', 143],
])('%s gives the terminal back too', async (_, key, signal, exitCode) => {
  const { world } = makeLiveWorld()
  const kill = signal === undefined ? '' : `(until test -e "$GO"; do sleep 0.05; done; kill -${signal} $$) & `
  const go = join(temporaryFolder(), 'kill')
  const keys = key === '' ? [] : [['q quit', key] as const]
  const command = ['sh', '-c', `${kill}exec "$0" "$1" top`, process.execPath, MLV]
  const top = onTerminal(world, keys, command, { variables: { GO: go } })
  await expect.poll(top.shown, { timeout: 20_000 }).toContain('q quit')
  writeFileSync(go, '')
  const ended = await top.ended
  expect(ended.exitCode).toBe(exitCode)
  expect(ended.shown.endsWith(`\u001b[?7h\u001b[?25h${LEAVE}`)).toBe(true)
})

testOnTerminal('what goes wrong is told after the terminal was given back', async () => {
  const { world } = makeLiveWorld()
  const top = onTerminal(world, [], TOP)
  await expect.poll(top.shown, { timeout: 20_000 }).toContain('q quit')
  world.git('update-ref', '-d', 'refs/heads/mlv')
  const { exitCode, shown } = await top.ended
  expect(exitCode).toBe(3)
  expect(shown.slice(shown.lastIndexOf(LEAVE))).toContain('(branch-not-found)')
})

testOnTerminal('a small window, no colour and no UTF-8: ASCII alone, and nothing beyond the edge', async () => {
  const { world, go, train } = makeLiveWorld()
  const run = train('-m', 'größer')
  await expect.poll(() => world.mlv('top', '--once').stdout, { timeout: 20_000 }).toContain('epoch 2')
  const options = { rows: 12, columns: 50, variables: { LC_ALL: 'C' } }
  const { exitCode, shown } = await onTerminal(world, [['@', 'q']], TOP, options).ended
  writeFileSync(go, '')
  writeFileSync(`${go}.end`, '')
  await run
  expect(exitCode).toBe(0)
  const lines = screenOf(shown).split('\n')
  expect(lines.filter((line) => line.length > 50)).toEqual([])
  expect(lines[2]).toMatch(/^> > {2}\w{12} .* @\.$/)
  expect(shown).not.toMatch(/[^\u0000-\u007föß]/)
  expect(shown).not.toMatch(/\u001b\[(?:3\d|2|22)m/)
})

testOnTerminal('what a run is called, logs and prints is shown and never obeyed', async () => {
  const { world, go } = makeLiveWorld()
  const logged = '{"metric":"\u202eloss","value":1}'
  world.write(
    'evil.sh',
    `printf 'x\\033]52;c;cm0=\\007\\033[2J\\342\\200\\256rm\\n'; echo '${logged}' >> "$MLV_RUN_DIR/log.jsonl"
    until test -e "$GO"; do sleep 0.05; done`,
  )
  const evil = 'a\u001b]52;c;cm0=\u0007\u009b31m 表表表'
  const run = world.start('run', '-p', `lr=${evil}`, '--', 'sh', 'evil.sh')
  await expect.poll(() => world.mlv('top', '--once').stdout, { timeout: 20_000 }).toContain('running')
  const keys = [
    ['q quit', '\r'],
    ['q back', 'q'],
    ['q quit', 'q'],
  ] as const
  const { exitCode, shown } = await onTerminal(world, keys, TOP).ended
  writeFileSync(go, '')
  await run
  expect(exitCode).toBe(0)
  expect(shown).not.toContain('\u001b]')
  expect(shown).not.toMatch(/[\u0007\u0080-\u009f\u202e]/)
  // What it says is there, spelled out.
  expect(shown).toContain('a\\x1b]52;c;cm0=\\x07\\x9b31m 表表表')
})

test('off a terminal it is what is so now: a table, or one document', async () => {
  const { world, go, train } = makeLiveWorld()
  const run = train('-m', 'first try')
  await expect.poll(() => world.mlv('top').stdout, { timeout: 20_000 }).toContain('epoch 2 red')
  expect(
    world
      .say('top')
      .replace(/\t\d+\t1\t/, '\t<elapsed>\t1\t')
      .replaceAll('\t', ' | '),
  ).toMatchInlineSnapshot(`
    "$ mlv top
    id | state | started | elapsed | step | steps a second | loss | experiment | name | last line
    <id1> | running | <time> | <elapsed> | 1 |  | 4 | churn | first try | epoch 2 red
    "
  `)
  const live = world.json('top') as { readonly runs: readonly Record<string, unknown>[] }
  expect(live.runs).toMatchObject([
    { state: 'running', step: 1, sparklines: { loss: [8, 4] }, lastLine: 'epoch 2 red' },
  ])
  writeFileSync(go, '')
  writeFileSync(`${go}.end`, '')
  await run
  const ended = world.json('top', '-n', '1', '-f', 'metric.loss < 2') as typeof live
  expect(ended.runs).toMatchObject([{ state: 'finished', step: 3, sparklines: { loss: [8, 4, 2, 1] } }])
  expect((world.json('top', '-f', 'nobody') as typeof live).runs).toEqual([])
})

test('a run whose processes are gone is interrupted, until it is recorded', async () => {
  const { world, train } = makeLiveWorld()
  void train()
  await expect.poll(() => world.mlv('top').stdout, { timeout: 20_000 }).toContain('epoch 2')
  const { pending } = world.json('status') as { readonly pending: readonly { readonly run: string }[] }
  const folder = join(world.folder, '.git', 'mlv', 'journal', pending[0]?.run ?? '')
  const owners = [...readFileSync(join(folder, 'events'), 'latin1').matchAll(/"(?:pid|processId)":(\d+)/g)]
  for (const [, id] of owners) spawnSync('kill', ['-9', id ?? ''])
  await expect.poll(() => world.mlv('top').stdout, { timeout: 20_000 }).toContain('interrupted')
  expect(world.mlv('commit', '--recover').exitCode).toBe(0)
  expect(world.mlv('top').stdout).toContain('killed')
})
