/**
 * Folders held open, so that what is done in them is done in them: a path names whatever stands there at the moment, an
 * open folder stays the folder that was checked.
 *
 * Node has no `openat`, but Linux names what a process has open: `/proc/self/fd/<n>/<name>`. Where that is missing,
 * paths are used, each checked just before; another process could then still slip a link in between.
 */
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { refuse } from '../../domain/failure.ts'
import { errnoOf } from '../files/disk-failure.ts'
import type { Files } from '../files/files.ts'
import { linkTarget } from './link-target.ts'

/** A folder below, or at, a destination. */
export interface AnchoredFolder {
  /** Relative to the destination; empty for the destination itself. */
  readonly path: string
  /** A path by which a member of exactly this folder is reached. */
  readonly memberPath: (name: string) => string
  /** Opens a folder in this one; makes it when it is absent, and says so. @throws as `openAnchor` */
  readonly enter: (name: string) => Promise<{ readonly folder: AnchoredFolder; readonly isNew: boolean }>
  readonly close: () => Promise<void>
}

const FOLDER_ITSELF = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW

/** Opens a destination. @throws `destination-symlink`, `destination-occupied` */
export async function openAnchor(files: Files, destination: string): Promise<AnchoredFolder> {
  return (await openHeld(files, destination, '')) ?? openByPath(files, destination, '')
}

/** A folder by its descriptor; `undefined` where descriptors have no path, or the disk is not the real one. */
async function openHeld(files: Files, absolute: string, path: string): Promise<AnchoredFolder | undefined> {
  let handle: FileHandle
  try {
    handle = await open(absolute, FOLDER_ITSELF)
  } catch (error) {
    const errno = errnoOf(error)
    if (errno !== 'ENOTDIR' && errno !== 'ELOOP') return undefined
    throw await refusalAt(files, absolute, path)
  }
  const held = `/proc/self/fd/${handle.fd}`
  const [ours, named] = await Promise.all([handle.stat({ bigint: true }), files.stat(`${held}/.`)])
  if (named?.inode !== ours.ino || named.device !== ours.dev) {
    await handle.close()
    return undefined
  }
  return anchoredAt(files, { path, folder: held, close: () => handle.close(), openBelow: openHeld })
}

async function openByPath(files: Files, absolute: string, path: string): Promise<AnchoredFolder> {
  if ((await files.lstat(absolute))?.kind !== 'folder') throw await refusalAt(files, absolute, path)
  return anchoredAt(files, { path, folder: absolute, close: () => Promise.resolve(), openBelow: openByPath })
}

interface Opening {
  readonly path: string
  readonly folder: string
  readonly close: () => Promise<void>
  readonly openBelow: (files: Files, absolute: string, path: string) => Promise<AnchoredFolder | undefined>
}

function anchoredAt(files: Files, { path, folder, close, openBelow }: Opening): AnchoredFolder {
  return {
    path,
    memberPath: (name) => join(folder, name),
    close,
    enter: async (name) => {
      const [absolute, below] = [join(folder, name), join(path, name)]
      const isNew = (await files.lstat(absolute)) === undefined
      if (isNew) await files.makeFolder(absolute)
      const entered = await openBelow(files, absolute, below)
      if (entered === undefined) throw await refusalAt(files, absolute, below)
      return { folder: entered, isNew }
    },
  }
}

/** What to say of something that should be a folder and is not. */
async function refusalAt(files: Files, absolute: string, path: string): Promise<Error> {
  const stat = await files.lstat(absolute)
  const named = path === '' ? absolute : path
  if (stat?.kind === 'symlink') {
    return refuse('destination-symlink', { path: named, target: await linkTarget(files, absolute) })
  }
  return refuse('destination-occupied', { path: named, found: stat === undefined ? 'gone' : 'not a folder' })
}
