/**
 * One writer at a time in a repository, across processes and linked worktrees. The lock is a hard link of a record that
 * says who holds it, so its owner is known the instant it exists; a dead owner's lock is broken by exactly one waiter.
 *
 * Law: of all actions passed here for one repository, no two overlap, whoever is killed when.
 */
import { join } from 'node:path'
import { newUlid, parseUlid, ulidMs } from '../../base/ulid.ts'
import type { Ulid } from '../../base/ulid.ts'
import type { Clock, Entropy } from '../../base/clock.ts'
import { refuse } from '../../domain/failure.ts'
import { errnoOf, withDiskFailures } from '../files/disk-failure.ts'
import type { Files } from '../files/files.ts'
import { makeFolderDurably } from '../files/make-folder-durably.ts'
import { clearLeftovers } from './leftovers.ts'
import { describeOwner, identifyProcess, livenessOf, parseOwner, readBootTime } from './process-identity.ts'
import type { OwnerIdentity } from './process-identity.ts'
import type { RepositoryPlace } from './probe.ts'

/** Who takes the lock and how long they wait. */
export interface LockOptions {
  readonly clock: Clock
  readonly entropy: Entropy
  readonly processId: number
  readonly hostName: string
  /** Whether a process of this machine runs; asked only where the system has no `/proc`. */
  readonly isRunning?: ((processId: number) => boolean) | undefined
  /** Called about once a second while another holds the lock. */
  readonly onWait?: (info: { readonly owner: string; readonly waitedMs: number }) => void
  /** How long one owner may hold the lock before waiting for it ends; 60 s when absent. */
  readonly timeoutMs?: number
}

/** What the lock file says. The id is new each time, so one process taking it twice is told apart. */
interface LockRecord {
  readonly id: Ulid
  readonly owner: OwnerIdentity
}

/** Everything one attempt needs. */
interface Attempt {
  readonly files: Files
  readonly folder: string
  readonly mine: LockRecord
  readonly options: LockOptions
}

const DEFAULT_TIMEOUT_MS = 60_000
/** With this many times the waiters, the lock is tried every few milliseconds, however many wait. */
const PAUSE_PER_WAITER_MS = 5
const LONGEST_PAUSE_MS = 250
/** From then on the holder is at something long, and trying often is of no use. */
const LONG_WAIT_MS = 2000
const FIRST_LOOK_MS = 20
const LOOK_EVERY_MS = 250
const NOTICE_EVERY_MS = 1000
/** Between making a record and writing it a living process takes far less than this. */
const UNWRITTEN_MS = 600_000
/** How file systems without hard links refuse to make one. */
const NO_LINKS: readonly (string | undefined)[] = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']

/**
 * Waits for the lock, clears what a writer that died left behind, runs the action and lets go.
 *
 * @throws `lock-timeout` when one owner holds it for longer than the timeout, and the disk's refusals.
 */
export async function withWriterLock<Result>(
  place: RepositoryPlace,
  files: Files,
  options: LockOptions,
  action: () => Promise<Result>,
): Promise<Result> {
  const folder = join(place.commonDir, 'mlv')
  return withFolderLock(folder, files, options, async (owner) => {
    await withDiskFailures(folder, 'locking', () => clearLeftovers(place, files, owner))
    return action()
  })
}

/**
 * Waits for the lock of a folder, which is made where it is absent, runs the action and lets go.
 *
 * @throws `lock-timeout`, the disk's refusals
 */
export async function withFolderLock<Result>(
  folder: string,
  files: Files,
  options: LockOptions,
  action: (owner: OwnerIdentity) => Promise<Result>,
): Promise<Result> {
  const attempt = await withDiskFailures(folder, 'locking', async () => {
    await makeFolderDurably(files, folder)
    const mine = { id: newUlid(options.clock, options.entropy), owner: await identifyProcess(files, options) }
    return { files, folder, mine, options }
  })
  await withDiskFailures(folder, 'locking', () => acquire(attempt))
  try {
    return await action(attempt.mine.owner)
  } finally {
    await release(attempt)
  }
}

function lockPath(attempt: Attempt): string {
  return join(attempt.folder, 'lock')
}

async function acquire(attempt: Attempt): Promise<void> {
  const own = join(attempt.folder, `lock.${attempt.mine.id}`)
  try {
    await writeRecord(attempt.files, own, attempt.mine)
    const hasWaited = await waitFor(attempt, own)
    // Where nobody waits there is time to look for records of waiters and breakers that were killed. Rights to break
    // are swept under the lock only: the lock each was for is gone by then, so none is a reason to remove another.
    if (!hasWaited) await sweepRecords(attempt, ['lock', 'break'])
  } finally {
    // The lock is a second name of the same file and stays.
    await removeSurely(attempt.files, own)
  }
}

/** The owner being waited for; waiting starts anew when the lock changes hands, because then the queue moves. */
interface Wait {
  readonly heldBy: string
  readonly sinceMs: number
  /** When to look at the lock's record again; in between it is only tried. */
  readonly lookAtMs: number
  readonly noticedMs: number
  /** How many processes wait, this one included. */
  readonly waiters: number
}

/** Returns once the lock is held; tells whether somebody else held it first. */
async function waitFor(attempt: Attempt, own: string): Promise<boolean> {
  const { clock, entropy } = attempt.options
  let wait: Wait | undefined
  while (!(await linkOnce(attempt, own, lockPath(attempt)))) {
    const now = clock.elapsedMs()
    if (wait === undefined || now >= wait.lookAtMs) {
      const seen: Look = await look(attempt, wait, now)
      if (seen === 'mine') break
      if (seen === 'free') continue
      wait = seen
    }
    await pause(entropy, now - wait.sinceMs > LONG_WAIT_MS ? LONGEST_PAUSE_MS : PAUSE_PER_WAITER_MS * wait.waiters)
  }
  return wait !== undefined
}

type Look = Wait | 'mine' | 'free'

/** Finds out who holds the lock, breaks it if its owner died, and speaks up when that one takes long. */
async function look(attempt: Attempt, wait: Wait | undefined, now: number): Promise<Look> {
  const file = lockPath(attempt)
  const holder = await readRecord(attempt.files, file)
  if (holder === 'absent') return 'free'
  const heldBy = holder === 'unreadable' ? holder : holder.id
  // A network file system may lose the answer of a link that was made (open(2), O_EXCL).
  if (heldBy === attempt.mine.id) return 'mine'
  const isSame = wait?.heldBy === heldBy
  // A holder met for the first time has most likely just taken it.
  if (isSame && (await isLeft(attempt, holder, file)) && (await breakLock(attempt, { file, left: holder })))
    return 'free'
  const sinceMs = isSame ? wait.sinceMs : now
  const noticedMs = notice(attempt, { holder, waitedMs: now - sinceMs, now, noticedMs: wait?.noticedMs ?? now })
  const lookAtMs = now + (isSame ? LOOK_EVERY_MS : FIRST_LOOK_MS)
  return { heldBy, sinceMs, lookAtMs, noticedMs, waiters: await countWaiters(attempt) }
}

/** Everyone who waits has a record of their own in the folder. */
async function countWaiters({ files, folder }: Attempt): Promise<number> {
  return (await files.readFolder(folder)).filter(({ name }) => name.startsWith('lock.')).length
}

interface Notice {
  readonly holder: LockRecord | 'unreadable'
  readonly waitedMs: number
  readonly now: number
  readonly noticedMs: number
}

/** Tells who is waited for, about once a second; returns when it was last told. */
function notice({ options, folder }: Attempt, { holder, waitedMs, now, noticedMs }: Notice): number {
  const owner = holder === 'unreadable' ? 'not known' : describeOwner(holder.owner)
  if (waitedMs > (options.timeoutMs ?? DEFAULT_TIMEOUT_MS)) {
    throw refuse('lock-timeout', { file: join(folder, 'lock'), owner, waitedMs })
  }
  if (now - noticedMs < NOTICE_EVERY_MS) return noticedMs
  options.onWait?.({ owner, waitedMs })
  return now
}

/** Publishes the record under a name that only one can have; tells whether it was this one. */
async function linkOnce(attempt: Attempt, own: string, target: string): Promise<boolean> {
  try {
    await attempt.files.link(own, target)
    return true
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false
    if (!NO_LINKS.includes(errnoOf(error))) throw error
    return createOnce(attempt, target)
  }
}

/** Without hard links there is a moment in which the lock is there and its owner is not yet known. */
async function createOnce(attempt: Attempt, target: string): Promise<boolean> {
  try {
    await writeRecord(attempt.files, target, attempt.mine)
    return true
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false
    throw error
  }
}

async function writeRecord(files: Files, path: string, record: LockRecord): Promise<void> {
  const file = await files.open(path, 'create', 0o644)
  try {
    // Not synced: after power loss the boot is another, and an unreadable record older than the boot is no lock.
    await file.write(Buffer.from(`${JSON.stringify(record)}\n`, 'utf8'))
  } finally {
    await file.close()
  }
}

type FoundRecord = LockRecord | 'absent' | 'unreadable'

async function readRecord(files: Files, path: string): Promise<FoundRecord> {
  try {
    return parseRecord(Buffer.from(await files.readFile(path)).toString('utf8')) ?? 'unreadable'
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return 'absent'
    throw error
  }
}

function parseRecord(text: string): LockRecord | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // Cut short by power loss.
    return undefined
  }
  if (typeof value !== 'object' || value === null || !('id' in value) || !('owner' in value)) return undefined
  const id = typeof value.id === 'string' ? parseUlid(value.id) : undefined
  const owner = parseOwner(value.owner)
  return id === undefined || owner === undefined ? undefined : { id, owner }
}

/** Whether whoever made a lock file is certainly gone. */
async function isLeft(attempt: Attempt, record: LockRecord | 'unreadable', path: string): Promise<boolean> {
  const { files, mine, options } = attempt
  if (record !== 'unreadable') {
    return (await livenessOf(files, record.owner, { self: mine.owner, isRunning: options.isRunning })) === 'dead'
  }
  // Only power loss leaves a record without its text, so it is older than this boot.
  const made = await files.stat(path)
  const bootSeconds = await readBootTime(files)
  return made !== undefined && bootSeconds !== undefined && made.modifiedNs < BigInt(bootSeconds) * 1_000_000_000n
}

/** A lock file and the dead owner it was left by. */
interface LeftLock {
  readonly file: string
  readonly left: LockRecord | 'unreadable'
}

/**
 * Removes a dead owner's lock. The right to remove it is itself a link, named after the dead record: whoever has it
 * looks again before removing, so a lock taken meanwhile by a living owner stays. A breaker that dies is broken alike.
 */
async function breakLock(attempt: Attempt, { file, left }: LeftLock): Promise<boolean> {
  const { files, folder, mine } = attempt
  const right = join(folder, `break.${left === 'unreadable' ? 'unreadable' : left.id}`)
  const own = join(folder, `lock.${mine.id}`)
  if (!(await linkOnce(attempt, own, right))) {
    const breaker = await readRecord(files, right)
    if (breaker === 'absent' || !(await isLeft(attempt, breaker, right))) return false
    return breakLock(attempt, { file: right, left: breaker })
  }
  try {
    const now = await readRecord(files, file)
    if (now !== 'absent' && isSameRecord(now, left)) await files.remove(file)
    await sweepRecords(attempt, ['lock'])
    return true
  } finally {
    await files.remove(right)
  }
}

/** Removes the records of waiters, or of breakers, that died: they held nothing, so nothing waits for them. */
async function sweepRecords(attempt: Attempt, kinds: readonly ('lock' | 'break')[]): Promise<void> {
  for (const { name } of await attempt.files.readFolder(attempt.folder)) {
    if (!kinds.some((kind) => name.startsWith(`${kind}.`))) continue
    const path = join(attempt.folder, name)
    const record = await readRecord(attempt.files, path)
    if (record === 'absent') continue
    // One without text was made by a process killed before it could write it.
    const isUnwritten = record === 'unreadable' && isOlderThan(attempt, name.slice(name.indexOf('.') + 1), UNWRITTEN_MS)
    if (isUnwritten || (await isLeft(attempt, record, path))) await attempt.files.remove(path)
  }
}

function isOlderThan(attempt: Attempt, id: string, ageMs: number): boolean {
  const made = parseUlid(id)
  return made !== undefined && attempt.options.clock.nowMs() - ulidMs(made) > ageMs
}

function isSameRecord(one: LockRecord | 'unreadable', other: LockRecord | 'unreadable'): boolean {
  return one === other || (one !== 'unreadable' && other !== 'unreadable' && one.id === other.id)
}

/** Only our own lock is removed: one broken while this process was stopped belongs to another by now. */
async function release(attempt: Attempt): Promise<void> {
  const found = await readRecord(attempt.files, lockPath(attempt))
  if (found !== 'absent' && found !== 'unreadable' && found.id === attempt.mine.id) {
    await removeSurely(attempt.files, lockPath(attempt))
  }
}

/** What stays would be held for as long as this process lives, which may be days; so a failure is not the last word. */
async function removeSurely(files: Files, path: string): Promise<void> {
  await files.remove(path).catch(() => files.remove(path))
}

/** Waits by chance: waiters in step would all try at once. */
async function pause(entropy: Entropy, boundMs: number): Promise<void> {
  const [chance = 0] = entropy.randomBytes(1)
  await new Promise((resolve) => setTimeout(resolve, 1 + (Math.min(boundMs, LONGEST_PAUSE_MS) * chance) / 255))
}
