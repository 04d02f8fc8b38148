/**
 * Files that a git process of mlv's made and could not remove again, because the disk failed: git says so and goes on,
 * and a lock or `.keep` left so would stand in the way of everyone for ever. Each is removed again here, or else noted
 * for the next writer.
 *
 * Law: what is removed was git's own file when git said so, and is the same file still.
 */
import { join, resolve, sep } from 'node:path'
import type { Files, FileStat } from '../files/files.ts'
import { readText } from './loose-ref.ts'
import type { RepositoryPlace } from './probe.ts'

/** A file that stays, told from another of its name made later. */
interface UnremovedFile {
  readonly path: string
  /** Inode and time of the last change of its content. */
  readonly stamp: string
}

/** Removes what git complained it could not; what cannot be removed now either is noted. */
export async function removeUnremoved(
  place: RepositoryPlace,
  files: Files,
  complaints: readonly string[],
): Promise<void> {
  const paths = complaints.flatMap((complaint) => unremovedPaths(complaint, place.commonDir))
  if (paths.length === 0) return
  const left: UnremovedFile[] = []
  for (const path of new Set(paths)) {
    const stat = await files.lstat(path)
    if (stat === undefined) continue
    await files.remove(path).catch(() => void left.push({ path, stamp: stampOf(stat) }))
  }
  if (left.length > 0) await note(place, files, left)
}

/** Removes what an earlier writer noted, where it is the same file still. The writer's lock is held. */
export async function clearUnremoved(place: RepositoryPlace, files: Files): Promise<void> {
  const text = await readText(files, notePath(place))
  if (text === undefined) return
  for (const { path, stamp } of parseNote(text)) {
    const stat = await files.lstat(path)
    if (stat !== undefined && stampOf(stat) === stamp) await files.remove(path)
  }
  await files.remove(notePath(place))
}

/**
 * The files below a folder that git says it could not remove.
 *
 * @param complaint what git printed on standard error, in English, run in that folder
 */
export function unremovedPaths(complaint: string, folder: string): readonly string[] {
  const matches = [...complaint.matchAll(/^warning: unable to unlink '(.+)': .+$/gm)]
  const paths = matches.map(([, path]) => resolve(folder, path ?? ''))
  return paths.filter((path) => path.startsWith(`${folder}${sep}`))
}

async function note(place: RepositoryPlace, files: Files, left: readonly UnremovedFile[]): Promise<void> {
  await files.remove(notePath(place))
  const file = await files.open(notePath(place), 'create')
  try {
    await file.write(Buffer.from(left.map(({ stamp, path }) => `${stamp} ${path}\n`).join(''), 'utf8'))
  } finally {
    await file.close()
  }
}

/** Lines cut short by a kill are none. */
function parseNote(text: string): readonly UnremovedFile[] {
  const matches = [...text.matchAll(/^(\d+:\d+) (.+)\n/gm)]
  return matches.map(([, stamp = '', path = '']) => ({ stamp, path }))
}

function stampOf({ inode, modifiedNs }: FileStat): string {
  return `${inode}:${modifiedNs}`
}

function notePath(place: RepositoryPlace): string {
  return join(place.commonDir, 'mlv', 'unremoved')
}
