/**
 * `series.full.jsonl`: every point of a run as JSON Lines, for the store. It is written as a stream, because a day of
 * training logs more points than should stand in memory as text.
 */
import { sortedEntries } from '../../base/order.ts'
import type { SeriesSet } from '../../domain/series.ts'
import { valueText } from './series-columns.ts'

const CHUNK_CHARACTERS = 256 * 1024

/**
 * Writes every point, a metric after the other by key: `{"metric":"loss","step":1,"value":0.3,"time":…}` with the time
 * in milliseconds since the Unix epoch. `readSeries` reads it like any other log of points.
 */
export function* encodeFullSeries(series: SeriesSet): Generator<Uint8Array> {
  let text = ''
  for (const [key, { steps, values, times }] of sortedEntries(series)) {
    const start = `{"metric":${JSON.stringify(key)},"step":`
    for (let index = 0; index < values.length; index += 1) {
      const atMs = times?.[index] ?? NaN
      const time = Number.isNaN(atMs) ? '}\n' : `,"time":${Math.round(atMs)}}\n`
      text += `${start}${steps[index] ?? NaN},"value":${valueText(values[index] ?? NaN)}${time}`
      if (text.length < CHUNK_CHARACTERS) continue
      yield Buffer.from(text, 'utf8')
      text = ''
    }
  }
  if (text !== '') yield Buffer.from(text, 'utf8')
}
