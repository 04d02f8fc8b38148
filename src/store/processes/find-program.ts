/**
 * Finds the program a command names, as a shell would, before anything is started or recorded.
 */
import { isAbsolute, join, resolve } from 'node:path'
import { access, constants } from 'node:fs/promises'
import type { Files } from '../files/files.ts'

/** What a name comes to. */
export type FoundProgram =
  | { readonly kind: 'found'; readonly path: string }
  | { readonly kind: 'missing' }
  /** There is such a file, and it may not be executed; or it is a folder. */
  | { readonly kind: 'not-executable'; readonly path: string }

/** Finds a program by path, relative to a folder, or by name on the search path. */
export async function findProgram(
  files: Files,
  name: string,
  { folder, searchPath }: { readonly folder: string; readonly searchPath: string | undefined },
): Promise<FoundProgram> {
  if (name.includes('/')) return look(files, resolve(folder, name))
  let refused: FoundProgram | undefined
  for (const place of (searchPath ?? DEFAULT_SEARCH_PATH).split(':')) {
    const found = await look(files, join(isAbsolute(place) ? place : resolve(folder, place), name))
    if (found.kind === 'found') return found
    if (found.kind === 'not-executable') refused ??= found
  }
  return refused ?? { kind: 'missing' }
}

const DEFAULT_SEARCH_PATH = '/usr/local/bin:/usr/bin:/bin'

async function look(files: Files, path: string): Promise<FoundProgram> {
  const stat = await files.stat(path).catch(() => undefined)
  if (stat === undefined) return { kind: 'missing' }
  if (stat.kind !== 'file') return { kind: 'not-executable', path }
  try {
    await access(path, constants.X_OK)
    return { kind: 'found', path }
  } catch {
    return { kind: 'not-executable', path }
  }
}
