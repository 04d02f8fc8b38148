/**
 * Evaluation tables: one row a sample, CSV (RFC 4180, line ends inside quotes too) or JSON Lines.
 */
import { parse } from 'csv-parse/sync'
import { isValueMap } from '../../base/value.ts'
import type { Value } from '../../base/value.ts'
import { refuse } from '../../domain/failure.ts'
import type { EvaluationTable, Outcomes } from '../../domain/sample-flips.ts'
import { documentText } from '../documents/document-text.ts'
import { readStrictJson } from '../documents/strict-json.ts'

/** What a table may come to. */
export const LIMIT_TABLE_BYTES = 64 * 1024 * 1024
const LIMIT_ROW_CHARACTERS = 1_000_000

const PASSES: ReadonlySet<string> = new Set(['true', '1', '1.0', 'pass', 'passed', 'yes', 'ok', 'correct'])

/**
 * Reads which samples passed. Of a sample that is there twice, it must pass each time.
 *
 * @throws `document-malformed` with the line, also where a column is missing
 */
export function readOutcomes(bytes: Uint8Array, table: EvaluationTable): Outcomes {
  const text = documentText(bytes, table.path)
  const rows = /\.(?:jsonl|ndjson)$/i.test(table.path) ? jsonRows(text, table) : csvRows(text, table)
  const outcomes = new Map<string, boolean>()
  for (const { sample, passed } of rows) outcomes.set(sample, passed && (outcomes.get(sample) ?? true))
  return outcomes
}

interface Row {
  readonly sample: string
  readonly passed: boolean
}

function csvRows(text: string, { path, key, pass }: EvaluationTable): readonly Row[] {
  const delimiter = /\.tsv$/i.test(path) ? '\t' : ','
  const [head, ...rows] = parsedCsv(text, path, delimiter)
  const [keyAt, passAt] = [key, pass].map((column) => {
    const at = head?.indexOf(column) ?? -1
    if (at < 0) throw refuse('document-malformed', { place: { file: path, line: 1 }, problem: `no column '${column}'` })
    return at
  })
  return rows.map((row) => ({ sample: row[keyAt ?? 0] ?? '', passed: isPass(row[passAt ?? 0] ?? '') }))
}

function parsedCsv(text: string, file: string, delimiter: string): readonly (readonly string[])[] {
  try {
    const rows: unknown = parse(text, {
      bom: true,
      delimiter,
      max_record_size: LIMIT_ROW_CHARACTERS,
      skip_empty_lines: true,
    })
    return rows as readonly (readonly string[])[]
  } catch (caught) {
    const problem = caught instanceof Error ? caught.message : 'it is no CSV'
    throw refuse('document-malformed', { place: { file }, problem }, caught)
  }
}

function jsonRows(text: string, { path, key, pass }: EvaluationTable): readonly Row[] {
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return []
    const row = readStrictJson(line, path)
    const [sample, passed] = isValueMap(row) ? [row.get(key), row.get(pass)] : []
    if (sample === undefined || passed === undefined) {
      const problem = `no member '${sample === undefined ? key : pass}'`
      throw refuse('document-malformed', { place: { file: path, line: index + 1 }, problem })
    }
    return [{ sample: textOf(sample), passed: isPass(textOf(passed)) }]
  })
}

function textOf(value: Value): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function isPass(text: string): boolean {
  return PASSES.has(text.trim().toLowerCase())
}
