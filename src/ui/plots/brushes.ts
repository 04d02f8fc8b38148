/**
 * Brushes are conditions of the filter: what is drawn on an axis becomes one, and one that was typed is shown on its
 * axis. Nothing else keeps them.
 */
import { instantMs, isoText } from '../browser.ts'

/** The part of an axis that is kept. */
export type AxisBrush =
  /** Numbers from one to another, both within; infinite where an end is open. */
  | { readonly kind: 'range'; readonly from: number; readonly to: number }
  /** Operands as the filter has them, `"adam"` or `true`. */
  | { readonly kind: 'values'; readonly operands: readonly string[] }
  /** The runs without a value. */
  | { readonly kind: 'none' }

/** A filter taken apart. */
export interface BrushedFilter {
  /** What is no brush; empty for nothing. */
  readonly rest: string
  /** By field. */
  readonly brushes: ReadonlyMap<string, AxisBrush>
}

/** Takes the brushes of some fields out of a filter. One that has an `or` of its own has none. */
export function brushesOf(filter: string, fields: readonly string[]): BrushedFilter {
  const rest: string[] = []
  const brushes = new Map<string, AxisBrush>()
  for (const condition of conditionsOf(filter) ?? [filter]) {
    const found = brushIn(condition, fields)
    const merged = found === undefined ? undefined : mergedBrush(brushes.get(found.field), found.brush)
    if (found === undefined || merged === undefined) rest.push(condition)
    else brushes.set(found.field, merged)
  }
  return { rest: rest.filter((one) => one !== '').join(' and '), brushes }
}

/** The filter with another brush on a field, or with none. */
export function withBrush(
  filter: string,
  fields: readonly string[],
  field: string,
  brush: AxisBrush | undefined,
): string {
  const { rest, brushes } = brushesOf(filter, fields)
  const next = new Map(brushes)
  if (brush === undefined) next.delete(field)
  else next.set(field, brush)
  const conditions = [...next].map(([name, one]) => conditionOf(name, one)).filter((one) => one !== '')
  const first = conditions.length > 0 && conditionsOf(rest) === undefined ? `(${rest})` : rest
  return [first, ...conditions].filter((one) => one !== '').join(' and ')
}

/** A brush as the filter grammar has it; empty for one that keeps all. */
export function conditionOf(field: string, brush: AxisBrush): string {
  switch (brush.kind) {
    case 'none':
      return `not has ${field}`
    case 'values':
      return brush.operands.length === 0 ? '' : `${field} in (${brush.operands.join(', ')})`
    case 'range':
      return [
        ...(brush.from === -Infinity ? [] : [`${field} >= ${operandOf(field, brush.from)}`]),
        ...(brush.to === Infinity ? [] : [`${field} <= ${operandOf(field, brush.to)}`]),
      ].join(' and ')
  }
}

/** A number as the operand of a field: times and spans have units of their own. */
function operandOf(field: string, value: number): string {
  if (field === 'created') return isoText(Math.round(value))
  return field === 'elapsed' ? `${Math.max(0, Math.round(value))}ms` : String(value)
}

function numberOf(field: string, operand: string): number | undefined {
  if (field === 'created') return operand.includes('T') ? valid(instantMs(operand)) : undefined
  if (field === 'elapsed') return /^\d+ms$/.test(operand) ? Number.parseInt(operand, 10) : undefined
  return /^[-+]?[\d.]/.test(operand) ? valid(Number(operand)) : undefined
}

function valid(number: number): number | undefined {
  return Number.isNaN(number) ? undefined : number
}

function brushIn(
  condition: string,
  fields: readonly string[],
): { readonly field: string; readonly brush: AxisBrush } | undefined {
  const none = /^not\s+has\s+(.+)$/is.exec(condition)?.[1]
  if (none !== undefined && fields.includes(none)) return { field: none, brush: { kind: 'none' } }
  const field = fields.find(
    (one) => condition.startsWith(one) && /^\s*(?:[<>]=|\sin\b)/i.test(condition.slice(one.length)),
  )
  if (field === undefined) return undefined
  const [, operator = '', operand = ''] = /^\s*([<>]=|in)\s*(.+)$/is.exec(condition.slice(field.length)) ?? []
  if (operator.toLowerCase() === 'in') {
    const operands = /^\((.*)\)$/s.exec(operand)?.[1]?.match(/"(?:[^"\\]|\\.)*"|[^\s,"()]+/gs)
    return operands == null ? undefined : { field, brush: { kind: 'values', operands } }
  }
  const number = numberOf(field, operand)
  if (number === undefined) return undefined
  const [from, to] = operator === '>=' ? [number, Infinity] : [-Infinity, number]
  return { field, brush: { kind: 'range', from, to } }
}

/** Two conditions on one axis; `undefined` where they are no brush together. */
function mergedBrush(first: AxisBrush | undefined, second: AxisBrush): AxisBrush | undefined {
  if (first === undefined) return second
  if (first.kind !== 'range' || second.kind !== 'range') return undefined
  return { kind: 'range', from: Math.max(first.from, second.from), to: Math.min(first.to, second.to) }
}

/** The conditions that `and` joins outside of all brackets; `undefined` where there is an `or` beside them. */
function conditionsOf(filter: string): readonly string[] | undefined {
  const words = filter.match(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[()]|[^\s()"']+|\s+/gs) ?? []
  const conditions: string[] = []
  let [depth, condition] = [0, '']
  for (const word of words) {
    if (word === '(') depth += 1
    if (word === ')') depth -= 1
    if (depth === 0 && word.toLowerCase() === 'or') return undefined
    if (depth === 0 && word.toLowerCase() === 'and') {
      conditions.push(condition.trim())
      condition = ''
    } else {
      condition += word
    }
  }
  return [...conditions, condition.trim()]
}
