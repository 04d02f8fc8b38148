/**
 * Files of metric points: JSON Lines and CSV, as training scripts write them, read as a stream.
 */
import { refuse } from '../../domain/failure.ts'
import type { SeriesSet } from '../../domain/series.ts'
import type { Files } from '../files/files.ts'
import { fieldsOfCsvLine, splitCsvLine } from './csv-line.ts'
import { readLineBatches } from './input-lines.ts'
import { rowOfJsonLine } from './json-line.ts'
import { gatherSeries } from './series-rows.ts'
import type { Row } from './series-rows.ts'

/** Reads one line; `undefined` for a line that holds no row, such as a header. */
type LineReader = (text: string, line: number) => Row | undefined

/**
 * Reads every point of a `.jsonl`, `.ndjson`, `.csv` or `.tsv` file, in file order.
 *
 * Rows are `{"step": 1, "loss": 0.3, "time": ...}` with any number of metrics, or
 * `{"metric": "loss", "step": 1, "value": 0.3}`; in CSV the same names stand in the header. A row without a step has
 * its number, counted from 0; an empty field or `null` is no point.
 *
 * @param name what the file was called, for one that is kept under another name
 * @throws `file-not-found`, `usage-invalid` for another extension, `document-malformed` and `metric-not-number` with
 * the line, `limit-exceeded`.
 */
export async function readSeries(files: Files, path: string, name = path): Promise<SeriesSet> {
  const read = lineReader(name)
  const gathered = gatherSeries(name)
  let line = 0
  for await (const batch of readLineBatches(files, path)) {
    for (const text of batch) {
      line += 1
      const row = text.trim() === '' ? undefined : read(text, line)
      if (row !== undefined) gathered.take(row)
    }
  }
  return gathered.series()
}

function lineReader(path: string): LineReader {
  const extension = /\.[^./\\]*$/.exec(path)?.[0].toLowerCase() ?? ''
  if (extension === '.jsonl' || extension === '.ndjson') return (text, line) => rowOfJsonLine(text, path, line)
  if (extension === '.csv') return csvReader(path, ',')
  if (extension === '.tsv') return csvReader(path, '\t')
  throw refuse('usage-invalid', { problem: `series file '${path}' is neither .jsonl, .ndjson, .csv nor .tsv` })
}

function csvReader(path: string, separator: string): LineReader {
  let names: readonly string[] | undefined
  return (text, line) => {
    if (names !== undefined) return { line, names, fields: fieldsOfCsvLine(text, separator, names, path, line) }
    names = splitCsvLine(text, separator, path, line).map((name) => name.trim())
    const repeated = names.find((name, index) => names?.indexOf(name) !== index)
    if (repeated !== undefined) throw refuse('key-duplicate', { place: { file: path, line }, key: repeated })
    return undefined
  }
}
