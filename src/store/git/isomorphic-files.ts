/**
 * The disk as isomorphic-git sees it: reads only. isomorphic-git writes in place, unsynced and without
 * compare-and-swap, so every way to write throws; it is used for nothing but decoding objects.
 */
import { assert } from '../../base/assert.ts'
import { refuse } from '../../domain/failure.ts'
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

/** What one reading may see, and what it is told of. */
export interface IsomorphicOptions {
  /** Loose objects seem absent, so that a good packed copy is found behind a torn loose one. */
  readonly hideLoose: boolean
  /** Called with the size of every pack before it is read. */
  readonly onPack: (sizeBytes: number) => void
}

/** isomorphic-git reads whole packs into memory; a larger one needs the system's git. */
const PACK_LIMIT_BYTES = 1024 * 1024 * 1024

const LOOSE_OBJECT = /\/objects\/[0-9a-f]{2}\/[0-9a-f]+$/

/**
 * Lends the disk to isomorphic-git.
 *
 * Reading throws `limit-exceeded` for a pack of more than 1 GiB; writing throws always, as a bug.
 */
export function isomorphicFiles(files: Files, options: IsomorphicOptions): IsomorphicFiles {
  const stat = (look: Files['stat']) => async (path: string) => isomorphicStat(await look(path), path)
  const promises: IsomorphicFiles['promises'] = {
    readFile: (path) => readFile(files, options, path),
    stat: stat(files.stat),
    lstat: stat(files.lstat),
    readdir: async (path) => (await files.readFolder(path)).map((entry) => entry.name),
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
async function readFile(files: Files, options: IsomorphicOptions, path?: string): Promise<Uint8Array> {
  if (path === undefined) throw absent('')
  if (options.hideLoose && LOOSE_OBJECT.test(path)) throw absent(path)
  if (path.endsWith('.pack')) await admitPack(files, options, path)
  return await files.readFile(path)
}

async function admitPack(files: Files, options: IsomorphicOptions, path: string): Promise<void> {
  const sizeBytes = (await files.stat(path))?.sizeBytes ?? 0
  if (sizeBytes > PACK_LIMIT_BYTES) {
    const what = `the size in bytes of pack '${path}', read without a git program,`
    throw refuse('limit-exceeded', { what, actual: sizeBytes, limit: PACK_LIMIT_BYTES })
  }
  options.onPack(sizeBytes)
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
