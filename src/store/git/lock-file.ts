/**
 * `<file>.lock` as git takes it, and in a way a crash cannot wedge: the lock is a hard link of a record under
 * `mlv/ref-locks`, so the next writer recognises a dead writer's lock by its inode and removes only that.
 *
 * Callers hold the writer's lock: a record found before one is made was left by a writer that is gone.
 */
import { dirname, join, relative } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { refuse } from '../../domain/failure.ts'
import { errnoOf } from '../files/disk-failure.ts'
import type { Files, FileStat } from '../files/files.ts'
import { makeFolderDurably } from '../files/make-folder-durably.ts'
import { writeSynced } from '../files/write-synced.ts'
import type { RepositoryPlace } from './probe.ts'

/** A lock that is held. */
export interface HeldLock {
  /** Makes the lock's content the file's content, durably, and lets go. */
  readonly commit: () => Promise<void>
  /** Lets go and leaves the file as it is; does nothing after a commit. */
  readonly release: () => Promise<void>
}

/** Another program holds a ref for milliseconds; git itself waits this long for `packed-refs`. */
const TRIES = 20
const TRY_EVERY_MS = 50

/** How file systems without hard links refuse to make one. */
const NO_LINKS: ReadonlySet<string | undefined> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'])

/**
 * Takes the lock of a file in the common git folder, with the content that `commit` would give it.
 *
 * @throws `ref-locked` when another program holds it for more than a second.
 */
export async function holdLock(
  place: RepositoryPlace,
  files: Files,
  request: { readonly file: string; readonly content: string },
): Promise<HeldLock> {
  const lock = `${request.file}.lock`
  const record = recordOf(place, request.file)
  await makeFolderDurably(files, dirname(record))
  await makeFolderDurably(files, dirname(lock))
  let state: 'locked' | 'renamed' | 'done' = 'locked'
  const release = async () => {
    // The lock goes first: without its record it could never be told from a living program's. Once it is renamed
    // away, a file of its name is another program's.
    if (state === 'locked') await files.remove(lock)
    if (state !== 'done') await files.remove(record)
    state = 'done'
  }
  const commit = async () => {
    await files.rename(lock, request.file)
    state = 'renamed'
    await files.syncFolder(dirname(request.file))
    await release()
  }
  try {
    await writeSynced(files, record, request.content)
    await takeLock(files, lock, record)
  } catch (caught) {
    await files.remove(record)
    throw caught
  }
  return { commit, release }
}

/** Removes the locks that a dead writer left, and no others. */
export async function clearLeftLocks(place: RepositoryPlace, files: Files): Promise<void> {
  const folder = recordsFolder(place)
  for (const record of await filesBelow(files, folder)) {
    const lock = join(place.commonDir, relative(folder, record))
    if (isSameFile(await files.lstat(record), await files.lstat(lock))) await files.remove(lock)
    await files.remove(record)
  }
}

/** Records lie as the files they lock do; `.lock` keeps one from being a folder of another. */
function recordOf(place: RepositoryPlace, file: string): string {
  return join(recordsFolder(place), `${relative(place.commonDir, file)}.lock`)
}

function recordsFolder(place: RepositoryPlace): string {
  return join(place.commonDir, 'mlv', 'ref-locks')
}

async function filesBelow(files: Files, folder: string): Promise<readonly string[]> {
  const found: string[] = []
  for (const { name, kind } of await files.readFolder(folder)) {
    const path = join(folder, name)
    if (kind === 'folder') found.push(...(await filesBelow(files, path)))
    else found.push(path)
  }
  return found
}

async function takeLock(files: Files, lock: string, record: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    if (await tryLock(files, lock, record)) return
    if (attempt === TRIES) throw refuse('ref-locked', { file: lock, ageMs: await ageOf(files, lock, record) })
    await wait(TRY_EVERY_MS)
  }
}

async function tryLock(files: Files, lock: string, record: string): Promise<boolean> {
  try {
    await files.link(record, lock)
    return true
  } catch (caught) {
    const code = errnoOf(caught)
    if (NO_LINKS.has(code)) return await createLock(files, lock, record)
    if (code === 'ENOENT') {
      // `git pack-refs` removes the folders it empties.
      await makeFolderDurably(files, dirname(lock))
      return false
    }
    if (code !== 'EEXIST') throw caught
    // NFS may make the link and still say that it is there: the inode tells whose it is.
    return isSameFile(await files.lstat(record), await files.lstat(lock))
  }
}

/** Without hard links a dead writer's lock cannot be told from a living program's, so it is never broken. */
async function createLock(files: Files, lock: string, record: string): Promise<boolean> {
  try {
    await writeSynced(files, lock, await files.readFile(record))
    return true
  } catch (caught) {
    if (errnoOf(caught) === 'EEXIST') return false
    await files.remove(lock)
    throw caught
  }
}

/** Both times are the file system's own, so the machine's clock does not matter. */
async function ageOf(files: Files, lock: string, record: string): Promise<number> {
  const [held, made] = [await files.lstat(lock), await files.lstat(record)]
  if (held === undefined || made === undefined) return 0
  return Math.max(0, Number((made.modifiedNs - held.modifiedNs) / 1_000_000n))
}

function isSameFile(left: FileStat | undefined, right: FileStat | undefined): boolean {
  if (left === undefined || right === undefined) return false
  return left.inode === right.inode && left.device === right.device
}
