/**
 * What datasets came to when they were last read, known by what `stat` tells of every file in them: an unchanged folder
 * of any size costs one look at its files.
 *
 * Law: as in `artifacts/stat-cache.ts`, an entry is kept only when the files had rested before they were read, so that
 * any later write shows in their times. The cache may be deleted at will; it is never repaired.
 */
import { join } from 'node:path'
import type { Clock } from '../../base/clock.ts'
import { parseSha256, sha256Of, sha256Stream } from '../../base/digest.ts'
import type { Sha256 } from '../../base/digest.ts'
import type { Moment } from '../artifacts/stat-cache.ts'
import { fileSystemTime } from '../artifacts/temporary-file.ts'
import type { TemporaryPlace } from '../artifacts/temporary-file.ts'
import { errnoOf } from '../files/disk-failure.ts'
import type { FileStat } from '../files/files.ts'
import { writeFileDurably } from '../files/safe-write.ts'

/** A file of a dataset, as it was before it was read; `path` tells it from the others. */
export interface StattedFile {
  readonly path: string
  readonly stat: FileStat
}

/** Looks results up by files. */
export interface DatasetCache {
  /** The text kept for exactly these files as they are; `undefined` when they must be read. */
  readonly find: (files: readonly StattedFile[]) => Promise<string | undefined>
  /** To be asked before the files are read; what it answers goes to `remember`. */
  readonly begin: () => Promise<Moment | undefined>
  /** Keeps a text for files; not when some of them changed too shortly before. Failing to keep is no failure. */
  readonly remember: (files: readonly StattedFile[], text: string, since: Moment | undefined) => Promise<void>
}

/** Where the cache is, and the clocks that the times of files are held against. */
export interface DatasetCachePlace extends TemporaryPlace {
  readonly clock: Clock
}

const LIMIT_ENTRIES = 2000
const LIMIT_TEXT = 64 * 1024

/** A file on another file system is judged by our clock, and that may be off by so much from the one that stamps it. */
const RESTED_ELSEWHERE_NS = 3_600_000_000_000n

/** Opens the cache of a repository; it is read when it is first asked. */
export function openDatasetCache(place: DatasetCachePlace): DatasetCache {
  const path = join(place.commonDir, 'mlv', 'dataset-cache')
  let entries: Promise<Map<Sha256, string>> | undefined
  const load = () => (entries ??= loadEntries(place, path))
  return {
    find: async (files) => (await load()).get(fingerprintOf(files)),
    begin: () => fileSystemTime(place),
    remember: async (files, text, since) => {
      if (since === undefined || text.length > LIMIT_TEXT) return
      const nowNs = BigInt(place.clock.nowMs()) * 1_000_000n
      if (!files.every(({ stat }) => hadRested(stat, since, nowNs))) return
      const key = fingerprintOf(files)
      ;(await load()).set(key, text)
      await append(place, path, lineOf(key, text))
    },
  }
}

function hadRested({ device, modifiedNs, changedNs }: FileStat, since: Moment, nowNs: bigint): boolean {
  const before = device === since.device ? since.ns : nowNs - RESTED_ELSEWHERE_NS
  return modifiedNs < before && changedNs < before
}

function fingerprintOf(files: readonly StattedFile[]): Sha256 {
  const stream = sha256Stream()
  for (const { path, stat } of files) {
    const { device, inode, sizeBytes, modifiedNs, changedNs } = stat
    stream.update(Buffer.from(`${path}\0${device} ${inode} ${sizeBytes} ${modifiedNs} ${changedNs}\n`))
  }
  return stream.digest()
}

/** Fingerprint, text, and a digest of both, so that a torn or edited line is no entry. */
function lineOf(key: Sha256, text: string): string {
  return `${key} ${sha256Of(`${key} ${text}`).slice(0, 16)} ${text}\n`
}

async function append({ files }: DatasetCachePlace, path: string, line: string): Promise<void> {
  try {
    const file = await files.open(path, 'append')
    try {
      await file.write(Buffer.from(line))
    } finally {
      await file.close()
    }
  } catch (error) {
    // A cache that cannot be written, on a full or read-only disk, costs another reading and nothing else.
    if (errnoOf(error) === undefined) throw error
  }
}

async function loadEntries({ files }: DatasetCachePlace, path: string): Promise<Map<Sha256, string>> {
  const lines = await readLines({ files }, path)
  const entries = new Map<Sha256, string>()
  for (const line of lines) {
    const [key, text] = [parseSha256(line.slice(0, 64)), line.slice(82)]
    if (key !== undefined && lineOf(key, text) === `${line}\n`) entries.set(key, text)
  }
  if (lines.length <= LIMIT_ENTRIES) return entries
  // The newest stay; what another process appends at this moment is lost and read again.
  const kept = lines.slice(-LIMIT_ENTRIES / 2).join('\n')
  await writeFileDurably(files, path, Buffer.from(`${kept}\n`), { replace: true }).catch(() => undefined)
  return entries
}

async function readLines({ files }: Pick<DatasetCachePlace, 'files'>, path: string): Promise<readonly string[]> {
  try {
    const text = Buffer.from(await files.readFile(path)).toString('utf8')
    return text.split('\n').filter((line) => line !== '')
  } catch (error) {
    ignoreSystemError(error)
    return []
  }
}

function ignoreSystemError(error: unknown): void {
  if (errnoOf(error) === undefined) throw error
}
