/**
 * Reads runs from a snapshot of the branch.
 */
import type { ArtifactFile } from '../../domain/artifact.ts'
import type { Environment } from '../../domain/environment.ts'
import { refuse } from '../../domain/failure.ts'
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

/** Reads runs day by day, the newest first; reads no older day than it is asked for. */
export async function* readRunsBackwards(snapshot: BranchSnapshot): AsyncGenerator<SealedRun> {
  const { engine, tips } = snapshot
  for (const month of await foldersIn(snapshot, RUNS_PATH)) {
    for (const day of await foldersIn(snapshot, month)) {
      const files = await engine.listFiles(tips.records, day)
      const manifests = files.filter(({ path }) => RUN_OF_DAY.test(path)).reverse()
      const runs: SealedRun[] = []
      for await (const bytes of engine.readBlobs(manifests.map(({ oid }) => oid))) {
        runs.push(decodeRun(bytes, `${day}/${manifests[runs.length]?.path ?? ''}`))
      }
      yield* runs.sort((left, right) => (left.id < right.id ? 1 : -1))
    }
  }
}

/** Ids of a day's runs: the names of folders two below it. The folders themselves are not read. */
async function runIdsOf({ engine, tips }: BranchSnapshot, day: TreePath): Promise<readonly RunId[]> {
  const top = await engine.entryAt(tips.records, day)
  let level = top?.kind === 'tree' ? await engine.readTree(top.oid) : []
  for (let depth = 0; depth < 2; depth += 1) {
    const folders = level.filter(({ kind }) => kind === 'tree')
    level = (await Promise.all(folders.map(({ oid }) => engine.readTree(oid)))).flat()
  }
  return level.flatMap(({ name, kind }) => (kind === 'tree' ? (parseRunId(name) ?? []) : []))
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

/** `k/7/<ulid>/run.yaml` in the folder of a day. */
const RUN_OF_DAY = /^[^/]+\/[^/]+\/[0-9a-z]{26}\/run\.yaml$/

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
