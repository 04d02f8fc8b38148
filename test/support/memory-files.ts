/**
 * The `Files` port over memfs: a disk that lives in memory, for tests. It keeps POSIX's word where memfs does not.
 */
import { Volume } from 'memfs'
import { compareText } from '../../src/base/order.ts'
import type { Files, FileStat, OpenFile, OpenMode } from '../../src/store/files/files.ts'

type Disk = Volume['promises']
type Handle = Awaited<ReturnType<Disk['open']>>
type Stat = Awaited<ReturnType<Handle['stat']>>

const FLAGS: { readonly [Mode in OpenMode]: string } = { read: 'r', create: 'wx', append: 'a' }

/** A disk in memory; pass a volume to look at it from outside. */
export function memoryFiles(volume: Volume = new Volume()): Files {
  const disk = volume.promises
  return {
    open: (path, mode, permissions) => openFile(disk, { path, mode, permissions }),
    readFile: async (path) => Buffer.from(await disk.readFile(path)),
    stat: (path) => absentAs(undefined, async () => statOf(await disk.stat(path, { bigint: true }))),
    lstat: (path) => absentAs(undefined, async () => statOf(await disk.lstat(path, { bigint: true }))),
    readFolder: (path) => absentAs([], () => readFolder(disk, path)),
    readLink: async (path) => String(await disk.readlink(path)),
    realPath: async (path) => String(await disk.realpath(path)),
    makeFolder: async (path, permissions) => {
      await disk.mkdir(path, { recursive: true, ...(permissions === undefined ? {} : { mode: permissions }) })
    },
    rename: (from, to) => rename(disk, from, to),
    link: (from, to) => disk.link(from, to),
    makeSymlink: (target, path) => disk.symlink(target, path),
    remove: (path) => absentAs(undefined, () => disk.unlink(path)),
    removeFolder: (path) => removeFolder(disk, path),
    setMode: (path, permissions) => disk.chmod(path, permissions),
    setTimes: (path, atMs) => disk.utimes(path, atMs / 1000, atMs / 1000),
    syncFolder: () => Promise.resolve(),
    copy: async (from, to) => {
      if (volume.existsSync(to)) throw systemError('EEXIST', to)
      await disk.copyFile(from, to)
    },
  }
}

/** An error as the operating system makes it. */
export function systemError(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: '${path}'`), { code, path })
}

interface Opening {
  readonly path: string
  readonly mode: OpenMode
  readonly permissions: number | undefined
}

async function openFile(disk: Disk, { path, mode, permissions }: Opening): Promise<OpenFile> {
  const handle = await disk.open(path, FLAGS[mode])
  return {
    read: async (buffer, position) => (await handle.read(buffer, 0, buffer.length, position)).bytesRead,
    write: async (bytes) => {
      for (let at = 0; at < bytes.length;) at += (await handle.write(bytes, at, bytes.length - at)).bytesWritten
    },
    sync: () => Promise.resolve(),
    stat: async () => statOf(await handle.stat({ bigint: true })),
    close: async () => {
      await handle.close()
      // POSIX lets whoever made a read-only file write it while it is open; memfs would not.
      if (mode === 'create' && permissions !== undefined) await disk.chmod(path, permissions)
    },
  }
}

async function readFolder(disk: Disk, path: string): ReturnType<Files['readFolder']> {
  const names = (await disk.readdir(path)).map(String).sort(compareText)
  const entries = names.map(async (name) => ({ name, kind: kindOf(await disk.lstat(`${path}/${name}`)) }))
  return await Promise.all(entries)
}

/** memfs would put a file in the place of a folder. */
async function rename(disk: Disk, from: string, to: string): Promise<void> {
  const [source, target] = [await disk.lstat(from), await absentAs(undefined, () => disk.lstat(to))]
  if (target?.isDirectory() === true && !source.isDirectory()) throw systemError('EISDIR', to)
  await disk.rename(from, to)
}

async function removeFolder(disk: Disk, path: string): Promise<void> {
  try {
    await disk.rmdir(path)
  } catch (error) {
    if (!['ENOENT', 'ENOTEMPTY'].includes(codeOf(error))) throw error
  }
}

function statOf(stat: Stat): FileStat {
  return {
    kind: kindOf(stat),
    sizeBytes: Number(stat.size),
    mode: Number(stat.mode),
    inode: BigInt(stat.ino),
    device: BigInt(stat.dev),
    linkCount: Number(stat.nlink),
    ownerId: Number(stat.uid),
    modifiedNs: BigInt(stat.mtimeMs) * 1_000_000n,
    changedNs: BigInt(stat.ctimeMs) * 1_000_000n,
  }
}

function kindOf(stat: Pick<Stat, 'isFile' | 'isDirectory' | 'isSymbolicLink'>): FileStat['kind'] {
  if (stat.isFile()) return 'file'
  if (stat.isDirectory()) return 'folder'
  return stat.isSymbolicLink() ? 'symlink' : 'other'
}

async function absentAs<Absent, Found>(absent: Absent, action: () => Promise<Found>): Promise<Found | Absent> {
  try {
    return await action()
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return absent
    throw error
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}
