/**
 * Moves staged files to where they go: a whole new folder by one rename, or file by file into a folder that is there.
 */
import { basename, dirname, join } from 'node:path'
import { compareText } from '../../base/order.ts'
import type { ArtifactPath } from '../../domain/artifact-path.ts'
import { refuse } from '../../domain/failure.ts'
import { errnoOf } from '../files/disk-failure.ts'
import type { Files } from '../files/files.ts'
import { openAnchor } from './anchored-folder.ts'
import type { AnchoredFolder } from './anchored-folder.ts'
import { isSameThing, nameOf } from './checkout-survey.ts'
import type { Target } from './checkout-survey.ts'
import type { StagedFiles } from './checkout-staging.ts'
import { linkTarget } from './link-target.ts'

/** Where to move files from and to. */
export interface Placement {
  readonly staged: StagedFiles
  /** A private folder on the same disk, for what is replaced. */
  readonly folder: string
  readonly destination: string
}

/** How file systems say that they cannot make a hard link. */
const NO_LINKS: ReadonlySet<string | undefined> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'])

/** Makes the staged tree the destination, which did not exist. @throws `destination-occupied` when it does now */
export async function moveFresh(files: Files, { tree }: StagedFiles, destination: string): Promise<void> {
  try {
    await files.rename(tree, destination)
  } catch (error) {
    const stat = await files.lstat(destination)
    if (stat === undefined) throw error
    throw refuse('destination-occupied', { path: destination, found: nameOf(stat) }, error)
  }
}

/**
 * Moves files into an existing destination, in path order. What moved goes back when a later one fails.
 *
 * @throws `destination-symlink`, `destination-occupied`, `destination-changed` when something was changed meanwhile
 */
export async function moveIntoPlace(files: Files, targets: readonly Target[], placement: Placement): Promise<void> {
  const folders = new FolderPath(files, placement.destination)
  const moved: Moved[] = []
  try {
    for (const target of targets.toSorted(byPath)) {
      const { path } = target.file
      const member = (await folders.go(dirname(path))).memberPath(basename(path))
      await checkStill(files, target, member)
      const backup = await keepPrevious(files, target, member, join(placement.folder, `replaced-${moved.length}`))
      moved.push({ path, backup })
      await moveFile(files, join(placement.staged.tree, path), member, `${basename(placement.folder)}-${moved.length}`)
    }
  } catch (error) {
    // What cannot go back, because a link was slipped in or the disk fails, stays: nothing goes through a link.
    for (const each of moved.reverse()) await takeBack(files, folders, each).catch(() => undefined)
    await folders.removeMade().catch(() => undefined)
    throw error
  } finally {
    await folders.close()
  }
}

/** A file that was, or was about to be, moved. */
interface Moved {
  readonly path: ArtifactPath
  /** What stood there: nothing, a file kept aside, or one that could not be kept. */
  readonly backup: { readonly kind: 'nothing' | 'not kept' } | { readonly kind: 'kept'; readonly file: string }
}

function byPath(left: Target, right: Target): number {
  return compareText(left.file.path, right.file.path)
}

/** Refuses when something else stands there than when the destination was looked over. */
async function checkStill(files: Files, { file, previous }: Target, member: string): Promise<void> {
  const now = await files.lstat(member)
  if (isSameThing(previous, now)) return
  if (now?.kind === 'symlink') {
    throw refuse('destination-symlink', { path: file.path, target: await linkTarget(files, member) })
  }
  if (now === undefined || now.kind === 'file') throw refuse('destination-changed', { paths: [file.path] })
  throw refuse('destination-occupied', { path: file.path, found: nameOf(now) })
}

/** Keeps what will be replaced. By a second link if possible, so that the name is never without a file. */
async function keepPrevious(
  files: Files,
  { previous }: Target,
  member: string,
  aside: string,
): Promise<Moved['backup']> {
  if (previous === undefined) return { kind: 'nothing' }
  try {
    // A link to a symbolic link is not the same everywhere.
    await (previous.kind === 'symlink' ? files.rename(member, aside) : files.link(member, aside))
    return { kind: 'kept', file: aside }
  } catch (error) {
    const errno = errnoOf(error)
    if (errno === 'EXDEV') return { kind: 'not kept' }
    if (!NO_LINKS.has(errno)) throw error
    await files.rename(member, aside)
    return { kind: 'kept', file: aside }
  }
}

async function moveFile(files: Files, staged: string, member: string, temporaryName: string): Promise<void> {
  try {
    await files.rename(staged, member)
  } catch (error) {
    if (errnoOf(error) !== 'EXDEV') throw error
    // A folder of the destination is another disk: the last step must then be a rename on that one.
    const beside = join(dirname(member), temporaryName)
    try {
      await files.copy(staged, beside)
      await files.rename(beside, member)
    } finally {
      await files.remove(beside)
    }
  }
}

async function takeBack(files: Files, folders: FolderPath, { path, backup }: Moved): Promise<void> {
  if (backup.kind === 'not kept') return
  const member = (await folders.go(dirname(path))).memberPath(basename(path))
  await (backup.kind === 'kept' ? files.rename(backup.file, member) : files.remove(member))
}

/** The chain of open folders down to the one being filled; a folder is made when it is first gone to. */
class FolderPath {
  readonly #files: Files
  readonly #destination: string
  #open: AnchoredFolder[] = []
  readonly #made: string[] = []

  constructor(files: Files, destination: string) {
    this.#files = files
    this.#destination = destination
  }

  /** Opens a folder, relative to the destination; `.` for the destination itself. */
  async go(path: string): Promise<AnchoredFolder> {
    const names = path === '.' ? [] : path.split('/')
    let here = this.#open[0]
    if (here === undefined) {
      here = await openAnchor(this.#files, this.#destination)
      this.#open.push(here)
    }
    for (const [depth, name] of names.entries()) {
      const below = names.slice(0, depth + 1).join('/')
      const next = this.#open[depth + 1]
      here = next?.path === below ? next : await this.#enter(here, name, depth)
    }
    return here
  }

  async removeMade(): Promise<void> {
    for (const path of this.#made.toReversed()) {
      const folder = await this.go(dirname(path))
      await this.#files.removeFolder(folder.memberPath(basename(path)))
    }
  }

  async close(): Promise<void> {
    await this.#leave(0)
  }

  async #enter(parent: AnchoredFolder, name: string, depth: number): Promise<AnchoredFolder> {
    await this.#leave(depth + 1)
    const { folder, isNew } = await parent.enter(name)
    this.#open.push(folder)
    if (isNew) this.#made.push(folder.path)
    return folder
  }

  /** Closes the folders from a depth on. */
  async #leave(depth: number): Promise<void> {
    const left = this.#open.slice(depth)
    this.#open = this.#open.slice(0, depth)
    for (const folder of left) await folder.close()
  }
}
