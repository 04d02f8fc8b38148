/**
 * Whether a path that was read from a record stays in the folder it is meant for, links on its way counted.
 */
import { dirname, isAbsolute, join, relative, sep } from 'node:path'
import type { Files } from './files.ts'

/** Tells whether writing to an absolute path, present or not, writes into the folder. The folder must be there. */
export async function staysInside(files: Files, folder: string, path: string): Promise<boolean> {
  if (!isBelow(folder, path)) return false
  let [parent, rest] = [path, '.']
  while (parent !== folder && (await files.lstat(parent)) === undefined) {
    rest = join(relative(dirname(parent), parent), rest)
    parent = dirname(parent)
  }
  try {
    return isBelow(await files.realPath(folder), join(await files.realPath(parent), rest))
  } catch {
    // A link that leads nowhere: whoever writes through it decides where.
    return false
  }
}

function isBelow(folder: string, path: string): boolean {
  const below = relative(folder, path)
  return below !== '..' && !below.startsWith(`..${sep}`) && !isAbsolute(below)
}
