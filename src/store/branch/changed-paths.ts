/**
 * What changed between two trees. Equal subtrees are skipped by name, so the cost is that of the change.
 */
import type { Oid } from '../../domain/oid.ts'
import { rootPath, treePath } from '../../domain/tree-path.ts'
import type { TreePath } from '../../domain/tree-path.ts'
import type { GitEngine, TreeEntry } from '../git/engine.ts'

/** A file that differs between two trees; a side is absent where the file is. */
export interface ChangedPath {
  readonly path: TreePath
  readonly before: TreeEntry | undefined
  readonly after: TreeEntry | undefined
}

/** Files that differ between two commits or trees, in path order; an absent tree is empty. */
export async function changedPaths(
  engine: GitEngine,
  before: Oid | undefined,
  after: Oid | undefined,
  folder?: TreePath,
): Promise<readonly ChangedPath[]> {
  if (before === after) return []
  const left = await entriesByName(engine, before)
  const right = await entriesByName(engine, after)
  const changes: ChangedPath[] = []
  for (const name of [...new Set([...left.keys(), ...right.keys()])].sort()) {
    const path = folder === undefined ? rootPath(name) : treePath(folder, name)
    changes.push(...(await changesAt(engine, path, left.get(name), right.get(name))))
  }
  return changes
}

async function changesAt(
  engine: GitEngine,
  path: TreePath,
  before: TreeEntry | undefined,
  after: TreeEntry | undefined,
): Promise<readonly ChangedPath[]> {
  if (before?.oid === after?.oid && before?.kind === after?.kind) return []
  const below = await changedPaths(engine, folderOid(before), folderOid(after), path)
  const fileBefore = before?.kind === 'tree' ? undefined : before
  const fileAfter = after?.kind === 'tree' ? undefined : after
  if (fileBefore === undefined && fileAfter === undefined) return below
  return [...below, { path, before: fileBefore, after: fileAfter }]
}

function folderOid(entry: TreeEntry | undefined): Oid | undefined {
  return entry?.kind === 'tree' ? entry.oid : undefined
}

async function entriesByName(engine: GitEngine, tree: Oid | undefined): Promise<ReadonlyMap<string, TreeEntry>> {
  const entries = tree === undefined ? [] : await engine.readTree(tree)
  return new Map(entries.map((entry) => [entry.name, entry]))
}
