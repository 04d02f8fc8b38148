/**
 * Cells of the table of runs: a value as text with every digit, and as a number where it is one.
 */
import { instantOf } from '../../base/clock.ts'
import { jsonFloat } from '../../base/json-text.ts'
import type { Scalar } from '../../base/value.ts'
import type { Field, FieldValue, FilterSubject } from '../filter.ts'
import type { ParameterValue } from '../parameter.ts'
import { fieldValues } from '../query-field.ts'

/** A double as JSON can hold it. */
export type TableNumber = number | 'NaN' | 'Infinity' | '-Infinity'

/** What stands in a cell. */
export interface TableCell {
  /** Full digits; several values are joined by `, `, and a list stands in brackets. */
  readonly text: string
  /** Of one number its value, the nearest double; else `null`. */
  readonly number: TableNumber | null
}

/** Any double. */
export function tableNumber(value: number): TableNumber {
  if (Number.isFinite(value)) return value
  return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity'
}

/** The cell of a field of a run; `null` when it has no such value. */
export function cellOf(field: Field, subject: FilterSubject): TableCell | null {
  if (field.kind === 'param') {
    const value = subject.parameters.get(field.key)
    return value === undefined ? null : parameterCell(value)
  }
  const values = fieldValues(field, subject)
  const [only, second] = values
  if (only === undefined) return null
  if (field.kind === 'created') return { text: instantOf(Number(only)), number: Number(only) }
  if (second !== undefined || typeof only !== 'number') return { text: values.map(plainText).join(', '), number: null }
  return { text: plainText(only), number: tableNumber(only) }
}

/** A parameter as a cell. */
export function parameterCell(value: ParameterValue): TableCell {
  if (isList(value)) return { text: `[${value.map(scalarText).join(', ')}]`, number: null }
  const isNumber = typeof value === 'bigint' || typeof value === 'number'
  return { text: scalarText(value), number: isNumber ? tableNumber(Number(value)) : null }
}

/** Whether two values of a parameter are the same; the integer 1 and the float 1.0 are not. */
export function isSameValue(left: ParameterValue, right: ParameterValue): boolean {
  if (!isList(left) || !isList(right)) return Object.is(left, right)
  return parameterCell(left).text === parameterCell(right).text
}

function plainText(value: FieldValue): string {
  return typeof value === 'number' && Number.isFinite(value) && !Number.isInteger(value)
    ? jsonFloat(value)
    : String(value)
}

function scalarText(value: Scalar): string {
  return typeof value === 'number' && Number.isFinite(value) ? jsonFloat(value) : String(value)
}

function isList(value: ParameterValue): value is readonly Scalar[] {
  return Array.isArray(value)
}
