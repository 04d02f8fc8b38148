/**
 * Which runs and versions differ between two commits. Equal folders are skipped by name, and artifacts are not looked
 * at, so the cost is that of the change.
 */
import type { Oid } from '../../domain/oid.ts'
import type { GitEngine, TreeEntry } from '../git/engine.ts'
import { BranchUnusual } from './branch-unusual.ts'

/** A folder of the branch that holds manifests, as it is after the change. */
export interface ManifestFolder {
  /** Names of the folders it lies in, itself last; the fixed ones are left out. */
  readonly names: readonly string[]
  /** The object of each manifest that is there, by its name. */
  readonly manifests: ReadonlyMap<string, Oid>
}

/** Where manifests are. */
export interface ManifestPattern {
  /** Folders from the root: a name, or `undefined` for any. */
  readonly folders: readonly (string | undefined)[]
  readonly manifests: readonly string[]
}

/** `runs/2026-11/20/k/7/<ulid>` */
export const RUN_FOLDERS: ManifestPattern = {
  folders: ['runs', undefined, undefined, undefined, undefined, undefined],
  manifests: ['run.yaml', 'notes.yaml'],
}

/** `models/<name>/versions/<n>` */
export const VERSION_FOLDERS: ManifestPattern = {
  folders: ['models', undefined, 'versions', undefined],
  manifests: ['version.yaml', 'state.yaml'],
}

interface Pair {
  readonly names: readonly string[]
  readonly before: Oid | undefined
  readonly after: Oid | undefined
}

/** Folders asked for at once: enough to hide the way to git. */
const AT_ONCE = 256
/** Folders of the last fixed levels that are gone through at once, so that memory is not that of all runs. */
const CHUNK = 4
/** Levels that are listed whole before folders are gone through in chunks: the days of runs, the models. */
const WHOLE_LEVELS = 3

/**
 * Folders whose manifests differ, in no order, each as what `take` makes of it. An absent commit is empty.
 *
 * @param limit more changed folders than this are not worth telling: `undefined`.
 */
export async function changedManifests<Item>(
  engine: GitEngine,
  pattern: ManifestPattern,
  [before, after, limit]: readonly [Oid | undefined, Oid, number],
  take: (folder: ManifestFolder) => readonly Item[],
): Promise<readonly Item[] | undefined> {
  const top = await foldersBelow(engine, [{ names: [], before, after }], pattern.folders.slice(0, WHOLE_LEVELS))
  const items: Item[] = []
  for (let at = 0; at < top.length; at += CHUNK) {
    const pairs = await foldersBelow(engine, top.slice(at, at + CHUNK), pattern.folders.slice(WHOLE_LEVELS))
    if (items.length + pairs.length > limit) return undefined
    for (const found of await inBatches(pairs, (pair) => changedFolder(engine, pair, pattern.manifests))) {
      if (found !== undefined) items.push(...take(found))
    }
  }
  return items
}

async function foldersBelow(
  engine: GitEngine,
  from: readonly Pair[],
  levels: ManifestPattern['folders'],
): Promise<readonly Pair[]> {
  let pairs = from
  for (const level of levels) pairs = (await inBatches(pairs, (pair) => changedFolders(engine, pair, level))).flat()
  return pairs
}

async function changedFolders(engine: GitEngine, pair: Pair, wanted: string | undefined): Promise<readonly Pair[]> {
  const [before, after] = await Promise.all([treeOf(engine, pair.before), treeOf(engine, pair.after)])
  const names = wanted === undefined ? [...new Set([...before.keys(), ...after.keys()])] : [wanted]
  return names.flatMap((name) => {
    const [left, right] = [folderOid(before.get(name)), folderOid(after.get(name))]
    return left === right
      ? []
      : [{ names: wanted === undefined ? [...pair.names, name] : pair.names, before: left, after: right }]
  })
}

async function changedFolder(
  engine: GitEngine,
  pair: Pair,
  wanted: readonly string[],
): Promise<ManifestFolder | undefined> {
  const [before, after] = await Promise.all([treeOf(engine, pair.before), treeOf(engine, pair.after)])
  if (wanted.every((name) => before.get(name)?.oid === after.get(name)?.oid)) return undefined
  const manifests = new Map<string, Oid>()
  for (const name of wanted) {
    const entry = after.get(name)
    if (entry === undefined) continue
    if (entry.kind !== 'file') throw new BranchUnusual(`${name} is a ${entry.kind}`)
    manifests.set(name, entry.oid)
  }
  return { names: pair.names, manifests }
}

async function treeOf(engine: GitEngine, oid: Oid | undefined): Promise<ReadonlyMap<string, TreeEntry>> {
  const entries = oid === undefined ? [] : await engine.readTree(oid)
  return new Map(entries.map((entry) => [entry.name, entry]))
}

function folderOid(entry: TreeEntry | undefined): Oid | undefined {
  return entry?.kind === 'tree' ? entry.oid : undefined
}

async function inBatches<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = []
  for (let at = 0; at < items.length; at += AT_ONCE) {
    results.push(...(await Promise.all(items.slice(at, at + AT_ONCE).map(work))))
  }
  return results
}
