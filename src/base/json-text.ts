/**
 * JSON for people and programs to read: keys stay in the order they were put in, and types survive.
 *
 * Law: reading the text gives the value back, but for NaN and infinities, which JSON can only hold as strings.
 */
import { isValueList, isValueMap } from './value.ts'
import type { Scalar, Value } from './value.ts'

/**
 * Writes a value as JSON, without a final newline.
 *
 * Floats keep a dot or exponent, so `1.0` stays a float; integers keep every digit; NaN, Infinity and -Infinity are
 * strings.
 *
 * @param indent spaces a level; 0, the default, writes one line without spaces.
 */
export function jsonText(value: Value, indent = 0): string {
  return indent === 0 ? compactText(value) : indentedText(value, '\n', ' '.repeat(indent))
}

/** Writes a float so that it reads back as that float, and never as an integer. */
export function jsonFloat(value: number): string {
  if (!Number.isFinite(value)) return `"${value}"`
  if (Object.is(value, -0)) return '-0.0'
  const text = value.toString()
  return /[.e]/.test(text) ? text : `${text}.0`
}

function compactText(value: Value): string {
  if (isValueList(value)) return `[${value.map(compactText).join(',')}]`
  if (!isValueMap(value)) return scalarJson(value)
  return `{${[...value].map(([key, member]) => `${JSON.stringify(key)}:${compactText(member)}`).join(',')}}`
}

/** `newline` is a line feed and the indent of the line the value starts on. */
function indentedText(value: Value, newline: string, step: string): string {
  const deeper = newline + step
  if (isValueList(value)) {
    if (value.length === 0) return '[]'
    return `[${value.map((item) => deeper + indentedText(item, deeper, step)).join(',')}${newline}]`
  }
  if (!isValueMap(value)) return scalarJson(value)
  if (value.size === 0) return '{}'
  const members = [...value].map(
    ([key, member]) => `${deeper}${JSON.stringify(key)}: ${indentedText(member, deeper, step)}`,
  )
  return `{${members.join(',')}${newline}}`
}

function scalarJson(value: Scalar): string {
  if (value === null) return 'null'
  if (typeof value === 'string') return JSON.stringify(value)
  return typeof value === 'number' ? jsonFloat(value) : value.toString()
}
