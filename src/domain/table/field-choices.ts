/**
 * The values that runs have in a field, for those who type a filter.
 */
import { compareText } from '../../base/order.ts'
import type { FieldValue } from '../filter.ts'
import { formatParameterText } from '../parameter-text.ts'
import { parseField } from '../query.ts'
import { fieldReader } from './field-reader.ts'
import type { RunTable } from './run-table.ts'

/** A value that some runs have. */
export interface FieldChoice {
  /** As a filter names it, quoted where it must be. */
  readonly text: string
  /** How many runs have it. */
  readonly runs: number
}

/** What is typed so far, and how many values are wanted. */
export interface ChoiceQuestion {
  /** A field of the filter grammar. */
  readonly field: string
  /** Part of the value, in any case; quotes around it do not count. */
  readonly text: string
  readonly limit: number
}

/** Numbers of metrics are hardly ever typed, and as many as there are runs. */
const NUMERIC: ReadonlySet<string> = new Set(['metric', 'created', 'elapsed'])
/** Of more values than this nobody picks one from a list. */
const MOST_LOOKED_AT = 5_000

/** Values of a field that hold a text: those that begin with it first, then the most used. @throws `filter-invalid` */
export function fieldChoices(table: RunTable, { field, text, limit }: ChoiceQuestion): readonly FieldChoice[] {
  const parsed = parseField(field)
  if (NUMERIC.has(parsed.kind)) return []
  const isParameter = parsed.kind === 'param'
  const counts = new Map<string, number>()
  const read = fieldReader(table, parsed, 0)
  for (const row of table.order) {
    for (const value of read(row)) {
      const written = operandText(value, isParameter)
      const before = counts.get(written)
      if (before !== undefined || counts.size < MOST_LOOKED_AT) counts.set(written, (before ?? 0) + 1)
    }
  }
  const wanted = bare(text)
  return [...counts]
    .filter(([written]) => bare(written).includes(wanted))
    .sort(([left, uses], [right, others]) => {
      const first = Number(bare(right).startsWith(wanted)) - Number(bare(left).startsWith(wanted))
      return first || others - uses || compareText(left, right)
    })
    .slice(0, limit)
    .map(([written, runs]) => ({ text: written, runs }))
}

/** A value as a filter names it. */
function operandText(value: FieldValue, isParameter: boolean): string {
  if (typeof value !== 'string') return formatParameterText(value)
  const isBare = PLAIN.test(value) && !WORDS.test(value) && (!isParameter || formatParameterText(value) === value)
  return isBare ? value : `"${value.replace(/["\\]/g, '\\$&')}"`
}

const PLAIN = /^[\w./@:+-]+$/
const WORDS = /^(?:and|or|not|in|has)$/i

function bare(text: string): string {
  return text.replace(/^["']|["']$/g, '').toLowerCase()
}
