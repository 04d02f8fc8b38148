/**
 * Parameters as typed on a command line: the scalar rules of the YAML 1.2 core schema, so that `--param lr=0.1` and
 * `lr: 0.1` in a file are the same parameter.
 */
import type { Scalar } from '../base/value.ts'
import { refuse } from './failure.ts'

// The regular expressions of the YAML 1.2.2 specification, section 10.3.2.
const NULL = /^(?:null|Null|NULL|~|)$/
const TRUE = /^(?:true|True|TRUE)$/
const FALSE = /^(?:false|False|FALSE)$/
const DECIMAL = /^[-+]?[0-9]+$/
const OCTAL_OR_HEX = /^0(?:o[0-7]+|x[0-9a-fA-F]+)$/
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/
const INFINITE = /^[-+]?\.(?:inf|Inf|INF)$/
const NOT_A_NUMBER = /^\.(?:nan|NaN|NAN)$/
// Reading an integer takes quadratic time in its digits.
const LIMIT_DIGITS = 4_096

/**
 * Reads the value of a parameter. A JSON string in double quotes is that string, so `"1"` is text and `1` a number.
 *
 * @throws `number-not-exact` for a number beyond the range of a double, `limit-exceeded` for more than 4,096 digits.
 */
export function parseParameterText(text: string): Scalar {
  if (NULL.test(text)) return null
  return parseBoolean(text) ?? parseNumber(text) ?? parseJsonString(text) ?? text
}

/**
 * Writes a value as `parseParameterText` reads it back. Words stand as they are; a text that would be read as something
 * else, or holds anything but letters, digits and `_./-`, stands in double quotes.
 */
export function formatParameterText(value: Scalar): string {
  if (typeof value === 'string') return WORD.test(value) && !KEYWORD.test(value) ? value : JSON.stringify(value)
  if (typeof value !== 'number') return String(value)
  if (Number.isNaN(value)) return '.nan'
  if (!Number.isFinite(value)) return value > 0 ? '.inf' : '-.inf'
  const text = Object.is(value, -0) ? '-0' : String(value)
  return /^-?[0-9]+$/.test(text) ? `${text}.0` : text
}

const WORD = /^[A-Za-z][\w./-]*$/
const KEYWORD = /^(?:null|true|false)$/i

function parseBoolean(text: string): boolean | undefined {
  if (TRUE.test(text)) return true
  if (FALSE.test(text)) return false
  return undefined
}

function parseNumber(text: string): bigint | number | undefined {
  if (DECIMAL.test(text) || OCTAL_OR_HEX.test(text)) return parseInteger(text)
  if (FLOAT.test(text)) return parseFinite(text)
  if (NOT_A_NUMBER.test(text)) return NaN
  if (INFINITE.test(text)) return text.startsWith('-') ? -Infinity : Infinity
  return undefined
}

function parseInteger(text: string): bigint {
  if (text.length > LIMIT_DIGITS) {
    throw refuse('limit-exceeded', { what: 'the number of digits', actual: text.length, limit: LIMIT_DIGITS })
  }
  return text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text.replace(/^\+/, ''))
}

function parseFinite(text: string): number {
  const value = Number(text)
  if (!Number.isFinite(value)) throw refuse('number-not-exact', { place: { file: 'parameter' }, text })
  return value
}

function parseJsonString(text: string): string | undefined {
  if (!text.startsWith('"') || !text.endsWith('"')) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'string' ? value : undefined
  } catch {
    // Quotes that are no JSON string are part of the text.
    return undefined
  }
}
