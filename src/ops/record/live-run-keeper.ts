/**
 * Live runs as rows of a list, for who asks again and again: the logs of a run are read when they have grown, and of a
 * run whose logs take long to read not at every question.
 */
import { join } from 'node:path'
import type { RunId } from '../../domain/run.ts'
import { journalFolder, listJournals, readJournal } from '../../store/journal/journal.ts'
import type { JournalContent } from '../../store/journal/journal.ts'
import type { Repository } from '../repository/repository.ts'
import type { RunRow } from '../revisions/run-row.ts'
import { liveRowOf } from './live-runs.ts'
import { LOG_FILES } from './tail-run.ts'

/** Keeps rows of live runs. */
export interface LiveRunKeeper {
  /** The live runs, oldest first. @throws the disk's refusals */
  readonly rows: () => Promise<readonly RunRow[]>
}

interface Known {
  /** Tells that nothing was added. */
  readonly mark: string
  readonly row: RunRow
  readonly readAtMs: number
  readonly tookMs: number
}

/** Reading may take a tenth of the time, but what is read in less than this is never put off. */
const QUICK_MS = 100
const TIMES_AS_LONG = 10

/** Starts keeping; nothing is read before it is asked. */
export function liveRunKeeper(repository: Repository): LiveRunKeeper {
  let known = new Map<RunId, Known>()
  const { clock, journals } = repository
  const lookAt = async (id: RunId): Promise<Known | undefined> => {
    const content = await readJournal(journals, id)
    if (content?.isLive !== true) return undefined
    const before = known.get(id)
    const mark = await markOf(repository, id, content)
    if (before?.mark === mark || (before !== undefined && isTooSoon(before, clock.elapsedMs()))) return before
    const startedMs = clock.elapsedMs()
    const row = await liveRowOf(repository, id, content)
    if (row === undefined) return undefined
    return { mark, row, readAtMs: clock.elapsedMs(), tookMs: clock.elapsedMs() - startedMs }
  }
  return {
    rows: async () => {
      const found = new Map<RunId, Known>()
      for (const id of await listJournals(journals)) {
        const one = await lookAt(id)
        if (one !== undefined) found.set(id, one)
      }
      known = found
      return [...found.values()].map(({ row }) => row)
    },
  }
}

function isTooSoon({ readAtMs, tookMs }: Known, nowMs: number): boolean {
  return tookMs > QUICK_MS && nowMs - readAtMs < tookMs * TIMES_AS_LONG
}

/** The sizes of everything the row is made of. */
async function markOf(repository: Repository, id: RunId, { events }: JournalContent): Promise<string> {
  const folder = journalFolder(repository.journals, id)
  const parts = [String(events.length)]
  for (const { name } of await repository.files.readFolder(folder)) {
    if (!LOG_FILES.test(name)) continue
    const stat = await repository.files.stat(join(folder, name))
    parts.push(`${name} ${stat?.sizeBytes ?? 0}`)
  }
  return parts.join('\n')
}
