/**
 * Puts a site in place, whole or not at all: it is written beside its place, and takes the place of a former one when
 * all of it is there. What is no former site is never replaced.
 */
import { basename, dirname, join, resolve } from 'node:path'
import { refuse } from '../../domain/failure.ts'
import { removeTree } from '../../store/artifacts/remove-tree.ts'
import { withDiskFailures } from '../../store/files/disk-failure.ts'
import type { Files } from '../../store/files/files.ts'
import type { Repository } from '../repository/repository.ts'

/** A file of a site. */
export interface SiteFile {
  /** Below the site, with forward slashes. */
  readonly path: string
  readonly text: string
}

/** What a site that is a folder may have, to tell a former one from what a person keeps. */
export interface SiteShape {
  /** The file that says it is one. */
  readonly marker: string
  /** Whether a site may have a file of this path, which is below it and has forward slashes. */
  readonly isOwn: (path: string) => boolean
}

/** How many files were written, and their bytes. */
export interface WrittenSite {
  /** Absolute. */
  readonly path: string
  readonly files: number
  readonly sizeBytes: number
}

/**
 * Writes a site as a folder.
 *
 * @throws `site-occupied`, the disk's refusals; whatever making the files throws
 */
export async function writeSiteFolder(
  repository: Repository,
  folder: string,
  shape: SiteShape,
  content: AsyncIterable<SiteFile>,
): Promise<WrittenSite> {
  const { files } = repository
  const path = resolve(repository.folder, folder)
  return withDiskFailures(path, 'writing', async () => {
    await requireFree(files, path, folder, shape)
    const [fresh, former] = [besideOf(repository, path, 'new'), besideOf(repository, path, 'old')]
    try {
      await files.makeFolder(fresh)
      const counted = await writeAll(files, fresh, content)
      // A person may have put something there meanwhile.
      const isThere = await requireFree(files, path, folder, shape)
      await replaceFolder(files, { path, fresh, former, isThere })
      await removeTree(files, former)
      return { path, ...counted }
    } finally {
      // What was there before is never removed here: where it could not be put back, it is beside its place.
      await removeTree(files, fresh)
    }
  })
}

/**
 * Writes a site as one file, piece by piece. A file that is there is replaced where it begins as a site does.
 *
 * @throws `site-occupied`, the disk's refusals; whatever making the pieces throws
 */
export async function writeSiteFile(
  repository: Repository,
  file: string,
  isSite: (start: string) => boolean,
  content: AsyncIterable<string>,
): Promise<WrittenSite> {
  const { files } = repository
  const path = resolve(repository.folder, file)
  return withDiskFailures(path, 'writing', async () => {
    await requireReplaceable(files, path, file, isSite)
    const fresh = besideOf(repository, path, 'new')
    try {
      await files.makeFolder(dirname(path))
      const sizeBytes = await writePieces(files, fresh, content)
      await requireReplaceable(files, path, file, isSite)
      await files.rename(fresh, path)
      return { path, files: 1, sizeBytes }
    } finally {
      await files.remove(fresh)
    }
  })
}

const START_BYTES = 4_096

/** Whether something is in the place of a site that may be replaced. */
async function requireFree(files: Files, path: string, named: string, { marker, isOwn }: SiteShape): Promise<boolean> {
  const found = await files.lstat(path)
  if (found === undefined) return false
  if (found.kind !== 'folder') throw refuse('site-occupied', { path: named, found: kindText(found.kind) })
  const entries = await files.readFolder(path)
  if (entries.length === 0) return true
  if (!entries.some(({ name }) => name === marker)) {
    throw refuse('site-occupied', { path: named, found: 'a folder that is not empty' })
  }
  const foreign = await foreignIn(files, path, isOwn)
  if (foreign === undefined) return true
  throw refuse('site-occupied', { path: named, found: `a former site with a file of somebody else, ${foreign}` })
}

/** The first thing in a former site that no site has, by its path below the site. */
async function foreignIn(
  files: Files,
  root: string,
  isOwn: SiteShape['isOwn'],
  below: readonly string[] = [],
): Promise<string | undefined> {
  for (const { name, kind } of await files.readFolder(join(root, ...below))) {
    const parts = [...below, name]
    const path = parts.join('/')
    const foreign = kind === 'folder' ? await foreignIn(files, root, isOwn, parts) : isOwn(path) ? undefined : path
    if (foreign !== undefined) return foreign
  }
  return undefined
}

async function requireReplaceable(
  files: Files,
  path: string,
  named: string,
  isSite: (start: string) => boolean,
): Promise<void> {
  const found = await files.lstat(path)
  if (found === undefined) return
  if (found.kind !== 'file') throw refuse('site-occupied', { path: named, found: kindText(found.kind) })
  const file = await files.open(path, 'read')
  try {
    const buffer = new Uint8Array(START_BYTES)
    const count = await file.read(buffer, 0)
    if (isSite(Buffer.from(buffer.subarray(0, count)).toString('utf8'))) return
  } finally {
    await file.close()
  }
  throw refuse('site-occupied', { path: named, found: 'a file that mlv site did not write' })
}

function kindText(kind: 'file' | 'folder' | 'symlink' | 'other'): string {
  return { file: 'a file', folder: 'a folder', symlink: 'a symbolic link', other: 'neither a file nor a folder' }[kind]
}

/** A name of its own beside a path: two commands at once do not meet. */
function besideOf({ entropy }: Repository, path: string, what: string): string {
  const mark = Buffer.from(entropy.randomBytes(6)).toString('hex')
  return join(dirname(path), `.${basename(path)}.mlv-${what}-${mark}`)
}

async function writeAll(
  files: Files,
  folder: string,
  content: AsyncIterable<SiteFile>,
): Promise<Pick<WrittenSite, 'files' | 'sizeBytes'>> {
  const made = new Set([folder])
  let [count, sizeBytes] = [0, 0]
  for await (const { path, text } of content) {
    const place = join(folder, ...path.split('/'))
    if (!made.has(dirname(place))) await files.makeFolder(dirname(place))
    made.add(dirname(place))
    sizeBytes += await writePieces(files, place, piecesOf(text))
    count += 1
  }
  return { files: count, sizeBytes }
}

async function writePieces(files: Files, path: string, pieces: AsyncIterable<string>): Promise<number> {
  const file = await files.open(path, 'create')
  let sizeBytes = 0
  try {
    for await (const piece of pieces) {
      const bytes = Buffer.from(piece, 'utf8')
      await file.write(bytes)
      sizeBytes += bytes.length
    }
  } finally {
    await file.close()
  }
  return sizeBytes
}

// eslint-disable-next-line @typescript-eslint/require-await -- the same shape as a page that is made in pieces
async function* piecesOf(text: string): AsyncGenerator<string> {
  yield text
}

async function replaceFolder(
  files: Files,
  {
    path,
    fresh,
    former,
    isThere,
  }: { readonly path: string; readonly fresh: string; readonly former: string; readonly isThere: boolean },
): Promise<void> {
  await files.makeFolder(dirname(path))
  if (isThere) await files.rename(path, former)
  try {
    await files.rename(fresh, path)
  } catch (error) {
    if (isThere) await files.rename(former, path)
    throw error
  }
}
