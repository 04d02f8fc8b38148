/**
 * The `mlv.yaml` that a review reads its gates from, as the base of the change has it. A repository of many models has
 * one in the folder of each.
 */
import { dirname, relative, sep } from 'node:path'
import { compareText } from '../base/order.ts'
import type { Config } from '../domain/config.ts'
import { EMPTY_CONFIG } from '../domain/config.ts'
import { isFailure } from '../domain/failure.ts'
import type { Failure } from '../domain/failure.ts'
import type { ReviewSubject } from '../domain/review/review.ts'
import type { CodeRange } from '../store/code/code-range.ts'
import { gitFailure, runGit } from '../store/git/git-command.ts'
import { parseConfig } from '../store/inputs/config-document.ts'
import { CONFIG_FILE } from '../store/inputs/config-file.ts'
import { requireGit } from './repository.ts'
import type { Repository } from './repository.ts'

/** A configuration of the base. */
export interface BaseConfig {
  /** Where it is, from the top of the worktree: `models/churn/mlv.yaml`. */
  readonly path: string
  /** Its folder; `` for the top. */
  readonly folder: string
  readonly config: Config
}

/** Every configuration of the base. */
export interface BaseConfigs {
  /** By path. */
  readonly readable: readonly BaseConfig[]
  /** The first that could not be read: no gate of it was passed. */
  readonly trouble?: Failure
  /** The folder mlv was started in, from the top of the worktree; `` for the top. */
  readonly startedIn: string
}

/** What stands where nothing is configured. */
const NOWHERE: BaseConfig = { path: CONFIG_FILE, folder: '', config: EMPTY_CONFIG }

/** Reads every `mlv.yaml` of the base; links are not followed. @throws `git-missing`, `git-failed` */
export async function readBaseConfigs(repository: Repository, { base }: CodeRange): Promise<BaseConfigs> {
  const { worktree, folder, context } = repository
  const found = await listPaths(repository, ['ls-tree', '-r', '-z', '--full-tree', '--format=%(objectmode) %(path)', base])
  const paths = found
    .filter((line) => line.startsWith('100'))
    .map((line) => line.slice(line.indexOf(' ') + 1))
    .filter((path) => path === CONFIG_FILE || path.endsWith(`/${CONFIG_FILE}`))
    .sort(compareText)
  const readable: BaseConfig[] = []
  let trouble: Failure | undefined
  for (const path of paths) {
    const entry = await context.engine.resolveObject?.(`${base}:${path}`)
  }
  return { readable, startedIn: startedIn(worktree, folder), ...(trouble === undefined ? {} : { trouble }) }
}
