/**
 * Digests of files that have not changed since they were hashed, known by what `stat` tells of them.
 *
 * Law: an entry is kept only when the file had rested before it was hashed, so that any later write shows in its times
 * (git's rule for racily clean entries, gitformat-index(5)). The cache may be deleted at will; it is never repaired.
 */
import { join } from 'node:path'
import { parseSha256 } from '../../base/digest.ts'
import type { Sha256 } from '../../base/digest.ts'
import { errnoOf } from '../files/disk-failure.ts'
import type { Files, FileStat } from '../files/files.ts'
import { writeFileDurably } from '../files/safe-write.ts'

/** A file as it was when it was hashed. */
export interface HashedStat {
  readonly stat: FileStat
  readonly sha256: Sha256
}

/** Looks digests up by `stat`. */
export interface StatCache {
  /** The digest of the file with this `stat`; `undefined` when it must be hashed. */
  readonly find: (stat: FileStat) => Promise<Sha256 | undefined>
  /**
   * Remembers files that were hashed after a moment; leaves out those that changed at that moment or later, and those
   * of other file systems. Failing to remember is no failure.
   */
  readonly remember: (hashed: readonly HashedStat[], since: Moment) => Promise<void>
}

/** The time as a file system tells it, which is the only clock that its files' times can be compared with. */
export interface Moment {
  readonly device: bigint
  /** Nanoseconds since the Unix epoch. */
  readonly ns: bigint
}

/** Hashing less takes as long as looking it up and keeping it. */
export const REMEMBERED_BYTES = 8 * 1024 * 1024

/** 64 digits of digest and five numbers of 16 hex digits, each after a space. A torn line has another length. */
const LINE = /^[0-9a-f]{64}(?: [0-9a-f]{16}){5}$/
const LIMIT_LINES = 50_000

/** Opens the cache of a repository; it is read when it is first asked. */
export function openStatCache(commonDir: string, files: Files): StatCache {
  const path = join(commonDir, 'mlv', 'stat-cache')
  let entries: Promise<Map<string, Sha256>> | undefined
  const load = () => (entries ??= loadEntries(files, path))
  return {
    find: async (stat) => (stat.sizeBytes < REMEMBERED_BYTES ? undefined : (await load()).get(keyOf(stat))),
    remember: async (hashed, since) => {
      const kept = hashed.filter(({ stat }) => stat.sizeBytes >= REMEMBERED_BYTES && hadRested(stat, since))
      if (kept.length === 0) return
      const known = await load()
      for (const { stat, sha256 } of kept) known.set(keyOf(stat), sha256)
      await append(files, path, kept)
    },
  }
}

/** The moment at which a file that was just made was made. */
export function momentOf(stat: FileStat): Moment {
  return { device: stat.device, ns: stat.changedNs }
}

/** Tells whether a file had rested at a moment, so that any later write shows in its times. */
export function hadRested(stat: FileStat, since: Moment): boolean {
  return stat.device === since.device && stat.modifiedNs < since.ns && stat.changedNs < since.ns
}

/** What `stat` tells of a file, as text: another text is another file, or one that was written since. */
export function keyOf(stat: FileStat): string {
  return [stat.device, stat.inode, BigInt(stat.sizeBytes), stat.modifiedNs, stat.changedNs].map(hexOf).join(' ')
}

function hexOf(number: bigint): string {
  return BigInt.asUintN(64, number).toString(16).padStart(16, '0')
}

async function append(files: Files, path: string, hashed: readonly HashedStat[]): Promise<void> {
  const text = hashed.map(({ stat, sha256 }) => `${sha256} ${keyOf(stat)}\n`).join('')
  try {
    const file = await files.open(path, 'append')
    try {
      await file.write(Buffer.from(text, 'latin1'))
    } finally {
      await file.close()
    }
  } catch (error) {
    // A cache that cannot be written, on a full or read-only disk, costs a rehash and nothing else.
    if (errnoOf(error) === undefined) throw error
  }
}

async function loadEntries(files: Files, path: string): Promise<Map<string, Sha256>> {
  const lines = (await readLines(files, path)).filter((line) => LINE.test(line))
  const entries = new Map<string, Sha256>()
  for (const line of lines) {
    const sha256 = parseSha256(line.slice(0, 64))
    if (sha256 !== undefined) entries.set(line.slice(65), sha256)
  }
  if (lines.length > LIMIT_LINES) await shorten(files, path, lines.slice(-LIMIT_LINES / 2))
  return entries
}

async function readLines(files: Files, path: string): Promise<readonly string[]> {
  try {
    return Buffer.from(await files.readFile(path))
      .toString('latin1')
      .split('\n')
  } catch (error) {
    if (errnoOf(error) === undefined) throw error
    return []
  }
}

/** Keeps the newest lines. What another process appends at this moment is lost and hashed again. */
async function shorten(files: Files, path: string, lines: readonly string[]): Promise<void> {
  await writeFileDurably(files, path, Buffer.from(`${lines.join('\n')}\n`, 'latin1'), { replace: true })
}
