/**
 * Paths are typed relative to the folder one is in and recorded relative to the top of the worktree. This is the step
 * from one to the other; it looks at names only, and what leaves the root is refused by whoever reads the result.
 */
import { isAbsolute, posix, relative, sep } from 'node:path'

/** A path typed in one folder, as it is called from the root; the same for a path that is absolute. */
export function pathFromRoot(root: string, folder: string, path: string): string {
  if (root === folder || isAbsolute(path)) return path
  return posix.join(relative(root, folder).replaceAll(sep, '/'), path)
}

/** As `pathFromRoot`; the names of the folders between are never read as a glob. */
export function globFromRoot(root: string, folder: string, glob: string): string {
  if (root === folder || isAbsolute(glob)) return glob
  const between = relative(root, folder).replaceAll(sep, '/')
  const isPlain = !/[*?[{(]/.test(glob)
  return posix.join(isPlain ? between : between.replace(/[*?[\]{}()!+@\\]/g, '\\$&'), glob)
}
