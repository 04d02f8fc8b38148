/**
 * Globs as fast-glob understands them, loaded only when a glob is used.
 */
import { lstat, realpath, stat } from 'node:fs'
import type { Stats } from 'node:fs'
import { dirname, sep } from 'node:path'

const MAGIC = /[*?[{]|[!+@]\(/

/** What is never matched, at any depth. */
const NEVER = ['**/.git', '**/.git/**', '**/.mlv', '**/.mlv/**']

/** Tells whether a text is more than a plain path. */
export function isDynamic(glob: string): boolean {
  return MAGIC.test(glob)
}

/** Files, folders and links that match, relative to the root, in no certain order. Reads the real disk. */
export async function matchGlob(root: string, glob: string): Promise<readonly string[]> {
  const { default: fastGlob } = await import('fast-glob')
  return fastGlob(glob, {
    cwd: root,
    dot: true,
    onlyFiles: false,
    ignore: NEVER,
    fs: { stat: statUnlessLoop },
  })
}

/** Tells of a link to a folder above it that it is a link, so that it is not entered again and again. */
function statUnlessLoop(path: string, done: (error: NodeJS.ErrnoException | null, stats: Stats) => void): void {
  realpath(path, (failed, target) => {
    if (failed !== null) return stat(path, done)
    realpath(dirname(path), (_, folder) => {
      const isLoop = folder === target || folder.startsWith(target + sep)
      return isLoop ? lstat(path, done) : stat(path, done)
    })
  })
}
