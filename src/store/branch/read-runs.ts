/**
 * Reads runs from a snapshot of the branch.
 */
import type { ArtifactFile } from '../../domain/artifact.ts'
import type { Environment } from '../../domain/environment.ts'
import { ulidMs } from '../../base/ulid.ts'
import { refuse } from '../../domain/failure.ts'
import type { Oid } from '../../domain/oid.ts'
import { NO_NOTES, parseRunId } from '../../domain/run.ts'
import type { RunId, RunNotes, SealedRun } from '../../domain/run.ts'
import type { SeriesSet } from '../../domain/series.ts'
import { RUNS_PATH, runFolder, treePath } from '../../domain/tree-path.ts'
import type { TreePath } from '../../domain/tree-path.ts'
import { decodeEnvironment } from '../documents/environment-manifest.ts'
import { decodeFiles } from '../documents/files-manifest.ts'
import { decodeNotes } from '../documents/notes-manifest.ts'
import { decodeRun } from '../documents/run-manifest.ts'
import { decodeSeries } from '../documents/series-document.ts'
import type { TreeFile } from '../git/engine.ts'
import { readPath } from './snapshot.ts'
import type { BranchSnapshot } from './snapshot.ts'

/** A run with what was said about it later. */
export interface NotedRun {
  readonly run: SealedRun
  readonly notes: RunNotes
}

/** Reads one run; `undefined` when the branch has none of that id. */
export async function readRun(snapshot: BranchSnapshot, id: RunId): Promise<SealedRun | undefined> {
  const path = treePath(runFolder(id), 'run.yaml')
  const bytes = await readPath(snapshot.engine, snapshot.tips.records, path)
  return bytes === undefined ? undefined : decodeRun(bytes, path)
}

/** Reads a run that another record names. @throws `object-missing` */
export async function requireRun(snapshot: BranchSnapshot, id: RunId): Promise<SealedRun> {
  const run = await readRun(snapshot, id)
  if (run === undefined) throw refuse('object-missing', { what: 'run', id })
  return run
}

/** Reads what was said about a run after it was sealed. */
export async function readNotes(snapshot: BranchSnapshot, id: RunId): Promise<RunNotes> {
  const bytes = await readNotesBytes(snapshot, id)
  return bytes === undefined ? NO_NOTES : decodeNotes(bytes, notesPath(id))
}

/** The notes as written, for a rewrite that keeps fields this mlv does not know. */
export async function readNotesBytes(snapshot: BranchSnapshot, id: RunId): Promise<Uint8Array | undefined> {
  return readPath(snapshot.engine, snapshot.tips.records, notesPath(id))
}

/** `<run folder>/notes.yaml`. */
export function notesPath(id: RunId): TreePath {
  return treePath(runFolder(id), 'notes.yaml')
}

/** Reads every run with its notes, oldest first. */
export async function readAllRuns(snapshot: BranchSnapshot): Promise<readonly NotedRun[]> {
  const files = await snapshot.engine.listFiles(snapshot.tips.records, RUNS_PATH)
  const manifests = files.flatMap((file) => manifestOf(file) ?? [])
  const runs: SealedRun[] = []
  const notes = new Map<RunId, RunNotes>()
  let index = 0
  for await (const bytes of snapshot.engine.readBlobs(manifests.map((manifest) => manifest.file.oid))) {
    const manifest = manifests[index]
    index += 1
    if (manifest === undefined) break
    const path = `${RUNS_PATH}/${manifest.file.path}`
    if (manifest.kind === 'run') runs.push(decodeRun(bytes, path))
    else notes.set(manifest.id, decodeNotes(bytes, path))
  }
  return runs
    .map((run) => ({ run, notes: notes.get(run.id) ?? NO_NOTES }))
    .sort((left, right) => (left.run.id < right.run.id ? -1 : 1))
}

/** Ids of every run whose id starts with a prefix, oldest first. */
export async function findRunIds(snapshot: BranchSnapshot, prefix: string): Promise<readonly RunId[]> {
  const files = await snapshot.engine.listFiles(snapshot.tips.records, RUNS_PATH)
  return files
    .flatMap((file) => manifestOf(file) ?? [])
    .filter((manifest) => manifest.kind === 'run' && manifest.id.startsWith(prefix))
    .map((manifest) => manifest.id)
    .sort()
}

/** Ids of the newest runs, newest first, at most `limit`; walks back by days and reads no older day than it needs. */
export async function newestRunIds(snapshot: BranchSnapshot, limit: number): Promise<readonly RunId[]> {
  const found: RunId[] = []
  for (const month of await foldersIn(snapshot, RUNS_PATH)) {
    for (const day of await foldersIn(snapshot, month)) {
      found.push(...(await runIdsOf(snapshot, day)).toSorted().reverse())
      if (found.length >= limit) return found.slice(0, limit)
    }
  }
  return found
}

/** Which runs to read backwards. */
export interface BackwardsQuery {
  /** Objects of git: only records that name one of them are decoded. */
  readonly naming: ReadonlySet<string>
  /** Runs that began before are left out, and no older day is read: milliseconds since the Unix epoch. */
  readonly sinceMs: number
}

/**
 * Reads runs with their notes, the newest first; reads no older ones than it is asked for. Most records are only looked
 * through for a name, which costs a small part of decoding them.
 */
export async function* readRunsBackwards(
  snapshot: BranchSnapshot,
  { naming, sinceMs }: BackwardsQuery,
): AsyncGenerator<NotedRun> {
  for (const month of await foldersIn(snapshot, RUNS_PATH)) {
    for (const day of await foldersIn(snapshot, month)) {
      const folders = (await runFoldersOf(snapshot, day)).sort((left, right) => (left.id < right.id ? 1 : -1))
      const recent = folders.filter(({ id }) => ulidMs(id) >= sinceMs)
      for (let at = 0; at < recent.length; at += RUNS_AT_ONCE) {
        yield* readNaming(snapshot, recent.slice(at, at + RUNS_AT_ONCE), naming)
      }
      if (recent.length < folders.length) return
    }
  }
}

/** Enough to keep git busy; who stops early has not asked for many in vain. */
const RUNS_AT_ONCE = 256

async function* readNaming(
  snapshot: BranchSnapshot,
  folders: readonly FoundFolder[],
  naming: ReadonlySet<string>,
): AsyncGenerator<NotedRun> {
  const { engine } = snapshot
  const trees = await Promise.all(folders.map(({ oid }) => engine.readTree(oid)))
  const sealed = folders.flatMap(({ id }, index) => {
    const tree = trees[index] ?? []
    const manifest = tree.find(({ name, kind }) => name === 'run.yaml' && kind === 'file')
    const hasNotes = tree.some(({ name }) => name === 'notes.yaml')
    return manifest === undefined ? [] : [{ id, oid: manifest.oid, hasNotes }]
  })
  let index = 0
  for await (const bytes of engine.readBlobs(sealed.map(({ oid }) => oid))) {
    const found = sealed[index]
    index += 1
    if (found === undefined || !namesOneOf(bytes, naming)) continue
    const run = decodeRun(bytes, treePath(runFolder(found.id), 'run.yaml'))
    yield { run, notes: found.hasNotes ? await readNotes(snapshot, found.id) : NO_NOTES }
  }
}

function namesOneOf(bytes: Uint8Array, names: ReadonlySet<string>): boolean {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
  for (const [found] of text.matchAll(/(?<![0-9a-f])[0-9a-f]{40}(?:[0-9a-f]{24})?(?![0-9a-f])/g)) {
    if (names.has(found)) return true
  }
  return false
}

/** Ids of a day's runs: the names of folders two below it. The folders themselves are not read. */
async function runIdsOf(snapshot: BranchSnapshot, day: TreePath): Promise<readonly RunId[]> {
  return (await runFoldersOf(snapshot, day)).map(({ id }) => id)
}

interface FoundFolder {
  readonly id: RunId
  readonly oid: Oid
}

async function runFoldersOf({ engine, tips }: BranchSnapshot, day: TreePath): Promise<FoundFolder[]> {
  const top = await engine.entryAt(tips.records, day)
  let level = top?.kind === 'tree' ? await engine.readTree(top.oid) : []
  for (let depth = 0; depth < 2; depth += 1) {
    const folders = level.filter(({ kind }) => kind === 'tree')
    level = (await Promise.all(folders.map(({ oid }) => engine.readTree(oid)))).flat()
  }
  return level.flatMap(({ name, kind, oid }) => {
    const id = kind === 'tree' ? parseRunId(name) : undefined
    return id === undefined ? [] : [{ id, oid }]
  })
}

/** The files of a run as recorded, in path order. */
export async function readRunFiles(snapshot: BranchSnapshot, id: RunId): Promise<readonly ArtifactFile[]> {
  return readFileList(snapshot, runFolder(id))
}

/** The file list of a run's or version's folder, tensors included. @throws `object-missing` */
export async function readFileList(snapshot: BranchSnapshot, folder: TreePath): Promise<readonly ArtifactFile[]> {
  const path = treePath(folder, 'files.yaml')
  const { records } = snapshot.tips
  const bytes = await readPath(snapshot.engine, records, path)
  if (bytes === undefined) throw refuse('object-missing', { what: 'file list', id: path })
  return decodeFiles(bytes, path, await readPath(snapshot.engine, records, treePath(folder, 'tensors.json')))
}

/** The environment a run was made in. @throws `object-missing` */
export async function readEnvironment(snapshot: BranchSnapshot, id: RunId): Promise<Environment> {
  const path = treePath(runFolder(id), 'environment.yaml')
  const bytes = await readPath(snapshot.engine, snapshot.tips.records, path)
  if (bytes === undefined) throw refuse('object-missing', { what: 'environment', id: path })
  return decodeEnvironment(bytes, path)
}

/** The series of a run as kept on the branch; empty when it logged none. */
export async function readSeriesOf(snapshot: BranchSnapshot, id: RunId): Promise<SeriesSet> {
  const path = treePath(runFolder(id), 'series.json')
  const bytes = await readPath(snapshot.engine, snapshot.tips.records, path)
  return bytes === undefined ? new Map() : decodeSeries(bytes, path)
}

/** Folders below a folder, last name first: the newest month or day. */
async function foldersIn(snapshot: BranchSnapshot, folder: TreePath): Promise<readonly TreePath[]> {
  const entry = await snapshot.engine.entryAt(snapshot.tips.records, folder)
  if (entry?.kind !== 'tree') return []
  const entries = await snapshot.engine.readTree(entry.oid)
  return entries
    .filter((child) => child.kind === 'tree')
    .map((child) => treePath(folder, child.name))
    .reverse()
}

interface Manifest {
  readonly kind: 'run' | 'notes'
  readonly id: RunId
  readonly file: TreeFile
}

/** `2026-11/20/k/7/<ulid>/run.yaml`: told by its depth, so an artifact of that name is not taken for a manifest. */
function manifestOf(file: TreeFile): Manifest | undefined {
  const parts = file.path.split('/')
  const name = parts[5]
  if (parts.length !== 6 || (name !== 'run.yaml' && name !== 'notes.yaml')) return undefined
  const id = parseRunId(parts[4] ?? '')
  return id === undefined ? undefined : { kind: name === 'run.yaml' ? 'run' : 'notes', id, file }
}
