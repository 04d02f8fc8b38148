/**
 * From globs to files: everything that was asked for, each file once, or a refusal.
 *
 * Links are followed as long as they stay inside the root; git's and mlv's own folders are never taken. A folder, named
 * or matched, means everything below it.
 */
import { isAbsolute, join, relative, resolve, sep } from 'node:path'
import { compareText } from '../../base/order.ts'
import { parseArtifactPaths } from '../../domain/artifact-path.ts'
import type { ArtifactPath } from '../../domain/artifact-path.ts'
import { refuse } from '../../domain/failure.ts'
import { withDiskFailures } from '../files/disk-failure.ts'
import type { Files } from '../files/files.ts'
import { isDynamic, matchGlob } from './match-glob.ts'
import { openTreeWalk } from './walk-tree.ts'
import type { TreeWalk } from './walk-tree.ts'

/** A file to record. */
export interface CollectedFile {
  /** Relative to the root. */
  readonly path: ArtifactPath
  /** Where its bytes are. */
  readonly absolute: string
}

/**
 * Finds files, sorted by path bytes.
 *
 * @param root absolute; globs are relative to it, or absolute and below it
 * @throws `glob-unmatched`, `input-symlink`, `path-escape`, `path-not-a-file`, `file-not-found` for a broken link,
 * `limit-exceeded`, and every refusal of `parseArtifactPaths`
 */
export async function collectFiles(
  files: Files,
  root: string,
  globs: readonly string[],
): Promise<readonly CollectedFile[]> {
  return withDiskFailures(root, 'reading', async () => {
    const walk = await openTreeWalk(files, root)
    const found = new Set<string>()
    for (const glob of globs) {
      const before = found.size
      const matches = await filesOf(walk, root, glob)
      for (const path of matches) found.add(path)
      if (matches.length === 0 && found.size === before) throw refuse('glob-unmatched', { glob, folder: root })
    }
    const paths = [...found].sort(compareText)
    return parseArtifactPaths(paths).map((path) => ({ path, absolute: join(root, path) }))
  })
}

/** The files one glob stands for, relative to the root. */
async function filesOf(walk: TreeWalk, root: string, glob: string): Promise<readonly string[]> {
  const below = belowRoot(root, glob)
  // A file may really be called `model[1].bin`.
  const literal = await walk.below(below)
  if (literal !== undefined) return literal.files
  const named = isDynamic(below) ? await matchGlob(root, below) : []
  // What a matched folder holds is taken with it, and needs no second walk.
  const folders = new Set<string>()
  const paths: string[] = []
  for (const name of [...named].sort(compareText)) {
    if (hasAncestorIn(folders, name)) continue
    const taken = await walk.below(name)
    if (taken === undefined) continue
    if (taken.kind === 'folder') folders.add(name)
    for (const path of taken.files) paths.push(path)
  }
  return paths
}

/** The glob relative to the root; `.` for the root itself. */
function belowRoot(root: string, glob: string): string {
  const below = isAbsolute(glob) ? relative(root, glob) : glob
  const plain = below
    .replaceAll(sep, '/')
    .replace(/^(?:\.\/+)+/, '')
    .replace(/\/+$/, '')
  if (resolve(root, plain) === resolve(root)) return '.'
  if (plain.split('/').includes('..')) throw refuse('path-escape', { path: glob })
  return plain
}

function hasAncestorIn(folders: ReadonlySet<string>, path: string): boolean {
  if (folders.has('.')) return true
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
    if (folders.has(path.slice(0, end))) return true
  }
  return false
}
