/**
 * Writes series as lines of the logging protocol, so that what was read from files at the end of a run is sealed, or
 * recovered, like all that the run logged itself.
 */
import type { Series, SeriesSet } from '../../domain/series.ts'
import type { Files } from '../files/files.ts'

const LINES_A_WRITE = 2_000

/** Writes a file of the protocol anew; durable when it returns. @throws what the disk refuses */
export async function writeSeriesLog(files: Files, path: string, series: SeriesSet): Promise<void> {
  await files.remove(path)
  const file = await files.open(path, 'create')
  try {
    for (const [key, points] of series) {
      for (let from = 0; from < points.values.length; from += LINES_A_WRITE) {
        await file.write(Buffer.from(linesOf(JSON.stringify(key), points, from)))
      }
    }
    await file.sync()
  } finally {
    await file.close()
  }
}

function linesOf(key: string, { steps, values, times }: Series, from: number): string {
  let text = ''
  for (let index = from; index < Math.min(values.length, from + LINES_A_WRITE); index += 1) {
    const atMs = times?.[index] ?? NaN
    const time = Number.isNaN(atMs) ? '' : `,"time":${atMs / 1000}`
    text += `{"metric":${key},"value":${values[index] ?? NaN},"step":${steps[index] ?? index}${time}}\n`
  }
  return text
}
