/**
 * Names and clean-up of files that are not objects yet.
 */
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { errnoOf } from '../files/disk-failure.ts'
import type { Files, FileStat } from '../files/files.ts'
import { temporaryFolder } from './object-layout.ts'
import { removeTree } from './remove-tree.ts'
import { momentOf } from './stat-cache.ts'
import type { Moment } from './stat-cache.ts'
import type { StoreContext } from './store-context.ts'

/** What every file of the store that is no object yet is called by. */
export const TEMPORARY_PREFIX = 'artifact-'
const NAME_BYTES = 9

/** Private indexes of code snapshots, one folder each. */
export const SNAPSHOT_PREFIX = 'code-'

/** Whoever works writes all the time, so what rested this long belongs to nobody alive. */
const STALE_NS = 24n * 3600n * 1_000_000_000n

/** Linux stamps files with a clock that ticks every 1 to 10 ms. */
const CLOCK_TRIES = 12
const CLOCK_PAUSE_MS = 1

/** Where temporary files go, and what names them. */
export type TemporaryPlace = Pick<StoreContext, 'files' | 'commonDir' | 'entropy'>

/** A name nobody else has, below `mlv/tmp`, which must exist. */
export function temporaryPath({ commonDir, entropy }: TemporaryPlace): string {
  return join(
    temporaryFolder(commonDir),
    TEMPORARY_PREFIX + Buffer.from(entropy.randomBytes(NAME_BYTES)).toString('hex'),
  )
}

/** Asks the repository's file system for the time; `undefined` where nothing can be written. */
export async function fileSystemTime(context: TemporaryPlace): Promise<Moment | undefined> {
  const { files } = context
  const path = temporaryPath(context)
  try {
    await files.makeFolder(temporaryFolder(context.commonDir))
    const file = await files.open(path, 'create')
    try {
      return momentOf(await file.stat())
    } finally {
      await file.close()
      await files.remove(path)
    }
  } catch (error) {
    if (errnoOf(error) === undefined) throw error
    return undefined
  }
}

/**
 * Waits until the file system's clock has moved on from the times of files, which takes a few milliseconds at most, and
 * tells it; what it tells last where it does not move.
 */
export async function fileSystemTimeAfter(
  context: StoreContext,
  stats: readonly FileStat[],
): Promise<Moment | undefined> {
  const latest = stats.reduce((late, { changedNs }) => (changedNs > late ? changedNs : late), 0n)
  let now = await fileSystemTime(context)
  for (let tries = 1; tries < CLOCK_TRIES && now !== undefined && now.ns <= latest; tries += 1) {
    await wait(CLOCK_PAUSE_MS)
    now = await fileSystemTime(context)
  }
  return now
}

/** Removes what killed copies and killed code snapshots left behind. */
export async function sweepTemporaryFiles(files: Files, commonDir: string, now: Moment): Promise<void> {
  const folder = temporaryFolder(commonDir)
  for (const { name } of await files.readFolder(folder)) {
    const path = join(folder, name)
    const stat = await files.lstat(path)
    if (stat === undefined || now.ns - stat.modifiedNs <= STALE_NS) continue
    if (stat.kind === 'file' && name.startsWith(TEMPORARY_PREFIX)) await files.remove(path)
    if (stat.kind === 'folder' && name.startsWith(SNAPSHOT_PREFIX)) await removeTree(files, path)
  }
}
