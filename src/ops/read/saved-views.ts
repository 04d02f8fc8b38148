/**
 * Saved views of the pages: files of the branch, so that a push shares them and the log tells who kept which.
 */
import { newUlid } from '../../base/ulid.ts'
import { Failure, refuse } from '../../domain/failure.ts'
import { foldName, parseViewName } from '../../domain/name.ts'
import type { ViewName } from '../../domain/name.ts'
import { operationIdOf } from '../../domain/operation.ts'
import { treePath, viewPath, VIEWS_PATH } from '../../domain/tree-path.ts'
import { parseViewHash } from '../../domain/view.ts'
import type { SavedView, ViewHash } from '../../domain/view.ts'
import { openSnapshot, readPath } from '../../store/branch/snapshot.ts'
import type { BranchSnapshot } from '../../store/branch/snapshot.ts'
import { writeBranch } from '../../store/branch/transaction.ts'
import { decodeView, rewriteView } from '../../store/documents/view-manifest.ts'
import type { TreeEdit } from '../../store/git/engine.ts'
import type { Repository } from '../repository/repository.ts'

/** Lists the views by name; a file that is no view is left out. @throws `branch-not-found` */
export async function listViews(repository: Repository): Promise<readonly SavedView[]> {
  const snapshot = await openSnapshot(repository.context.engine)
  const views: SavedView[] = []
  for (const name of await viewFiles(snapshot)) {
    const path = treePath(VIEWS_PATH, name)
    const bytes = await readPath(snapshot.engine, snapshot.tips.registry, path)
    const view = bytes === undefined ? undefined : readable(bytes, path)
    if (view !== undefined && `${view.name}.yaml` === name) views.push(view)
  }
  return views
}

/**
 * Keeps a view under a name, over one of that name; or removes it, where there is no `hash`.
 *
 * @throws `name-invalid`, `name-taken` for one that differs in case only, what `writeBranch` refuses
 */
export async function saveView(repository: Repository, nameText: string, hashText: string | undefined): Promise<void> {
  const name = parseViewName(nameText)
  const hash = hashText === undefined ? undefined : parseViewHash(hashText)
  await writeBranch(repository.context, async (snapshot) => {
    const path = viewPath(name)
    const previous = await readPath(snapshot.engine, snapshot.tips.registry, path)
    if (hash !== undefined) await refuseTaken(snapshot, name)
    const edit = editOf(name, hash, previous)
    if (edit === undefined) return { draft: undefined, result: undefined }
    const operation = {
      id: operationIdOf(newUlid(repository.clock, repository.entropy)),
      kind: 'view' as const,
      subject: hash === undefined ? `remove view ${name}` : `save view ${name}`,
    }
    return { draft: { operation, edits: [edit] }, result: undefined }
  })
}

/** What to change; `undefined` when it is so already. */
function editOf(name: ViewName, hash: ViewHash | undefined, previous: Uint8Array | undefined): TreeEdit | undefined {
  const path = viewPath(name)
  if (hash === undefined) return previous === undefined ? undefined : { kind: 'remove', path }
  // What nobody can read has no fields to keep.
  const kept = previous !== undefined && readable(previous, path) !== undefined ? previous : undefined
  const bytes = rewriteView(kept, { name, hash })
  return previous !== undefined && Buffer.compare(previous, bytes) === 0 ? undefined : { kind: 'put', path, bytes }
}

async function refuseTaken(snapshot: BranchSnapshot, name: ViewName): Promise<void> {
  const folded = foldName(`${name}.yaml`)
  const other = (await viewFiles(snapshot)).find((file) => file !== `${name}.yaml` && foldName(file) === folded)
  if (other !== undefined)
    throw refuse('name-taken', { kind: 'view', text: name, existing: other.replace(/\.yaml$/, '') })
}

/** Names of the files in the folder of views, sorted. */
async function viewFiles({ engine, tips }: BranchSnapshot): Promise<readonly string[]> {
  const folder = await engine.entryAt(tips.registry, VIEWS_PATH)
  const entries = folder?.kind === 'tree' ? await engine.readTree(folder.oid) : []
  return entries.flatMap(({ name, kind }) => (kind === 'file' && name.endsWith('.yaml') ? [name] : []))
}

/** `undefined` for a file that somebody else put there; a view is never worth a page that does not open. */
function readable(bytes: Uint8Array, path: string): SavedView | undefined {
  try {
    return decodeView(bytes, path)
  } catch (caught) {
    if (caught instanceof Failure && caught.code !== 'format-newer') return undefined
    throw caught
  }
}
