/**
 * `mlv run` in front of a person: the command has a terminal of the same size, with colours, keys and Ctrl-C.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { makeReadyWorld, MLV, WORLD_VARIABLES } from '../support/world.ts'
import type { World } from '../support/world.ts'

const PTY = join(import.meta.dirname, 'run-terminal.py')
const isPossible = [
  ['python3', '-c', 'import pty, termios'],
  ['script', '--version'],
].every(([program = '', ...args]) => spawnSync(program, args).status === 0)
// Where one of them is absent the runner tells these titles as skipped.
const testOnTerminal = test.skipIf(!isPossible)

testOnTerminal('colours and the size of the window reach the command (needs python3 and script)', () => {
  const world = initialized()
  const code =
    'import os,sys; print([os.isatty(d) for d in (0, 1, 2)], tuple(os.get_terminal_size()))\n' +
    'print("\\x1b[31mred\\x1b[0m")'
  const { exitCode, shown } = onTerminal(world, [], 'python3', '-c', code)
  expect(exitCode).toBe(0)
  expect(shown).toContain('[True, True, True] (101, 33)\r\n\u001b[31mred\u001b[0m\r\n')
  expect(kept(world)).toBe('[True, True, True] (101, 33)\r\n\u001b[31mred\u001b[0m\r\n')
})

testOnTerminal('what is typed reaches the command, and its exit code comes back (needs python3 and script)', () => {
  const world = initialized()
  const typed = [['name? ', 'ada\n']] as const
  const { exitCode, shown } = onTerminal(
    world,
    typed,
    'sh',
    '-c',
    'printf \'name? \'; read -r name; echo "hi $name"; exit 7',
  )
  expect(shown).toContain('hi ada\r\n')
  expect(exitCode).toBe(7)
  expect(world.json('show', '@')).toMatchObject({ run: { status: 'failed', exitCode: 7 } })
})

testOnTerminal('Ctrl-C interrupts the command alone, and the run is sealed (needs python3 and script)', () => {
  const world = initialized()
  const code =
    'import time\ntry:\n  print("ready", flush=True); time.sleep(30)\n' +
    'except KeyboardInterrupt:\n  print("saved"); raise SystemExit(5)'
  const { exitCode, shown } = onTerminal(world, [['ready', '\u0003']], 'python3', '-c', code)
  expect(shown).toContain('saved\r\n')
  expect(exitCode).toBe(5)
  expect(world.json('show', '@')).toMatchObject({ run: { status: 'failed', exitCode: 5 } })
})

testOnTerminal('a command that Ctrl-C ends is recorded as killed by it (needs python3 and script)', () => {
  const world = initialized()
  const { exitCode } = onTerminal(world, [['ready', '\u0003']], 'sh', '-c', 'echo ready; sleep 30')
  expect(exitCode).toBe(130)
  expect(world.json('show', '@')).toMatchObject({ run: { status: 'killed', signal: 'SIGINT' } })
})

testOnTerminal('a machine without script is told, and the command runs on pipes (needs python3 and script)', () => {
  const world = initialized()
  const tools = spawnSync('sh', ['-c', 'command -v git node'], { encoding: 'utf8' }).stdout.split('\n')
  const folder = join(world.folder, '..', 'tools')
  const linked = ['sh', 'git', 'node'].map((name) => `ln -s "$(command -v ${name})" '${folder}/'`).join('; ')
  expect(tools.length).toBeGreaterThan(1)
  spawnSync('sh', ['-c', `mkdir '${folder}'; ${linked}`])
  const { shown } = onTerminal(
    world,
    [],
    'env',
    `PATH=${folder}`,
    'node',
    MLV,
    'run',
    '--',
    'sh',
    '-c',
    'test -t 1 || echo pipes',
  )
  expect(shown).toContain("no 'script' program was found: the command runs without a terminal of its own")
})

function onTerminal(
  world: World,
  keys: readonly (readonly [string, string])[],
  ...command: readonly string[]
): { readonly exitCode: number; readonly shown: string } {
  const own = command[0] === 'env' ? command : [process.execPath, MLV, 'run', '--', ...command]
  const args = [PTY, '33', '101', JSON.stringify(keys), ...own]
  const { stdout } = spawnSync('python3', args, { cwd: world.folder, env: WORLD_VARIABLES, encoding: 'latin1' })
  const [exitCode = '', ...shown] = stdout.split('\n')
  return { exitCode: Number(exitCode), shown: shown.join('\n') }
}

/** What the newest run printed on its terminal, as it is on the branch. */
function kept(world: World): string {
  const path = world
    .git('ls-tree', '-r', '--name-only', 'mlv')
    .split('\n')
    .find((name) => name.endsWith('terminal.txt.gz'))
  const { stdout } = spawnSync('git', ['show', `mlv:${path ?? ''}`], { cwd: world.folder })
  return gunzipSync(stdout).toString('utf8')
}

function initialized(): World {
  const world = makeReadyWorld()
  return world
}
