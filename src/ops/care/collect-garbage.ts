/**
 * `mlv gc`: sets aside artifacts of this clone that no record names. For two weeks they can be put back.
 */
import type { Sha256 } from '../../base/digest.ts'
import { ulidMs } from '../../base/ulid.ts'
import { emptyTrash, listObjects, listTrash, moveToTrash, restoreFromTrash } from '../../store/artifacts/trash.ts'
import type { ObjectOnDisk } from '../../store/artifacts/trash.ts'
import { withWriterLock } from '../../store/git/writer-lock.ts'
import { listJournals } from '../../store/journal/journal.ts'
import { reachableObjects } from '../artifacts/reachable-objects.ts'
import type { ObjectReasons } from '../artifacts/reachable-objects.ts'
import type { Repository } from '../repository/repository.ts'

/** What to do with what is found. */
export interface GarbageOptions {
  /** Tells, and does nothing. */
  readonly isDryRun: boolean
  /** Puts back everything that was set aside, and sweeps nothing. */
  readonly isUndo: boolean
}

/** One object, and what becomes of it. */
export interface ObjectFate {
  readonly sha256: Sha256
  readonly sizeBytes: number
  /** `trash`: set aside now; `restore`: put back; `remove`: its time in the trash is over. */
  readonly fate: 'keep' | 'trash' | 'restore' | 'remove'
  readonly reason: string
}

/** What was done, or would be. */
export interface GarbageReport {
  readonly isDryRun: boolean
  readonly objects: readonly ObjectFate[]
  /** What is in the trash afterwards. */
  readonly trash: { readonly count: number; readonly sizeBytes: number }
}

const DAY_MS = 24 * 60 * 60 * 1000
const HOUR_MS = 60 * 60 * 1000
/** How long what was set aside can be put back. */
export const TRASH_DAYS = 14

/**
 * Sweeps the artifacts of a clone. What any ref or journal names stays; so does what was written within a day, or since
 * an hour before the oldest run that is not recorded yet began: its record may still be on the way.
 *
 * @throws `document-malformed` and `journal-damaged`, because what cannot be read may name anything; `lock-timeout`
 */
export async function collectGarbage(repository: Repository, options: GarbageOptions): Promise<GarbageReport> {
  const { context, files } = repository
  return withWriterLock(context.place, files, context.lock, async () => {
    const objects = options.isUndo ? await undone(repository) : await fates(repository)
    if (!options.isDryRun) await carryOut(repository, objects)
    const { count, sizeBytes } = await trashAfter(repository, objects, options)
    return { isDryRun: options.isDryRun, objects, trash: { count, sizeBytes } }
  })
}

async function undone({ files, commonDir }: Repository): Promise<readonly ObjectFate[]> {
  const trashed = await listTrash(files, commonDir)
  return trashed.map(({ sha256, sizeBytes }) => ({ sha256, sizeBytes, fate: 'restore', reason: 'asked for' }))
}

async function fates(repository: Repository): Promise<readonly ObjectFate[]> {
  const { files, commonDir, clock } = repository
  const reasons = await reachableObjects(repository)
  const youngMs = await youngSince(repository)
  const here = (await listObjects(files, commonDir)).map((object) => fateHere(object, reasons, youngMs))
  const set = (await listTrash(files, commonDir)).map(({ sha256, sizeBytes, trashedMs }): ObjectFate => {
    const reason = reasons.get(sha256)
    // Recorded anew meanwhile, by a commit that found it just before it was set aside.
    if (reason !== undefined) return { sha256, sizeBytes, fate: 'restore', reason }
    const days = Math.floor((clock.nowMs() - trashedMs) / DAY_MS)
    const told = `in the trash for ${days} days`
    return { sha256, sizeBytes, fate: days >= TRASH_DAYS ? 'remove' : 'keep', reason: told }
  })
  return [...here, ...set]
}

function fateHere({ sha256, sizeBytes, writtenMs }: ObjectOnDisk, reasons: ObjectReasons, youngMs: number): ObjectFate {
  const reason = reasons.get(sha256)
  if (reason !== undefined) return { sha256, sizeBytes, fate: 'keep', reason }
  if (writtenMs >= youngMs)
    return { sha256, sizeBytes, fate: 'keep', reason: 'written lately, and perhaps not recorded yet' }
  return { sha256, sizeBytes, fate: 'trash', reason: 'no record names it' }
}

async function youngSince({ journals, clock }: Repository): Promise<number> {
  const started = (await listJournals(journals)).map((run) => ulidMs(run) - HOUR_MS)
  return Math.min(clock.nowMs() - DAY_MS, ...started)
}

async function carryOut({ files, commonDir, clock }: Repository, fated: readonly ObjectFate[]): Promise<void> {
  const chosen = (fate: ObjectFate['fate']): ReadonlySet<Sha256> => {
    return new Set(fated.filter((object) => object.fate === fate).map(({ sha256 }) => sha256))
  }
  const trashed = await listTrash(files, commonDir)
  const [restore, remove, trash] = [chosen('restore'), chosen('remove'), chosen('trash')]
  await restoreFromTrash(
    files,
    commonDir,
    trashed.filter(({ sha256 }) => restore.has(sha256)),
  )
  await emptyTrash(
    files,
    commonDir,
    trashed.filter(({ sha256 }) => remove.has(sha256)),
  )
  const sweeping = (await listObjects(files, commonDir)).filter(({ sha256 }) => trash.has(sha256))
  if (sweeping.length > 0) await moveToTrash(files, commonDir, sweeping, clock.nowMs())
}

async function trashAfter(
  { files, commonDir }: Repository,
  fated: readonly ObjectFate[],
  { isDryRun }: GarbageOptions,
): Promise<GarbageReport['trash']> {
  const now = await listTrash(files, commonDir)
  const gone = new Set(fated.filter(({ fate }) => fate === 'restore' || fate === 'remove').map(({ sha256 }) => sha256))
  const coming = fated.filter(({ fate }) => fate === 'trash')
  const after = isDryRun ? [...now.filter(({ sha256 }) => !gone.has(sha256)), ...coming] : now
  return { count: after.length, sizeBytes: after.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) }
}
