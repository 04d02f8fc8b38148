/**
 * Clears what a writer that died in the middle of a commit left in the repository: temporary refs, ref locks, temporary
 * packs, `.keep` files, crash reports. Called under the writer's lock, so whatever is found belongs to nobody alive.
 *
 * Law: only what that writer or its git processes made is removed. Anything in doubt stays, and git's own
 * housekeeping removes it in time.
 */
import { join } from 'node:path'
import { refuse } from '../../domain/failure.ts'
import type { Files } from '../files/files.ts'
import { isGitAtWork } from './gits-at-work.ts'
import { clearLeftLocks } from './lock-file.ts'
import { readText } from './loose-ref.ts'
import { openFilesOf } from './open-files.ts'
import type { RepositoryPlace } from './probe.ts'
import { livenessOf } from './process-identity.ts'
import type { OwnerIdentity } from './process-identity.ts'
import { clearUnremoved } from './unremoved-files.ts'
import { findWriting, withdrawWriting } from './writing-record.ts'
import type { FoundRecord } from './writing-record.ts'

/** The folder of the refs that hold commits until the branch names them. */
export const TEMPORARY_REFS = 'refs/mlv/tmp'

/** What tells a dead writer's files from others. */
interface Evidence {
  /** Nothing made before this is its. Nanoseconds since the Unix epoch. */
  readonly sinceNs: bigint
  /** Commits only it can have been about to put into a ref. */
  readonly commits: ReadonlySet<string>
  readonly record: FoundRecord | undefined
}

const CHILD_PATIENCE_TRIES = 200
const CHILD_PATIENCE_MS = 20

/** A commit takes milliseconds; a slow disk gets this long. */
const MOVE_TAKES_AT_MOST_NS = 10_000_000_000n

/** How often a git at work is waited for, which may hold a lock that looks left behind. */
const GIT_PATIENCE_TRIES = 25
const UNRECORDED_TRIES = 5
const GIT_PATIENCE_MS = 200

/**
 * Clears the leftovers of the last writer, if it died; costs a few look-ups when it did not.
 *
 * @throws `ref-locked` for a lock that may be the dead writer's as well as that of a git at work
 */
export async function clearLeftovers(place: RepositoryPlace, files: Files, self: OwnerIdentity): Promise<void> {
  await clearUnremoved(place, files)
  // Of the embedded engine; this writer may be of the other.
  await clearLeftLocks(place, files)
  const record = await findWriting(place, files)
  const temporary = await temporaryRefs(place, files)
  if (record === undefined && temporary.length === 0) return withdrawWriting(place, files)
  if (record?.children.length === 0) await waitForUnrecorded(place, files)
  // A git process whose writer died ends by itself, because its input ends; until then its locks are not stale.
  if (record !== undefined && !(await haveEnded(files, record.children, self))) return
  const times = [...temporary.map(({ modifiedNs }) => modifiedNs), ...(record === undefined ? [] : [record.sinceNs])]
  const evidence = {
    sinceNs: times.reduce((least, time) => (time < least ? time : least)),
    commits: new Set([...temporary.map(({ content }) => content), ...(record?.commits ?? [])]),
    record,
  }
  await removeRefLocks(place, files, evidence)
  for (const { path } of temporary) await files.remove(path)
  await removePackLeftovers(place, files, evidence)
  await removeCrashReports(place, files, evidence)
  await withdrawWriting(place, files)
}

/**
 * A writer killed before it could say which its git processes are may have left one that is still ending. Which one it
 * is cannot be known, so this waits for a moment only.
 */
async function waitForUnrecorded(place: RepositoryPlace, files: Files): Promise<void> {
  for (let tries = 0; tries < UNRECORDED_TRIES && (await isGitAtWork(files, place)); tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, GIT_PATIENCE_MS))
  }
}

async function haveEnded(files: Files, children: readonly OwnerIdentity[], self: OwnerIdentity): Promise<boolean> {
  for (let tries = 0; tries < CHILD_PATIENCE_TRIES; tries += 1) {
    const states = await Promise.all(children.map((child) => livenessOf(files, child, { self })))
    if (!states.includes('alive')) return true
    await new Promise((resolve) => setTimeout(resolve, CHILD_PATIENCE_MS))
  }
  return false
}

interface TemporaryRef {
  readonly path: string
  readonly content: string
  readonly modifiedNs: bigint
}

async function temporaryRefs(place: RepositoryPlace, files: Files): Promise<readonly TemporaryRef[]> {
  const folder = join(place.commonDir, TEMPORARY_REFS)
  const found: TemporaryRef[] = []
  for (const { name } of await files.readFolder(folder)) {
    const path = join(folder, name)
    const stat = await files.stat(path)
    const content = await readText(files, path)
    if (stat !== undefined && content !== undefined) {
      found.push({ path, content: content.trim(), modifiedNs: stat.modifiedNs })
    }
  }
  return found
}

/**
 * Removes the `.lock` files it left: those that hold a commit only it knew, and empty ones made while it was at work.
 * Git makes a lock empty, then writes the new value into it, so a kill leaves one or the other. An empty one made later
 * may be a `git gc` at work, which keeps `packed-refs.lock` empty for as long as it packs; so may one made meanwhile,
 * as long as some git is at work here.
 */
async function removeRefLocks(place: RepositoryPlace, files: Files, evidence: Evidence): Promise<void> {
  const below = await locksBelow(files, join(place.commonDir, 'refs'))
  const others = ['packed-refs.lock', 'HEAD.lock'].map((name) => join(place.commonDir, name))
  for (const path of [...below, ...others]) {
    const content = ((await readText(files, path)) ?? '').trim()
    if (evidence.commits.has(content)) await files.remove(path)
    else if (content === '') await removeEmptyLock(place, files, { path, sinceNs: evidence.sinceNs })
  }
}

interface EmptyLock {
  readonly path: string
  /** When the dead writer began. */
  readonly sinceNs: bigint
}

/** Waits for a git that may hold it. One that stays must not be taken from it, nor its evidence be thrown away. */
async function removeEmptyLock(place: RepositoryPlace, files: Files, { path, sinceNs }: EmptyLock): Promise<void> {
  const found = await files.lstat(path)
  const age = (found?.modifiedNs ?? 0n) - sinceNs
  if (found === undefined || age < 0n || age > MOVE_TAKES_AT_MOST_NS) return
  for (let tries = 0; await isGitAtWork(files, place); tries += 1) {
    if (tries === GIT_PATIENCE_TRIES) throw refuse('ref-locked', { file: path, ageMs: Number(age / 1_000_000n) })
    await new Promise((resolve) => setTimeout(resolve, GIT_PATIENCE_MS))
    const now = await files.lstat(path)
    // That git let go of it, and perhaps another took it since.
    if (now?.inode !== found.inode || now.modifiedNs !== found.modifiedNs) return
  }
  await files.remove(path)
}

async function locksBelow(files: Files, folder: string): Promise<readonly string[]> {
  const found: string[] = []
  for (const { name, kind } of await files.readFolder(folder)) {
    const path = join(folder, name)
    if (kind === 'folder') found.push(...(await locksBelow(files, path)))
    else if (name.endsWith('.lock')) found.push(path)
  }
  return found
}

/** What git-fast-import(1) leaves among the packs when it is killed. */
async function removePackLeftovers(place: RepositoryPlace, files: Files, evidence: Evidence): Promise<void> {
  const folders = [join(place.commonDir, 'objects', 'pack'), join(place.commonDir, 'objects')]
  const temporary: string[] = []
  for (const folder of folders) {
    for (const { name } of await files.readFolder(folder)) {
      const path = join(folder, name)
      if (!/\.keep$|^tmp_(?:pack|idx|rev|obj)_/.test(name) || !(await isSince(files, path, evidence))) continue
      if (!name.endsWith('.keep') || (await isKeepOfNothing(files, path))) temporary.push(path)
      else if ((await readText(files, path))?.trim() === 'fast-import') await files.remove(path)
    }
  }
  if (temporary.length === 0) return
  // A fetch that runs now has such files too, and has them open.
  const open = await openFilesOf(files)
  for (const path of temporary) if (open !== undefined && !open.has(path)) await files.remove(path)
}

/** Git makes a `.keep` empty and before its pack; one that a person made stands beside a pack. */
async function isKeepOfNothing(files: Files, path: string): Promise<boolean> {
  return (await readText(files, path)) === '' && (await files.lstat(path.replace(/keep$/, 'pack'))) === undefined
}

async function isSince(files: Files, path: string, evidence: Evidence): Promise<boolean> {
  const stat = await files.stat(path)
  return stat !== undefined && stat.modifiedNs >= evidence.sinceNs
}

/** A `fast_import_crash_<pid>` names the process that started it. */
async function removeCrashReports(place: RepositoryPlace, files: Files, evidence: Evidence): Promise<void> {
  const parent = evidence.record?.owner.processId
  if (parent === undefined) return
  for (const { name } of await files.readFolder(place.commonDir)) {
    if (!name.startsWith('fast_import_crash_')) continue
    const path = join(place.commonDir, name)
    const report = (await readText(files, path)) ?? ''
    const isOurs = new RegExp(`^ *parent process *: ${parent}$`, 'm').test(report)
    if (isOurs && (await isSince(files, path, evidence))) await files.remove(path)
  }
}
