/**
 * What the filter grammar compares fields with: numbers, texts, times and spans, each read as its field needs it.
 */
import { instantMs, parseInstant } from '../base/clock.ts'
import { closestNames } from '../base/suggest.ts'
import { Failure } from './failure.ts'
import type { ComparisonOperator, Field, Operand } from './filter.ts'
import { parseParameterText } from './parameter-text.ts'
import { filterInvalid } from './query-tokens.ts'
import type { Token } from './query-tokens.ts'

type Term = Extract<Token, { readonly kind: 'term' }>

const STATUSES = ['running', 'finished', 'failed', 'killed']
const DAY_MS = 86_400_000
const UNIT_MS: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', DAY_MS],
  ['w', 7 * DAY_MS],
])
const SPAN = /^([0-9]{1,9}(?:\.[0-9]{1,9})?)(ms|s|m|h|d|w)$/
const DATE = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/
const TIME = /^([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2})(:[0-9]{2})?(\.[0-9]{3})?Z$/

/**
 * Reads what a field is compared with.
 *
 * @throws `filter-invalid` when the field cannot be compared with it, or not by this operator.
 */
export function operandOf(filter: string, field: Field, operator: ComparisonOperator, term: Term): Operand {
  const [piece, ...rest] = term.pieces
  if (piece === undefined || rest.length > 0) throw filterInvalid(filter, term.column, 'quote the whole value')
  const invalid = (problem: string): Failure => filterInvalid(filter, term.column, problem)
  switch (field.kind) {
    case 'metric':
      return numberOperand(invalid, operator, piece.text)
    case 'param':
      return piece.isQuoted || operator === '~'
        ? { kind: 'text', text: piece.text }
        : parameterOperand(invalid, piece.text)
    case 'text':
      return textOperand(invalid, field.name, operator, piece.text)
    case 'set':
      return { kind: 'text', text: piece.text }
    case 'created':
      return timeOperand(invalid, operator, piece.text)
    case 'elapsed':
      return spanOperand(invalid, operator, piece.text)
  }
}

type Invalid = (problem: string) => Failure

function numberOperand(invalid: Invalid, operator: ComparisonOperator, text: string): Operand {
  const operand = parameterOperand(invalid, /^[-+]?(?:nan|inf|infinity)$/i.test(text) ? specialNumber(text) : text)
  if (operand.kind !== 'number') throw invalid('a metric is compared with a number')
  if (operator === '~') throw invalid("'~' looks for text, and a metric is a number")
  return operand
}

/** People type `inf` and `nan` without YAML's dot. */
function specialNumber(text: string): string {
  const sign = /^[-+]/.exec(text)?.[0] ?? ''
  return text.toLowerCase().endsWith('nan') ? '.nan' : `${sign}.inf`
}

function parameterOperand(invalid: Invalid, text: string): Operand {
  const value = readParameter(invalid, text)
  if (typeof value === 'number' || typeof value === 'bigint') return { kind: 'number', number: value }
  return typeof value === 'string' ? { kind: 'text', text: value } : { kind: 'constant', constant: value }
}

function readParameter(invalid: Invalid, text: string): ReturnType<typeof parseParameterText> {
  try {
    return parseParameterText(text)
  } catch (caught) {
    if (!(caught instanceof Failure)) throw caught
    throw invalid('the number is too large to be compared')
  }
}

function textOperand(invalid: Invalid, name: string, operator: ComparisonOperator, text: string): Operand {
  if (name !== 'status' || operator === '~' || STATUSES.includes(text)) return { kind: 'text', text }
  const [closest] = closestNames(text.slice(0, 40), STATUSES, 1)
  throw invalid(closest === undefined ? `a status is one of ${STATUSES.join(', ')}` : `did you mean '${closest}'?`)
}

function timeOperand(invalid: Invalid, operator: ComparisonOperator, text: string): Operand {
  if (operator === '~') throw invalid("'~' looks for text, and 'created' is a time")
  const agoMs = text.startsWith('-') ? spanMs(text.slice(1)) : undefined
  if (agoMs !== undefined) return { kind: 'ago', agoMs }
  const time = timeOf(text)
  if (time === undefined)
    throw invalid('a time is written 2026-11-20, 2026-11-20T09:30:00Z or -7d (units ms s m h d w)')
  return time
}

/** A date stands for its whole day, a time without seconds for its minute. UTC. */
function timeOf(text: string): Operand | undefined {
  if (DATE.test(text)) return stretchOf(`${text}T00:00:00.000Z`, DAY_MS)
  const [, minute, second, fraction] = TIME.exec(text) ?? []
  if (minute === undefined) return undefined
  if (second === undefined) return fraction === undefined ? stretchOf(`${minute}:00.000Z`, 60_000) : undefined
  return stretchOf(`${minute}${second}${fraction ?? '.000'}Z`, fraction === undefined ? 1_000 : 1)
}

function stretchOf(text: string, lengthMs: number): Operand | undefined {
  const instant = parseInstant(text)
  if (instant === undefined) return undefined
  return { kind: 'time', fromMs: instantMs(instant), untilMs: instantMs(instant) + lengthMs }
}

function spanOperand(invalid: Invalid, operator: ComparisonOperator, text: string): Operand {
  if (operator === '~') throw invalid("'~' looks for text, and 'elapsed' is a span of time")
  const number = spanMs(text)
  if (number === undefined) throw invalid('a span of time is written 90s, 1.5h or 2d (units ms s m h d w)')
  return { kind: 'number', number }
}

function spanMs(text: string): number | undefined {
  const [, amount, unit] = SPAN.exec(text) ?? []
  const unitMs = UNIT_MS.get(unit ?? '')
  return unitMs === undefined ? undefined : Number(amount) * unitMs
}
