/**
 * What is read from the files that a training framework writes by itself, whichever framework it was.
 */
import { Failure } from '../../domain/failure.ts'
import { parseMetricKey, parseParameterKey } from '../../domain/key.ts'
import type { MetricKey, ParameterKey } from '../../domain/key.ts'
import type { Parameters, ParameterValue } from '../../domain/parameter.ts'
import { buildSeries } from '../../domain/series.ts'
import type { SeriesBuilder, SeriesSet } from '../../domain/series.ts'

/** The formats that are read. */
export type FrameworkLogKind = 'tensorboard' | 'dvclive' | 'trainer-state' | 'lightning-csv' | 'history'

/** The files one logger wrote in one place. */
export interface FrameworkLog {
  readonly kind: FrameworkLogKind
  /** Absolute path of the folder or file that stands for the log. */
  readonly path: string
  /** The same path from the folder that was searched, with `/`; `.` for that folder itself. */
  readonly name: string
  /** Absolute paths of the files that are read, in reading order. */
  readonly files: readonly string[]
  /** Absolute paths of files and folders that hold nothing but what the logger wrote: outputs, and no code. */
  readonly outputs: readonly string[]
}

/** Everything a log said. */
export interface FrameworkRecord {
  readonly series: SeriesSet
  readonly parameters: Parameters
  /** Final values that are on no series, or were given beside them. */
  readonly values: ReadonlyMap<MetricKey, number>
  /** Absolute paths of files to keep as artifacts: they hold more than was read, such as images. */
  readonly files: readonly string[]
  /** What could not be read, one sentence each, with the file. */
  readonly told: readonly string[]
}

/** Gathers a record. What has no proper name is told and left out. */
export interface RecordGatherer {
  readonly point: (name: string, step: number, value: number, atMs?: number) => void
  readonly value: (name: string, value: number) => void
  readonly parameter: (name: string, value: ParameterValue) => void
  /** Keeps a file as an artifact. */
  readonly keep: (file: string) => void
  /** Tells a problem; one that was told before is not repeated. */
  readonly tell: (problem: string) => void
  /** Does what may be refused, and tells the refusal. @returns whether it was done */
  readonly attempt: (action: () => Promise<void>) => Promise<boolean>
  readonly record: () => FrameworkRecord
}

const METRIC_LIMIT = 20_000
const TOLD_LIMIT = 20

/** Starts a record of one log. */
export function gatherRecord(): RecordGatherer {
  const series = new Map<MetricKey, SeriesBuilder>()
  const builders = new Map<string, SeriesBuilder | undefined>()
  const parameters = new Map<ParameterKey, ParameterValue>()
  const values = new Map<MetricKey, number>()
  const files = new Set<string>()
  const problems = gatherProblems()
  const metricOf = (name: string): SeriesBuilder | undefined => {
    const known = builders.get(name)
    if (known !== undefined || builders.has(name)) return known
    if (builders.size >= METRIC_LIMIT) {
      problems.tell(`more than ${METRIC_LIMIT} metrics: the others are left out`)
      return undefined
    }
    const builder = problems.try(() => newSeries(series, name))
    builders.set(name, builder)
    return builder
  }
  return {
    point: (name, step, value, atMs) => metricOf(name)?.add(step, value, atMs),
    value: (name, value) => void problems.try(() => values.set(parseMetricKey(name), value)),
    parameter: (name, value) => void problems.try(() => parameters.set(parseParameterKey(name), value)),
    keep: (file) => void files.add(file),
    tell: problems.tell,
    attempt: problems.attempt,
    record: () => ({
      series: new Map([...series].map(([key, builder]) => [key, builder.series()])),
      parameters,
      values,
      files: [...files],
      told: problems.told(),
    }),
  }
}

function newSeries(series: Map<MetricKey, SeriesBuilder>, name: string): SeriesBuilder {
  const builder = buildSeries()
  series.set(parseMetricKey(name), builder)
  return builder
}

interface Problems {
  readonly tell: (problem: string) => void
  readonly try: <Result>(action: () => Result) => Result | undefined
  readonly attempt: (action: () => Promise<void>) => Promise<boolean>
  readonly told: () => readonly string[]
}

function gatherProblems(): Problems {
  const told = new Set<string>()
  let untold = 0
  const tell = (problem: string): void => {
    if (told.has(problem)) return
    if (told.size < TOLD_LIMIT) told.add(problem)
    else untold += 1
  }
  const tellRefusal = (caught: unknown): void => {
    if (!(caught instanceof Failure)) throw caught
    tell(caught.message)
  }
  return {
    tell,
    try: (action) => {
      try {
        return action()
      } catch (caught) {
        tellRefusal(caught)
        return undefined
      }
    },
    attempt: async (action) => {
      try {
        await action()
        return true
      } catch (caught) {
        tellRefusal(caught)
        return false
      }
    },
    told: () => (untold === 0 ? [...told] : [...told, `and ${untold} more problems like these`]),
  }
}
