/**
 * `mlv commit --recover`: seals every run whose writer is gone. Sealing a run that had reached the branch does nothing.
 */
import { Failure } from '../../domain/failure.ts'
import type { RunId, SealedRun } from '../../domain/run.ts'
import type { Instant } from '../../base/clock.ts'
import { listJournals, readJournal, removeJournal, requireWhole } from '../../store/journal/journal.ts'
import type { JournalContent } from '../../store/journal/journal.ts'
import { completeRecord } from './complete-record.ts'
import { foldJournal } from './fold-journal.ts'
import type { Repository } from '../repository/repository.ts'
import { sealRun } from './seal-run.ts'

/** What was found and what became of it. */
export interface RecoverReport {
  /** In the order they were started. */
  readonly sealed: readonly {
    readonly run: RunId
    readonly status: SealedRun['status']
    /** True when it was on the branch already: its writer died after the commit and before the clean-up. */
    readonly alreadyRecorded: boolean
    /** Bytes of a write that was cut short. */
    readonly cutBytes: number
    /** What was skipped, cut or left out of its logs, one phrase each with file and line. */
    readonly told: readonly string[]
  }[]
  /** Runs that are still being written. */
  readonly skippedLive: readonly RunId[]
}

/** A journal as `mlv status` tells it. */
export interface PendingRun {
  readonly run: RunId
  readonly experiment: string
  readonly startedAt: Instant
  readonly live: boolean
}

/**
 * Seals what killed writers left. A run that cannot be sealed keeps none of the others from it, and stays.
 *
 * @throws the first refusal met, when all others are sealed: `journal-damaged`, what `sealRun` refuses
 */
export async function recoverRuns(repository: Repository): Promise<RecoverReport> {
  const sealed: RecoverReport['sealed'][number][] = []
  const skippedLive: RunId[] = []
  const refusals: Failure[] = []
  for (const run of await listJournals(repository.journals)) {
    const content = await readJournal(repository.journals, run)
    if (content === undefined) continue
    if (content.isLive) {
      skippedLive.push(run)
      continue
    }
    try {
      const recovered = await recoverRun(repository, run, content)
      if (recovered !== undefined) sealed.push(recovered)
    } catch (caught) {
      if (!(caught instanceof Failure)) throw caught
      refusals.push(caught)
    }
  }
  const [first] = refusals
  if (first !== undefined) throw first
  return { sealed, skippedLive }
}

/** Seals one journal and takes it away; `undefined` when it broke off before it said anything. */
async function recoverRun(
  repository: Repository,
  run: RunId,
  content: JournalContent,
): Promise<RecoverReport['sealed'][number] | undefined> {
  requireWhole(repository.journals, run, content)
  const folded = foldJournal(content.events)
  if (folded === undefined) {
    await removeJournal(repository.journals, run)
    return undefined
  }
  const { record, told } = await completeRecord(repository, folded)
  const { operation } = await sealRun(repository, record, 'recover')
  await removeJournal(repository.journals, run)
  const alreadyRecorded = operation === undefined
  // What is on the branch was told when it got there.
  return {
    run,
    status: record.run.status,
    alreadyRecorded,
    cutBytes: content.tornBytes,
    told: alreadyRecorded ? [] : told,
  }
}

/** Lists the runs that are not on the branch yet, oldest first. */
export async function pendingRuns(repository: Repository): Promise<readonly PendingRun[]> {
  const pending: PendingRun[] = []
  for (const run of await listJournals(repository.journals)) {
    const content = await readJournal(repository.journals, run)
    const folded = content === undefined ? undefined : foldJournal(content.events)
    if (content === undefined || folded === undefined) continue
    const { experiment, startedAt } = folded.record.run
    pending.push({ run, experiment, startedAt, live: content.isLive })
  }
  return pending
}
