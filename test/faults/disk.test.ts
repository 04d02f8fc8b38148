/**
 * A disk that fails while a run is recorded: at every call that changes it, in every way. Afterwards the old or the new
 * state is there, whole, never a third, the worktree is as it was, and the next commit works.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { isFailure } from '../../src/domain/failure.ts'
import type { FailureCode } from '../../src/domain/failure-data.ts'
import { hostOptions } from '../../src/host.ts'
import { commitRun } from '../../src/ops/record/commit-run.ts'
import { initialize } from '../../src/ops/repository/initialize.ts'
import { listRuns } from '../../src/ops/read/list-runs.ts'
import { recoverRuns } from '../../src/ops/record/recover-runs.ts'
import { openRepository } from '../../src/ops/repository/repository.ts'
import type { Repository } from '../../src/ops/repository/repository.ts'
import type { Files } from '../../src/store/files/files.ts'
import { nodeFiles } from '../../src/store/files/node-files.ts'
import { countingFiles, faultyFiles } from '../support/faulty-files.ts'
import type { Fault } from '../support/faulty-files.ts'
import { copyFolder, GIT_VARIABLES, makeRepository, runGit, temporaryFolder } from '../support/repository.ts'
import { MLV } from '../support/world.ts'

const REFUSALS = {
  EIO: 'disk-failed',
  ENOSPC: 'disk-full',
  EROFS: 'repository-read-only',
  EMFILE: 'too-many-open-files',
} as const satisfies { readonly [F in Exclude<Fault, 'kill'>]: FailureCode }

const ERRORS = ['EIO', 'ENOSPC', 'EROFS', 'EMFILE'] as const

/** Goes to the artifact store, not into git. */
const MODEL_BYTES = 100_000

test('recording a run survives an error at every call that changes the disk, the four errors in turn', async () => {
  const { refused, calls } = await failEverywhere((at) => ERRORS[at % ERRORS.length] ?? 'EIO')
  // A few calls only tidy up, and a commit may go on without them.
  expect(refused).toBeGreaterThan(calls / 2)
})

test('recording a run survives a kill at every call that changes the disk', async () => {
  const { refused, calls } = await failEverywhere(() => 'kill')
  expect(refused).toBe(calls)
})

const isRoot = process.getuid?.() === 0

test.skipIf(!isRoot)('on a disk that is full, a run is refused and the next one is recorded (needs root)', () => {
  const folder = mountSmallDisk()
  if (folder === undefined) return
  runGit(folder, ['init', '--quiet', '--initial-branch=main'])
  expect(mlv(folder, 'init').status).toBe(0)
  writeFileSync(join(folder, '.gitignore'), 'model.bin\nfiller\nmlv.yaml\n')
  const filler = join(folder, 'filler')
  for (const freeKiB of [256, 96, 32, 8, 0]) {
    writeFileSync(join(folder, 'model.bin'), Buffer.alloc(MODEL_BYTES, String(freeKiB)))
    const before = runGit(folder, ['rev-parse', 'mlv'])
    fillUpTo(folder, filler, freeKiB)
    const { status, stderr } = mlv(folder, 'commit', '--metric', 'auc=1', '--artifact', 'model.bin')
    rmSync(filler)
    const isMoved = runGit(folder, ['rev-parse', 'mlv']) !== before
    expect({ isMoved, isFull: stderr.includes('(disk-full)') }, `${freeKiB} KiB free: ${stderr}`).toEqual({
      isMoved: freeKiB === 256,
      isFull: freeKiB !== 256,
    })
    expect(status === 0).toBe(isMoved)
    expect(mlv(folder, 'commit', '--metric', 'auc=2').status).toBe(0)
    expect(mlv(folder, 'fsck').status).toBe(0)
  }
  expect(runGit(folder, ['fsck', '--full', '--strict', '--no-dangling', '--no-progress'])).toBe('')
})

/** Records a run once for every call that changes the disk, and fails that call. */
async function failEverywhere(
  faultAt: (at: number) => Fault,
): Promise<{ readonly refused: number; readonly calls: number }> {
  const template = await prepare()
  const calls = await countCalls(template)
  expect(calls).toBeGreaterThan(30)
  let refused = 0
  for (let at = 1; at <= calls; at += 1) {
    if (await failAt(template, { at, fault: faultAt(at) })) refused += 1
  }
  return { refused, calls }
}

/** Fails one call and looks at what is there. Tells whether the commit was refused. */
async function failAt(template: string, plan: { readonly at: number; readonly fault: Fault }): Promise<boolean> {
  const folder = copyOf(template)
  const files = faultyFiles(nodeFiles, plan)
  // Killed with the fault: a lock of a process that lives is nobody's to break.
  const victim = spawn('sleep', ['600'], { stdio: 'ignore' })
  const outcome = await record(folder, files, victim.pid).then(
    () => 'acknowledged' as const,
    (error: unknown) => error,
  )
  victim.kill('SIGKILL')
  await once(victim, 'exit')
  const where = `${plan.fault} at call ${plan.at}, ${files.calls[plan.at - 1] ?? 'none'}: ${String(outcome)}`
  if (plan.fault !== 'kill' && outcome !== 'acknowledged') {
    expect(isFailure(outcome, REFUSALS[plan.fault]), where).toBe(true)
  }
  expect(readFileSync(join(folder, 'model.bin')).length, where).toBe(MODEL_BYTES)
  await inRepository(folder, nodeFiles, async (repository) => {
    const found = await countRuns(repository)
    expect(outcome === 'acknowledged' ? [2] : [1, 2], where).toContain(found)
    await commitRun(repository, runOptions('after', []))
    const { sealed } = await recoverRuns(repository)
    const brought = sealed.filter(({ alreadyRecorded }) => !alreadyRecorded).length
    expect(await countRuns(repository), where).toBe(found + 1 + brought)
    expect((await recoverRuns(repository)).sealed, where).toEqual([])
  })
  return outcome !== 'acknowledged'
}

async function prepare(): Promise<string> {
  const { place } = makeRepository()
  const folder = place.worktree ?? place.gitDir
  writeFileSync(join(folder, 'model.bin'), Buffer.alloc(MODEL_BYTES, 'm'))
  await inRepository(folder, nodeFiles, (repository) => initialize(repository, { layout: 'single', store: 'lfs' }))
  await inRepository(folder, nodeFiles, (repository) => commitRun(repository, runOptions('first', [])))
  return folder
}

async function countCalls(template: string): Promise<number> {
  const files = countingFiles(nodeFiles)
  await record(copyOf(template), files)
  return files.calls.length
}

async function record(folder: string, files: Files, processId = process.pid): Promise<void> {
  const work = (repository: Repository) => commitRun(repository, runOptions('next', ['model.bin']))
  await inRepository(folder, files, work, processId)
}

async function countRuns(repository: Repository): Promise<number> {
  return (await listRuns(repository, {})).length
}

async function inRepository<Result>(
  folder: string,
  files: Files,
  work: (repository: Repository) => Promise<Result>,
  processId = process.pid,
): Promise<Result> {
  const variables = { ...GIT_VARIABLES }
  const repository = await openRepository({ ...hostOptions(folder), variables, processId, engine: 'embedded', files })
  try {
    return await work(repository)
  } finally {
    await repository.close()
  }
}

function runOptions(message: string, artifacts: readonly string[]) {
  return {
    message,
    paramsFiles: [],
    params: [{ key: 'lr', text: '0.1' }],
    metricsFiles: [],
    metrics: [{ key: 'auc', text: '0.9' }],
    seriesFiles: [],
    artifacts,
    datasets: [],
    tags: [],
    newVersion: false,
    allowSecrets: false,
  }
}

function copyOf(template: string): string {
  const folder = temporaryFolder()
  copyFolder(template, folder)
  return folder
}

/** A file system of 2 MiB in memory; `undefined` where mounting is not allowed even to root. */
function mountSmallDisk(): string | undefined {
  const folder = join(temporaryFolder(), 'disk')
  mkdirSync(folder)
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m,mode=700', 'tmpfs', folder])
  if (status !== 0) return undefined
  onTestFinished(() => void spawnSync('umount', [folder]))
  return folder
}

function fillUpTo(folder: string, filler: string, freeKiB: number): void {
  const { bavail, bsize } = statfsSync(folder)
  const bytes = bavail * bsize - freeKiB * 1024
  writeFileSync(filler, Buffer.alloc(Math.max(0, bytes)))
}

function mlv(folder: string, ...args: readonly string[]): { readonly status: number | null; readonly stderr: string } {
  const { status, stderr } = spawnSync(process.execPath, [MLV, ...args], {
    cwd: folder,
    env: GIT_VARIABLES,
    encoding: 'utf8',
  })
  return { status, stderr }
}
