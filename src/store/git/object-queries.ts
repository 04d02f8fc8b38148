/**
 * What mlv asks of objects, answered from one reader: commits, trees, blobs, paths. Whatever leads to a tree may stand
 * where a tree is asked for.
 */
import { refuse } from '../../domain/failure.ts'
import type { Oid } from '../../domain/oid.ts'
import type { TreePath } from '../../domain/tree-path.ts'
import { parseCommit } from './commit-object.ts'
import type { GitEngine, TreeEntry, TreeFile } from './engine.ts'
import type { ObjectKind } from './object-name.ts'
import type { ObjectReader } from './object-reader.ts'
import { parseTree } from './tree-object.ts'

/** The object half of the git port. */
export type ObjectQueries = Pick<
  GitEngine,
  'readCommit' | 'readTree' | 'readBlob' | 'readBlobs' | 'readBlobBatches' | 'readTreeBatches' | 'entryAt' | 'listFiles'
>

/** Folders deeper than this are no records of mlv's; the bound keeps a hostile tree from exhausting the stack. */
const DEPTH_LIMIT = 256

/** Answers from a reader. */
export function objectQueries(reader: ObjectReader): ObjectQueries {
  return {
    readCommit: async (oid) => parseCommit(oid, await readKind(reader, oid, 'commit')),
    readTree: (oid) => readTree(reader, oid),
    readBlob: (oid) => readKind(reader, oid, 'blob'),
    readBlobs: (oids) => readBlobs(reader, oids),
    readBlobBatches: (oids) => readBatches(oids, (oid) => readKind(reader, oid, 'blob')),
    readTreeBatches: (oids) => readBatches(oids, (oid) => readTree(reader, oid)),
    entryAt: (root, path) => entryAt(reader, root, path),
    listFiles: async (root, folder) => {
      const entry = await entryAt(reader, root, folder)
      if (entry?.kind !== 'tree') return []
      const found: TreeFile[] = []
      for await (const file of filesBelow(reader, { tree: entry.oid, prefix: '', depth: 0 })) found.push(file)
      return found
    },
  }
}

async function readKind(reader: ObjectReader, oid: Oid, kind: ObjectKind): Promise<Uint8Array> {
  const object = await reader.read(oid)
  if (object.kind !== kind) {
    throw refuse('object-damaged', { what: kind, id: oid, problem: `the object of this name is a ${object.kind}` })
  }
  return object.bytes
}

async function readTree(reader: ObjectReader, oid: Oid): Promise<readonly TreeEntry[]> {
  const object = await reader.read(oid)
  if (object.kind === 'tree') return parseTree(oid, object.bytes)
  if (object.kind !== 'commit') throw refuse('tree-invalid', { tree: oid, problem: `is a ${object.kind}` })
  const { tree } = parseCommit(oid, object.bytes)
  return parseTree(tree, await readKind(reader, tree, 'tree'))
}

/** Objects asked for together: enough to hide the way to them, few enough to bound memory. */
const AT_ONCE = 64

/** Reads objects one by one, some ahead of the asker. */
export async function* readBatches<Item>(
  oids: readonly Oid[],
  read: (oid: Oid) => Promise<Item>,
): AsyncGenerator<readonly Item[]> {
  for (let at = 0; at < oids.length; at += AT_ONCE) yield await Promise.all(oids.slice(at, at + AT_ONCE).map(read))
}

async function* readBlobs(reader: ObjectReader, oids: readonly Oid[]): AsyncIterable<Uint8Array> {
  for (const oid of oids) yield await readKind(reader, oid, 'blob')
}

async function entryAt(reader: ObjectReader, root: Oid, path: TreePath): Promise<TreeEntry | undefined> {
  let entry: TreeEntry | undefined = { name: '', kind: 'tree', oid: root }
  for (const component of path.split('/')) {
    if (entry?.kind !== 'tree') return undefined
    entry = (await readTree(reader, entry.oid)).find(({ name }) => name === component)
  }
  return entry
}

interface Below {
  readonly tree: Oid
  readonly prefix: string
  readonly depth: number
}

async function* filesBelow(reader: ObjectReader, below: Below): AsyncIterable<TreeFile> {
  if (below.depth > DEPTH_LIMIT) {
    throw refuse('limit-exceeded', { what: 'the depth of a tree', actual: below.depth, limit: DEPTH_LIMIT })
  }
  for (const { name, kind, oid } of await readTree(reader, below.tree)) {
    const path = `${below.prefix}${name}`
    if (kind === 'tree') yield* filesBelow(reader, { tree: oid, prefix: `${path}/`, depth: below.depth + 1 })
    else yield { path, kind, oid }
  }
}
