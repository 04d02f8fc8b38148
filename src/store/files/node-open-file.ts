/**
 * An open file of the real disk, by its descriptor.
 */
import * as disk from 'node:fs'
import type { BigIntStats } from 'node:fs'
import { promisify } from 'node:util'
import type { FileStat, OpenFile } from './files.ts'

/** Fewer bytes are moved sooner than a thread is told of them. */
const SMALL_BYTES = 64 * 1024

const read = promisify(disk.read)
const write = promisify(disk.write)
const sync = promisify(disk.fsync)

/** Takes over a descriptor. */
export function openFileOf(file: number): OpenFile {
  let underWay: Promise<void> | undefined
  // A descriptor that is closed while a thread works with it may already name another file.
  const awaited = <Result>(work: Promise<Result>): Promise<Result> => {
    // What was read must not be kept with the wait for it: a large file would stay in memory until it is closed.
    underWay = Promise.all([underWay, work.then(nothing, nothing)]).then(nothing)
    return work
  }
  return {
    read: async (buffer, position) =>
      buffer.length <= SMALL_BYTES
        ? disk.readSync(file, buffer, 0, buffer.length, position)
        : (await awaited(read(file, buffer, 0, buffer.length, position))).bytesRead,
    write: (bytes) =>
      bytes.length <= SMALL_BYTES ? told(() => writeNow(file, bytes)) : awaited(writeAll(file, bytes)),
    sync: () => awaited(sync(file)),
    stat: () => told(() => statOf(disk.fstatSync(file, { bigint: true }))),
    close: async () => {
      await underWay
      disk.closeSync(file)
    },
  }
}

function nothing(): void {
  // Only that it is over counts.
}

/** What `stat` found. */
export function statOf(stat: BigIntStats): FileStat
export function statOf(stat: BigIntStats | undefined): FileStat | undefined
export function statOf(stat: BigIntStats | undefined): FileStat | undefined {
  if (stat === undefined) return undefined
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

/** The kind of a file or a folder entry. */
export function kindOf(entry: KindTests): FileStat['kind'] {
  if (entry.isFile()) return 'file'
  if (entry.isDirectory()) return 'folder'
  return entry.isSymbolicLink() ? 'symlink' : 'other'
}

/** What an action returns or throws, as a promise. */
export function told<Result>(action: () => Result): Promise<Result> {
  return new Promise((resolve) => resolve(action()))
}

function writeNow(file: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length;) {
    written += disk.writeSync(file, bytes, written, bytes.length - written)
  }
}

async function writeAll(file: number, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    written += (await write(file, bytes, written, bytes.length - written)).bytesWritten
  }
}
