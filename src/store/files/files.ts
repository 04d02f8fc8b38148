/**
 * The disk as a port: every byte mlv itself reads or writes passes through here, so tests can count, fail and fake it.
 *
 * Paths are absolute. Errors are the operating system's, with `code` set (`ENOENT`, `EEXIST`, ...).
 */

/** What `stat` tells; times in nanoseconds since the Unix epoch. */
export interface FileStat {
  readonly kind: 'file' | 'folder' | 'symlink' | 'other'
  readonly sizeBytes: number
  readonly mode: number
  readonly inode: bigint
  readonly device: bigint
  readonly linkCount: number
  readonly ownerId: number
  readonly modifiedNs: bigint
  readonly changedNs: bigint
}

/** An open file. Closing it twice is a bug; every open file is closed in a `finally`. */
export interface OpenFile {
  /** Reads at most `buffer.length` bytes at `position`; returns how many, 0 at the end. */
  readonly read: (buffer: Uint8Array, position: number) => Promise<number>
  /** Appends all bytes at the current end of what was written; loops over short writes. */
  readonly write: (bytes: Uint8Array) => Promise<void>
  readonly sync: () => Promise<void>
  readonly stat: () => Promise<FileStat>
  readonly close: () => Promise<void>
}

/** How to open a file: to read; to create anew (fails on `EEXIST`); to append, creating it when absent. */
export type OpenMode = 'read' | 'create' | 'append'

/** The disk. */
export interface Files {
  readonly open: (path: string, mode: OpenMode, permissions?: number) => Promise<OpenFile>
  readonly readFile: (path: string) => Promise<Uint8Array>
  /** Follows a symbolic link at the end of the path. `undefined` when nothing is there. */
  readonly stat: (path: string) => Promise<FileStat | undefined>
  /** Does not follow a symbolic link at the end of the path. `undefined` when nothing is there. */
  readonly lstat: (path: string) => Promise<FileStat | undefined>
  /** Names and kinds in a folder, sorted by name; an absent folder is empty. */
  readonly readFolder: (path: string) => Promise<readonly { readonly name: string; readonly kind: FileStat['kind'] }[]>
  readonly readLink: (path: string) => Promise<string>
  readonly realPath: (path: string) => Promise<string>
  /** Makes a folder and its parents; fine when it is there. */
  readonly makeFolder: (path: string, permissions?: number) => Promise<void>
  readonly rename: (from: string, to: string) => Promise<void>
  /** Makes a hard link; fails with `EEXIST` when `to` is there, which makes it a lock. */
  readonly link: (from: string, to: string) => Promise<void>
  /** Makes a symbolic link that holds `target` as it is; fails on `EEXIST`. */
  readonly makeSymlink: (target: string, path: string) => Promise<void>
  /** Removes a file or link; fine when it is absent. */
  readonly remove: (path: string) => Promise<void>
  /** Removes an empty folder; fine when it is absent or not empty. */
  readonly removeFolder: (path: string) => Promise<void>
  readonly setMode: (path: string, permissions: number) => Promise<void>
  /** Sets when a file was last read and written, in milliseconds since the Unix epoch; follows a link at the end. */
  readonly setTimes: (path: string, atMs: number) => Promise<void>
  /** Makes names in a folder durable; does nothing where the system cannot. */
  readonly syncFolder: (path: string) => Promise<void>
  /** Clones or copies a file onto a new path, by reflink where the file system can; fails on `EEXIST`. */
  readonly copy: (from: string, to: string) => Promise<void>
}
