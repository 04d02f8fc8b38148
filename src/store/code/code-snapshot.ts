/**
 * A commit of the worktree as it is, made through an index of its own.
 *
 * Only objects are written. The same HEAD, files and signatures make the same commit.
 */
import { present } from '../../base/assert.ts'
import type { Entropy } from '../../base/clock.ts'
import { parseOid } from '../../domain/oid.ts'
import type { Oid } from '../../domain/oid.ts'
import type { Signature, Signatures } from '../git/engine.ts'
import type { WorktreeGit, WorktreeGitOptions } from './worktree-git.ts'
import type { WorktreeChange } from './worktree-status.ts'

const MESSAGE = 'mlv: snapshot of uncommitted code\n'
const NAME_BYTES = 12

/**
 * Writes the tree that HEAD's files have with these changes: what `git add --all` followed by `git write-tree` would
 * make of exactly the paths named, clean filters and line endings included. A path that is gone is removed.
 *
 * @throws `git-failed`
 */
export async function writeWorktreeTree(
  git: WorktreeGit,
  changes: readonly WorktreeChange[],
  entropy: Entropy,
): Promise<Oid> {
  return withPrivateIndex(git, entropy, async (variables) => {
    // `--replace` lets a folder take the place of a file and the other way round.
    await git.bytes(['update-index', '--add', '--remove', '--replace', '-z', '--stdin'], {
      variables,
      input: Buffer.from(changes.map(({ rawPath }) => `${rawPath}\0`).join(''), 'latin1'),
    })
    // Blobs of unchanged files are wherever HEAD's are; looking for each would fetch them into a partial clone.
    return oidFrom(await git.text(['write-tree', '--missing-ok'], { variables }))
  })
}

/** Commits a tree on top of HEAD, without moving anything. @throws `git-failed` */
export async function commitSnapshot(git: WorktreeGit, tree: Oid, head: Oid, signatures: Signatures): Promise<Oid> {
  const args = ['commit-tree', '-p', head, '-F', '-', tree]
  return oidFrom(await git.text(args, { variables: identityOf(signatures), input: Buffer.from(MESSAGE) }))
}

async function withPrivateIndex<Result>(
  git: WorktreeGit,
  entropy: Entropy,
  action: (variables: NonNullable<WorktreeGitOptions['variables']>) => Promise<Result>,
): Promise<Result> {
  const { files, place } = git
  const folder = `${place.commonDir}/mlv/tmp/code-${Buffer.from(entropy.randomBytes(NAME_BYTES)).toString('hex')}`
  const index = `${folder}/index`
  const variables = { GIT_INDEX_FILE: index }
  await files.makeFolder(folder)
  try {
    if (!(await linkIndex(git, index))) await git.bytes(['read-tree', 'HEAD'], { variables })
    return await action(variables)
  } finally {
    await files.remove(`${index}.lock`)
    await files.remove(index)
    await files.removeFolder(folder)
  }
}

/**
 * Starts the private index as a second name of the user's; git writes an index by renaming a new file over a name, so
 * the user's is never written.
 *
 * A copy would not do: its newer time makes git take a file that was changed within one tick of the clock after
 * `git add` for unchanged (git's Documentation/technical/racy-git.txt).
 */
async function linkIndex({ files, place }: WorktreeGit, index: string): Promise<boolean> {
  if ((await files.lstat(`${place.gitDir}/index`))?.kind !== 'file') return false
  try {
    await files.link(`${place.gitDir}/index`, index)
    return true
  } catch {
    // A file system without hard links; HEAD's files are as good a start, only slower to read.
    return false
  }
}

/** The variables by which git takes author and committer. */
export function identityOf({ author, committer }: Signatures): Readonly<Record<string, string>> {
  return {
    GIT_AUTHOR_NAME: author.name,
    GIT_AUTHOR_EMAIL: author.email,
    GIT_AUTHOR_DATE: dateOf(author),
    GIT_COMMITTER_NAME: committer.name,
    GIT_COMMITTER_EMAIL: committer.email,
    GIT_COMMITTER_DATE: dateOf(committer),
  }
}

/** The `@` keeps git from reading a small number as a year. */
function dateOf(signature: Signature): string {
  return `@${signature.atSeconds} ${signature.zone}`
}

function oidFrom(text: string): Oid {
  return present(parseOid(text), 'git to print an object name')
}
