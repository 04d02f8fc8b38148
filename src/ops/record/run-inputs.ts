/**
 * What `mlv.yaml` and the command line say about a run that is about to start: where its files are, by which rules it
 * is judged, and what stood there before, so that what an earlier run left is not taken for this one's.
 */
import { dirname, isAbsolute, join, relative, resolve } from 'node:path'
import { EMPTY_CONFIG } from '../../domain/config.ts'
import { parseExperimentName, parseParameterKey } from '../../domain/key.ts'
import type { ExperimentName } from '../../domain/key.ts'
import type { MetricRules } from '../../domain/metric.ts'
import type { Parameters, ParameterValue } from '../../domain/parameter.ts'
import { parseParameterText } from '../../domain/parameter-text.ts'
import { collectFiles } from '../../store/artifacts/collect.ts'
import type { FileStat } from '../../store/files/files.ts'
import { readConfig } from '../../store/inputs/config-file.ts'
import { isDatasetUri } from '../../store/data/datasets.ts'
import { findFrameworkLogs } from '../../store/readers/framework-logs.ts'
import { DEFAULT_EXPERIMENT } from './commit-run.ts'
import { chooseModel } from './gather-inputs.ts'
import type { Inputs } from './gather-inputs.ts'
import { globFromRoot, pathFromRoot } from '../repository/path-from-root.ts'
import type { Repository } from '../repository/repository.ts'
import type { RunCommandOptions } from './run-command-options.ts'

/** Where a run's files are, before any is read. Paths are absolute but for globs and datasets. */
export interface RunInputs {
  readonly experiment: ExperimentName
  /** Parameters given with the command. */
  readonly given: Parameters
  readonly params: readonly string[]
  readonly metrics: readonly string[]
  readonly series: readonly string[]
  /** Relative to the root, or absolute. */
  readonly globs: readonly string[]
  /** Relative to the root, or URIs. */
  readonly datasets: readonly string[]
  readonly model: Inputs['model']
  readonly goals: MetricRules
  readonly root: string
  /** The folder of mlv.yaml, else the root. */
  readonly home: string
  /**
   * How each file of parameters, metrics, series and the model of mlv.yaml stood before the run; `undefined` for one
   * that was not there.
   */
  readonly before: ReadonlyMap<string, FileStat | undefined>
}

/** Reads what there is to know. @throws every refusal of `mlv.yaml`, of a name and of a model's path */
export async function readRunInputs(repository: Repository, options: RunCommandOptions): Promise<RunInputs> {
  const { worktree, folder, files } = repository
  const found = worktree === undefined ? undefined : await readConfig(files, options.folder)
  const config = found?.config ?? EMPTY_CONFIG
  const root = worktree ?? folder
  const home = found === undefined ? root : dirname(found.file)
  const absolute = (path: string): string => (isAbsolute(path) ? path : resolve(home, path))
  const [params, metrics, series] = [config.params, config.metrics, config.series].map((paths) => paths.map(absolute))
  const model = chooseModel(options, config, { root, home, folder: options.folder })
  const leftModel = await modelLeftBefore(repository, root, model?.path, options)
  const watched = [...(params ?? []), ...(metrics ?? []), ...(series ?? []), ...leftModel]
  const stats = await Promise.all(watched.map((path) => files.stat(path).catch(() => undefined)))
  return {
    experiment:
      options.experiment === undefined
        ? (config.experiment ?? DEFAULT_EXPERIMENT)
        : parseExperimentName(options.experiment),
    given: givenParameters(options),
    params: params ?? [],
    metrics: metrics ?? [],
    series: series ?? [],
    globs: config.artifacts.map((glob) => globFromRoot(root, home, glob)),
    datasets: config.datasets.map((uri) => (isDatasetUri(uri) ? uri : pathFromRoot(root, home, uri))),
    model,
    goals: config.goals,
    root,
    home,
    before: new Map(watched.map((path, index) => [path, stats[index]])),
  }
}

/**
 * The files of a model that stand there before the run. None where the user named the model for this very run, and none
 * for a run that is taken up again: its earlier stretch may have written them.
 */
async function modelLeftBefore(
  { files }: Repository,
  root: string,
  path: string | undefined,
  { model, resume }: RunCommandOptions,
): Promise<readonly string[]> {
  if (path === undefined || model !== undefined || resume !== undefined) return []
  const found = await collectFiles(files, root, [path]).catch(() => [])
  return found.map(({ absolute }) => absolute)
}

/** Tells whether a file was written since the run started; by how it stood, because clocks jump. */
export async function isFresh({ files }: Repository, inputs: RunInputs, path: string): Promise<boolean> {
  const [before, now] = [inputs.before.get(path), await files.stat(path)]
  if (now === undefined) return false
  // What is in a folder is looked at file by file, by those who read it.
  if (before === undefined || now.kind === 'folder') return true
  return (
    before.inode !== now.inode ||
    before.sizeBytes !== now.sizeBytes ||
    before.modifiedNs !== now.modifiedNs ||
    before.changedNs !== now.changedNs
  )
}

/**
 * Paths from the top of the worktree that are no code: what earlier runs wrote where this one will. Nothing is refused;
 * a glob that finds nothing has nothing to leave out.
 */
export async function outputPaths({ files, worktree }: Repository, inputs: RunInputs): Promise<readonly string[]> {
  if (worktree === undefined) return []
  const matched = await Promise.all(
    inputs.globs.map((glob) => collectFiles(files, inputs.root, [glob]).catch(() => [])),
  )
  const model = inputs.model === undefined ? [] : [join(inputs.root, inputs.model.path)]
  const logs = await findFrameworkLogs(files, inputs.root, 0).catch(() => [])
  const paths = [
    ...inputs.metrics,
    ...inputs.series,
    ...model,
    ...matched.flat().map(({ absolute }) => absolute),
    ...logs.flatMap(({ outputs }) => outputs),
  ]
  return paths.map((path) => relative(worktree, path))
}

function givenParameters({ params }: RunCommandOptions): Parameters {
  return new Map<ReturnType<typeof parseParameterKey>, ParameterValue>(
    params.map(({ key, text }) => [parseParameterKey(key), parseParameterText(text)]),
  )
}
