/**
 * Captured runs when the world is not as it should be: a full disk, a clock that jumps, a command that is killed, a run
 * that is taken up again.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { hostOptions } from '../../src/host.ts'
import { parseMetricKey } from '../../src/domain/key.ts'
import type { RunId } from '../../src/domain/run.ts'
import { listRuns } from '../../src/ops/read/list-runs.ts'
import { leftBehind } from '../../src/ops/repository/left-behind.ts'
import { recoverRuns } from '../../src/ops/record/recover-runs.ts'
import { openRepository } from '../../src/ops/repository/repository.ts'
import type { OpenOptions, Repository } from '../../src/ops/repository/repository.ts'
import { runCommand } from '../../src/ops/record/run-command.ts'
import type { CommandTerminal, RunCommandOptions } from '../../src/ops/record/run-command-options.ts'
import { nodeFiles } from '../../src/store/files/node-files.ts'
import type { Files } from '../../src/store/files/files.ts'
import { systemError } from '../support/memory-files.ts'
import { GIT_VARIABLES } from '../support/repository.ts'
import { makeReadyWorld } from '../support/world.ts'
import type { World } from '../support/world.ts'

test('a disk that is full half-way ends the capture; the command goes on and the run is sealed', async () => {
  const world = initialized()
  const repository = await open(world, { files: fullFor('stdout.log') })
  const terminal = quietTerminal()
  const report = await runCommand(repository, shell(world, 'echo one; echo two >&2; exit 4', terminal))
  expect(terminal.passed().split('\n').sort()).toEqual(['', 'one', 'two'])
  expect(terminal.told).toEqual(["its output is no longer kept (ENOSPC: 'stdout.log'); the command goes on"])
  expect(report).toMatchObject({ exitCode: 4, run: { status: 'failed', exitCode: 4 } })
  expect(await leftBehind(repository)).toEqual([])
})

test('a clock that jumps back makes no run end before it started', async () => {
  const world = initialized()
  let hours = 0
  const clock = { nowMs: () => Date.UTC(2026, 10, 20) - (hours += 1) * 3_600_000, elapsedMs: () => performance.now() }
  const { run } = await runCommand(await open(world, { clock }), shell(world, 'sleep 0.05'))
  expect(run.status === 'finished' && run.endedAt >= run.startedAt).toBe(true)
  expect(run.resources?.elapsedMs).toBeGreaterThanOrEqual(45)
})

test('a signal to the wrapper is the command’s', async () => {
  const world = initialized()
  const terminal = quietTerminal()
  const running = runCommand(
    await open(world),
    shell(world, "trap 'exit 9' TERM; echo up; while :; do sleep 0.01; done", terminal),
  )
  await terminal.shows('up\n')
  terminal.signal('SIGTERM')
  expect(await running).toMatchObject({ exitCode: 9, run: { status: 'failed', exitCode: 9 } })
})

test('a run whose sealing is put off waits in its journal, ended', async () => {
  const world = initialized()
  const repository = await open(world)
  const report = await runCommand(repository, { ...shell(world, 'exit 0'), seal: 'later', group: 'sweep' })
  expect(report).toMatchObject({ run: { status: 'finished', group: 'sweep' } })
  expect(report.operation).toBeUndefined()
  expect(await recoverRuns(repository)).toMatchObject({ sealed: [{ run: report.run.id, status: 'finished' }] })
})

test('a run that was left behind is taken up again in a new stretch, with every point of both', async () => {
  const world = initialized()
  const id = await interrupted(
    world,
    'echo \'{"metric":"loss","value":3}\' >> $MLV_RUN_DIR/log.jsonl; printf \'{"metr\' >> $MLV_RUN_DIR/log.jsonl',
  )
  const repository = await open(world)
  expect(await leftBehind(repository)).toEqual([id])
  const again = shell(world, 'echo \'{"metric":"loss","value":2}\' >> $MLV_RUN_DIR/log.jsonl')
  const { run, warnings } = await runCommand(repository, { ...again, resume: id })
  expect(run).toMatchObject({ id, status: 'finished', segments: [{ command: again.command }] })
  expect(run.metrics.get(parseMetricKey('loss'))?.summary).toMatchObject({ count: 2, last: 2, max: 3 })
  expect(warnings.some((warning) => warning.includes('log.jsonl:2'))).toBe(true)
  expect(await listRuns(repository, {})).toHaveLength(1)
})

test('output beyond the limit keeps its head and its tail, and says what is missing', async () => {
  const world = initialized()
  const repository = await open(world)
  const many = shell(world, 'i=0; while [ $i -lt 500 ]; do echo "line $i"; i=$((i+1)); done')
  const { warnings } = await runCommand(repository, { ...many, outputLimitBytes: 1_000 })
  expect(warnings.join('\n')).toMatch(/\d+ bytes in the middle of stdout were not kept/)
})

test('a command whose capture is refused never runs', async () => {
  const world = initialized()
  world.write('.env', `TOKEN=ghp_${'a1B2c3D4'.repeat(5).slice(0, 36)}\n`)
  const marker = join(world.folder, '..', 'ran')
  await expect(runCommand(await open(world), shell(world, `touch ${marker}`))).rejects.toMatchObject({
    code: 'secret-found',
  })
  expect(existsSync(marker)).toBe(false)
  expect(await leftBehind(await open(world))).toEqual([])
})

/** Leaves a run as a killed wrapper does: the journal as it stood while the command was at work. */
async function interrupted(world: World, script: string): Promise<RunId> {
  const journals = join(world.folder, '.git/mlv/journal')
  let events: Buffer | undefined
  const repository = await open(world)
  const terminal = quietTerminal({ onOutput: (id) => (events = readFileSync(join(journals, id, 'events'))) })
  const options = shell(world, `${script}; echo $MLV_RUN_ID; exit 0`, terminal)
  const { run } = await runCommand(repository, { ...options, seal: 'later' })
  appendFileSync(join(journals, run.id, 'events'), '')
  const file = await nodeFiles.open(join(journals, run.id, 'events.new'), 'create')
  await file.write(events ?? Buffer.alloc(0))
  await file.close()
  await nodeFiles.rename(join(journals, run.id, 'events.new'), join(journals, run.id, 'events'))
  return run.id
}

interface QuietTerminal extends CommandTerminal {
  readonly told: readonly string[]
  /** Everything that was passed on. */
  readonly passed: () => string
  /** Resolves when this was passed on. */
  readonly shows: (text: string) => Promise<void>
  readonly signal: (signal: 'SIGTERM') => void
}

function quietTerminal(options: { readonly onOutput?: (text: string) => void } = {}): QuietTerminal {
  const told: string[] = []
  const waiting = new Set<() => void>()
  let passed = ''
  let listener: Parameters<CommandTerminal['onSignal']>[0] | undefined
  return {
    told,
    passed: () => passed,
    shows: (text) =>
      new Promise((done) => {
        const look = (): void => (passed.includes(text) ? done() : undefined)
        waiting.add(look)
        look()
      }),
    signal: (signal) => listener?.(signal),
    isTerminal: false,
    input: 'none',
    write: (_, bytes) => {
      const text = Buffer.from(bytes).toString('utf8')
      passed += text
      options.onOutput?.(text.trim())
      for (const look of waiting) look()
      return Promise.resolve()
    },
    tell: (line) => void told.push(line),
    onSignal: (next) => {
      listener = next
      return () => (listener = undefined)
    },
    sendSignal: (processId, signal) => process.kill(processId, signal),
  }
}

function shell(world: World, script: string, terminal: CommandTerminal = quietTerminal()): RunCommandOptions {
  const command = ['sh', '-c', script]
  return { command, folder: world.folder, tags: [], params: [], allowSecrets: false, terminal }
}

/** The disk, but full for files of one name. */
function fullFor(name: string): Files {
  return {
    ...nodeFiles,
    open: async (path, mode, permissions) => {
      const file = await nodeFiles.open(path, mode, permissions)
      const isFull = path.endsWith(name) && mode !== 'read'
      return isFull ? { ...file, write: () => Promise.reject(systemError('ENOSPC', name)) } : file
    },
  }
}

async function open(world: World, options: Partial<OpenOptions> = {}): Promise<Repository> {
  const repository = await openRepository({ ...hostOptions(world.folder), variables: GIT_VARIABLES, ...options })
  onTestFinished(() => repository.close())
  return repository
}

function initialized(): World {
  const world = makeReadyWorld()
  world.git('add', '.')
  world.git('commit', '--quiet', '--message=Configure mlv')
  return world
}
