/**
 * Logs of training frameworks: recognised at a path or found below a folder, and read by what they are.
 */
import { basename, dirname } from 'node:path'
import { decimalOfFloat32 } from '../../base/float32.ts'
import { Failure } from '../../domain/failure.ts'
import { parseMetricKey } from '../../domain/key.ts'
import type { MetricKey } from '../../domain/key.ts'
import { joinSeriesSets } from '../../domain/series.ts'
import type { Series, SeriesSet } from '../../domain/series.ts'
import type { Files } from '../files/files.ts'
import { readDvclive } from './dvclive-folder.ts'
import { findFrameworkLogs } from './find-framework-logs.ts'
import type { FrameworkLog, FrameworkLogKind, FrameworkRecord } from './framework-record.ts'
import { readHistory } from './keras-history.ts'
import { readLightningCsv } from './lightning-csv.ts'
import { isEventFile, readTensorboard } from './tensorboard-events.ts'
import { readTrainerState, TRAINER_STATE } from './trainer-state.ts'

export { findFrameworkLogs } from './find-framework-logs.ts'
export type { FrameworkLog, FrameworkRecord } from './framework-record.ts'

const READERS: {
  readonly [Kind in FrameworkLogKind]: (files: Files, log: FrameworkLog) => Promise<FrameworkRecord>
} = {
  tensorboard: readTensorboard,
  dvclive: readDvclive,
  'trainer-state': readTrainerState,
  'lightning-csv': readLightningCsv,
  history: readHistory,
}

/**
 * The logs at one path: all below a folder; of a file the one it is. Empty when it is none that is known here, such as
 * a plain CSV or JSON Lines file.
 */
export async function frameworkLogsAt(files: Files, path: string): Promise<readonly FrameworkLog[]> {
  const kind = (await files.stat(path))?.kind
  if (kind === 'folder') return await findFrameworkLogs(files, path, 0)
  const name = basename(path)
  const log = { path: dirname(path), name: '.', files: [path], outputs: [path] }
  if (isEventFile(name)) return [{ ...log, kind: 'tensorboard' }]
  if (name === TRAINER_STATE) return [{ ...log, kind: 'trainer-state' }]
  return /\.(?:json|log)$/i.test(name) ? [{ ...log, kind: 'history', path }] : []
}

/**
 * Reads one log. What is damaged is told and left out, and all else is read.
 *
 * @throws what the disk refuses
 */
export async function readFrameworkLog(files: Files, log: FrameworkLog): Promise<FrameworkRecord> {
  return await READERS[log.kind](files, log)
}

/**
 * Reads logs and brings them together.
 *
 * A metric that several logs hold is one series when they agree on its steps and, in single precision, on its values;
 * when they do not, each has the name of its log in front. The first log decides on a parameter and a final value.
 * @throws what the disk refuses
 */
export async function readFrameworkLogs(files: Files, logs: readonly FrameworkLog[]): Promise<FrameworkRecord> {
  const records: { readonly log: FrameworkLog; readonly record: FrameworkRecord }[] = []
  for (const log of logs) records.push({ log, record: await readFrameworkLog(files, log) })
  const all = records.map(({ record }) => record).reverse()
  return {
    series: bringTogether(records.map(({ log, record }) => ({ name: log.name, series: record.series }))),
    parameters: new Map(all.flatMap(({ parameters }) => [...parameters])),
    values: new Map(all.flatMap(({ values }) => [...values])),
    files: [...new Set(records.flatMap(({ record }) => record.files))],
    told: [...new Set(records.flatMap(({ record }) => record.told))],
  }
}

interface NamedSeries {
  readonly name: string
  readonly series: SeriesSet
}

function bringTogether(logs: readonly NamedSeries[]): SeriesSet {
  const holders = new Map<MetricKey, { readonly name: string; readonly series: Series }[]>()
  for (const { name, series: set } of logs) {
    for (const [key, series] of set) holders.set(key, [...(holders.get(key) ?? []), { name, series }])
  }
  const sets = [...holders].flatMap(([key, found]): readonly SeriesSet[] => {
    const [first, ...others] = found
    if (first === undefined) return []
    if (others.every(({ series }) => isSameMeasurement(first.series, series))) {
      return [new Map([[key, mostExact([first.series, ...others.map(({ series }) => series)])]])]
    }
    return found.map(({ name, series }) => new Map([[keyWithin(name, key), series]]))
  })
  return joinSeriesSets(sets)
}

function isSameMeasurement(left: Series, right: Series): boolean {
  if (left.values.length !== right.values.length) return false
  return left.values.every((value, index) => {
    const isSameStep = left.steps[index] === right.steps[index]
    return isSameStep && Object.is(Math.fround(value), Math.fround(right.values[index] ?? NaN))
  })
}

/** The series that was not rounded to single precision, with the times of whichever has them. */
function mostExact(found: readonly [Series, ...Series[]]): Series {
  const exact = found.find(({ values }) => values.some(isBeyondFloat32)) ?? found[0]
  const times = exact.times ?? found.find((series) => series.times !== undefined)?.times
  return times === undefined ? exact : { ...exact, times }
}

function isBeyondFloat32(value: number): boolean {
  return !Object.is(decimalOfFloat32(Math.fround(value)), value)
}

/** A folder whose name cannot be part of a key leaves the key alone. */
function keyWithin(name: string, key: MetricKey): MetricKey {
  if (name === '.') return key
  try {
    return parseMetricKey(`${name}/${key}`)
  } catch (caught) {
    if (caught instanceof Failure) return key
    throw caught
  }
}
