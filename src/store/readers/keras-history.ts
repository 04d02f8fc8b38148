/**
 * Histories: what Keras's `fit` returns and scripts dump as JSON, `{"loss": [0.9, 0.5]}`; the same one level deeper, as
 * XGBoost's and LightGBM's `evals_result` is; and the table that Keras's CSVLogger writes.
 */
import { isValueList, isValueMap } from '../../base/value.ts'
import type { Value } from '../../base/value.ts'
import { Failure, refuse } from '../../domain/failure.ts'
import { readStrictJson } from '../documents/strict-json.ts'
import type { Files } from '../files/files.ts'
import { gatherRecord } from './framework-record.ts'
import type { FrameworkLog, FrameworkRecord, RecordGatherer } from './framework-record.ts'
import { readTable } from './framework-table.ts'
import { readInputText } from '../inputs/input-text.ts'
import { quoteNonFinite } from '../inputs/json-line.ts'
import { metricNumberOf } from '../inputs/metric-number.ts'

/** Mappings inside each other, at most: data set, metric. */
const DEPTH_LIMIT = 3
const HEAD = /^epoch([,;\t])/

/** The separator of a table that Keras's CSVLogger wrote, by its first line; `undefined` for any other table. */
export function historySeparator(head: string): string | undefined {
  const [header = '', row] = head.split(/\r?\n/, 2)
  const separator = HEAD.exec(header)?.[1]
  if (separator === undefined) return undefined
  return row === undefined || row === '' || /^\d+$/.test(row.split(separator, 1)[0] ?? '') ? separator : undefined
}

/** Tells whether a JSON file holds a history and nothing else; never refuses. */
export async function isHistoryFile(files: Files, path: string): Promise<boolean> {
  try {
    return isHistory(readStrictJson(quoteNonFinite(await readInputText(files, path, 'history')), path), 1)
  } catch (caught) {
    if (caught instanceof Failure) return false
    throw caught
  }
}

/**
 * Reads a history. The place in a list is the step, counted from 0, as Keras counts epochs and XGBoost rounds; names of
 * levels are joined by `/`.
 *
 * @throws what the disk refuses
 */
export async function readHistory(files: Files, log: FrameworkLog): Promise<FrameworkRecord> {
  const gatherer = gatherRecord()
  for (const file of log.files) {
    await gatherer.attempt(() => (file.endsWith('.json') ? readJson : readCsv)(files, file, gatherer))
  }
  return gatherer.record()
}

async function readCsv(files: Files, path: string, gatherer: RecordGatherer): Promise<void> {
  const separator = historySeparator(await readHead(files, path)) ?? ','
  await readTable(files, path, { separator, steps: ['epoch'], nameOf: (column) => column }, gatherer)
}

async function readJson(files: Files, path: string, gatherer: RecordGatherer): Promise<void> {
  const document = readStrictJson(quoteNonFinite(await readInputText(files, path, 'history')), path)
  if (!isHistory(document, 1)) {
    const problem = 'expected lists of numbers by metric, as `history.history` of Keras is'
    throw refuse('document-malformed', { place: { file: path }, problem })
  }
  takeLists(document, '', gatherer)
}

function isHistory(value: Value, depth: number): boolean {
  if (!isValueMap(value) || value.size === 0 || depth > DEPTH_LIMIT) return false
  return [...value.values()].every((member) =>
    isValueList(member) ? member.every((item) => metricNumberOf(item) !== undefined) : isHistory(member, depth + 1),
  )
}

function takeLists(value: Value, name: string, gatherer: RecordGatherer): void {
  if (isValueList(value)) value.forEach((item, step) => gatherer.point(name, step, metricNumberOf(item) ?? NaN))
  else if (isValueMap(value)) {
    for (const [key, member] of value) takeLists(member, name === '' ? key : `${name}/${key}`, gatherer)
  }
}

/** The first four kilobytes of a file as text; none of one that cannot be read. */
export async function readHead(files: Files, path: string): Promise<string> {
  const buffer = new Uint8Array(HEAD_BYTES)
  try {
    const file = await files.open(path, 'read')
    try {
      return new TextDecoder().decode(buffer.subarray(0, await file.read(buffer, 0)))
    } finally {
      await file.close()
    }
  } catch {
    return ''
  }
}

const HEAD_BYTES = 4096
