/**
 * Series as columns: differences of steps and times, and values in their shortest text.
 *
 * Metrics logged together share one axis of steps and times, which is most of the bytes.
 */
import { sortedEntries } from '../../base/order.ts'
import type { MetricKey } from '../../domain/key.ts'
import type { Series, SeriesSet } from '../../domain/series.ts'

/** Writes the text of `series.json`; `complete` tells whether every point is there. */
export function seriesText(series: SeriesSet, complete: boolean): string {
  const axes = new Map<string, number>()
  const metrics = sortedEntries(series).map(([key, metric]) => {
    const axis = axisText(metric)
    const index = axes.get(axis) ?? axes.size
    axes.set(axis, index)
    return metricText(key, index, metric)
  })
  return [
    '{"format":1,',
    '"kind":"series",',
    `"complete":${complete},`,
    `"axes":${block('[', ']', [...axes.keys()])},`,
    `"metrics":${block('{', '}', metrics)}}`,
    '',
  ].join('\n')
}

/** Writes a metric value as JSON that reads back as the same double. */
export function valueText(value: number): string {
  if (!Number.isFinite(value)) return `"${value}"`
  return Object.is(value, -0) ? '-0.0' : value.toString()
}

function block(open: string, close: string, lines: readonly string[]): string {
  return lines.length === 0 ? open + close : `${open}\n${lines.join(',\n')}\n${close}`
}

function metricText(key: MetricKey, axis: number, { values }: Series): string {
  const texts = Array.from(values, valueText).join(',')
  return `${JSON.stringify(key)}:{"axis":${axis},\n"values":[${texts}]}`
}

function axisText({ steps, times }: Series): string {
  const text = `{"steps":[${differences(steps)}]`
  if (times === undefined || times.every(Number.isNaN)) return `${text}}`
  return `${text},\n"times":[${differences(times.map(Math.round))}]}`
}

/** Each integer less the one before it, the first one whole; what is absent, a NaN, is null and skipped. */
function differences(integers: Float64Array): string {
  let previous = 0
  const texts = Array.from(integers, (integer) => {
    if (Number.isNaN(integer)) return 'null'
    const difference = exactDifference(integer, previous)
    previous = integer
    return difference
  })
  return texts.join(',')
}

function exactDifference(integer: number, previous: number): string {
  const difference = integer - previous
  // Two integers within ±2^53 may lie further apart than a double can tell exactly.
  return Number.isSafeInteger(difference) ? `${difference}` : `${BigInt(integer) - BigInt(previous)}`
}
