/**
 * `mlv note`: says something about a run after it was sealed: a name, tags, a note, or that it is archived.
 */
import { compareText } from '../../base/order.ts'
import { newUlid } from '../../base/ulid.ts'
import { operationIdOf } from '../../domain/operation.ts'
import type { OperationId } from '../../domain/operation.ts'
import { NO_NOTES, parseTag } from '../../domain/run.ts'
import type { RunId, RunNotes } from '../../domain/run.ts'
import { notesPath, readNotes, readNotesBytes } from '../../store/branch/read-runs.ts'
import { writeBranch } from '../../store/branch/transaction.ts'
import { rewriteNotes } from '../../store/documents/notes-manifest.ts'
import { resolveRun } from '../revisions/resolve-revision.ts'
import type { Repository } from '../repository/repository.ts'

/** What to say; members that are absent stay as they were. */
export interface NoteChange {
  readonly name?: string
  readonly note?: string
  readonly addTags: readonly string[]
  readonly removeTags: readonly string[]
  readonly archived?: boolean
}

/** What is said about the run now. */
export interface NoteReport {
  readonly run: RunId
  readonly notes: RunNotes
  /** False when it was said already; then nothing was written. */
  readonly changed: boolean
  readonly operation: OperationId | undefined
}

/**
 * Annotates a run, or the run that made a version.
 *
 * @throws `run-not-found`, `name-invalid`, what `writeBranch` refuses
 */
export async function noteRun(repository: Repository, revision: string, change: NoteChange): Promise<NoteReport> {
  const landed = await writeBranch(repository.context, async (snapshot) => {
    const { id } = await resolveRun(snapshot, revision)
    const notes = applyChange(await readNotes(snapshot, id), change)
    const previous = await readNotesBytes(snapshot, id)
    const bytes = rewriteNotes(previous, notes)
    const written = previous ?? rewriteNotes(undefined, NO_NOTES)
    if (Buffer.compare(written, bytes) === 0) {
      return { draft: undefined, result: { run: id, notes, changed: false } }
    }
    const operation = {
      id: operationIdOf(newUlid(repository.clock, repository.entropy)),
      kind: 'note' as const,
      subject: `run ${id.slice(0, 12)}: ${describe(change)}`,
      runs: [id],
    }
    const edits = [{ kind: 'put' as const, path: notesPath(id), bytes }]
    return { draft: { operation, edits }, result: { run: id, notes, changed: true } }
  })
  return { ...landed.result, operation: landed.operation?.id }
}

function applyChange(notes: RunNotes, change: NoteChange): RunNotes {
  const tags = new Set([...notes.tags, ...change.addTags.map(parseTag)])
  for (const tag of change.removeTags) tags.delete(tag)
  const name = change.name ?? notes.name
  const note = change.note ?? notes.note
  return {
    ...(name === undefined || name === '' ? {} : { name }),
    ...(note === undefined || note === '' ? {} : { note }),
    tags: [...tags].sort(compareText),
    archived: change.archived ?? notes.archived,
  }
}

function describe(change: NoteChange): string {
  const parts = [
    ...(change.name === undefined ? [] : ['name']),
    ...(change.note === undefined ? [] : ['note']),
    ...change.addTags.map((tag) => `tag ${tag}`),
    ...change.removeTags.map((tag) => `untag ${tag}`),
    ...(change.archived === undefined ? [] : [change.archived ? 'archive' : 'unarchive']),
  ]
  return parts.length === 0 ? 'annotate' : parts.join(', ')
}
