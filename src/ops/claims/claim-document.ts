/**
 * Documents of words on the disk, with one character a byte, as claims are looked for in them.
 */
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path'
import { byteText } from '../../domain/claim-scan.ts'
import { refuse } from '../../domain/failure.ts'
import { writeFileDurably } from '../../store/files/safe-write.ts'
import type { Repository } from '../repository/repository.ts'

/** More than a document of words has. */
const LIMIT_BYTES = 16 * 1024 * 1024

/**
 * Reads a document that must be there. Names are as the user typed them, from where the repository was opened.
 *
 * @throws `file-not-found`, `limit-exceeded` above 16 MiB
 */
export async function readDocument({ files, folder }: Repository, name: string): Promise<string> {
  const path = resolve(folder, name)
  const stat = await files.stat(path)
  if (stat?.kind !== 'file') throw refuse('file-not-found', { file: name, wanted: 'document' })
  if (stat.sizeBytes > LIMIT_BYTES) {
    throw refuse('limit-exceeded', { what: `the size of ${name}`, actual: stat.sizeBytes, limit: LIMIT_BYTES })
  }
  return byteText(await files.readFile(path))
}

/** A file that is to be written, as it stands; `undefined` when it is not there. */
export async function readOutput({ files, folder }: Repository, name: string): Promise<string | undefined> {
  const path = resolve(folder, name)
  const stat = await files.stat(path)
  return stat?.kind === 'file' ? byteText(await files.readFile(path)) : undefined
}

/**
 * Writes a document, one character a byte, with the mode it has.
 *
 * A repository can bring links of its own, and a template what is to be written through them; so no link is followed,
 * neither at the end of the name nor, inside of the worktree, among its folders.
 *
 * @throws `destination-symlink`, `file-not-found` without its folder, the disk's refusals
 */
export async function writeDocument(repository: Repository, name: string, text: string): Promise<void> {
  const { files, folder } = repository
  const path = resolve(folder, name)
  await refuseLinks(repository, name, path)
  const stat = await files.stat(path)
  const bytes = Buffer.from(text, 'latin1')
  const mode = stat === undefined ? undefined : stat.mode & 0o777
  await writeFileDurably(files, path, bytes, { replace: true, ...(mode === undefined ? {} : { permissions: mode }) })
  // What the umask took away, the file had.
  if (mode !== undefined) await files.setMode(path, mode)
}

async function refuseLinks({ files, worktree }: Repository, name: string, path: string): Promise<void> {
  const parent = dirname(path)
  if ((await files.stat(parent))?.kind !== 'folder') throw refuse('file-not-found', { file: parent, wanted: 'folder' })
  if ((await files.lstat(path))?.kind === 'symlink') {
    throw refuse('destination-symlink', { path: name, target: await files.readLink(path) })
  }
  const below = worktree === undefined ? '..' : relative(worktree, parent)
  const isInside = below !== '..' && !below.startsWith(`..${sep}`) && !isAbsolute(below)
  const real = await files.realPath(parent)
  if (isInside && real !== parent) throw refuse('destination-symlink', { path: name, target: real })
}

/** The first line in which two texts differ, from 1. */
export function firstDifference(standing: string | undefined, wanted: string): number {
  const [left, right] = [(standing ?? '').split('\n'), wanted.split('\n')]
  const at = right.findIndex((line, index) => line !== left[index])
  return (at < 0 ? right.length : at) + 1
}
