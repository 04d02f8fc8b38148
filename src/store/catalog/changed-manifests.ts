/**
 * Which runs and versions differ between two commits. Equal folders are skipped by name, and artifacts are not looked
 * at, so the cost is that of the change. Memory is that of some thousand folders, however many differ.
 */
import type { Oid } from '../../domain/oid.ts'
import type { GitEngine, TreeEntry } from '../git/engine.ts'
import { BranchUnusual } from './branch-unusual.ts'

/** A folder of the branch that holds manifests, as it is after the change. */
export interface ManifestFolder {
  /** From the root, with slashes. */
  readonly path: string
  /** Its own name. */
  readonly name: string
  /** The object of each manifest, in the order of the pattern; `undefined` for one that is not there. */
  readonly manifests: readonly (Oid | undefined)[]
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
  readonly path: string
  readonly name: string
  readonly before: Oid | undefined
  readonly after: Oid | undefined
}

/** Levels that are listed whole before folders are gone through in groups: the days of runs, the models. */
const WHOLE_LEVELS = 3
/** Folders of the last of them that are gone through together at first. */
const FIRST_GROUP = 4
/** A group shall come to so many folders: enough to be read at a stroke, few enough to be held. */
const LEAST_FOUND = 8192
const MOST_FOUND = 32_768

/**
 * Folders whose manifests differ, each as what `take` makes of it, some at a time. Groups come in the order of their
 * paths, what is in a group in no order. An absent commit is empty.
 *
 * @throws `BranchUnusual`, what reading the branch refuses
 */
export async function* changedManifests<Item>(
  engine: GitEngine,
  pattern: ManifestPattern,
  [before, after]: readonly [Oid | undefined, Oid],
  take: (folder: ManifestFolder) => Item | undefined,
): AsyncGenerator<readonly Item[]> {
  const root = [{ path: '', name: '', before, after }]
  const top = await foldersBelow(engine, root, pattern.folders.slice(0, WHOLE_LEVELS))
  let size = FIRST_GROUP
  for (let at = 0; at < top.length;) {
    const pairs = await foldersBelow(engine, top.slice(at, at + size), pattern.folders.slice(WHOLE_LEVELS))
    const items: Item[] = []
    await eachPair(engine, pairs, (pair, trees) => {
      const found = changedFolder(pair, trees, pattern.manifests)
      const item = found === undefined ? undefined : take(found)
      if (item !== undefined) items.push(item)
    })
    yield items
    at += size
    if (pairs.length < LEAST_FOUND) size *= 2
    else if (pairs.length > MOST_FOUND) size = Math.max(1, Math.floor(size / 2))
  }
}

async function foldersBelow(
  engine: GitEngine,
  from: readonly Pair[],
  levels: ManifestPattern['folders'],
): Promise<readonly Pair[]> {
  let pairs = from
  for (const level of levels) {
    const below: Pair[] = []
    await eachPair(engine, pairs, (pair, trees) => addChanged(below, pair, trees, level))
    pairs = below
  }
  return pairs
}

type Trees = readonly [readonly TreeEntry[], readonly TreeEntry[]]

const NO_ENTRIES: readonly TreeEntry[] = []

/** Reads both trees of each pair. */
async function eachPair(
  engine: GitEngine,
  pairs: readonly Pair[],
  visit: (pair: Pair, trees: Trees) => void,
): Promise<void> {
  const questions = pairs.flatMap((pair) => [
    ...(pair.before === undefined ? [] : [{ pair, oid: pair.before, isLast: pair.after === undefined }]),
    ...(pair.after === undefined ? [] : [{ pair, oid: pair.after, isLast: true }]),
  ])
  let next = 0
  let held = NO_ENTRIES
  for await (const batch of engine.readTreeBatches(questions.map(({ oid }) => oid))) {
    for (const tree of batch) {
      const question = questions[next]
      next += 1
      if (question === undefined) return
      const { pair, isLast } = question
      if (!isLast) held = tree
      else
        visit(
          pair,
          pair.after === undefined ? [tree, NO_ENTRIES] : [pair.before === undefined ? NO_ENTRIES : held, tree],
        )
    }
  }
}

/** Adds the folders below a pair that differ, by name. */
function addChanged(below: Pair[], parent: Pair, [before, after]: Trees, wanted: string | undefined): void {
  const folders = (entries: readonly TreeEntry[]): readonly TreeEntry[] =>
    entries.filter(({ name, kind }) => kind === 'tree' && (wanted === undefined || name === wanted))
  const left = new Map(folders(before).map(({ name, oid }) => [name, oid]))
  const found = below.length
  for (const { name, oid } of folders(after)) {
    const earlier = left.get(name)
    left.delete(name)
    if (earlier !== oid) below.push({ path: pathOf(parent, name), name, before: earlier, after: oid })
  }
  if (left.size === 0) return
  for (const [name, oid] of left) below.push({ path: pathOf(parent, name), name, before: oid, after: undefined })
  const sorted = below.splice(found).sort((one, other) => (one.name < other.name ? -1 : 1))
  below.push(...sorted)
}

function pathOf(parent: Pair, name: string): string {
  return parent.path === '' ? name : `${parent.path}/${name}`
}

function changedFolder(
  { path, name }: Pair,
  [before, after]: Trees,
  wanted: readonly string[],
): ManifestFolder | undefined {
  const manifests = wanted.map((manifest) => entryOf(after, manifest))
  if (before.length > 0 && wanted.every((each, index) => entryOf(before, each)?.oid === manifests[index]?.oid)) {
    return undefined
  }
  const odd = manifests.find((entry) => entry !== undefined && entry.kind !== 'file')
  if (odd !== undefined) throw new BranchUnusual(`${odd.name} is a ${odd.kind}`)
  return manifests.some((entry) => entry !== undefined) || before.length > 0
    ? { path, name, manifests: manifests.map((entry) => entry?.oid) }
    : undefined
}

function entryOf(entries: readonly TreeEntry[], name: string): TreeEntry | undefined {
  return entries.find((entry) => entry.name === name)
}
