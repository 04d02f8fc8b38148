/**
 * A tree being changed that can be read as it will be, before anything of it is stored. Folders are read from the
 * repository when they are first looked into; what is changed is kept as edits for a commit.
 */
import { present } from '../../base/assert.ts'
import type { Oid } from '../../domain/oid.ts'
import { rootPath, treePath } from '../../domain/tree-path.ts'
import type { TreePath } from '../../domain/tree-path.ts'
import type { EntryKind, GitEngine, TreeEdit, TreeEntry } from '../git/engine.ts'

/** What a draft and the merge on it read: objects by name. */
export type ObjectReader = Pick<GitEngine, 'readTree' | 'readBlob'>

/** What is at a path: an object of the repository, or bytes that no commit holds yet. */
export type Content =
  | { readonly kind: 'object'; readonly entry: Pick<TreeEntry, 'kind' | 'oid'> }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** A folder with changes below it. */
  | { readonly kind: 'folder' }

/** A tree being changed. */
export interface TreeDraft {
  /** What is at a path now; `undefined` for nothing. */
  readonly at: (path: TreePath) => Promise<Content | undefined>
  /** The bytes of a file at a path; `undefined` when there is none. */
  readonly bytesAt: (path: TreePath) => Promise<Uint8Array | undefined>
  /** Names in a folder; empty when there is none. */
  readonly namesIn: (folder: TreePath) => Promise<readonly string[]>
  /** The nearest folder above a path that is something else; `undefined` when nothing is in the way. */
  readonly obstacleTo: (path: TreePath) => Promise<TreePath | undefined>
  readonly put: (path: TreePath, bytes: Uint8Array) => Promise<void>
  readonly link: (path: TreePath, entry: Pick<TreeEntry, 'kind' | 'oid'>) => Promise<void>
  readonly remove: (path: TreePath) => Promise<void>
  /** The changes since this was last asked, in order. */
  readonly takeEdits: () => readonly TreeEdit[]
}

interface Folder {
  readonly kind: 'folder'
  /** The object it was, to be read on first use; `undefined` for a new one. */
  readonly oid: Oid | undefined
  entries: Map<string, Node> | undefined
  changed: boolean
}

type Leaf = Exclude<Content, { readonly kind: 'folder' }>
type Node = Leaf | Folder

/** Starts a draft from a tree or a commit; from nothing when absent. */
export function draftOf(reader: ObjectReader, root: Oid | undefined): TreeDraft {
  const top: Folder = { kind: 'folder', oid: root, entries: undefined, changed: false }
  let edits: TreeEdit[] = []
  const place = async (path: TreePath, node: Leaf | undefined): Promise<void> => {
    const names = path.split('/')
    const name = present(names.pop(), 'a path to have a name')
    let folder = top
    for (const component of names) folder = await openedFolder(reader, folder, component)
    folder.changed = true
    const entries = await entriesOf(reader, folder)
    if (node === undefined) entries.delete(name)
    else entries.set(name, node)
  }
  return {
    at: async (path) => contentOf(await nodeAt(reader, top, path)),
    bytesAt: async (path) => bytesOf(reader, await nodeAt(reader, top, path)),
    namesIn: async (path) => {
      const node = await nodeAt(reader, top, path)
      const folder = node === undefined ? undefined : asFolder(node)
      return folder === undefined ? [] : [...(await entriesOf(reader, folder)).keys()]
    },
    obstacleTo: (path) => obstacleTo(reader, top, path),
    put: async (path, bytes) => {
      edits.push({ kind: 'put', path, bytes })
      await place(path, { kind: 'bytes', bytes })
    },
    link: async (path, entry) => {
      edits.push({ kind: 'link', path, entry: { kind: entry.kind, oid: entry.oid } })
      await place(path, { kind: 'object', entry })
    },
    remove: async (path) => {
      if ((await nodeAt(reader, top, path)) === undefined) return
      edits.push({ kind: 'remove', path })
      await place(path, undefined)
    },
    takeEdits: () => {
      const taken = edits
      edits = []
      return taken
    },
  }
}

/** The bytes of a file in the repository or not yet in it; `undefined` for a folder or nothing. */
export async function contentBytes(
  reader: ObjectReader,
  content: Content | undefined,
): Promise<Uint8Array | undefined> {
  return content === undefined || content.kind === 'folder' ? undefined : bytesOf(reader, content)
}

/** Tells whether two contents are the same; a folder with changes below is like nothing else. */
export async function isSameContent(
  reader: ObjectReader,
  left: Content | undefined,
  right: Content | undefined,
): Promise<boolean> {
  if (left === undefined || right === undefined) return left === right
  if (left.kind === 'object' && right.kind === 'object') {
    return left.entry.oid === right.entry.oid && left.entry.kind === right.entry.kind
  }
  const [ours, theirs] = [await contentBytes(reader, left), await contentBytes(reader, right)]
  return ours !== undefined && theirs !== undefined && Buffer.compare(ours, theirs) === 0
}

/** A tree entry as content. */
export function contentOfEntry(entry: TreeEntry | undefined): Content | undefined {
  return entry === undefined ? undefined : { kind: 'object', entry }
}

function contentOf(node: Node | undefined): Content | undefined {
  if (node?.kind !== 'folder') return node
  if (node.changed || node.oid === undefined) return { kind: 'folder' }
  return { kind: 'object', entry: { kind: 'tree', oid: node.oid } }
}

async function bytesOf(reader: ObjectReader, node: Node | undefined): Promise<Uint8Array | undefined> {
  if (node?.kind === 'bytes') return node.bytes
  if (node?.kind !== 'object' || !isFile(node.entry.kind)) return undefined
  return reader.readBlob(node.entry.oid)
}

function isFile(kind: EntryKind): boolean {
  return kind === 'file' || kind === 'executable'
}

async function nodeAt(reader: ObjectReader, top: Folder, path: TreePath): Promise<Node | undefined> {
  let node: Node | undefined = top
  for (const name of path.split('/')) {
    const folder: Folder | undefined = node === undefined ? undefined : asFolder(node)
    if (folder === undefined) return undefined
    node = (await entriesOf(reader, folder)).get(name)
  }
  return node
}

async function obstacleTo(reader: ObjectReader, top: Folder, path: TreePath): Promise<TreePath | undefined> {
  let above: TreePath | undefined
  for (const name of path.split('/').slice(0, -1)) {
    above = childPath(above, name)
    const node = await nodeAt(reader, top, above)
    if (node === undefined) return undefined
    if (asFolder(node) === undefined) return above
  }
  return undefined
}

/** A folder as one that can be looked into. What is read stays with the caller unless it is opened for a change. */
function asFolder(node: Node): Folder | undefined {
  if (node.kind === 'folder') return node
  if (node.kind !== 'object' || node.entry.kind !== 'tree') return undefined
  return { kind: 'folder', oid: node.entry.oid, entries: undefined, changed: false }
}

/** The folder of this name, made if there is none, about to be changed. */
async function openedFolder(reader: ObjectReader, parent: Folder, name: string): Promise<Folder> {
  parent.changed = true
  const entries = await entriesOf(reader, parent)
  const node = entries.get(name)
  const found = node === undefined ? undefined : asFolder(node)
  const folder = found ?? { kind: 'folder', oid: undefined, entries: undefined, changed: true }
  folder.changed = true
  entries.set(name, folder)
  return folder
}

async function entriesOf(reader: ObjectReader, folder: Folder): Promise<Map<string, Node>> {
  if (folder.entries === undefined) {
    const entries = folder.oid === undefined ? [] : await reader.readTree(folder.oid)
    folder.entries = new Map(entries.map((entry) => [entry.name, { kind: 'object', entry }]))
  }
  return folder.entries
}

/** A path below a folder, one name deeper. */
export function childPath(folder: TreePath | undefined, name: string): TreePath {
  return folder === undefined ? rootPath(name) : treePath(folder, name)
}
