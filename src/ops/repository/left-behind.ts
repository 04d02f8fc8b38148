/**
 * Runs that nobody writes any more and nobody has sealed: a hint for every command, so it looks at journals alone.
 */
import type { RunId } from '../../domain/run.ts'
import { listJournals, readJournal } from '../../store/journal/journal.ts'
import type { Repository } from './repository.ts'

/** Lists the runs that `recoverRuns` would seal, oldest first. A journal that cannot be read counts: recovery tells. */
export async function leftBehind({ journals }: Repository): Promise<readonly RunId[]> {
  const left: RunId[] = []
  for (const run of await listJournals(journals)) {
    const content = await readJournal(journals, run).catch(() => 'unreadable' as const)
    if (content === 'unreadable' || content?.isLive === false) left.push(run)
  }
  return left
}
