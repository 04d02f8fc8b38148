/**
 * Walks folders of the worktree and follows links, but never out of the root, never in circles, and never into the
 * folders of git or mlv.
 */
import { join, relative, sep } from 'node:path'
import { refuse } from '../../domain/failure.ts'
import { errnoOf } from '../files/disk-failure.ts'
import type { Files } from '../files/files.ts'

/** What a path stands for: itself, or everything below it. */
export interface TakenPath {
  readonly kind: 'file' | 'folder'
  /** Relative to the root, with forward slashes. */
  readonly files: readonly string[]
}

/** A root that can be walked. */
export interface TreeWalk {
  /**
   * The files a path below the root (or `.`) stands for; `undefined` when nothing is there that may be taken.
   *
   * @throws `input-symlink`, `path-not-a-file`, `file-not-found` for a broken link, `limit-exceeded`
   */
  readonly below: (path: string) => Promise<TakenPath | undefined>
}

const LIMIT_FILES = 100_000
const LIMIT_DEPTH = 64

const CONTROL_NAME = /^\.(?:git|mlv)$/i

/** Opens a root, an absolute folder. */
export async function openTreeWalk(files: Files, root: string): Promise<TreeWalk> {
  const walk = new Walk(files, root, await files.realPath(root))
  return { below: (path) => walk.below(path) }
}

/** A folder being walked. */
interface OpenFolder {
  /** Relative to the root; `.` for the root itself. */
  readonly path: string
  readonly real: string
  /** Real paths of the folders it was reached through. */
  readonly through: readonly string[]
}

class Walk {
  readonly #files: Files
  readonly #root: string
  readonly #realRoot: string

  constructor(files: Files, root: string, realRoot: string) {
    this.#files = files
    this.#root = root
    this.#realRoot = realRoot
  }

  async below(path: string): Promise<TakenPath | undefined> {
    if (path.split('/').some(isControlName)) return undefined
    if ((await this.#files.lstat(join(this.#root, path))) === undefined) return undefined
    const found: string[] = []
    const kind = await this.#take(path, [], found)
    return { kind, files: found }
  }

  /** Takes what is at a path that may be, or lead through, a link. */
  async #take(path: string, through: readonly string[], found: string[]): Promise<'file' | 'folder'> {
    const real = await this.#resolve(path)
    const stat = await this.#files.stat(real)
    if (stat?.kind === 'folder') {
      if (!through.includes(real)) await this.#walk({ path, real, through: [...through, real] }, found)
      return 'folder'
    }
    if (stat?.kind !== 'file') throw refuse('path-not-a-file', { path, found: 'a special file' })
    takeFile(path, found)
    return 'file'
  }

  async #walk(folder: OpenFolder, found: string[]): Promise<void> {
    if (folder.through.length > LIMIT_DEPTH) {
      throw refuse('limit-exceeded', {
        what: `the depth of '${folder.path}'`,
        actual: folder.through.length,
        limit: LIMIT_DEPTH,
      })
    }
    for (const { name, kind } of await this.#files.readFolder(folder.real)) {
      if (isControlName(name)) continue
      const path = folder.path === '.' ? name : `${folder.path}/${name}`
      const real = join(folder.real, name)
      if (kind === 'file') takeFile(path, found)
      else if (kind === 'folder') await this.#walk({ path, real, through: [...folder.through, real] }, found)
      else await this.#take(path, folder.through, found)
    }
  }

  /** The real path, when it may be read. */
  async #resolve(path: string): Promise<string> {
    const real = await this.#realPath(path)
    const below = relative(this.#realRoot, real)
    const isInside = real === this.#realRoot || real.startsWith(this.#realRoot + sep)
    if (isInside && !below.split(sep).some(isControlName)) return real
    throw refuse('input-symlink', { path, target: real })
  }

  async #realPath(path: string): Promise<string> {
    try {
      return await this.#files.realPath(join(this.#root, path))
    } catch (error) {
      if (!['ENOENT', 'ENOTDIR', 'ELOOP'].includes(errnoOf(error) ?? '')) throw error
      throw refuse('file-not-found', { file: path, wanted: 'the target of symbolic link' })
    }
  }
}

function isControlName(name: string): boolean {
  return CONTROL_NAME.test(name)
}

function takeFile(path: string, found: string[]): void {
  found.push(path)
  if (found.length > LIMIT_FILES) {
    throw refuse('limit-exceeded', { what: 'the number of files', actual: found.length, limit: LIMIT_FILES })
  }
}
