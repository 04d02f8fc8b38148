/**
 * `mlv clone`: a repository with a team's records and nothing else. Its code history stays where it is, and artifacts
 * come when they are asked for.
 */
import { resolve } from 'node:path'
import type { BranchSettings } from '../../domain/branch.ts'
import { refuse } from '../../domain/failure.ts'
import type { GitProgress } from '../../remote/git-progress.ts'
import { folderNameOf, parseRemoteUrl } from '../../remote/remote-url.ts'
import { removeTree } from '../../store/artifacts/remove-tree.ts'
import { listModelNames } from '../../store/branch/read-models.ts'
import { newestRunIds } from '../../store/branch/read-runs.ts'
import { openSnapshot, REGISTRY_REF } from '../../store/branch/snapshot.ts'
import type { Files } from '../../store/files/files.ts'
import { nodeFiles } from '../../store/files/node-files.ts'
import { findGit, gitFailure, runGit } from '../../store/git/git-command.ts'
import type { GitProgram } from '../../store/git/git-command.ts'
import { fetchAreas } from './fetch-branch.ts'
import { openRepository } from '../repository/repository.ts'
import type { OpenOptions, Repository } from '../repository/repository.ts'
import { openRemote } from '../repository/share-state.ts'
import type { AreaMove, ShareOptions } from '../repository/share-state.ts'

/** What was cloned, and where to. */
export interface CloneReport {
  /** Absolute. */
  readonly folder: string
  readonly settings: BranchSettings
  readonly fetched: readonly AreaMove[]
  readonly runs: number
  readonly models: number
}

const REMOTE = 'origin'

/**
 * Clones the branch of a remote into a new folder; `folder` in the options is where relative paths start.
 *
 * @throws `remote-url-invalid`, `destination-occupied`, `remote-unreachable`, `branch-not-found` when the remote has no
 * branch of mlv, `git-missing`
 */
export async function cloneBranch(
  options: OpenOptions,
  address: string,
  target: string | undefined,
  onProgress: (progress: GitProgress) => void,
): Promise<CloneReport> {
  const url = parseRemoteUrl(address)
  const files = options.files ?? nodeFiles
  const git = await findGit(files, options)
  if (git === undefined) throw refuse('git-missing', { purpose: 'clone' })
  const folder = resolve(options.folder, target ?? folderNameOf(url))
  const existed = await refuseOccupied(files, folder)
  const text = url.kind === 'folder' ? resolve(options.folder, url.text) : url.text
  try {
    await startRepository(git, folder, text)
    return await fetchInto(options, folder, { onProgress: (progress) => onGit(progress, onProgress) })
  } catch (caught) {
    await clear(files, folder, existed)
    throw caught
  }
}

function onGit(
  progress: Parameters<NonNullable<ShareOptions['onProgress']>>[0],
  onProgress: (progress: GitProgress) => void,
): void {
  if (progress.kind === 'git') onProgress(progress.progress)
}

/** Tells whether the folder is there already, empty. */
async function refuseOccupied(files: Files, folder: string): Promise<boolean> {
  const found = await files.stat(folder)
  if (found === undefined) return false
  if (found.kind !== 'folder') throw refuse('destination-occupied', { path: folder, found: 'a file' })
  if ((await files.readFolder(folder)).length > 0)
    throw refuse('destination-occupied', { path: folder, found: 'a folder' })
  return true
}

/** HEAD names a branch of code that is not here, so that no worktree has mlv's own branch checked out. */
async function startRepository(git: GitProgram, folder: string, url: string): Promise<void> {
  await gitIn(git, ['init', '--quiet', '--initial-branch=main', '--', folder])
  const gitDir = `--git-dir=${resolve(folder, '.git')}`
  await gitIn(git, [gitDir, 'config', `remote.${REMOTE}.url`, url])
  const branches = REGISTRY_REF.replace(/^refs\/heads\//, '')
  const refspec = `refs/heads/${branches}*:refs/remotes/${REMOTE}/${branches}*`
  await gitIn(git, [gitDir, 'config', `remote.${REMOTE}.fetch`, refspec])
}

async function gitIn(git: GitProgram, args: readonly string[]): Promise<void> {
  const result = await runGit(git, args)
  if (result.exitCode !== 0) throw gitFailure(args.find((arg) => !arg.startsWith('-')) ?? 'init', result, '.')
}

async function fetchInto(options: OpenOptions, folder: string, share: ShareOptions): Promise<CloneReport> {
  const repository = await openRepository({ ...options, folder })
  try {
    const remote = await openRemote(repository, { ...share, remote: REMOTE })
    const fetched = await fetchAreas(repository, remote)
    return { folder, fetched, ...(await countsOf(repository)) }
  } finally {
    await repository.close()
  }
}

async function countsOf({ context }: Repository): Promise<Pick<CloneReport, 'settings' | 'runs' | 'models'>> {
  const snapshot = await openSnapshot(context.engine)
  const runs = await newestRunIds(snapshot, Number.MAX_SAFE_INTEGER)
  return { settings: snapshot.settings, runs: runs.length, models: (await listModelNames(snapshot)).length }
}

async function clear(files: Files, folder: string, existed: boolean): Promise<void> {
  if (!existed) return removeTree(files, folder)
  for (const { name } of await files.readFolder(folder)) await removeTree(files, resolve(folder, name))
}
