/**
 * Logging from outside a program: from a shell with mlv, from a shell without it, and from Python as the docs say.
 */
import { spawnSync } from 'node:child_process'
import { appendFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { leaveRun } from '../support/left-run.ts'
import type { LeftRun } from '../support/left-run.ts'
import { temporaryFolder } from '../support/repository.ts'
import { makeReadyWorld, MLV, WORLD_VARIABLES } from '../support/world.ts'
import type { Outcome, World } from '../support/world.ts'

const hasPython = spawnSync('python3', ['--version']).status === 0
// Where Python is absent the runner tells these titles as skipped.
const testWithPython = test.skipIf(!hasPython)

interface Logging extends LeftRun {
  readonly world: World
  /** Runs mlv as a process of the run. */
  readonly inside: (...args: readonly string[]) => Outcome
  readonly lines: () => readonly string[]
}

function started(): Logging {
  const world = makeReadyWorld()
  const run = leaveRun(world.folder)
  return {
    world,
    ...run,
    inside: (...args) => mlvIn(world.folder, { MLV_RUN_DIR: run.folder }, args),
    lines: () =>
      withoutTimes(readFileSync(join(run.folder, 'log.jsonl'), 'utf8'))
        .split('\n')
        .slice(0, -1),
  }
}

function mlvIn(folder: string, variables: NodeJS.ProcessEnv, args: readonly string[]): Outcome {
  const env = { ...WORLD_VARIABLES, ...variables }
  const { status, stdout, stderr } = spawnSync(process.execPath, [MLV, ...args], { cwd: folder, env, encoding: 'utf8' })
  return { exitCode: status ?? -1, stdout, stderr }
}

function withoutTimes(text: string): string {
  return text.replaceAll(/,?"time":\s?[\d.e+]+,?/g, '')
}

test('log-metric, log-param and log-artifact append a line and say nothing', () => {
  const { world, inside, lines, id } = started()
  world.write('out/model.bin', 'weights')
  const silent = { exitCode: 0, stdout: '', stderr: '' }
  expect(inside('log-metric', 'loss=0.31', 'acc=nan', '--step', '10')).toEqual(silent)
  expect(inside('log-metric', 'val/auc=-1e-3')).toEqual(silent)
  expect(inside('log-param', 'lr=0.1', 'seed=12345678901234567890', 'name="1"')).toEqual(silent)
  expect(inside('log-artifact', 'out/model.bin', '--name', 'model.bin')).toEqual(silent)
  expect(lines().map((line) => line.replace(world.folder, 'FOLDER'))).toEqual([
    '{"metrics":{"loss":0.31,"acc":NaN},"step":10}',
    '{"metric":"val/auc","value":-0.001}',
    '{"params":{"lr":0.1,"seed":12345678901234567890,"name":"1"}}',
    '{"artifact":"FOLDER/out/model.bin","name":"model.bin"}',
  ])
  expect(world.say('commit', '--recover')).toMatchInlineSnapshot(`
    "$ mlv commit --recover
    recorded run <id1> as killed
    "
  `)
  expect(world.json('show', id)).toMatchObject({
    run: { parameters: { lr: 0.1, name: '1' }, metrics: { loss: { last: 0.31 }, acc: { last: 'NaN' } } },
  })
})

test('a run can be named from elsewhere, by the start of its id', () => {
  const { world, id, lines } = started()
  expect(world.json('log-metric', 'loss=1', '--run', id.slice(0, 14))).toMatchObject({ run: id, lines: 1 })
  expect(world.json('log-param', 'lr=1', '--run', '@')).toMatchObject({ run: id })
  expect(lines()).toEqual(['{"metric":"loss","value":1.0}', '{"params":{"lr":1}}'])
})

test('without a run there is nothing to log to, and what to do is said', () => {
  const { world, inside, lines } = started()
  expect(world.say('log-metric', 'loss=1')).toMatchInlineSnapshot(`
    "$ mlv log-metric loss=1
    mlv: there is no run to log to (run-not-live)
    why: MLV_RUN_DIR is not set, so no 'mlv run' started this
    next: start it with 'mlv run -- COMMAND', or name a run with --run; 'mlv status' lists those open
    [exit 3]
    "
  `)
  expect(world.say('log-param', 'lr=1', '--run', '01zzzz')).toMatch(/is not a run that is being written/)
  expect(inside('log-artifact', 'gone.bin').exitCode).toBe(3)
  expect(lines()).toEqual([])
  // A folder of no run would take the line, and nobody would ever find it.
  expect(mlvIn(world.folder, { MLV_RUN_DIR: world.folder }, ['log-metric', 'loss=1']).exitCode).toBe(3)
  expect(readdirSync(world.folder)).not.toContain('log.jsonl')
  world.mlv('commit', '--recover')
  expect(inside('log-metric', 'loss=1').stderr).toMatch(/the run has ended/)
})

test.each([
  [['log-metric', 'loss'], /takes key=value/],
  [['log-metric', 'loss=abc'], /not a number/],
  [['log-metric', 'loss=1', '--step', '1.5'], /whole number/],
  [['log-metric'], /missing required argument/],
  [['log-param', ' lr=1'], /not a valid parameter name/],
  [['log-artifact', 'train.py', '--name', '../x'], /leaves/],
])('%j is refused, and nothing is appended', (args, words) => {
  const { inside, lines } = started()
  const { exitCode, stderr } = inside(...args)
  expect(exitCode).toBeGreaterThan(0)
  expect(stderr).toMatch(words)
  expect(lines()).toEqual([])
})

test('what is told about a log is told as warnings, and as problems in JSON', () => {
  const { world, folder } = started()
  appendFileSync(join(folder, 'log.jsonl'), '{"metric":"loss","value":1}\nnonsense\n{"metric":')
  expect(world.say('commit', '--recover')).toMatchInlineSnapshot(`
    "$ mlv commit --recover
    recorded run <id1> as killed
    warning: log.jsonl:2: skipped, expected a value, found 'n'
    warning: log.jsonl:3: cut, the line was never finished (10 bytes)
    "
  `)
})

/** The first block of Python of the docs: what a reader pastes. */
function snippet(): string {
  const docs = readFileSync(resolve(import.meta.dirname, '../../docs/logging.md'), 'utf8')
  return /```python\n(.*?)```/s.exec(docs)?.[1] ?? ''
}

function python(folder: string, program: string, variables: NodeJS.ProcessEnv): Outcome {
  const env = { PATH: process.env['PATH'], ...variables }
  const options = { cwd: folder, env, encoding: 'utf8' } as const
  const { status, stdout, stderr } = spawnSync('python3', ['-c', `${snippet()}\n${program}`], options)
  return { exitCode: status ?? -1, stdout, stderr }
}

testWithPython('the Python of the docs logs what it is given, NaN too (needs python3)', () => {
  const { folder, lines } = started()
  const program = [
    'log(params={"lr": 0.1, "opt": {"name": "adam"}})',
    'for step in range(1000): log(metric="loss", value=1 / (step + 1), step=step)',
    'log(metric="bad", value=float("nan"))',
    'log(metrics={"a": float("inf"), "b": 2})',
    // A number of another library, such as numpy's.
    'import decimal; log(metric="d", value=decimal.Decimal("0.5"))',
  ].join('\n')
  expect(python(folder, program, { MLV_RUN_DIR: folder })).toEqual({ exitCode: 0, stdout: '', stderr: '' })
  const written = lines()
  expect(written).toHaveLength(1004)
  expect(written[0]).toBe('{"params": {"lr": 0.1, "opt": {"name": "adam"}}}'.replace('{"params', '{ "params'))
  expect(written.at(-3)).toContain('NaN')
  expect(written.at(-2)).toContain('Infinity')
  expect(written.at(-1)).toContain('0.5')
})

testWithPython('it writes a file a rank, and nothing outside of a run (needs python3)', () => {
  const folder = temporaryFolder()
  const log = 'log(metric="loss", value=1)'
  expect(python(folder, log, { MLV_RUN_DIR: folder, RANK: '3' })).toEqual({ exitCode: 0, stdout: '', stderr: '' })
  expect(readdirSync(folder)).toEqual(['log-3.jsonl'])
  mkdirSync(join(folder, 'elsewhere'))
  expect(python(join(folder, 'elsewhere'), log, {})).toEqual({ exitCode: 0, stdout: '', stderr: '' })
  expect(readdirSync(join(folder, 'elsewhere'))).toEqual([])
})

testWithPython('threads, forks and a shell log into one file, and every line is whole (needs python3)', () => {
  const { world, folder, id } = started()
  const program = [
    'import subprocess, sys',
    'def work(name):',
    '    for step in range(2000): log(metric=name, value=step, step=step)',
    'threads = [threading.Thread(target=work, args=[f"thread/{n}"]) for n in range(4)]',
    'for thread in threads: thread.start()',
    'child = os.fork()',
    'if child == 0: work("fork"); sys.exit(0)',
    `shell = 'echo \\'{"metric":"shell","value":1}\\' >> "$MLV_RUN_DIR/log.jsonl"'`,
    'for _ in range(20): subprocess.run(shell, shell=True)',
    'for thread in threads: thread.join()',
    'os.waitpid(child, 0)',
  ].join('\n')
  expect(python(folder, program, { MLV_RUN_DIR: folder })).toMatchObject({ exitCode: 0, stdout: '' })
  const { stderr } = world.mlv('commit', '--recover')
  expect(stderr).toBe('')
  const { run } = world.json('show', id) as { run: { metrics: Record<string, { count?: number }> } }
  const counts = Object.entries(run.metrics).map(([name, { count }]) => `${name} ${count ?? 1}`)
  expect(counts).toEqual(['fork 2000', 'shell 20', ...[0, 1, 2, 3].map((number) => `thread/${number} 2000`)])
})
