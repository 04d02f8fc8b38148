/**
 * Datasets: the inputs of a run, pinned by digest where their bytes are here, by someone else's identity where only a
 * pointer is, and by nothing where neither is.
 */
import { isAbsolute, join, relative, sep } from 'node:path'
import { sha256Of } from '../../base/digest.ts'
import { jsonText } from '../../base/json-text.ts'
import type { Column, Dataset } from '../../domain/dataset.ts'
import { Failure, refuse } from '../../domain/failure.ts'
import { datasetOf, datasetValue } from '../documents/run-fields.ts'
import { readStrictJson } from '../documents/strict-json.ts'
import { withDiskFailures } from '../files/disk-failure.ts'
import type { Files, FileStat } from '../files/files.ts'
import { listDataFolder } from './data-folder.ts'
import type { DatasetCache, StattedFile } from './dataset-cache.ts'
import { readDvcFile, readLfsPointer } from './dataset-pointers.ts'
import type { FoundDataset } from './dataset-pointers.ts'
import { surveyFile } from './file-survey.ts'
import type { FileSurvey } from './file-survey.ts'
import { hubRevisionOf, hubSnapshotFolder, resolveHubUri } from './huggingface-cache.ts'
import { surveyAll } from './survey-pool.ts'

const POINTER_BELOW_BYTES = 1024
const URI = /^[A-Za-z][A-Za-z0-9+.-]+:\/\//

/** Reading less takes as long as looking it up and keeping it. */
const REMEMBERED_BYTES = 4 * 1024 * 1024
const REMEMBERED_FILES = 64

/** What makes looking at datasets quicker, or tells more. */
export interface DatasetHelp {
  /** Without one every dataset is read. */
  readonly cache?: DatasetCache
  /** Environment variables, for where other tools keep theirs. */
  readonly variables?: Readonly<Record<string, string | undefined>>
}

interface DatasetPlace extends DatasetHelp {
  readonly files: Files
  readonly root: string
}

/** Tells a URI, such as `s3://bucket/key`, from a path. */
export function isDatasetUri(text: string): boolean {
  return URI.test(text)
}

/**
 * Describes one input. A path is relative to the root; a URI is recorded without credentials and stays unpinned, but
 * for `hf://` where the hub's cache knows the commit.
 *
 * A folder's digest is over the RFC 8785 JSON of its `[path, sha256, size]` sorted by path; links are followed.
 * @throws `file-not-found`, `input-symlink` for a link to a folder it is in, `limit-exceeded` for a folder of over a
 * million files or nested deeper than 64, and what the disk refuses.
 */
export async function probeDataset(files: Files, root: string, uri: string, help: DatasetHelp = {}): Promise<Dataset> {
  const place = { files, root, ...help }
  if (isDatasetUri(uri)) return probeUri(place, uri)
  const path = isAbsolute(uri) ? uri : join(place.root, uri)
  return withDiskFailures(path, 'reading', async () => ({
    uri: nameFor(place.root, path),
    ...(await probePath(place, path, uri)),
  }))
}

async function probeUri({ files, variables }: DatasetPlace, uri: string): Promise<Dataset> {
  const id = await resolveHubUri(files, uri, variables ?? {})
  const bare = { uri: withoutCredentials(uri) }
  return id === undefined ? bare : { ...bare, pin: { kind: 'foreign', scheme: 'hf-commit', id } }
}

async function probePath(place: DatasetPlace, path: string, uri: string): Promise<FoundDataset> {
  const { files } = place
  const stat = await files.stat(path)
  if (stat?.kind === 'folder') return probeFolder(place, (await hubSnapshotFolder(files, path)) ?? path)
  if (stat?.kind === 'file') return probeFile(place, path, stat)
  if (stat !== undefined) throw refuse('path-not-a-file', { path: uri, found: 'neither a file nor a folder' })
  const pointed = await readDvcFile(files, `${path}.dvc`)
  if (pointed === undefined) throw refuse('file-not-found', { file: uri, wanted: 'dataset' })
  return pointed
}

/** Relative with forward slashes below the root; otherwise as it is. */
function nameFor(root: string, path: string): string {
  const below = relative(root, path)
  return (below.startsWith('..') || isAbsolute(below) ? path : below).replaceAll(sep, '/')
}

/** Passwords and signed queries would outlive their use in a record that is shared. */
function withoutCredentials(uri: string): string {
  const bare = uri.replace(/^([A-Za-z][A-Za-z0-9+.-]+:\/\/)[^/?#]*@/, '$1')
  return /[?&][^=]*(?:sig|token|key|credential|password|secret)[^=]*=/i.test(bare) ? bare.replace(/[?#].*$/, '') : bare
}

async function probeFile(place: DatasetPlace, path: string, stat: FileStat): Promise<FoundDataset> {
  const { files } = place
  const pointed = path.endsWith('.dvc')
    ? await readDvcFile(files, path)
    : stat.sizeBytes < POINTER_BELOW_BYTES
      ? await readLfsPointer(files, path)
      : undefined
  if (pointed !== undefined) return pointed
  const statted = [{ path, stat }]
  const found = await remembered(place.cache, statted, async () =>
    foundOfFile(await surveyFile(files, { path, sizeBytes: stat.sizeBytes })),
  )
  return withRevision(found, path)
}

function foundOfFile({ sha256, sizeBytes, rows, columns }: FileSurvey): FoundDataset {
  return { pin: { kind: 'sha256', sha256 }, sizeBytes, ...shape(rows, columns) }
}

async function probeFolder(place: DatasetPlace, folder: string): Promise<FoundDataset> {
  const statted = await listDataFolder(place.files, folder)
  const found = await remembered(place.cache, statted, async () => {
    const tasks = statted.map(({ path, stat }) => ({ path: join(folder, path), sizeBytes: stat.sizeBytes }))
    return foundOfFolder(statted, await surveyAll(place.files, tasks))
  })
  return withRevision(found, folder)
}

function foundOfFolder(statted: readonly StattedFile[], surveys: readonly FileSurvey[]): FoundDataset {
  const entries = surveys.map(({ sha256, sizeBytes }, index) => [statted[index]?.path ?? '', sha256, sizeBytes])
  const tables = surveys.filter((_, index) => !isAside(statted[index]?.path ?? ''))
  return {
    // Strings and whole numbers alone: JSON.stringify is RFC 8785 here.
    pin: { kind: 'sha256', sha256: sha256Of(JSON.stringify(entries)) },
    sizeBytes: surveys.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    fileCount: surveys.length,
    ...shapeOfShards(tables),
  }
}

/** What writers of tables leave beside them: `_SUCCESS`, `.part.crc`, a README. */
function isAside(path: string): boolean {
  return /(?:^|\/)(?:[._][^/]*|README(?:\.md)?)$/.test(path)
}

/** A folder of shards is one table when all have the same columns. */
function shapeOfShards(tables: readonly FileSurvey[]): Pick<FoundDataset, 'rows' | 'columns'> {
  const [first] = tables
  const names = JSON.stringify(namesOf(first?.columns))
  const isOne = tables.every(({ columns }) => columns !== undefined && JSON.stringify(namesOf(columns)) === names)
  if (!isOne) return {}
  return shape(
    tables.reduce((sum, { rows }) => sum + (rows ?? 0), 0),
    first?.columns,
  )
}

function namesOf(columns: readonly Column[] | undefined): readonly string[] | undefined {
  return columns?.map(({ name }) => name)
}

function shape(
  rows: number | undefined,
  columns: readonly Column[] | undefined,
): Pick<FoundDataset, 'rows' | 'columns'> {
  return columns === undefined ? {} : { rows: rows ?? 0, columns }
}

function withRevision(found: FoundDataset, path: string): FoundDataset {
  const revision = hubRevisionOf(path)
  return revision === undefined ? found : { ...found, revision }
}

/** Reads only what has changed since it was last read. */
async function remembered(
  cache: DatasetCache | undefined,
  statted: readonly StattedFile[],
  read: () => Promise<FoundDataset>,
): Promise<FoundDataset> {
  const sizeBytes = statted.reduce((sum, { stat }) => sum + stat.sizeBytes, 0)
  if (cache === undefined || (sizeBytes < REMEMBERED_BYTES && statted.length < REMEMBERED_FILES)) return read()
  const known = await cache.find(statted)
  const kept = known === undefined ? undefined : decodeFound(known)
  if (kept !== undefined) return kept
  const since = await cache.begin()
  const found = await read()
  // A file that grew while it was read has other bytes than its stat tells.
  if (found.sizeBytes === sizeBytes) await cache.remember(statted, encodeFound(found), since)
  return found
}

const CACHE_NAME = 'mlv/dataset-cache'

function encodeFound(found: FoundDataset): string {
  return jsonText(datasetValue({ uri: '', ...found }))
}

/** `undefined` for what another release wrote otherwise. */
function decodeFound(text: string): FoundDataset | undefined {
  try {
    return withoutName(datasetOf(readStrictJson(text, CACHE_NAME), { file: CACHE_NAME }))
  } catch (error) {
    if (error instanceof Failure) return undefined
    throw error
  }
}

function withoutName({ pin, sizeBytes, fileCount, rows, columns }: Dataset): FoundDataset {
  return {
    ...(pin === undefined ? {} : { pin }),
    ...(sizeBytes === undefined ? {} : { sizeBytes }),
    ...(fileCount === undefined ? {} : { fileCount }),
    ...shape(rows, columns),
  }
}
