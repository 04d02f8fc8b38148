/**
 * Applies edits to a tree along the changed paths only: a folder that no edit touches is never read, and one that ends
 * up equal is not written again.
 */
import { present } from '../../base/assert.ts'
import { refuse } from '../../domain/failure.ts'
import type { Oid } from '../../domain/oid.ts'
import type { TreePath } from '../../domain/tree-path.ts'
import type { TreeEdit, TreeEntry } from './engine.ts'
import type { GitObject } from './object-name.ts'
import { objectName } from './object-name.ts'
import { encodeTree, entryNameProblem } from './tree-object.ts'

/** Where an edit reads folders from and puts new objects. */
export interface EditTarget {
  readonly readTree: (oid: Oid) => Promise<readonly TreeEntry[]>
  /** Takes an object that the result needs and the base may not have. */
  readonly addObject: (oid: Oid, object: GitObject) => void
}

/** A folder being edited. Its entries are read on first use. */
interface Folder {
  /** The object this folder is equal to while it is not `changed`; `undefined` for a folder without entries. */
  oid: Oid | undefined
  entries: Map<string, Slot> | undefined
  changed: boolean
}

/** The tree being edited. */
interface EditedTree extends EditTarget {
  readonly root: Folder
}

type Slot = TreeEntry | Folder

/**
 * Applies edits in order and returns the new tree; the same as `base` when nothing changed.
 *
 * A folder whose last entry is removed goes away, as in git. Removing what is absent does nothing. A file put where a
 * folder was, or below what was a file, replaces it.
 *
 * @throws `object-missing` when a copy names nothing, `tree-invalid` for a path git would refuse.
 */
export async function editTree(base: Oid | undefined, edits: readonly TreeEdit[], target: EditTarget): Promise<Oid> {
  const root: Folder = { oid: base, entries: base === undefined ? new Map() : undefined, changed: false }
  const tree: EditedTree = { ...target, root }
  for (const edit of edits) await applyEdit(tree, edit)
  return seal(tree, root) ?? addEmptyTree(tree)
}

async function applyEdit(tree: EditedTree, edit: TreeEdit): Promise<void> {
  switch (edit.kind) {
    case 'put': {
      const object: GitObject = { kind: 'blob', bytes: edit.bytes }
      const oid = objectName(object)
      const changed = await place(tree, edit.path, { kind: 'file', oid })
      if (changed) tree.addObject(oid, object)
      return
    }
    case 'copy':
      await copy(tree, edit.from, edit.to)
      return
    case 'link':
      await place(tree, edit.path, edit.entry)
      return
    case 'remove':
      await remove(tree, componentsOf(edit.path))
      return
  }
}

/** Seals the source first, so that source and copy are one object. */
async function copy(tree: EditedTree, from: TreePath, to: TreePath): Promise<void> {
  const source = await find(tree, componentsOf(from))
  if (source === undefined) throw refuse('object-missing', { what: 'path', id: from })
  if (!isFolder(source)) {
    await place(tree, to, source)
    return
  }
  const oid = seal(tree, source)
  if (oid === undefined) throw refuse('object-missing', { what: 'folder', id: from })
  await place(tree, to, { kind: 'tree', oid })
}

/** Sets the entry at a path; returns whether that changed anything. */
async function place(tree: EditedTree, path: TreePath, entry: Pick<TreeEntry, 'kind' | 'oid'>): Promise<boolean> {
  const components = componentsOf(path)
  if (isSame(await find(tree, components), entry)) return false
  let folder = tree.root
  for (const component of components.slice(0, -1)) {
    folder.changed = true
    folder = (await childFolder(tree, folder, component)) ?? addFolder(folder, component)
  }
  const name = lastOf(components)
  folder.changed = true
  const entries = await load(tree, folder)
  entries.set(name, { name, kind: entry.kind, oid: entry.oid })
  return true
}

async function remove(tree: EditedTree, components: readonly string[]): Promise<void> {
  if ((await find(tree, components)) === undefined) return
  let folder = tree.root
  for (const component of components.slice(0, -1)) {
    folder.changed = true
    folder = present(await childFolder(tree, folder, component), 'a path just found to exist')
  }
  folder.changed = true
  const entries = await load(tree, folder)
  entries.delete(lastOf(components))
}

async function find(tree: EditedTree, components: readonly string[]): Promise<Slot | undefined> {
  let folder = tree.root
  for (const component of components.slice(0, -1)) {
    const child = await childFolder(tree, folder, component)
    if (child === undefined) return undefined
    folder = child
  }
  const name = lastOf(components)
  return (await childFolder(tree, folder, name)) ?? (await load(tree, folder)).get(name)
}

/** The folder of this name, opened for editing; `undefined` when there is none or it is something else. */
async function childFolder(tree: EditedTree, folder: Folder, name: string): Promise<Folder | undefined> {
  const entries = await load(tree, folder)
  const entry = entries.get(name)
  if (entry === undefined || isFolder(entry)) return entry
  if (entry.kind !== 'tree') return undefined
  const child: Folder = { oid: entry.oid, entries: undefined, changed: false }
  entries.set(name, child)
  return child
}

function addFolder(parent: Folder, name: string): Folder {
  const child: Folder = { oid: undefined, entries: new Map(), changed: true }
  present(parent.entries, 'a folder to be loaded before it is changed').set(name, child)
  return child
}

async function load(tree: EditedTree, folder: Folder): Promise<Map<string, Slot>> {
  if (folder.entries === undefined) {
    const oid = present(folder.oid, 'a folder not yet read to have an object')
    folder.entries = new Map((await tree.readTree(oid)).map((entry) => [entry.name, entry]))
  }
  return folder.entries
}

/** Writes what changed, deepest first. Returns the folder's object, `undefined` when it has no entries left. */
function seal(tree: EditedTree, folder: Folder): Oid | undefined {
  if (!folder.changed) return folder.oid
  const entries: TreeEntry[] = []
  for (const [name, entry] of present(folder.entries, 'a changed folder to be loaded')) {
    const oid = isFolder(entry) ? seal(tree, entry) : entry.oid
    if (oid !== undefined) entries.push({ name, kind: isFolder(entry) ? 'tree' : entry.kind, oid })
  }
  const object: GitObject = { kind: 'tree', bytes: encodeTree(entries) }
  const before = folder.oid
  folder.oid = entries.length === 0 ? undefined : objectName(object)
  folder.changed = false
  if (folder.oid !== undefined && folder.oid !== before) tree.addObject(folder.oid, object)
  return folder.oid
}

function addEmptyTree(tree: EditedTree): Oid {
  const object: GitObject = { kind: 'tree', bytes: new Uint8Array() }
  const oid = objectName(object)
  tree.addObject(oid, object)
  return oid
}

function isFolder(entry: Slot): entry is Folder {
  return 'changed' in entry
}

/** A folder opened for editing and not changed since is still the object it was. */
function isSame(found: Slot | undefined, entry: Pick<TreeEntry, 'kind' | 'oid'>): boolean {
  if (found === undefined) return false
  if (isFolder(found)) return entry.kind === 'tree' && !found.changed && found.oid === entry.oid
  return found.kind === entry.kind && found.oid === entry.oid
}

/** Splits a path, refusing what git would: this is the last door before a name reaches a tree. */
function componentsOf(path: TreePath): readonly string[] {
  const components = path.split('/')
  for (const component of components) {
    const problem = entryNameProblem(component)
    if (problem !== undefined) throw refuse('tree-invalid', { tree: path, problem })
  }
  return components
}

function lastOf(components: readonly string[]): string {
  return present(components.at(-1), 'a path to have a name')
}
