/**
 * Fields of the filter grammar: how they are written, and what they hold for a run.
 */
import { closestNames } from '../base/suggest.ts'
import { compareText } from '../base/order.ts'
import type { Field, FieldValue, FilterSubject, SummaryPart, SummaryValues, TextFieldName } from './filter.ts'
import { Failure } from './failure.ts'
import { parseMetricKey, parseParameterKey } from './key.ts'
import { filterInvalid } from './query-tokens.ts'
import type { Piece, Token } from './query-tokens.ts'

type Term = Extract<Token, { readonly kind: 'term' }>

const TEXT_FIELDS: ReadonlySet<string> = new Set<TextFieldName>([
  'status',
  'experiment',
  'id',
  'name',
  'branch',
  'group',
])
const SUMMARY_PARTS: ReadonlySet<string> = new Set<SummaryPart>(['last', 'min', 'max', 'best', 'count'])
const FIELD_WORDS = [
  'metric',
  'param',
  'status',
  'experiment',
  'id',
  'name',
  'branch',
  'group',
  'created',
  'elapsed',
  'model',
  'tag',
]

/**
 * Reads a field from a word of a filter, such as `param.lr` or `metric."val/loss".min`. A key with a dot of its own
 * needs no quotes; a key that ends like a summary part does: `metric."time.max"`.
 *
 * @throws `filter-invalid`
 */
export function fieldOf(filter: string, term: Term): Field {
  const [head, ...keys] = segmentsOf(filter, term)
  if (head === undefined || head.isQuoted) throw filterInvalid(filter, term.column, 'expected a field')
  if (head.text === 'metric' || head.text === 'param') return keyedField(filter, term, head.text, keys)
  const field = plainField(head.text)
  if (field === undefined) throw filterInvalid(filter, term.column, unknownField(head.text))
  if (keys.length > 0) throw filterInvalid(filter, term.column, `'${head.text}' has no parts`)
  return field
}

/** The values a field has for a run; none when it is absent, several for tags, models and lists. */
export function fieldValues(field: Field, subject: FilterSubject): readonly FieldValue[] {
  switch (field.kind) {
    case 'metric':
      return optional(partOf(subject.metrics.get(field.key)?.summary, field.part))
    case 'param': {
      const value = subject.parameters.get(field.key)
      return isList(value) ? value : optional(value)
    }
    case 'text':
      return optional(subject[field.name])
    case 'set':
      return field.name === 'tag' ? subject.tags : subject.models
    case 'created':
      return [subject.createdMs]
    case 'elapsed':
      return optional(subject.elapsedMs)
  }
}

/**
 * Compares two field values; `undefined` when one is neither less than, equal to nor greater than the other, as text
 * and a number. NaN equals NaN and compares with nothing else.
 */
export function compareFieldValues(left: FieldValue, right: FieldValue): number | undefined {
  if (typeof left === 'string' && typeof right === 'string') return compareText(left, right)
  if (isNumber(left) && isNumber(right)) return compareNumbers(left, right)
  return left === right ? 0 : undefined
}

function compareNumbers(left: bigint | number, right: bigint | number): number | undefined {
  if (left < right) return -1
  if (left > right) return 1
  const areBothNaN = Number.isNaN(left) && Number.isNaN(right)
  return areBothNaN || (!Number.isNaN(left) && !Number.isNaN(right)) ? 0 : undefined
}

function isNumber(value: FieldValue): value is bigint | number {
  return typeof value === 'number' || typeof value === 'bigint'
}

function isList(value: FieldValue | readonly FieldValue[] | undefined): value is readonly FieldValue[] {
  return Array.isArray(value)
}

function optional(value: FieldValue | undefined): readonly FieldValue[] {
  return value === undefined ? [] : [value]
}

function partOf(summary: SummaryValues | undefined, part: SummaryPart): number | undefined {
  return part === 'best' ? summary?.best?.value : summary?.[part]
}

/** Splits a term at its unquoted dots: name, dot, name, ... */
function segmentsOf(filter: string, term: Term): readonly Piece[] {
  const parts = term.pieces.flatMap((piece) => (piece.isQuoted ? [piece] : splitAtDots(piece.text)))
  const isAlternating = parts.every((part, index) => isDot(part) === (index % 2 === 1))
  if (!isAlternating || parts.length % 2 === 0) {
    throw filterInvalid(filter, term.column, 'a field is one name, or names with one dot between each two')
  }
  return parts.filter((part) => !isDot(part))
}

function splitAtDots(text: string): readonly Piece[] {
  const parts = text.split(/(\.)/).filter((part) => part !== '')
  return parts.map((part) => ({ text: part, isQuoted: false }))
}

function isDot(piece: Piece): boolean {
  return !piece.isQuoted && piece.text === '.'
}

function keyedField(filter: string, term: Term, kind: 'metric' | 'param', keys: readonly Piece[]): Field {
  const part = kind === 'metric' && keys.length > 1 ? summaryPart(keys.at(-1)) : undefined
  const text = (part === undefined ? keys : keys.slice(0, -1)).map((key) => key.text).join('.')
  if (keys.length === 0) throw filterInvalid(filter, term.column, `after '${kind}' comes a dot and a name`)
  try {
    if (kind === 'param') return { kind, key: parseParameterKey(text) }
    return { kind, key: parseMetricKey(text), part: part ?? 'last' }
  } catch (caught) {
    if (!(caught instanceof Failure)) throw caught
    throw filterInvalid(filter, term.column, caught.why)
  }
}

function summaryPart(piece: Piece | undefined): SummaryPart | undefined {
  return piece !== undefined && !piece.isQuoted && isSummaryPart(piece.text) ? piece.text : undefined
}

function isSummaryPart(text: string): text is SummaryPart {
  return SUMMARY_PARTS.has(text)
}

function isTextFieldName(text: string): text is TextFieldName {
  return TEXT_FIELDS.has(text)
}

function plainField(text: string): Field | undefined {
  if (isTextFieldName(text)) return { kind: 'text', name: text }
  if (text === 'tag' || text === 'model') return { kind: 'set', name: text }
  if (text === 'created' || text === 'elapsed') return { kind: text }
  return undefined
}

function unknownField(text: string): string {
  const [closest] = closestNames(text.slice(0, 40), FIELD_WORDS, 1)
  return closest === undefined
    ? `fields are ${FIELD_WORDS.join(', ')}`
    : `there is no such field; did you mean '${closest}'?`
}
