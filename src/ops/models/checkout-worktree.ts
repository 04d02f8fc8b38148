/**
 * `mlv checkout --worktree`: the code of a run as it was, in a git worktree of its own.
 *
 * A linked worktree and not a plain folder: HEAD there is the commit the run was recorded at, so git and mlv work in
 * it as they did then, and a run made there is a run of the same repository. Git keeps each worktree's HEAD and index
 * apart, so nothing done there reaches the user's.
 */
import { resolve } from 'node:path'
import { isDirty } from '../../domain/code-state.ts'
import type { CodeState } from '../../domain/code-state.ts'
import { refuse } from '../../domain/failure.ts'
import type { Oid } from '../../domain/oid.ts'
import type { SealedRun } from '../../domain/run.ts'
import { openSnapshot } from '../../store/branch/snapshot.ts'
import {
  addCodeWorktree,
  indexCodeWorktree,
  refuseOccupied,
  removeCodeWorktree,
} from '../../store/git/code-worktree.ts'
import { restoreCode } from '../../store/code/restore-code.ts'
import type { RestoredCode } from '../../store/code/restore-code.ts'
import { bringCode } from '../share/bring-code.ts'
import { resolveRun } from '../revisions/resolve-revision.ts'
import { requireGit } from '../repository/repository.ts'
import type { Repository } from '../repository/repository.ts'

/** Whose code, and where to. */
export type WorktreeRequest = {
  /** Relative to the folder the repository was opened from, or absolute. It must be absent or an empty folder. */
  readonly folder: string
} & (
  | { readonly run: Pick<SealedRun, 'id' | 'code'> }
  /** `at` reads the branch as it was at a date or commit. */
  | { readonly revision: string; readonly at?: string }
)

/** A worktree that was made. */
export interface CodeWorktree {
  /** Absolute. */
  readonly folder: string
  /** The tree whose files are in it. */
  readonly tree: Oid
  /** Its HEAD, detached: the recorded commit, or where this clone cannot have that one with the same files. */
  readonly commit: Oid
  /** Whether files are not those of the recorded commit, because they had not been committed then. */
  readonly hasUncommitted: boolean
  /** The remote the code had to be fetched from; absent when it was here. */
  readonly fetchedFrom?: string
  readonly report: RestoredCode
}

/**
 * Makes a worktree with the code of a run: all of it, or nothing and no folder.
 *
 * @throws `destination-occupied`, `object-missing` when code was not recorded or is neither in this clone nor on its
 * remote, `remote-unreachable`, `git-missing`, `git-failed`, what `resolveRevision` refuses, and the disk's refusals
 */
export async function checkoutWorktree(repository: Repository, request: WorktreeRequest): Promise<CodeWorktree> {
  const run = 'run' in request ? request.run : await runOf(repository, request.revision, request.at)
  return checkoutCode(repository, { code: run.code, label: run.id, folder: request.folder })
}

/** The same for a code state; `label` says whose it is. @throws as `checkoutWorktree` */
export async function checkoutCode(
  repository: Repository,
  { code, label, folder: named }: { readonly code: CodeState; readonly label: string; readonly folder: string },
): Promise<CodeWorktree> {
  const { place, files, context } = repository
  if (code.kind === 'none') throw refuse('object-missing', { what: 'the code of', id: label })
  const folder = resolve(repository.folder, named)
  const git = requireGit(repository, 'add a worktree')
  await refuseOccupied(files, folder)
  const { commit, code: whole, fetchedFrom } = await bringCode(repository, code)
  await addCodeWorktree(git, place, files, folder, commit)
  try {
    const report = await restoreCode({ git, place, files, objects: context.engine, folder }, whole)
    await indexCodeWorktree(git, files, folder)
    const from = fetchedFrom === undefined ? {} : { fetchedFrom }
    return { folder, tree: code.tree, commit, hasUncommitted: isDirty(code), ...from, report }
  } catch (refused) {
    await removeCodeWorktree(git, place, folder)
    throw refused
  }
}

/** Takes a worktree back that something after it made useless. Best effort. */
export async function discardWorktree(repository: Repository, folder: string): Promise<void> {
  await removeCodeWorktree(requireGit(repository, 'remove a worktree'), repository.place, folder)
}

async function runOf(repository: Repository, revision: string, at: string | undefined): Promise<SealedRun> {
  return resolveRun(await openSnapshot(repository.context.engine, at), revision)
}
