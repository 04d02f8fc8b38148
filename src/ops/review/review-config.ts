/**
 * The `mlv.yaml` that a review reads its gates from, as the base of the change has it. A repository of many models has
 * one in the folder of each.
 */
import { dirname, relative, sep } from 'node:path'
import { compareText } from '../../base/order.ts'
import type { Config } from '../../domain/config.ts'
import { EMPTY_CONFIG } from '../../domain/config.ts'
import { Failure } from '../../domain/failure.ts'
import { parseOid } from '../../domain/oid.ts'
import type { Oid } from '../../domain/oid.ts'
import type { ReviewSubject } from '../../domain/review/review.ts'
import type { CodeRange } from '../../store/code/code-range.ts'
import { gitFailure, runGit } from '../../store/git/git-command.ts'
import { parseConfig } from '../../store/inputs/config-document.ts'
import { CONFIG_FILE } from '../../store/inputs/config-file.ts'
import { requireGit } from '../repository/repository.ts'
import type { Repository } from '../repository/repository.ts'

/** A configuration of the base. */
export interface BaseConfig {
  /** Where it is, from the top of the worktree: `models/churn/mlv.yaml`. */
  readonly path: string
  /** Its folder; `.` for the top. */
  readonly folder: string
  readonly config: Config
}

/** Every configuration of the base. */
export interface BaseConfigs {
  /** By path. */
  readonly readable: readonly BaseConfig[]
  /** The first that could not be read: no gate of it was passed. */
  readonly trouble?: Failure
  /** The folder mlv was started in, from the top of the worktree; `.` for the top. */
  readonly startedIn: string
}

/** What a subject is found by: a model by its name, else the experiment of its runs. */
export interface ConfigQuestion {
  readonly subject: ReviewSubject
  /** Of the newest run of the head; absent without one. */
  readonly experiment?: string
}

/** What stands where nothing is configured. */
const NOTHING: BaseConfig = { path: CONFIG_FILE, folder: '.', config: EMPTY_CONFIG }
const USUAL_EXPERIMENT = 'default'

/** Reads every `mlv.yaml` of the base; links are not followed. @throws `git-missing`, `git-failed` */
export async function readBaseConfigs(repository: Repository, { base }: CodeRange): Promise<BaseConfigs> {
  const lines = await gitLines(repository, ['ls-tree', '-r', '-z', '--full-tree', base])
  const files = lines.flatMap((line) => configEntry(line) ?? [])
  const readable: BaseConfig[] = []
  const troubles: Failure[] = []
  let index = 0
  for await (const bytes of repository.context.engine.readBlobs(files.map(({ oid }) => oid))) {
    const path = files[index]?.path ?? CONFIG_FILE
    index += 1
    try {
      const config = parseConfig(Buffer.from(bytes).toString('utf8'), `${path} of the base`)
      readable.push({ path, folder: dirname(path), config })
    } catch (caught) {
      if (!(caught instanceof Failure)) throw caught
      troubles.push(caught)
    }
  }
  const [trouble] = troubles
  return { readable, startedIn: startedIn(repository), ...(trouble === undefined ? {} : { trouble }) }
}

/**
 * The configuration of a subject: the one that names its model, else its experiment, else the nearest one at or above
 * the folder mlv was started in, as for a run; else the only one. What cannot be read is refused where it may be the
 * one.
 *
 * @throws `document-malformed`
 */
export function configOf(configs: BaseConfigs, { subject, experiment }: ConfigQuestion): BaseConfig {
  const { readable, trouble } = configs
  const named = readable.filter(({ config }) => subject.kind === 'model' && config.model?.name === subject.model)
  const asked = subject.kind === 'experiment' ? subject.experiment : experiment
  const alike = readable.filter(({ config }) => asked !== undefined && experimentOf(config) === asked)
  const [best] = [...byNearness(configs, named), ...byNearness(configs, alike)]
  if (best !== undefined) return best
  if (trouble !== undefined) throw trouble
  return usualConfig(configs)
}

/** The configuration that counts where nothing says which. @throws `document-malformed` */
export function usualConfig(configs: BaseConfigs): BaseConfig {
  const { readable, trouble, startedIn: here } = configs
  const [nearest] = byNearness(
    configs,
    readable.filter(({ folder }) => isWithin(here, folder)),
  )
  if (nearest !== undefined) return nearest
  if (trouble !== undefined) throw trouble
  return (readable.length === 1 ? readable[0] : undefined) ?? NOTHING
}

/**
 * The configurations whose folder a change touches: of several, those models are expected to have been run. A file
 * belongs to the nearest configuration above it.
 */
export async function touchedConfigs(
  repository: Repository,
  { base, head, isUnrelated }: CodeRange,
  { readable }: BaseConfigs,
): Promise<readonly BaseConfig[]> {
  const ends = isUnrelated ? [base, head] : [`${base}...${head}`]
  const paths = await gitLines(repository, ['diff', '--name-only', '--no-renames', '-z', ...ends, '--'])
  const touched = new Set(
    paths.flatMap((path) => {
      const above = readable.filter(({ folder }) => isWithin(dirname(path), folder))
      return above.sort((left, right) => right.folder.length - left.folder.length)[0] ?? []
    }),
  )
  return readable.filter((config) => touched.has(config))
}

/** The name that runs of a configuration go by. */
export function experimentOf({ experiment }: Config): string {
  return experiment ?? USUAL_EXPERIMENT
}

/** Those at or above where mlv was started first, the deepest of them before others; then by path. */
function byNearness({ startedIn: here }: BaseConfigs, found: readonly BaseConfig[]): readonly BaseConfig[] {
  const depth = ({ folder }: BaseConfig): number => (isWithin(here, folder) ? folder.length + 1 : 0)
  return [...found].sort((left, right) => depth(right) - depth(left) || compareText(left.path, right.path))
}

/** Folders from the top; `.` holds every other. */
function isWithin(folder: string, outer: string): boolean {
  return outer === '.' || folder === outer || folder.startsWith(`${outer}/`)
}

function startedIn({ worktree, folder }: Repository): string {
  const path = worktree === undefined ? '' : relative(worktree, folder).split(sep).join('/')
  return path === '' || path.startsWith('..') ? '.' : path
}

/** `100644 blob <oid>\t<path>`: a regular file that is called as configurations are. */
function configEntry(line: string): { readonly oid: Oid; readonly path: string } | undefined {
  const [, id = '', path = ''] = /^100\d{3} blob ([0-9a-f]+)\t(.*)$/s.exec(line) ?? []
  const oid = parseOid(id)
  const isNamed = path === CONFIG_FILE || path.endsWith(`/${CONFIG_FILE}`)
  return oid === undefined || !isNamed ? undefined : { oid, path }
}

async function gitLines(repository: Repository, args: readonly string[]): Promise<readonly string[]> {
  const git = requireGit(repository, 'read the commits of a change')
  const result = await runGit(git, [`--git-dir=${repository.place.gitDir}`, ...args])
  if (result.exitCode !== 0) throw gitFailure(args[0] ?? 'git', result, repository.place.gitDir)
  const lines = Buffer.from(result.stdout).toString('utf8').split('\0')
  return lines.filter((line) => line !== '')
}
