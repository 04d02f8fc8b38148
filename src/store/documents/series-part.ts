/**
 * A few curves out of `series.json`, for pictures: only their lines are read, which takes a small part of the time of
 * reading all by the letter and finds the same in every document that mlv wrote.
 */
import type { MetricKey } from '../../domain/key.ts'
import type { Series, SeriesSet } from '../../domain/series.ts'
import { decodeSeries } from './series-document.ts'

/**
 * Reads the points of some metrics, without their times; those that the document lacks are left out.
 *
 * @throws what `decodeSeries` refuses
 */
export function decodeSeriesPart(bytes: Uint8Array, file: string, metrics: readonly MetricKey[]): SeriesSet {
  const quick = quickPart(bytes, metrics)
  if (quick !== undefined) return quick
  // What is not as mlv writes it is read, and refused, by the letter.
  const whole = decodeSeries(bytes, file)
  return new Map(metrics.flatMap((key) => pairOf(key, whole.get(key))))
}

/** Where the steps of points are, line by line as `seriesText` writes them, and where those of its metrics. */
const HEAD = '{"format":1,\n"kind":"series",\n'
const AXES = '\n"axes":[\n'
const METRICS = '\n"metrics":{\n'
const STEPS = '{"steps":'
const VALUES = ',\n"values":'

/** `undefined` for anything out of the ordinary. */
function quickPart(bytes: Uint8Array, metrics: readonly MetricKey[]): SeriesSet | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
  const [axesAt, metricsAt] = [text.indexOf(AXES), text.indexOf(METRICS)]
  if (!text.startsWith(HEAD) || axesAt < 0 || metricsAt < axesAt) return undefined
  const axes = text.slice(axesAt, metricsAt).split(`\n${STEPS}`).slice(1)
  const found = new Map<MetricKey, Series>()
  for (const key of metrics) {
    const name = Buffer.from(`\n${JSON.stringify(key)}:{"axis":`).toString('latin1')
    const at = text.indexOf(name, metricsAt)
    if (at < 0) continue
    const valuesAt = text.indexOf(VALUES, at)
    const axis = axes[Number(text.slice(at + name.length, valuesAt))]
    const steps = axis === undefined ? undefined : sums(listIn(axis, 0))
    const values = listIn(text, valuesAt + VALUES.length)
    if (valuesAt < 0 || steps === undefined || values?.length !== steps.length) return undefined
    found.set(key, { steps, values: Float64Array.from(values, valueOf) })
  }
  return found
}

/** The list that begins at a place; `undefined` when none does. No text within it holds a bracket. */
function listIn(text: string, start: number): readonly unknown[] | undefined {
  try {
    const list: unknown = JSON.parse(text.slice(start, text.indexOf(']', start) + 1))
    return Array.isArray(list) ? list : undefined
  } catch {
    return undefined
  }
}

function sums(differences: readonly unknown[] | undefined): Float64Array | undefined {
  if (differences === undefined) return undefined
  const steps = new Float64Array(differences.length)
  let sum = 0
  for (const [index, difference] of differences.entries()) {
    // A difference beyond ±2^53 was rounded already when it was read.
    if (typeof difference !== 'number' || !Number.isSafeInteger(difference)) return undefined
    sum += difference
    if (!Number.isSafeInteger(sum)) return undefined
    steps[index] = sum
  }
  return steps
}

/** What is not finite is written as text. */
function valueOf(value: unknown): number {
  if (typeof value === 'number') return value
  return value === 'Infinity' || value === '-Infinity' ? Number(value) : NaN
}

function pairOf(key: MetricKey, series: Series | undefined): readonly (readonly [MetricKey, Series])[] {
  return series === undefined ? [] : [[key, series]]
}
