/**
 * The real disk behind the `Files` port. Thin on purpose: it adds nothing to what the system does but loops over short
 * writes, sorts listings, and treats absence as a value where the port says so.
 *
 * What the system answers from memory is asked for at once: by a thread, a look at a file costs ten times as much, and
 * a commit looks at hundreds. What moves many bytes or waits for the disk is left to threads, and work goes on beside.
 */
import * as disk from 'node:fs'
import { promisify } from 'node:util'
import { compareText } from '../../base/order.ts'
import { errnoOf } from './disk-failure.ts'
import type { Files, OpenMode } from './files.ts'
import { kindOf, openFileOf, statOf, told } from './node-open-file.ts'

const { O_APPEND, O_CREAT, O_EXCL, O_NONBLOCK, O_RDONLY, O_WRONLY } = disk.constants

/** A named pipe without a writer would hold the whole program; for a file the last flag of reading means nothing. */
const FLAGS: { readonly [Mode in OpenMode]: number } = {
  read: O_RDONLY | O_NONBLOCK,
  create: O_WRONLY | O_CREAT | O_EXCL | O_APPEND,
  append: O_WRONLY | O_CREAT | O_APPEND,
}

/** Larger files are read by threads. */
const SMALL_BYTES = 1024 * 1024

const LOOK = { bigint: true, throwIfNoEntry: false } as const

const copyFile = promisify(disk.copyFile)
const readByThread = promisify(disk.readFile)
const sync = promisify(disk.fsync)

/** The disk of this machine. */
export const nodeFiles: Files = {
  open: (path, mode, permissions) => told(() => openFileOf(disk.openSync(path, FLAGS[mode], permissions))),
  readFile,
  stat: (path) => told(() => absentAs(undefined, () => statOf(disk.statSync(path, LOOK)))),
  lstat: (path) => told(() => absentAs(undefined, () => statOf(disk.lstatSync(path, LOOK)))),
  readFolder: (path) => told(() => absentAs([], () => readFolder(path))),
  readLink: (path) => told(() => disk.readlinkSync(path)),
  realPath: (path) => told(() => disk.realpathSync.native(path)),
  makeFolder: (path, permissions) => told(() => makeFolder(path, permissions)),
  rename: (from, to) => told(() => disk.renameSync(from, to)),
  link: (from, to) => told(() => disk.linkSync(from, to)),
  makeSymlink: (target, path) => told(() => disk.symlinkSync(target, path)),
  remove: (path) => told(() => absentAs(undefined, () => disk.unlinkSync(path))),
  removeFolder: (path) => told(() => removeFolder(path)),
  setMode: (path, permissions) => told(() => disk.chmodSync(path, permissions)),
  setTimes: (path, atMs) => told(() => disk.utimesSync(path, atMs / 1000, atMs / 1000)),
  syncFolder,
  copy: (from, to) => copyFile(from, to, disk.constants.COPYFILE_EXCL | disk.constants.COPYFILE_FICLONE),
}

function makeFolder(path: string, permissions: number | undefined): void {
  try {
    disk.mkdirSync(path, { recursive: true, mode: permissions })
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error
    // On a disk that cannot be written to, Node says only then what is the matter.
    disk.mkdirSync(path, permissions)
  }
}

async function readFile(path: string): Promise<Uint8Array> {
  const file = disk.openSync(path, FLAGS.read)
  try {
    return disk.fstatSync(file).size <= SMALL_BYTES ? disk.readFileSync(file) : await readByThread(file)
  } finally {
    disk.closeSync(file)
  }
}

function readFolder(path: string): Awaited<ReturnType<Files['readFolder']>> {
  return disk
    .readdirSync(path, { withFileTypes: true })
    .map((entry) => ({ name: entry.name, kind: kindOf(entry) }))
    .sort((left, right) => compareText(left.name, right.name))
}

function removeFolder(path: string): void {
  try {
    disk.rmdirSync(path)
  } catch (error) {
    // POSIX lets a system say either of the last two about a folder that is not empty.
    if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(errnoOf(error) ?? '')) throw error
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = openFolder(path)
  if (folder === undefined) return
  try {
    await sync(folder)
  } catch (error) {
    // Some network file systems cannot sync a folder and say so with these.
    if (!['EINVAL', 'ENOTSUP', 'EPERM'].includes(errnoOf(error) ?? '')) throw error
  } finally {
    disk.closeSync(folder)
  }
}

/** Opens a folder; `undefined` on Windows, which opens none: its file systems make names durable themselves. */
function openFolder(path: string): number | undefined {
  try {
    return disk.openSync(path, 'r')
  } catch (error) {
    if (['EISDIR', 'EPERM'].includes(errnoOf(error) ?? '')) return undefined
    throw error
  }
}

function absentAs<Absent, Found>(absent: Absent, action: () => Found): Found | Absent {
  try {
    return action()
  } catch (error) {
    // ENOTDIR: a component on the way is a file, so nothing can be there either.
    if (['ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '')) return absent
    throw error
  }
}
