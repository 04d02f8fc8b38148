/**
 * Whether a run may be repeated without asking: its command and code run as the user, so those that somebody else
 * recorded need consent. A name on a commit proves nothing; it keeps a pull from running what nobody has read.
 */
import { refuse } from '../../domain/failure.ts'
import type { SealedRun } from '../../domain/run.ts'
import { runFolder } from '../../domain/tree-path.ts'
import type { BranchSnapshot } from '../../store/branch/snapshot.ts'
import { personOf } from '../models/promote-version.ts'
import type { Repository } from '../repository/repository.ts'

/** Passes for a run that the user recorded. @throws `command-foreign` for any other */
export async function requireOwnRun(
  { context }: Repository,
  snapshot: BranchSnapshot,
  { id, command }: Pick<SealedRun, 'id' | 'command'>,
): Promise<void> {
  const { author } = await context.signatures()
  const commits = await snapshot.engine.log(snapshot.tips.records, { path: runFolder(id) })
  // Notes are added by anyone; the oldest commit brought the run. Beyond a shallow clone's end nobody knows who did.
  const recorder = commits.at(-1)?.author
  if (recorder?.email === author.email) return
  const by = recorder === undefined ? 'somebody unknown' : personOf(recorder)
  throw refuse('command-foreign', { run: id, by, command: command ?? [] })
}
