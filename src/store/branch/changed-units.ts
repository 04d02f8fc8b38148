/**
 * What one commit changed, in the units that are merged at once. Equal subtrees are skipped by name, and the folder of
 * a run or version is never looked into.
 */
import { fileUnit, folderUnit } from '../../domain/merge-unit.ts'
import type { MergeUnit } from '../../domain/merge-unit.ts'
import type { Oid } from '../../domain/oid.ts'
import type { TreePath } from '../../domain/tree-path.ts'
import type { TreeEntry } from '../git/engine.ts'
import { childPath } from './tree-draft.ts'
import type { ObjectReader } from './tree-draft.ts'

/** A unit that differs between two trees; a side is absent where the unit is. */
export interface ChangedUnit {
  readonly path: TreePath
  readonly unit: MergeUnit
  readonly before: TreeEntry | undefined
  readonly after: TreeEntry | undefined
}

/** Numbers of versions are settled before anything that names them. */
const RANK: { readonly [Kind in MergeUnit['kind']]: number } = { run: 0, version: 1, document: 2, file: 3, alias: 4 }

/** Units that differ between two trees or commits, in the order they are merged; an absent tree is empty. */
export async function changedUnits(
  reader: ObjectReader,
  before: Oid | undefined,
  after: Oid | undefined,
): Promise<readonly ChangedUnit[]> {
  const units = await unitsIn(reader, undefined, { before, after })
  return [...units].sort((left, right) => RANK[left.unit.kind] - RANK[right.unit.kind])
}

/** Entries of a folder by name; none of one that is absent. */
export async function entriesByName(
  reader: ObjectReader,
  tree: Oid | undefined,
): Promise<ReadonlyMap<string, TreeEntry>> {
  const entries = tree === undefined ? [] : await reader.readTree(tree)
  return new Map(entries.map((entry) => [entry.name, entry]))
}

/** The object of a folder; `undefined` for anything else. */
export function folderOid(entry: TreeEntry | undefined): Oid | undefined {
  return entry?.kind === 'tree' ? entry.oid : undefined
}

/** Tells whether two entries are the same object in the same way. */
export function isSameEntry(left: TreeEntry | undefined, right: TreeEntry | undefined): boolean {
  return left?.oid === right?.oid && left?.kind === right?.kind
}

async function unitsIn(
  reader: ObjectReader,
  folder: TreePath | undefined,
  trees: { readonly before: Oid | undefined; readonly after: Oid | undefined },
): Promise<readonly ChangedUnit[]> {
  if (trees.before === trees.after) return []
  const before = await entriesByName(reader, trees.before)
  const after = await entriesByName(reader, trees.after)
  const units: ChangedUnit[] = []
  for (const name of new Set([...before.keys(), ...after.keys()])) {
    const sides = { before: before.get(name), after: after.get(name) }
    if (!isSameEntry(sides.before, sides.after)) units.push(...(await unitsAt(reader, childPath(folder, name), sides)))
  }
  return units
}

async function unitsAt(
  reader: ObjectReader,
  path: TreePath,
  { before, after }: Pick<ChangedUnit, 'before' | 'after'>,
): Promise<readonly ChangedUnit[]> {
  const folders = { before: folderOid(before), after: folderOid(after) }
  const isFolder = folders.before !== undefined || folders.after !== undefined
  const whole = isFolder ? folderUnit(path) : undefined
  const files = {
    before: before?.kind === 'tree' ? undefined : before,
    after: after?.kind === 'tree' ? undefined : after,
  }
  const hasFile = files.before !== undefined || files.after !== undefined
  const own = hasFile ? [{ path, unit: fileUnit(path), ...files }] : []
  if (whole === undefined) return [...own, ...(await unitsIn(reader, path, folders))]
  const kept = {
    before: before?.kind === 'tree' ? before : undefined,
    after: after?.kind === 'tree' ? after : undefined,
  }
  return [...own, { path, unit: whole, ...kept }]
}
