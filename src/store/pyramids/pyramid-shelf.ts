/**
 * Pyramids of sealed runs on the disk, so that the points of a run are read from their text once, and not once for each
 * `mlv ui`. A cache and nothing else: what is not there, or not whole, is made from its source, and is the same. There
 * is no lock: a file appears whole by a rename, of two writers the later stays, and a reader that has opened a file
 * that is taken away reads it to its end.
 */
import { join } from 'node:path'
import type { Clock, Entropy } from '../../base/clock.ts'
import { sizeOfText } from '../../base/size-text.ts'
import type { SeriesSet } from '../../domain/series.ts'
import { errnoOf } from '../files/disk-failure.ts'
import type { Files } from '../files/files.ts'
import { openPyramids, writePyramids } from './pyramid-file.ts'
import type { PyramidFile } from './pyramid-file.ts'
import { PyramidUnreadable } from './pyramid-parts.ts'
import type { PyramidSource } from './pyramid-parts.ts'

/** Where pyramids are kept, and how much of them. */
export interface ShelfPlace {
  readonly files: Files
  /** The git folder shared by all worktrees. */
  readonly commonDir: string
  readonly clock: Clock
  readonly entropy: Entropy
  /** In all; 0 keeps nothing. */
  readonly limitBytes: number
}

/** Keeps pyramids, and finds them again. */
export interface PyramidShelf {
  /** The pyramids of a source; `undefined` when they are not there, or cannot be read. */
  readonly find: (source: PyramidSource) => Promise<PyramidFile | undefined>
  /**
   * Keeps the pyramids of a source, and forgets those that were not used for the longest time where they are too many.
   * False when they cannot be kept: on a disk that is full or read-only, or where one alone is beyond the limit.
   */
  readonly keep: (source: PyramidSource, series: SeriesSet) => Promise<boolean>
  /** Takes the pyramids of a source away: they were found to be damaged. */
  readonly forget: (source: PyramidSource) => Promise<void>
}

/** A gigabyte is a thousand long runs. */
const USUAL_LIMIT_BYTES = 1_000_000_000
/** Use is noted so often: a note is a write, and the order of days is enough. */
const NOTED_AGAIN_NS = 3_600_000_000_000n
/** A writer of that long ago was killed. */
const LEFT_BEHIND_NS = 3_600_000_000_000n
const NEW = /^new-[0-9a-f]{16}$/

/**
 * How many bytes of pyramids are kept. `MLV_SERIES_CACHE` is a size such as `500MB`, 0 for none; what is no size is
 * taken as the usual gigabyte. `MLV_INDEX=never` switches them off as well.
 */
export function shelfLimit(variables: Readonly<Record<string, string | undefined>>): number {
  if (variables['MLV_INDEX'] === 'never') return 0
  return sizeOfText(variables['MLV_SERIES_CACHE'] ?? '') ?? USUAL_LIMIT_BYTES
}

/** The folder of the pyramids of a repository. It may be removed at any time. */
export function shelfFolder(commonDir: string): string {
  return join(commonDir, 'mlv', 'index', 'series')
}

/** Opens the shelf of a repository; nothing is read or written yet. */
export function openShelf(place: ShelfPlace): PyramidShelf {
  const { files, limitBytes } = place
  const folder = shelfFolder(place.commonDir)
  return {
    find: async (source) => {
      if (limitBytes === 0) return undefined
      return withoutTrouble(async () => {
        const path = pathOf(folder, source)
        if ((await files.stat(path)) === undefined) return undefined
        const found = await openPyramids(files, path, source)
        await noteUse(place, path)
        return found
      })
    },
    keep: async (source, series) => {
      if (limitBytes === 0) return false
      return (await withoutTrouble(() => write(place, folder, source, series))) ?? false
    },
    forget: async (source) => {
      await withoutTrouble(() => files.remove(pathOf(folder, source)))
    },
  }
}

/** A cache that cannot be read or written costs time and nothing else. */
async function withoutTrouble<Result>(action: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await action()
  } catch (error) {
    if (error instanceof PyramidUnreadable || errnoOf(error) !== undefined) return undefined
    throw error
  }
}

function pathOf(folder: string, { sha256, sinceMs }: PyramidSource): string {
  return join(folder, `${sha256}-${Math.round(sinceMs).toString(36)}`)
}

async function noteUse({ files, clock }: ShelfPlace, path: string): Promise<void> {
  const stat = await files.stat(path)
  const nowMs = clock.nowMs()
  if (stat === undefined || BigInt(Math.round(nowMs)) * 1_000_000n - stat.modifiedNs < NOTED_AGAIN_NS) return
  // On a read-only disk nothing is ever taken away, so use need not be known.
  await withoutTrouble(() => files.setTimes(path, nowMs))
}

async function write(place: ShelfPlace, folder: string, source: PyramidSource, series: SeriesSet): Promise<boolean> {
  const { files, entropy, limitBytes } = place
  await files.makeFolder(folder)
  const temporary = join(folder, `new-${Buffer.from(entropy.randomBytes(8)).toString('hex')}`)
  try {
    const file = await files.open(temporary, 'create')
    let sizeBytes = 0
    try {
      await writePyramids(file, source, series)
      ;({ sizeBytes } = await file.stat())
    } finally {
      await file.close()
    }
    if (sizeBytes > limitBytes) return false
    await makeRoom(place, folder, limitBytes - sizeBytes)
    // Not synced: after a power cut the checksums tell what is missing.
    await files.rename(temporary, pathOf(folder, source))
    return true
  } finally {
    // Gone already after the rename.
    await files.remove(temporary)
  }
}

/** Takes away what was not used for the longest time until the rest fits, and what killed writers left. */
async function makeRoom({ files, clock }: ShelfPlace, folder: string, roomBytes: number): Promise<void> {
  const nowNs = BigInt(Math.round(clock.nowMs())) * 1_000_000n
  const kept: { readonly path: string; readonly sizeBytes: number; readonly usedNs: bigint }[] = []
  for (const { name, kind } of await files.readFolder(folder)) {
    const path = join(folder, name)
    const stat = kind === 'file' ? await files.lstat(path) : undefined
    if (stat === undefined) continue
    if (!NEW.test(name)) kept.push({ path, sizeBytes: stat.sizeBytes, usedNs: stat.modifiedNs })
    else if (stat.modifiedNs < nowNs - LEFT_BEHIND_NS) await files.remove(path)
  }
  kept.sort((left, right) => (left.usedNs < right.usedNs ? 1 : -1))
  let total = 0
  for (const { path, sizeBytes } of kept) {
    total += sizeBytes
    if (total > roomBytes) await files.remove(path)
  }
}
