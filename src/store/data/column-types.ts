/**
 * Types of columns in text formats, as the first rows look. Only a hint for people: the digest says whether the data is
 * the same.
 */
import type { Column } from '../../domain/dataset.ts'

/** What a text can look like, from the narrowest; `undefined` for nothing, which fits all. */
type Look = 'integer' | 'float' | 'boolean' | 'text'

const INTEGER = /^[+-]?\d{1,18}$/
const FLOAT = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$|^[+-]?(?:nan|inf|infinity)$/i
const BOOLEAN = /^(?:true|false)$/i

/** Names the types of columns by sample rows of cells; a column of empty cells has none. */
export function typedByCells(names: readonly string[], rows: readonly (readonly string[])[]): readonly Column[] {
  return names.map((name, index) => {
    const look = rows.reduce<Look | undefined>((known, row) => wider(known, lookOf(row[index] ?? '')), undefined)
    return look === undefined ? { name } : { name, type: look }
  })
}

/** Names the fields of sample objects, in the order they first appear, and their types. */
export function typedByObjects(rows: readonly Readonly<Record<string, unknown>>[]): readonly Column[] {
  const types = new Map<string, string | undefined>()
  for (const row of rows) {
    for (const [name, value] of Object.entries(row)) types.set(name, mergedType(types.get(name), typeOfJson(value)))
  }
  return [...types].map(([name, type]) => (type === undefined ? { name } : { name, type }))
}

function lookOf(cell: string): Look | undefined {
  const text = cell.trim()
  if (text === '') return undefined
  if (INTEGER.test(text)) return 'integer'
  if (FLOAT.test(text)) return 'float'
  return BOOLEAN.test(text) ? 'boolean' : 'text'
}

function wider(known: Look | undefined, look: Look | undefined): Look | undefined {
  if (known === undefined || look === undefined || known === look) return known ?? look
  const areNumbers = known !== 'boolean' && look !== 'boolean' && known !== 'text' && look !== 'text'
  return areNumbers ? 'float' : 'text'
}

function typeOfJson(value: unknown): string | undefined {
  if (value === null || value === undefined) return undefined
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'float'
  if (typeof value === 'string') return 'text'
  if (typeof value === 'boolean') return 'boolean'
  return Array.isArray(value) ? 'list' : 'object'
}

function mergedType(known: string | undefined, type: string | undefined): string | undefined {
  if (known === undefined || type === undefined || known === type) return known ?? type
  return [known, type].every((each) => each === 'integer' || each === 'float') ? 'float' : 'mixed'
}
