/**
 * Gathers what a run is made of: the command line first, `mlv.yaml` for whatever it leaves out. Nothing is written.
 */
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path'
import { parseArtifactPath } from '../../domain/artifact-path.ts'
import type { ArtifactPath } from '../../domain/artifact-path.ts'
import { EMPTY_CONFIG } from '../../domain/config.ts'
import type { Config } from '../../domain/config.ts'
import type { Dataset } from '../../domain/dataset.ts'
import { refuse } from '../../domain/failure.ts'
import { parseExperimentName, parseMetricKey, parseParameterKey } from '../../domain/key.ts'
import type { ExperimentName, MetricKey, ParameterKey } from '../../domain/key.ts'
import { singleValue, summarize, summarizeWithFinal } from '../../domain/metric-summary.ts'
import { UNDECLARED_RULE } from '../../domain/metric.ts'
import type { Goal, Metric, MetricRules, Metrics, Summary } from '../../domain/metric.ts'
import { parseModelName } from '../../domain/name.ts'
import type { ModelName } from '../../domain/name.ts'
import type { ParameterValue, Parameters } from '../../domain/parameter.ts'
import { parseParameterText } from '../../domain/parameter-text.ts'
import type { Series, SeriesSet } from '../../domain/series.ts'
import { readConfig } from '../../store/inputs/config-file.ts'
import { isDatasetUri, probeDataset } from '../../store/data/datasets.ts'
import { readMetrics } from '../../store/inputs/metrics-file.ts'
import { readParameters } from '../../store/inputs/parameters-file.ts'
import type { CommitOptions } from './commit-options.ts'
import { gatherSeries } from './gather-series.ts'
import { globFromRoot, pathFromRoot } from '../repository/path-from-root.ts'
import type { Repository } from '../repository/repository.ts'

/** What was found, before any byte of an artifact is read. */
export interface Inputs {
  /** Absent when nobody named one. */
  readonly experiment: ExperimentName | undefined
  readonly parameters: Parameters
  /** Final values by metric; a series' own last value counts when a metric has no other. */
  readonly values: ReadonlyMap<MetricKey, number>
  readonly series: SeriesSet
  readonly datasets: readonly Dataset[]
  /** Globs of artifacts, relative to `root` or absolute. */
  readonly globs: readonly string[]
  readonly model: { readonly name: ModelName; readonly path: ArtifactPath } | undefined
  readonly goals: MetricRules
  /** The folder recorded paths are relative to: the top of the worktree; where the command was run if there is none. */
  readonly root: string
  /** The folder of mlv.yaml, else the root: where the project's environment is looked for. */
  readonly home: string
  /** Absolute paths of the metrics and series files: outputs of the run, recorded as such and not as code. */
  readonly outputs: readonly string[]
  /** What of the logs of training frameworks could not be read, one sentence each. */
  readonly told: readonly string[]
}

/**
 * Reads parameters, metrics, series and datasets.
 *
 * @throws `nothing-to-record`, `file-not-found`, `document-malformed` and the other refusals of a file's reader
 */
export async function gatherInputs(repository: Repository, options: CommitOptions): Promise<Inputs> {
  const { worktree, folder } = repository
  const found = worktree === undefined ? undefined : await readConfig(repository.files, folder)
  const config = found?.config ?? EMPTY_CONFIG
  const root = worktree ?? folder
  const home = found === undefined ? root : dirname(found.file)
  const files = {
    params: chosen(repository, options.paramsFiles, config.params, home),
    metrics: chosen(repository, options.metricsFiles, config.metrics, home),
    series: chosen(repository, options.seriesFiles, config.series, home),
  }
  const [parameters, values, logged, datasets] = await Promise.all([
    gatherParameters(repository, files.params, options),
    gatherValues(repository, files.metrics, options),
    gatherSeries(repository.files, files.series, root),
    gatherDatasets(repository, options, config, { root, home }),
  ])
  const inputs: Inputs = {
    experiment: options.experiment === undefined ? config.experiment : parseExperimentName(options.experiment),
    // What the user said stands before what a logger wrote.
    parameters: new Map([...logged.parameters, ...parameters]),
    values: new Map([...logged.values, ...values]),
    series: logged.series,
    datasets,
    globs: [
      ...(options.artifacts.length > 0
        ? options.artifacts.map((glob) => globFromRoot(root, folder, glob))
        : config.artifacts.map((glob) => globFromRoot(root, home, glob))),
      ...logged.keep,
    ],
    model: chooseModel(options, config, { root, home, folder }),
    goals: config.goals,
    root,
    home,
    outputs: [...files.metrics, ...files.series],
    told: logged.told,
  }
  refuseEmpty(inputs, found === undefined)
  return inputs
}

/**
 * Brings values and series together under the rules of the model.
 *
 * @throws `metric-not-finite` when a metric with a goal ends on NaN or an infinity
 */
export function judgedMetrics(inputs: Inputs, rules: MetricRules): Metrics {
  const metrics = new Map<MetricKey, Metric>()
  for (const key of new Set([...inputs.series.keys(), ...inputs.values.keys()])) {
    const rule = rules.get(key) ?? UNDECLARED_RULE
    const summary = summaryOfAll(inputs.series.get(key), inputs.values.get(key), rule.goal)
    if (rule.goal !== 'none' && !Number.isFinite(summary.last)) {
      throw refuse('metric-not-finite', { metric: key, value: String(summary.last), goal: rule.goal })
    }
    metrics.set(key, { ...rule, summary })
  }
  return metrics
}

/** A final value the series does not end on is one more measurement, so it counts for min, max and best too. */
function summaryOfAll(series: Series | undefined, value: number | undefined, goal: Goal): Summary {
  if (series === undefined || series.values.length === 0) return singleValue(value ?? NaN, goal)
  const logged = summarize(series, goal)
  return value === undefined || Object.is(value, logged.last) ? logged : summarizeWithFinal(series, value, goal)
}

/** Paths on the command line are relative to where it was typed; those of mlv.yaml to its folder. */
function chosen(
  repository: Repository,
  named: readonly string[],
  configured: readonly string[],
  root: string,
): readonly string[] {
  if (named.length > 0) return named.map((path) => absolute(repository.folder, path))
  return configured.map((path) => absolute(root, path))
}

function absolute(folder: string, path: string): string {
  return isAbsolute(path) ? path : resolve(folder, path)
}

async function gatherParameters(
  repository: Repository,
  paths: readonly string[],
  options: CommitOptions,
): Promise<Parameters> {
  const parameters = new Map<ParameterKey, ParameterValue>()
  for (const path of paths) {
    for (const [key, value] of await readParameters(repository.files, path)) parameters.set(key, value)
  }
  for (const { key, text } of options.params) parameters.set(parseParameterKey(key), parseParameterText(text))
  return parameters
}

async function gatherValues(
  repository: Repository,
  paths: readonly string[],
  options: CommitOptions,
): Promise<ReadonlyMap<MetricKey, number>> {
  const values = new Map<MetricKey, number>()
  for (const path of paths) {
    for (const [key, value] of await readMetrics(repository.files, path)) values.set(key, value)
  }
  for (const { key, text } of options.metrics) values.set(parseMetricKey(key), metricValue(key, text))
  return values
}

function metricValue(key: string, text: string): number {
  const value = parseParameterText(text)
  if (typeof value === 'number') return value
  if (typeof value === 'bigint' && BigInt(Number(value)) === value) return Number(value)
  throw refuse('metric-not-number', { metric: key, found: `'${text}'`, file: '--metric' })
}

async function gatherDatasets(
  repository: Repository,
  options: CommitOptions,
  config: Config,
  { root, home }: { readonly root: string; readonly home: string },
): Promise<readonly Dataset[]> {
  const named = options.datasets.map((uri) => datasetFromRoot(root, repository.folder, uri))
  const uris = named.length > 0 ? named : config.datasets.map((uri) => datasetFromRoot(root, home, uri))
  const help = { cache: repository.datasets, variables: repository.variables }
  const datasets = await Promise.all(uris.map((uri) => probeDataset(repository.files, root, uri, help)))
  return options.pinUrls === true ? pinUrls(repository, uris, datasets) : datasets
}

/** Asks the servers of datasets that are URLs; the only thing `mlv` asks a network for while it records. */
async function pinUrls(
  repository: Repository,
  uris: readonly string[],
  datasets: readonly Dataset[],
): Promise<readonly Dataset[]> {
  const { pinUrlDatasets } = await import('../../remote/url-pin.ts')
  return pinUrlDatasets(repository.variables, uris, datasets)
}

function datasetFromRoot(root: string, folder: string, uri: string): string {
  return isDatasetUri(uri) ? uri : pathFromRoot(root, folder, uri)
}

/** The model that is named, at its place below the root. @throws `usage-invalid`, `name-invalid`, a path's refusals */
export function chooseModel(
  options: Pick<CommitOptions, 'model'>,
  config: Config,
  { root, home, folder }: { readonly root: string; readonly home: string; readonly folder: string },
): Inputs['model'] {
  const configured = config.model && { name: config.model.name, path: modelPath(root, home, config.model.path) }
  if (options.model === undefined) return configured
  const name = parseModelName(options.model.name)
  if (options.model.path !== undefined) return { name, path: modelPath(root, folder, options.model.path) }
  if (configured !== undefined) return { name, path: configured.path }
  throw refuse('usage-invalid', {
    problem: `--model ${options.model.name} needs a path: --model ${options.model.name}=PATH`,
  })
}

/** The top of the worktree holds the code too, so it cannot be a model. */
function modelPath(root: string, folder: string, text: string): ArtifactPath {
  const path = relative(root, resolve(folder, text)).replaceAll(sep, '/')
  if (path === '')
    throw refuse('usage-invalid', { problem: `a model is a file or folder below '${root}', not all of it` })
  return parseArtifactPath(path)
}

function refuseEmpty(inputs: Inputs, withoutConfig: boolean): void {
  const { parameters, values, series, globs, model, datasets } = inputs
  const nothing = parameters.size + values.size + series.size + globs.length + datasets.length === 0
  if (!nothing || model !== undefined) return
  const lookedFor = ['--params', '--metrics', '--series', '--artifact', '--model', '--dataset']
  throw refuse('nothing-to-record', { lookedFor: [withoutConfig ? 'mlv.yaml' : 'the lists in mlv.yaml', ...lookedFor] })
}
