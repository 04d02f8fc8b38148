/**
 * Opens the repository of a folder, or makes one where there is nothing yet.
 */
import { resolve } from 'node:path'
import { isFailure, refuse } from '../../domain/failure.ts'
import { removeTree } from '../../store/artifacts/remove-tree.ts'
import type { Files } from '../../store/files/files.ts'
import { nodeFiles } from '../../store/files/node-files.ts'
import { findGit, gitFailure, runGit } from '../../store/git/git-command.ts'
import { openRepository } from './repository.ts'
import type { OpenOptions, Repository } from './repository.ts'

/** How a folder was found. */
interface FoundFolder {
  /** Whether it is there at all. */
  readonly exists: boolean
  /** Whether a repository is to be made in it. */
  readonly isNew: boolean
}

/**
 * Works in the repository that holds a folder; in a new one when the folder is absent or empty. What fails in a new one
 * leaves the folder as it was.
 *
 * @param refuseNew is asked before a repository is made
 * @throws `repository-not-found`, `git-missing`, what opening refuses, what the work throws
 */
export async function withRepositoryAt<Result>(
  options: OpenOptions,
  named: string | undefined,
  refuseNew: () => void,
  work: (repository: Repository, isNew: boolean) => Promise<Result>,
): Promise<Result> {
  const files = options.files ?? nodeFiles
  const folder = resolve(options.folder, named ?? '.')
  const { exists, isNew } = await findFolder(files, options, folder, named)
  if (isNew) refuseNew()
  try {
    if (isNew) await makeRepository(files, options, folder)
    const repository = await openRepository({ ...options, folder })
    try {
      return await work(repository, isNew)
    } finally {
      await repository.close()
    }
  } catch (caught) {
    if (isNew) await clear(files, folder, exists)
    throw caught
  }
}

/** A folder that was named and is empty is never taken for part of the repository around it. */
async function findFolder(
  files: Files,
  options: OpenOptions,
  folder: string,
  named: string | undefined,
): Promise<FoundFolder> {
  const found = await files.stat(folder)
  if (found !== undefined && found.kind !== 'folder') {
    throw refuse('destination-occupied', { path: folder, found: `a ${found.kind}` })
  }
  const isEmpty = found === undefined || (await files.readFolder(folder)).length === 0
  const exists = found !== undefined
  if (!isEmpty) return { exists, isNew: false }
  if (named !== undefined) return { exists, isNew: true }
  return { exists, isNew: !(await isInRepository(options, folder)) }
}

async function isInRepository(options: OpenOptions, folder: string): Promise<boolean> {
  try {
    await (await openRepository({ ...options, folder })).close()
    return true
  } catch (caught) {
    if (!isFailure(caught, 'repository-not-found')) throw caught
    return false
  }
}

/** HEAD names a branch of code that is not here, so that no worktree has mlv's own branch checked out. */
async function makeRepository(files: Files, options: OpenOptions, folder: string): Promise<void> {
  const git = await findGit(files, options)
  if (git === undefined) throw refuse('git-missing', { purpose: 'make a repository' })
  const result = await runGit(git, ['init', '--quiet', '--initial-branch=main', '--', folder])
  if (result.exitCode !== 0) throw gitFailure('init', result, folder)
}

async function clear(files: Files, folder: string, existed: boolean): Promise<void> {
  if (!existed) return removeTree(files, folder)
  for (const { name } of await files.readFolder(folder)) await removeTree(files, resolve(folder, name))
}
