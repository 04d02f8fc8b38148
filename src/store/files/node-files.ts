/**
 * The real disk behind the `Files` port. Thin on purpose: it adds nothing to what the system does but loops over short
 * writes, sorts listings, and treats absence as a value where the port says so.
 */
import { constants, type BigIntStats } from 'node:fs'
import * as disk from 'node:fs/promises'
import { compareText } from '../../base/order.ts'
import { errnoOf } from './disk-failure.ts'
import type { Files, FileStat, OpenFile, OpenMode } from './files.ts'

const FLAGS: { readonly [Mode in OpenMode]: string } = { read: 'r', create: 'ax', append: 'a' }

/** The disk of this machine. */
export const nodeFiles: Files = {
  open: async (path, mode, permissions) => openFileOf(await disk.open(path, FLAGS[mode], permissions)),
  readFile: (path) => disk.readFile(path),
  stat: (path) => absentAs(undefined, async () => statOf(await disk.stat(path, { bigint: true }))),
  lstat: (path) => absentAs(undefined, async () => statOf(await disk.lstat(path, { bigint: true }))),
  readFolder: (path) => absentAs([], () => readFolder(path)),
  readLink: (path) => disk.readlink(path),
  realPath: (path) => disk.realpath(path),
  makeFolder: async (path, permissions) => {
    await disk.mkdir(path, { recursive: true, mode: permissions })
  },
  rename: (from, to) => disk.rename(from, to),
  link: (from, to) => disk.link(from, to),
  remove: (path) => absentAs(undefined, () => disk.unlink(path)),
  removeFolder,
  setMode: (path, permissions) => disk.chmod(path, permissions),
  syncFolder,
  copy: (from, to) => disk.copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE),
}

function openFileOf(handle: disk.FileHandle): OpenFile {
  return {
    read: async (buffer, position) => (await handle.read(buffer, 0, buffer.length, position)).bytesRead,
    write: (bytes) => writeAll(handle, bytes),
    sync: () => handle.sync(),
    stat: async () => statOf(await handle.stat({ bigint: true })),
    close: () => handle.close(),
  }
}

async function writeAll(handle: disk.FileHandle, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    written += (await handle.write(bytes, written, bytes.length - written)).bytesWritten
  }
}

function statOf(stat: BigIntStats): FileStat {
  return {
    kind: kindOf(stat),
    sizeBytes: Number(stat.size),
    mode: Number(stat.mode),
    inode: stat.ino,
    device: stat.dev,
    linkCount: Number(stat.nlink),
    ownerId: Number(stat.uid),
    modifiedNs: stat.mtimeNs,
    changedNs: stat.ctimeNs,
  }
}

/** The kind tests that `stat` results and folder entries share. */
interface KindTests {
  readonly isFile: () => boolean
  readonly isDirectory: () => boolean
  readonly isSymbolicLink: () => boolean
}

function kindOf(entry: KindTests): FileStat['kind'] {
  if (entry.isFile()) return 'file'
  if (entry.isDirectory()) return 'folder'
  return entry.isSymbolicLink() ? 'symlink' : 'other'
}

async function readFolder(path: string): ReturnType<Files['readFolder']> {
  const entries = await disk.readdir(path, { withFileTypes: true })
  return entries
    .map((entry) => ({ name: entry.name, kind: kindOf(entry) }))
    .sort((left, right) => compareText(left.name, right.name))
}

async function removeFolder(path: string): Promise<void> {
  try {
    await disk.rmdir(path)
  } catch (error) {
    // POSIX lets a system say either of the last two about a folder that is not empty.
    if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(errnoOf(error) ?? '')) throw error
  }
}

async function syncFolder(path: string): Promise<void> {
  let handle: disk.FileHandle
  try {
    handle = await disk.open(path, 'r')
  } catch (error) {
    // Windows opens no folders; its file systems make names durable themselves.
    if (['EISDIR', 'EPERM'].includes(errnoOf(error) ?? '')) return
    throw error
  }
  try {
    await handle.sync()
  } catch (error) {
    // Some network file systems cannot sync a folder and say so with these.
    if (!['EINVAL', 'ENOTSUP', 'EPERM'].includes(errnoOf(error) ?? '')) throw error
  } finally {
    await handle.close()
  }
}

async function absentAs<Absent, Found>(absent: Absent, action: () => Promise<Found>): Promise<Found | Absent> {
  try {
    return await action()
  } catch (error) {
    // ENOTDIR: a component on the way is a file, so nothing can be there either.
    if (['ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '')) return absent
    throw error
  }
}
