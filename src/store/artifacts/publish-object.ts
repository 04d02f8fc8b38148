/**
 * Makes finished temporary files objects of the store: durable bytes first, then the name, then the folders.
 *
 * Law: a name below `mlv/objects` only ever leads to bytes that were digested as they were written, and replacing an
 * object replaces it whole; so adding content again mends a damaged object.
 */
import { dirname } from 'node:path'
import type { Sha256 } from '../../base/digest.ts'
import { errnoOf } from '../files/disk-failure.ts'
import type { Files } from '../files/files.ts'
import { makeFolderDurably } from '../files/make-folder-durably.ts'
import { forEachAtOnce } from './at-once.ts'
import { lfsObjectPath, objectPath, objectsFolder } from './object-layout.ts'
import type { StoreContext } from './store-context.ts'

/** One addition of files to the store. */
export interface Publisher {
  /** Moves a synced temporary file to its name. */
  readonly publish: (temporary: string, sha256: Sha256) => Promise<void>
  /** Takes an object that is there as part of this addition: whoever put it there may not have come to its end. */
  readonly keep: (sha256: Sha256) => Promise<void>
  /** Makes the names durable. */
  readonly finish: () => Promise<void>
}

const SYNCS_AT_ONCE = 16
const NAME_BYTES = 6

/** How file systems say that they cannot make this hard link. */
const NO_LINKS: ReadonlySet<string | undefined> = new Set([
  'EPERM',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
  'EMLINK',
  'EXDEV',
])

/** Begins an addition. */
export async function openPublisher(context: StoreContext): Promise<Publisher> {
  const { files, commonDir, kind } = context
  await makeFolderDurably(files, objectsFolder(commonDir))
  const changed = new Set<string>()
  const share = async (sha256: Sha256) => {
    if (kind === 'lfs') await shareWithLfs(context, sha256)
    // Before anyone remembers what the file was: a new name of it changes what `stat` tells.
    await (await context.shared?.())?.offer(sha256, objectPath(commonDir, sha256))
  }
  return {
    publish: async (temporary, sha256) => {
      const path = objectPath(commonDir, sha256)
      await prepareFolder(files, dirname(path), changed)
      await files.rename(temporary, path)
      await share(sha256)
    },
    keep: async (sha256) => {
      noteNewNames(changed, dirname(objectPath(commonDir, sha256)))
      await share(sha256)
    },
    finish: async () => {
      await forEachAtOnce(deepestFirst(changed), SYNCS_AT_ONCE, (folder) => files.syncFolder(folder))
      if (changed.size > 0) await (await context.shared?.())?.settle()
    },
  }
}

/** Makes the two fan-out levels of an object and notes which folders get new names. */
async function prepareFolder(files: Files, folder: string, changed: Set<string>): Promise<void> {
  if (changed.has(folder)) return
  // Noted when it is there: another file of the same addition may be waiting for the same folder.
  await files.makeFolder(folder)
  noteNewNames(changed, folder)
}

/** The folder of an object, and the two above it that name it. */
function noteNewNames(changed: Set<string>, folder: string): void {
  changed
    .add(folder)
    .add(dirname(folder))
    .add(dirname(dirname(folder)))
}

/** The longest path is the deepest: a folder is synced before the one that names it. */
function deepestFirst(folders: ReadonlySet<string>): readonly string[] {
  return [...folders].sort((left, right) => right.length - left.length)
}

/** Not synced: git-lfs can do without the link, and the next addition makes it again. */
async function shareWithLfs({ files, commonDir, entropy }: StoreContext, sha256: Sha256): Promise<void> {
  const [object, shared] = [objectPath(commonDir, sha256), lfsObjectPath(commonDir, sha256)]
  await files.makeFolder(dirname(shared))
  try {
    return await files.link(object, shared)
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST' && !NO_LINKS.has(errnoOf(error))) throw error
  }
  const [ours, theirs] = await Promise.all([files.lstat(object), files.lstat(shared)])
  if (theirs !== undefined && ours?.inode === theirs.inode && ours.device === theirs.device) return
  // Made beside and moved: a copy git-lfs has, whole or damaged, gives way at once, and none is ever half there.
  const beside = `${shared}.mlv-${Buffer.from(entropy.randomBytes(NAME_BYTES)).toString('hex')}`
  try {
    await linkOrCopy(files, object, beside)
    await files.rename(beside, shared)
  } finally {
    // Still there when another program made the same link first: rename(2) leaves two names of one file alone.
    await files.remove(beside)
  }
}

async function linkOrCopy(files: Files, from: string, to: string): Promise<void> {
  try {
    await files.link(from, to)
  } catch (error) {
    if (!NO_LINKS.has(errnoOf(error))) throw error
    await files.copy(from, to)
  }
}
