/**
 * The disk as isomorphic-git sees it: reads only. isomorphic-git writes in place, unsynced and without
 * compare-and-swap, so every way to write throws; it is used for nothing but decoding loose objects.
 */
import { assert } from '../../base/assert.ts'
import type { Files, FileStat } from '../files/files.ts'

/** The part of `fs` that isomorphic-git asks of a client. */
export interface IsomorphicFiles {
  readonly promises: {
    readonly readFile: (path?: string) => Promise<Uint8Array>
    readonly stat: (path: string) => Promise<IsomorphicStat>
    readonly lstat: (path: string) => Promise<IsomorphicStat>
    readonly readdir: (path: string) => Promise<string[]>
    readonly readlink: (path: string) => Promise<string>
    readonly writeFile: () => Promise<never>
    readonly mkdir: () => Promise<never>
    readonly rmdir: () => Promise<never>
    readonly unlink: () => Promise<never>
    readonly symlink: () => Promise<never>
    readonly rm: () => Promise<never>
  }
}

interface IsomorphicStat {
  readonly isFile: () => boolean
  readonly isDirectory: () => boolean
  readonly isSymbolicLink: () => boolean
}

/** Lends the disk to isomorphic-git, which sees no packs: mlv looks into those itself. Writing throws, as a bug. */
export function isomorphicFiles(files: Files): IsomorphicFiles {
  const stat = (look: Files['stat']) => async (path: string) => isomorphicStat(await look(path), path)
  const promises: IsomorphicFiles['promises'] = {
    readFile: (path) => readFile(files, path),
    stat: stat(files.stat),
    lstat: stat(files.lstat),
    readdir: () => Promise.resolve([]),
    readlink: (path) => files.readLink(path),
    writeFile: refuseWrite,
    mkdir: refuseWrite,
    rmdir: refuseWrite,
    unlink: refuseWrite,
    symlink: refuseWrite,
    rm: refuseWrite,
  }
  return { promises }
}

/** isomorphic-git calls this once without a path, to see whether it gets a promise. */
async function readFile(files: Files, path?: string): Promise<Uint8Array> {
  if (path === undefined) throw absent('')
  return await files.readFile(path)
}

function isomorphicStat(stat: FileStat | undefined, path: string): IsomorphicStat {
  if (stat === undefined) throw absent(path)
  return {
    isFile: () => stat.kind === 'file',
    isDirectory: () => stat.kind === 'folder',
    isSymbolicLink: () => stat.kind === 'symlink',
  }
}

async function refuseWrite(): Promise<never> {
  await Promise.resolve()
  assert(false, 'isomorphic-git never to write')
}

/** isomorphic-git tells absence by the error's code. */
function absent(path: string): Error {
  return Object.assign(new Error(`nothing at '${path}'`), { code: 'ENOENT' })
}
