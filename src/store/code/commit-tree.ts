/**
 * The tree of HEAD, found without starting another git process wherever that is certain.
 */
import { createHash } from 'node:crypto'
import { inflateSync } from 'node:zlib'
import { refuse } from '../../domain/failure.ts'
import { parseOid } from '../../domain/oid.ts'
import type { Oid } from '../../domain/oid.ts'
import type { FileStat, Files } from '../files/files.ts'
import type { RepositoryPlace } from '../git/probe.ts'
import { rootTreeOfIndex } from './index-root-tree.ts'
import type { WorktreeGit } from './worktree-git.ts'

/** Beyond this size a git process is as fast as walking the index. */
const INDEX_LIMIT_BYTES = 8 * 1024 * 1024
const COMMIT_LIMIT_BYTES = 1024 * 1024

/** Reads the tree of a commit that is stored loose, as a new commit is; `undefined` when it is not, or is damaged. */
export async function treeOfLooseCommit(files: Files, place: RepositoryPlace, commit: Oid): Promise<Oid | undefined> {
  try {
    const stored = await files.readFile(`${place.commonDir}/objects/${commit.slice(0, 2)}/${commit.slice(2)}`)
    const object = inflateSync(stored, { maxOutputLength: COMMIT_LIMIT_BYTES })
    if (createHash(place.objectFormat).update(object).digest('hex') !== commit) return undefined
    const tree = /^commit \d+\0tree ([0-9a-f]+)\n/.exec(object.toString('latin1'))?.[1]
    return tree === undefined ? undefined : parseOid(tree)
  } catch {
    // Packed, borrowed from another repository, or unreadable: git itself answers then.
    return undefined
  }
}

/**
 * Reads the tree of the index, which is HEAD's when git just found no tracked change.
 *
 * `before` is the index's stat from before git looked: the same stat afterwards means the same index.
 */
export async function treeOfCleanIndex(
  files: Files,
  place: RepositoryPlace,
  before: FileStat | undefined,
): Promise<Oid | undefined> {
  if (before === undefined || before.sizeBytes > INDEX_LIMIT_BYTES) return undefined
  const path = `${place.gitDir}/index`
  const bytes = await files.readFile(path)
  const after = await files.lstat(path)
  const isSame =
    after?.inode === before.inode && after.modifiedNs === before.modifiedNs && after.sizeBytes === before.sizeBytes
  return isSame ? rootTreeOfIndex(bytes, place.objectFormat) : undefined
}

/** Asks git for the tree of a commit. @throws `git-failed`, `object-missing` */
export async function treeByGit(git: WorktreeGit, commit: Oid): Promise<Oid> {
  const tree = parseOid(await git.text(['rev-parse', '--verify', '--quiet', '--end-of-options', `${commit}^{tree}`]))
  if (tree === undefined) throw refuse('object-missing', { what: 'commit', id: commit })
  return tree
}
