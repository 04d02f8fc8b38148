/**
 * The filter grammar of command line, server and browser, for example
 * `metric.val_loss.min < 0.3 and param.lr in (1e-3, 1e-4) and tag:baseline and created > -7d`.
 *
 * Reading and applying a filter takes time linear in its length and in the run's texts; no text becomes a pattern.
 */
import { containsText } from '../base/text-search.ts'
import type { ComparisonOperator, Field, FieldValue, Filter, FilterSubject, Operand } from './filter.ts'
import { compareFieldValues, fieldOf, fieldValues } from './query-field.ts'
import { operandOf } from './query-operand.ts'
import { filterInvalid, tokensOf } from './query-tokens.ts'
import type { Token } from './query-tokens.ts'

const LIMIT_DEPTH = 100
const OPERATORS: ReadonlySet<string> = new Set<ComparisonOperator>(['=', '!=', '<', '<=', '>', '>=', '~'])

/**
 * Reads a filter. `not` binds closer than `and`, `and` closer than `or`; words of the grammar are read in any case.
 *
 * @throws `filter-invalid` with the column, counted from 1 in UTF-16 units.
 */
export function parseFilter(filter: string): Filter {
  const cursor: Cursor = { filter, tokens: tokensOf(filter), next: 0 }
  if (peek(cursor).kind === 'end') throw filterInvalid(filter, 1, 'the filter is empty')
  const parsed = readAlternatives(cursor, 0)
  if (peek(cursor).kind !== 'end') throw unexpected(cursor, "expected 'and', 'or' or the end")
  return parsed
}

/**
 * Reads one field, as a column or sort names it.
 *
 * @throws `filter-invalid`
 */
export function parseField(text: string): Field {
  const cursor: Cursor = { filter: text, tokens: tokensOf(text), next: 0 }
  const field = readField(cursor)
  if (peek(cursor).kind !== 'end') throw unexpected(cursor, 'expected one field and nothing else')
  return field
}

/**
 * Tells whether a run meets a filter. A field with several values meets a comparison when one of them does, but `!=`
 * only when all do. A comparison with a field that is absent is false, `!=` too.
 */
export function matches(filter: Filter, subject: FilterSubject): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.parts.every((part) => matches(part, subject))
    case 'or':
      return filter.parts.some((part) => matches(part, subject))
    case 'not':
      return !matches(filter.part, subject)
    case 'has':
      return fieldValues(filter.field, subject).length > 0
    case 'compare':
      return compares(filter.operator, fieldValues(filter.field, subject), filter.operand, subject.nowMs)
    case 'in': {
      const values = fieldValues(filter.field, subject)
      return filter.operands.some((operand) => compares('=', values, operand, subject.nowMs))
    }
  }
}

function compares(
  operator: ComparisonOperator,
  values: readonly FieldValue[],
  operand: Operand,
  nowMs: number,
): boolean {
  if (operator === '!=') return values.length > 0 && !compares('=', values, operand, nowMs)
  return values.some((value) => holds(operator, value, operand, nowMs))
}

function holds(
  operator: Exclude<ComparisonOperator, '!='>,
  value: FieldValue,
  operand: Operand,
  nowMs: number,
): boolean {
  if (operator === '~') {
    return typeof value === 'string' && operand.kind === 'text' && containsText(value, operand.text)
  }
  const order = orderOf(value, operand, nowMs)
  if (order === undefined) return false
  switch (operator) {
    case '=':
      return order === 0
    case '<':
      return order < 0
    case '<=':
      return order <= 0
    case '>':
      return order > 0
    case '>=':
      return order >= 0
  }
}

function orderOf(value: FieldValue, operand: Operand, nowMs: number): number | undefined {
  switch (operand.kind) {
    case 'number':
      return compareFieldValues(value, operand.number)
    case 'text':
      return compareFieldValues(value, operand.text)
    case 'constant':
      return compareFieldValues(value, operand.constant)
    case 'ago':
      return compareFieldValues(value, nowMs - operand.agoMs)
    case 'time':
      if (typeof value !== 'number') return undefined
      if (value < operand.fromMs) return -1
      return value >= operand.untilMs ? 1 : 0
  }
}

interface Cursor {
  readonly filter: string
  readonly tokens: readonly Token[]
  next: number
}

function readAlternatives(cursor: Cursor, depth: number): Filter {
  return readChain(cursor, 'or', () => readChain(cursor, 'and', () => readCondition(cursor, depth)))
}

function readChain(cursor: Cursor, word: 'and' | 'or', readPart: () => Filter): Filter {
  const first = readPart()
  const parts = [first]
  while (takeWord(cursor, word)) parts.push(readPart())
  return parts.length === 1 ? first : { kind: word, parts }
}

function readCondition(cursor: Cursor, depth: number): Filter {
  if (depth > LIMIT_DEPTH) throw unexpected(cursor, `nested deeper than ${LIMIT_DEPTH}`)
  if (takeWord(cursor, 'not')) return { kind: 'not', part: readCondition(cursor, depth + 1) }
  if (takeWord(cursor, 'has')) return { kind: 'has', field: readField(cursor) }
  if (takeMark(cursor, '(')) {
    const inner = readAlternatives(cursor, depth + 1)
    expectMark(cursor, ')', "expected 'and', 'or' or ')'")
    return inner
  }
  return readTag(cursor) ?? readComparison(cursor)
}

/** `tag:baseline` is short for `tag = baseline`. */
function readTag(cursor: Cursor): Filter | undefined {
  const token = peek(cursor)
  if (token.kind !== 'term' || !token.text.startsWith('tag:')) return undefined
  cursor.next += 1
  const text = token.pieces
    .map((piece) => piece.text)
    .join('')
    .slice('tag:'.length)
  if (text === '') throw filterInvalid(cursor.filter, token.column, "after 'tag:' comes a tag")
  return { kind: 'compare', field: { kind: 'set', name: 'tag' }, operator: '=', operand: { kind: 'text', text } }
}

function readComparison(cursor: Cursor): Filter {
  const field = readField(cursor)
  if (takeWord(cursor, 'in')) return { kind: 'in', field, operands: readList(cursor, field) }
  if (takeWord(cursor, 'not')) {
    if (!takeWord(cursor, 'in')) throw unexpected(cursor, "expected 'in'")
    return { kind: 'not', part: { kind: 'in', field, operands: readList(cursor, field) } }
  }
  const operator = peek(cursor).text
  if (!isOperator(operator)) throw unexpected(cursor, "expected one of = != < <= > >= ~ or 'in'")
  cursor.next += 1
  return { kind: 'compare', field, operator, operand: readOperand(cursor, field, operator) }
}

function readList(cursor: Cursor, field: Field): readonly Operand[] {
  expectMark(cursor, '(', "expected '(' and a list")
  const operands = [readOperand(cursor, field, '=')]
  while (takeMark(cursor, ',')) operands.push(readOperand(cursor, field, '='))
  expectMark(cursor, ')', "expected ',' or ')'")
  return operands
}

function readField(cursor: Cursor): Field {
  const token = peek(cursor)
  if (token.kind !== 'term') throw unexpected(cursor, 'expected a field')
  cursor.next += 1
  return fieldOf(cursor.filter, token)
}

function readOperand(cursor: Cursor, field: Field, operator: ComparisonOperator): Operand {
  const token = peek(cursor)
  if (token.kind !== 'term') throw unexpected(cursor, 'expected a value')
  cursor.next += 1
  return operandOf(cursor.filter, field, operator, token)
}

function isOperator(text: string): text is ComparisonOperator {
  return OPERATORS.has(text)
}

function takeWord(cursor: Cursor, word: string): boolean {
  const token = peek(cursor)
  // A word in quotes is a value: its text keeps the quotes.
  if (token.kind !== 'term' || token.text.toLowerCase() !== word) return false
  cursor.next += 1
  return true
}

function takeMark(cursor: Cursor, mark: string): boolean {
  const token = peek(cursor)
  if (token.kind !== 'mark' || token.text !== mark) return false
  cursor.next += 1
  return true
}

function expectMark(cursor: Cursor, mark: string, problem: string): void {
  if (!takeMark(cursor, mark)) throw unexpected(cursor, problem)
}

function peek(cursor: Cursor): Token {
  return cursor.tokens[cursor.next] ?? { kind: 'end', text: '', column: cursor.filter.length + 1 }
}

function unexpected(cursor: Cursor, problem: string): ReturnType<typeof filterInvalid> {
  return filterInvalid(cursor.filter, peek(cursor).column, problem)
}
