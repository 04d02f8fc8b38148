/**
 * One line of JSON as a row of metrics. The bare NaN and Infinity that Python's `json` writes are understood.
 */
import { refuse } from '../../domain/failure.ts'
import type { Field, Row } from './series-rows.ts'

type JsonObject = Readonly<Record<string, unknown>>

const NAME_DEPTH_LIMIT = 64

// Whole strings are matched first, so that a word inside one is never touched.
const STRING_OR_NON_FINITE = /"(?:[^"\\]|\\.)*"|-?Infinity\b|\bNaN\b/g

/** Puts quotes around bare NaN, Infinity and -Infinity; text inside strings is unchanged. */
export function quoteNonFinite(json: string): string {
  if (!json.includes('NaN') && !json.includes('Infinity')) return json
  return json.replace(STRING_OR_NON_FINITE, (found) => (found.startsWith('"') ? found : `"${found}"`))
}

/**
 * Reads one line; mappings inside the row become dotted names, `null` an empty field.
 *
 * @throws `document-malformed`, `metric-not-number` for a list or boolean, `document-too-deep`.
 */
export function rowOfJsonLine(text: string, file: string, line: number): Row {
  const value = parseLine(text, file, line)
  if (!isObject(value)) throw refuse('document-malformed', { place: { file, line }, problem: 'expected a JSON object' })
  const names: string[] = []
  const fields: Field[] = []
  const add = (object: JsonObject, prefix: string, depth: number): void => {
    if (depth > NAME_DEPTH_LIMIT) throw refuse('document-too-deep', { place: { file, line }, limit: NAME_DEPTH_LIMIT })
    for (const [key, member] of Object.entries(object)) {
      if (isObject(member)) {
        add(member, `${prefix}${key}.`, depth + 1)
        continue
      }
      names.push(prefix + key)
      fields.push(fieldOf(member, prefix + key, `${file}:${line}`))
    }
  }
  add(value, '', 1)
  return { line, names, fields }
}

function parseLine(text: string, file: string, line: number): unknown {
  try {
    return JSON.parse(quoteNonFinite(text))
  } catch (error) {
    throw refuse('document-malformed', { place: { file, line }, problem: 'not a line of JSON' }, error)
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function fieldOf(value: unknown, metric: string, file: string): Field {
  if (typeof value === 'number' || typeof value === 'string') return value
  if (value === null) return undefined
  throw refuse('metric-not-number', { metric, found: Array.isArray(value) ? 'a list' : 'true or false', file })
}
