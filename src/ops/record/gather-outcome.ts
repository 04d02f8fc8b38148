/**
 * What a command has left when it ended: parameters, metrics, series, artifacts and the model, by the rules of
 * mlv.yaml, and the logs of training frameworks. Nothing is refused, because the run has been: what cannot be read is
 * told.
 */
import { isAbsolute, join, relative, sep } from 'node:path'
import { Failure } from '../../domain/failure.ts'
import type { Dataset } from '../../domain/dataset.ts'
import type { MetricKey, ParameterKey } from '../../domain/key.ts'
import { singleValue } from '../../domain/metric-summary.ts'
import { UNDECLARED_RULE } from '../../domain/metric.ts'
import type { Metric, MetricRules, Metrics } from '../../domain/metric.ts'
import type { ParameterValue, Parameters } from '../../domain/parameter.ts'
import { joinSeriesSets } from '../../domain/series.ts'
import type { SeriesSet } from '../../domain/series.ts'
import { collectFiles } from '../../store/artifacts/collect.ts'
import type { CollectedFile } from '../../store/artifacts/collect.ts'
import { probeDataset } from '../../store/data/datasets.ts'
import { findFrameworkLogs, readFrameworkLogs } from '../../store/readers/framework-logs.ts'
import { readMetrics } from '../../store/inputs/metrics-file.ts'
import { readParameters } from '../../store/inputs/parameters-file.ts'
import { gatherSeries } from './gather-series.ts'
import type { Repository } from '../repository/repository.ts'
import { isFresh } from './run-inputs.ts'
import type { RunInputs } from './run-inputs.ts'

/** What a run has left. */
export interface Outcome {
  /** Of files that were not there at the start; they yield to those that were. */
  readonly parameters: Parameters
  /** Final values, judged. */
  readonly metrics: Metrics
  readonly series: SeriesSet
  readonly datasets: readonly Dataset[]
  readonly collected: readonly CollectedFile[]
  /** Whether the files of the model are among those collected. */
  readonly hasModel: boolean
  /** What could not be read or was left by an earlier run, one phrase each. */
  readonly told: readonly string[]
}

/** What is known of the run that has ended. */
export interface Ended {
  readonly inputs: RunInputs
  readonly rules: MetricRules
  readonly folder: string
  readonly startedAtMs: number
  /** It ended with exit code 0. */
  readonly hasSucceeded: boolean
}

/** Gathers what is there. @throws what the disk refuses beyond a single file */
export async function gatherOutcome(repository: Repository, ended: Ended): Promise<Outcome> {
  const told: string[] = []
  const teller: Teller = { told, attempt: (work) => attempt(told, work) }
  const { inputs } = ended
  const parameters = await lateParameters(repository, inputs, teller)
  const values = await finalValues(repository, inputs, teller)
  const logged = await loggedSeries(repository, ended, teller)
  const framework = await frameworkRecord(repository, ended, teller)
  const files = await collected(repository, ended, [...logged.keep, ...framework.keep], teller)
  return {
    parameters: new Map([...framework.parameters, ...logged.parameters, ...parameters]),
    metrics: judged(new Map([...framework.values, ...logged.values, ...values]), ended.rules),
    series: joinSeriesSets([logged.series, framework.series]),
    datasets: await pinned(repository, inputs, teller),
    ...files,
    told,
  }
}

interface Teller {
  readonly told: string[]
  /** Does what may be refused; `undefined` when it was, which is told. */
  readonly attempt: <Result>(work: () => Promise<Result>) => Promise<Result | undefined>
}

interface Found {
  readonly parameters: Parameters
  readonly values: ReadonlyMap<MetricKey, number>
  readonly series: SeriesSet
  readonly keep: readonly string[]
}

const NOTHING: Found = { parameters: new Map(), values: new Map(), series: new Map(), keep: [] }

async function attempt<Result>(told: string[], work: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await work()
  } catch (caught) {
    if (!(caught instanceof Failure)) throw caught
    told.push(caught.message)
    return undefined
  }
}

/** Files that were there are inputs, read at the start; one that was edited meanwhile is told, and not believed. */
async function lateParameters(repository: Repository, inputs: RunInputs, teller: Teller): Promise<Parameters> {
  const parameters = new Map<ParameterKey, ParameterValue>()
  for (const path of inputs.params) {
    if (inputs.before.get(path) === undefined) {
      const read = await teller.attempt(() => readParameters(repository.files, path))
      for (const [key, value] of read ?? []) parameters.set(key, value)
    } else if (await isFresh(repository, inputs, path)) {
      teller.told.push(`${named(inputs, path)} changed while the run was on; its parameters are those of the start`)
    }
  }
  return parameters
}

async function finalValues(
  repository: Repository,
  inputs: RunInputs,
  teller: Teller,
): Promise<ReadonlyMap<MetricKey, number>> {
  const values = new Map<MetricKey, number>()
  for (const path of await written(repository, inputs, inputs.metrics, teller)) {
    const read = await teller.attempt(() => readMetrics(repository.files, path))
    for (const [key, value] of read ?? []) values.set(key, value)
  }
  return values
}

async function loggedSeries(repository: Repository, { inputs }: Ended, teller: Teller): Promise<Found> {
  const found: Found[] = []
  for (const path of await written(repository, inputs, inputs.series, teller)) {
    const read = await teller.attempt(() => gatherSeries(repository.files, [path], inputs.root))
    if (read === undefined) continue
    teller.told.push(...read.told)
    found.push(read)
  }
  return {
    parameters: new Map(found.flatMap(({ parameters }) => [...parameters])),
    values: new Map(found.flatMap(({ values }) => [...values])),
    series: joinSeriesSets(found.map(({ series }) => series)),
    keep: found.flatMap(({ keep }) => keep),
  }
}

/** What a metrics file says that this run did not write is about another run. */
async function written(
  repository: Repository,
  inputs: RunInputs,
  paths: readonly string[],
  { told }: Teller,
): Promise<readonly string[]> {
  const fresh: string[] = []
  for (const path of paths) {
    if (await isFresh(repository, inputs, path)) fresh.push(path)
    else if (inputs.before.get(path) === undefined) told.push(`${named(inputs, path)} was not written`)
    else told.push(`${named(inputs, path)} was not written by this run, and is left out`)
  }
  return fresh
}

/** The logs that frameworks wrote below the working folder, but for those that mlv.yaml names. */
async function frameworkRecord({ files }: Repository, ended: Ended, teller: Teller): Promise<Found> {
  const { inputs } = ended
  const configured = [...inputs.series, ...inputs.metrics]
  const record = await teller.attempt(async () => {
    const logs = await findFrameworkLogs(files, ended.folder, ended.startedAtMs - CLOCK_GRAIN_MS)
    const own = logs.filter(({ path }) => !configured.some((each) => each === path || path.startsWith(`${each}${sep}`)))
    return readFrameworkLogs(files, own)
  })
  if (record === undefined) return NOTHING
  teller.told.push(...record.told)
  return { ...record, keep: record.files.filter((file) => isBelow(inputs.root, file)) }
}

/** Times of files are coarser than the clock. */
const CLOCK_GRAIN_MS = 50

async function collected(
  repository: Repository,
  { inputs, hasSucceeded }: Ended,
  keep: readonly string[],
  teller: Teller,
): Promise<Pick<Outcome, 'collected' | 'hasModel'>> {
  const { files } = repository
  const byPath = new Map<string, CollectedFile>()
  const take = async (glob: string): Promise<number> => {
    const found = (await teller.attempt(() => collectFiles(files, inputs.root, [glob]))) ?? []
    for (const file of found) byPath.set(file.path, file)
    return found.length
  }
  for (const glob of inputs.globs) await take(glob)
  for (const file of keep) await take(relative(inputs.root, file).replaceAll(sep, '/'))
  const { model } = inputs
  if (model === undefined) return { collected: [...byPath.values()], hasModel: false }
  const isThere = (await files.stat(join(inputs.root, model.path)).catch(() => undefined)) !== undefined
  if (!isThere && !hasSucceeded) return { collected: [...byPath.values()], hasModel: false }
  if (!(await isWrittenModel(repository, inputs, model.path))) {
    teller.told.push(`model '${model.path}' was not written by this run, and is left out`)
    return { collected: [...byPath.values()], hasModel: false }
  }
  const count = await take(model.path)
  return { collected: [...byPath.values()], hasModel: count > 0 && hasSucceeded }
}

/** A model that an earlier run left would become a version of this one's code, parameters and metrics. */
async function isWrittenModel(repository: Repository, inputs: RunInputs, path: string): Promise<boolean> {
  const found = await collectFiles(repository.files, inputs.root, [path]).catch(() => [])
  const fresh = await Promise.all(found.map(({ absolute }) => isFresh(repository, inputs, absolute)))
  return fresh.length === 0 || fresh.includes(true)
}

async function pinned({ files }: Repository, inputs: RunInputs, teller: Teller): Promise<readonly Dataset[]> {
  const datasets: Dataset[] = []
  for (const uri of inputs.datasets) {
    const dataset = await teller.attempt(() => probeDataset(files, inputs.root, uri))
    if (dataset !== undefined) datasets.push(dataset)
  }
  return datasets
}

function judged(values: ReadonlyMap<MetricKey, number>, rules: MetricRules): Metrics {
  return new Map<MetricKey, Metric>(
    [...values].map(([key, value]) => {
      const rule = rules.get(key) ?? UNDECLARED_RULE
      return [key, { ...rule, summary: singleValue(value, rule.goal) }]
    }),
  )
}

function named({ root }: RunInputs, path: string): string {
  return isBelow(root, path) ? relative(root, path) : path
}

function isBelow(root: string, path: string): boolean {
  const below = relative(root, path)
  return below !== '' && below !== '..' && !below.startsWith(`..${sep}`) && !isAbsolute(below)
}
