/**
 * `series.json`: the points of a run on the branch, all of them while they are few.
 *
 * Law: a complete document reads back as the points that were written, in their order, NaN and infinities included.
 */
import { parseMetricKey } from '../../domain/key.ts'
import { buildSeries } from '../../domain/series.ts'
import type { Series, SeriesSet } from '../../domain/series.ts'
import {
  countValue,
  fieldsOf,
  flagValue,
  listOf,
  malformed,
  mapOf,
  jsonNumberValue,
  oneOf,
  optional,
  required,
} from './decode.ts'
import type { Decoder, Spot } from './decode.ts'
import { documentText } from './document-text.ts'
import { checkFormat } from './manifest.ts'
import { seriesText } from './series-columns.ts'
import { bucketed, firstMetrics, largestThatFits } from './series-summary.ts'
import { readStrictJson } from './strict-json.ts'

/** What `series.json` may weigh on the branch, unless told otherwise. */
export const SERIES_LIMIT_BYTES = 16_384

/** The bytes of `series.json`, and whether every point is in them. */
export interface EncodedSeries {
  readonly bytes: Uint8Array
  /** When false, the full series must be kept as an artifact. */
  readonly complete: boolean
}

/**
 * Writes `series.json`: every point when that stays within the limit, else the outstanding points of as many buckets as
 * fit. With more metrics than fit even so, the first by key are kept.
 *
 * Times are rounded to whole milliseconds.
 */
export function encodeSeries(series: SeriesSet, limitBytes = SERIES_LIMIT_BYTES): EncodedSeries {
  const whole = mayFit(series, limitBytes) ? textWithin(series, true, limitBytes) : undefined
  if (whole !== undefined) return { bytes: whole, complete: true }
  const longest = [...series.values()].reduce((most, { values }) => Math.max(most, values.length), 1)
  const fits = (part: SeriesSet): boolean => textWithin(part, false, limitBytes) !== undefined
  const buckets = largestThatFits(1, Math.min(longest, limitBytes / LEAST_POINT_BYTES), (count) =>
    fits(bucketed(series, count)),
  )
  if (buckets > 0) return summaryOf(bucketed(series, buckets))
  const single = bucketed(series, 1)
  const metrics = largestThatFits(0, series.size, (count) => fits(firstMetrics(single, count)))
  return summaryOf(firstMetrics(single, Math.max(0, metrics)))
}

/**
 * Reads `series.json`: all points, or the outstanding ones when it is not complete.
 *
 * @throws `format-newer`, `document-malformed` and what `readStrictJson` refuses
 */
export function decodeSeries(bytes: Uint8Array, file: string): SeriesSet {
  const fields = fieldsOf(readStrictJson(documentText(bytes, file), file), { file })
  checkFormat(fields)
  required(fields, 'kind', oneOf('series'))
  required(fields, 'complete', flagValue)
  const axes = required(fields, 'axes', listOf(axisOf))
  return required(fields, 'metrics', mapOf(parseMetricKey, pointsOn(axes)))
}

/** Steps and times of the points of one or more metrics. */
interface Axis {
  readonly steps: readonly number[]
  readonly times: readonly (number | undefined)[]
}

const axisOf: Decoder<Axis> = (value, spot) => {
  const fields = fieldsOf(value, spot)
  const steps = required(fields, 'steps', sumsOf).map((step) => presentStep(step, spot))
  const times = optional(fields, 'times', sumsOf) ?? []
  if (times.length > 0 && times.length !== steps.length) throw malformed(spot, 'steps and times differ in length')
  return { steps, times }
}

/** Adds up differences; null stays absent. */
const sumsOf: Decoder<readonly (number | undefined)[]> = (value, spot) => {
  let sum = 0n
  return listOf((difference, at) => {
    if (difference === null) return undefined
    if (typeof difference !== 'bigint') throw malformed(at, 'expected an integer or null')
    sum += difference
    if (!Number.isSafeInteger(Number(sum))) throw malformed(at, 'the sum leaves ±2^53')
    return Number(sum)
  })(value, spot)
}

function presentStep(step: number | undefined, spot: Spot): number {
  if (step === undefined) throw malformed(spot, 'a step is missing')
  return step
}

function pointsOn(axes: readonly Axis[]): Decoder<Series> {
  return (value, spot) => {
    const fields = fieldsOf(value, spot)
    const axis = axes[required(fields, 'axis', countValue)]
    if (axis === undefined) throw malformed(spot, 'there is no such axis')
    const values = required(fields, 'values', listOf(jsonNumberValue))
    if (values.length !== axis.steps.length) throw malformed(spot, 'values and steps differ in length')
    const points = buildSeries()
    axis.steps.forEach((step, index) => points.add(step, values[index] ?? NaN, axis.times[index]))
    return points.series()
  }
}

/** What a point costs at least: a digit of its value and a comma. */
const LEAST_POINT_BYTES = 2

/** Every point costs something, so millions of points need not be written to be found too many. */
function mayFit(series: SeriesSet, limitBytes: number): boolean {
  let count = 0
  for (const { values } of series.values()) count += values.length
  return LEAST_POINT_BYTES * count <= limitBytes
}

function textWithin(series: SeriesSet, complete: boolean, limitBytes: number): Uint8Array | undefined {
  if (!mayFit(series, limitBytes)) return undefined
  const bytes = new TextEncoder().encode(seriesText(series, complete))
  return bytes.length <= limitBytes ? bytes : undefined
}

function summaryOf(series: SeriesSet): EncodedSeries {
  return { bytes: new TextEncoder().encode(seriesText(series, false)), complete: false }
}
