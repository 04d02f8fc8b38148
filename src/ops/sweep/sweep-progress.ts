/**
 * Which trials of a sweep have ended: those on the branch, and those that wait in their journals.
 */
import { isScalar } from '../../base/value.ts'
import type { Scalar } from '../../base/value.ts'
import type { ParameterKey } from '../../domain/key.ts'
import type { SealedRun } from '../../domain/run.ts'
import { trialKey } from '../../domain/sweep.ts'
import type { Sweep } from '../../domain/sweep.ts'
import { openSnapshot } from '../../store/branch/snapshot.ts'
import { withCatalog } from '../../store/catalog/open-catalog.ts'
import { listJournals, readJournal } from '../../store/journal/journal.ts'
import { foldJournal } from '../record/fold-journal.ts'
import type { Repository } from '../repository/repository.ts'
import type { RunRecord } from '../repository/run-edits.ts'
import { readEndedRun } from '../record/seal-together.ts'

/** What is known of a sweep before it goes on. */
export interface SweepProgress {
  /** Runs that ended by themselves, finished or failed, by `trialKey`; the newest of each. */
  readonly ended: ReadonlyMap<string, SealedRun>
  /** Records that are not on the branch yet, killed ones too. */
  readonly waiting: readonly RunRecord[]
}

/** Looks for runs of a group. @throws what reading the branch and the journals refuses */
export async function readProgress(repository: Repository, group: string, sweep: Sweep): Promise<SweepProgress> {
  const snapshot = await openSnapshot(repository.context.engine)
  const recorded = (await withCatalog(snapshot, (catalog) => catalog.allRecords()))
    .map(({ run }) => run)
    .filter((run) => run.group === group)
  const waiting = await readWaiting(repository, group)
  const keys = [...sweep.params.keys()]
  const ended = [...recorded, ...waiting.map(({ run }) => run)]
    .filter(({ status }) => status !== 'killed')
    .flatMap((run) => {
      const key = keyOf(run, keys)
      return key === undefined ? [] : [[key, run] as const]
    })
  return { ended: new Map(ended), waiting }
}

async function readWaiting(repository: Repository, group: string): Promise<readonly RunRecord[]> {
  const records: RunRecord[] = []
  for (const id of await listJournals(repository.journals)) {
    const content = await readJournal(repository.journals, id)
    if (content === undefined || content.isLive) continue
    if (foldJournal(content.events)?.record.run.group !== group) continue
    const record = await readEndedRun(repository, id)
    if (record !== undefined) records.push(record)
  }
  return records
}

/** The values a run had for the parameters of the sweep; `undefined` when it lacks one. */
function keyOf({ parameters }: SealedRun, keys: readonly ParameterKey[]): string | undefined {
  const values = new Map<ParameterKey, Scalar>()
  for (const key of keys) {
    const value = parameters.get(key)
    if (value === undefined || !isScalar(value)) return undefined
    values.set(key, value)
  }
  return trialKey(values)
}
