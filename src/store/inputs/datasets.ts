/**
 * Datasets: the inputs of a run, pinned by digest where their bytes are here, by someone else's identity where only a
 * pointer is, and by nothing where neither is.
 */
import { isAbsolute, join, relative, sep } from 'node:path'
import { parseSha256, sha256Of, sha256Stream } from '../../base/digest.ts'
import type { Sha256 } from '../../base/digest.ts'
import { compareText } from '../../base/order.ts'
import type { Dataset, DatasetPin } from '../../domain/dataset.ts'
import { refuse } from '../../domain/failure.ts'
import { withDiskFailures } from '../files/disk-failure.ts'
import type { FileStat, Files } from '../files/files.ts'
import { readTextIfAny } from './input-text.ts'
import { countRecords } from './record-count.ts'
import type { RecordCounter } from './record-count.ts'

const CHUNK_BYTES = 1024 * 1024
const POINTER_LIMIT_BYTES = 64 * 1024
const FILES_LIMIT = 1_000_000
const DEPTH_LIMIT = 64
const URI = /^[A-Za-z][A-Za-z0-9+.-]+:\/\//

/** Tells a URI, such as `s3://bucket/key`, from a path. */
export function isDatasetUri(text: string): boolean {
  return URI.test(text)
}

/**
 * Describes one input. A path is relative to `root`; a URI is recorded without credentials and stays unpinned.
 *
 * A folder's digest is over the RFC 8785 JSON of its `[path, sha256, size]` sorted by path; links are followed.
 * @throws `file-not-found`, `input-symlink` for a link to a folder it is in, `limit-exceeded` for a folder of over a
 * million files or nested deeper than 64, and what the disk refuses.
 */
export async function probeDataset(files: Files, root: string, uri: string): Promise<Dataset> {
  if (isDatasetUri(uri)) return { uri: withoutCredentials(uri) }
  const path = isAbsolute(uri) ? uri : join(root, uri)
  return withDiskFailures(path, 'reading', async () => ({
    uri: nameFor(root, path),
    ...(await probePath(files, path, uri)),
  }))
}

type Found = Omit<Dataset, 'uri'>

async function probePath(files: Files, path: string, uri: string): Promise<Found> {
  const stat = await files.stat(path)
  if (stat?.kind === 'folder') return probeFolder(files, path)
  if (stat?.kind === 'file') return probeFile(files, path, stat)
  if (stat !== undefined) throw refuse('path-not-a-file', { path: uri, found: 'neither a file nor a folder' })
  const pointed = await probeDvcFile(files, `${path}.dvc`)
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

async function probeFile(files: Files, path: string, stat: FileStat): Promise<Found> {
  if (path.endsWith('.dvc')) return (await probeDvcFile(files, path)) ?? digestFile(files, path)
  return (stat.sizeBytes < 1024 ? await probeLfsPointer(files, path) : undefined) ?? digestFile(files, path)
}

async function digestFile(files: Files, path: string): Promise<Found> {
  const counter = countRecords(/\.[^./\\]*$/.exec(path)?.[0].toLowerCase() ?? '')
  const { sha256, sizeBytes } = await readThrough(files, path, counter)
  return { pin: { kind: 'sha256', sha256 }, sizeBytes, ...counter?.end() }
}

async function readThrough(
  files: Files,
  path: string,
  counter?: RecordCounter,
): Promise<{ readonly sha256: Sha256; readonly sizeBytes: number }> {
  const digest = sha256Stream()
  const buffer = new Uint8Array(CHUNK_BYTES)
  const file = await files.open(path, 'read')
  try {
    let position = 0
    for (let count = await file.read(buffer, 0); count > 0; count = await file.read(buffer, position)) {
      const chunk = buffer.subarray(0, count)
      digest.update(chunk)
      counter?.take(chunk)
      position += count
    }
    return { sha256: digest.digest(), sizeBytes: position }
  } finally {
    await file.close()
  }
}

async function probeFolder(files: Files, folder: string): Promise<Found> {
  const paths = await listFolder(files, folder)
  const entries: (readonly [string, Sha256, number])[] = []
  for (const path of paths) {
    const { sha256, sizeBytes } = await readThrough(files, join(folder, path))
    entries.push([path, sha256, sizeBytes])
  }
  return {
    // Strings and whole numbers alone: JSON.stringify is RFC 8785 here.
    pin: { kind: 'sha256', sha256: sha256Of(JSON.stringify(entries)) },
    sizeBytes: entries.reduce((sum, [, , sizeBytes]) => sum + sizeBytes, 0),
    fileCount: entries.length,
  }
}

/** Paths of all files below a folder, sorted by their bytes; links are followed, but never back to a folder above. */
async function listFolder(files: Files, root: string): Promise<readonly string[]> {
  const found: string[] = []
  const visit = async (prefix: string, above: readonly string[]): Promise<void> => {
    const folder = join(root, prefix)
    const real = await files.realPath(folder)
    if (above.includes(real)) throw refuse('input-symlink', { path: folder, target: real })
    if (above.length >= DEPTH_LIMIT) {
      throw refuse('limit-exceeded', { what: `folders below ${root}`, actual: above.length + 1, limit: DEPTH_LIMIT })
    }
    for (const { name, kind } of await files.readFolder(folder)) {
      const path = `${prefix}${name}`
      const actual = kind === 'symlink' ? (await files.stat(join(root, path)))?.kind : kind
      if (actual === 'folder') await visit(`${path}/`, [...above, real])
      else if (actual === 'file') found.push(path)
    }
    if (found.length > FILES_LIMIT) {
      throw refuse('limit-exceeded', { what: `files below ${root}`, actual: found.length, limit: FILES_LIMIT })
    }
  }
  await visit('', [])
  return found.sort(compareText)
}

/** A `.dvc` file names the MD5 of data that DVC keeps elsewhere. */
async function probeDvcFile(files: Files, path: string): Promise<Found | undefined> {
  const text = await readTextIfAny(files, path, POINTER_LIMIT_BYTES)
  const id = /^\s*(?:- )?md5: ([0-9a-f]{32}(?:\.dir)?)\s*$/m.exec(text?.slice(text.indexOf('outs:')) ?? '')?.[1]
  if (text === undefined || id === undefined) return undefined
  return foreign({ kind: 'foreign', scheme: 'dvc-md5', id }, numberAfter(text, 'size'), numberAfter(text, 'nfiles'))
}

/** An LFS pointer stands where its bytes were not fetched. */
async function probeLfsPointer(files: Files, path: string): Promise<Found | undefined> {
  const text = await readTextIfAny(files, path, POINTER_LIMIT_BYTES)
  if (text?.startsWith('version https://git-lfs.github.com/spec/v1\n') !== true) return undefined
  const id = parseSha256(/^oid sha256:([0-9a-f]{64})$/m.exec(text)?.[1] ?? '')
  if (id === undefined) return undefined
  return foreign({ kind: 'foreign', scheme: 'lfs-sha256', id }, numberAfter(text, 'size'))
}

function foreign(pin: DatasetPin, sizeBytes: number | undefined, fileCount?: number): Found {
  return {
    pin,
    ...(sizeBytes === undefined ? {} : { sizeBytes }),
    ...(fileCount === undefined ? {} : { fileCount }),
  }
}

function numberAfter(text: string, name: string): number | undefined {
  const digits = new RegExp(`^\\s*(?:- )?${name}:? (\\d{1,15})\\s*$`, 'm').exec(text)?.[1]
  return digits === undefined ? undefined : Number(digits)
}
