/**
 * Places for the trials of a sweep to run in, one a worker: several at a time write the same paths, so each has the
 * code in a worktree of its own.
 */
import { join, relative } from 'node:path'
import { readConfig } from '../../store/inputs/config-file.ts'
import { isDatasetUri } from '../../store/data/datasets.ts'
import { placeInput } from '../../store/data/place-input.ts'
import { checkoutCode, discardWorktree } from '../models/checkout-worktree.ts'
import { captureState } from '../record/commit-run.ts'
import { withOwnPackages } from '../rerun/prepare-rerun.ts'
import type { Repository } from '../repository/repository.ts'

/** Where trials run. */
export interface SweepWorker {
  /** Absolute: where the command starts. */
  readonly folder: string
  readonly variables: Repository['variables']
  readonly close: () => Promise<void>
}

/** How many workers, and where their worktrees go. */
export interface WorkersRequest {
  readonly count: number
  /** Absolute; made when it is needed. */
  readonly folder: string
  readonly allowSecrets: boolean
}

/**
 * Opens the places. One worker works where the user is; so do all where code cannot be recorded, and that is told.
 *
 * @throws what `captureCode` and `checkoutCode` refuse
 */
export async function openWorkers(
  repository: Repository,
  { count, folder, allowSecrets }: WorkersRequest,
): Promise<{ readonly workers: readonly SweepWorker[]; readonly told: readonly string[] }> {
  const { variables, worktree } = repository
  const here = { folder: repository.folder, variables, close: () => Promise.resolve() }
  if (count === 1 || worktree === undefined) return { workers: Array.from({ length: count }, () => here), told: [] }
  const { code } = await captureState(repository, Promise.resolve([]), { allowSecrets })
  if (code.kind === 'none') {
    const told = [`${code.reason}, so the workers share this folder`]
    return { workers: Array.from({ length: count }, () => here), told }
  }
  const workers: SweepWorker[] = []
  try {
    for (let index = 1; index <= count; index += 1) {
      const place = await checkoutCode(repository, {
        code,
        label: 'the sweep',
        folder: join(folder, `worker-${index}`),
      })
      workers.push(await openWorker(repository, worktree, place.folder))
    }
  } catch (refused) {
    await Promise.all(workers.map((worker) => worker.close()))
    throw refused
  }
  return { workers, told: [] }
}

async function openWorker(repository: Repository, own: string, worktree: string): Promise<SweepWorker> {
  const { files } = repository
  const folder = join(worktree, relative(own, repository.folder))
  await files.makeFolder(folder)
  const found = await readConfig(files, folder)
  const home = found === undefined ? worktree : join(found.file, '..')
  const { datasets = [], params = [] } = found?.config ?? {}
  for (const path of [...datasets, ...params].filter((uri) => !isDatasetUri(uri) && !uri.startsWith('/'))) {
    const target = join(home, path)
    const source = join(own, relative(worktree, target))
    if ((await files.lstat(target)) === undefined && (await files.stat(source)) !== undefined) {
      await placeInput(files, source, target)
    }
  }
  return {
    folder,
    variables: await withOwnPackages(repository, worktree, home),
    close: () => discardWorktree(repository, worktree),
  }
}
