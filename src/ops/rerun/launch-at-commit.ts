/**
 * A recorded command, run at another commit of the code: in a worktree of its own, sealed as soon as it has ended, so
 * that a search that is interrupted has lost nothing.
 */
import { newUlid } from '../../base/ulid.ts'
import type { Environment } from '../../domain/environment.ts'
import { isFailure } from '../../domain/failure.ts'
import { operationIdOf } from '../../domain/operation.ts'
import type { SealedRun } from '../../domain/run.ts'
import type { Commit } from '../../store/git/engine.ts'
import { discardWorktree } from '../models/checkout-worktree.ts'
import type { LaunchOptions } from './bisect-options.ts'
import { prepareRerun } from './prepare-rerun.ts'
import type { PreparedRerun } from './prepare-rerun.ts'
import { repeatRun } from './repeat-run.ts'
import type { Repetition } from './repeat-run.ts'
import type { Repository } from '../repository/repository.ts'
import { sealTogether } from '../record/seal-together.ts'
import { planSeeds } from './seed-repeats.ts'

/** The run whose command is run. */
export interface LaunchedRun {
  readonly run: SealedRun & { readonly command: readonly string[] }
  readonly environment: Environment
}

/** What came of a launch. */
export interface Launched {
  /** Sealed on the branch; empty when the command could not even be started. */
  readonly runs: readonly SealedRun[]
  readonly told: readonly string[]
}

/**
 * Runs the command at a commit, `repeats` times; after one that fails no more.
 *
 * @throws what `prepareRerun` refuses, but never for data that has changed, which is told
 */
export async function launchAtCommit(
  repository: Repository,
  { run, environment }: LaunchedRun,
  commit: Commit,
  { launch, folder }: { readonly launch: LaunchOptions; readonly folder: string },
): Promise<Launched> {
  const code = { kind: 'commit' as const, commit: commit.oid, tree: commit.tree, omitted: [] }
  const prepared = await prepareRerun(
    repository,
    { run: { ...run, code }, environment },
    { folder, keep: false, verify: false, allowChangedData: true, terminal: launch.terminal },
  )
  try {
    const repetitions: Repetition[] = []
    const told = await repeatAll(run, prepared, launch, { commit, repetitions })
    await seal(repository, commit, repetitions)
    return { runs: repetitions.map(({ record }) => record.run), told: [...prepared.told, ...told] }
  } finally {
    await discardWorktree(repository, folder)
  }
}

/** Adds what ended to `repetitions`; returns why a command could not be started. */
async function repeatAll(
  run: LaunchedRun['run'],
  prepared: PreparedRerun,
  launch: LaunchOptions,
  { commit, repetitions }: { readonly commit: Commit; readonly repetitions: Repetition[] },
): Promise<readonly string[]> {
  const options = { open: launch.open, terminal: launch.terminal, message: `bisect at ${commit.oid.slice(0, 12)}` }
  const seeds = launch.repeats > 1 ? planSeeds(run, launch.repeats - 1) : undefined
  const changes = [[], ...(seeds?.texts ?? []).map((text) => [{ key: seeds?.key ?? '', text }])]
  try {
    for (const change of changes) {
      const repetition = await repeatRun(run, prepared, options, change)
      repetitions.push(repetition)
      if (repetition.record.run.status !== 'finished') break
    }
    return []
  } catch (caught) {
    // The command is not part of every commit.
    if (!isFailure(caught, 'command-not-found') && !isFailure(caught, 'command-not-executable')) throw caught
    return [`${caught.message}: ${caught.why}`]
  }
}

async function seal(repository: Repository, { oid }: Commit, repetitions: readonly Repetition[]): Promise<void> {
  const records = repetitions.map(({ record }) => record)
  const [first] = records
  if (first === undefined) return
  await sealTogether(repository, {
    records,
    registers: { run: first.run.id, how: 'join' },
    describe: () => {
      const operation = {
        id: operationIdOf(newUlid(repository.clock, repository.entropy)),
        kind: 'commit' as const,
        subject: `${first.run.experiment}: bisect at ${oid.slice(0, 12)}`,
        runs: records.map(({ run }) => run.id),
      }
      return Promise.resolve({ operation, edits: [] })
    },
  })
}
