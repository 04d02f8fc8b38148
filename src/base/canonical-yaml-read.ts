/**
 * A fast reader of exactly what `writeCanonicalYaml` writes. A list of 10,000 runs reads 10,000 manifests,
 * and a general YAML parser takes a hundred times as long for each.
 *
 * Laws: `read(write(map))` is `map`; `write(read(text))` is `text` whenever `read` returns a mapping.
 */
import { floatText, isAmbiguous, stringText } from './canonical-scalar.ts'
import { jsonStringEnd, parseJsonString } from './json-string.ts'
import { compareText } from './order.ts'
import type { Value, ValueMap } from './value.ts'

/** Levels of mappings and lists a document may have; the strict readers refuse more. */
export const DEPTH_LIMIT = 64

/** A place in the text; every reading function below moves it on, and returns `undefined` for what is not canonical. */
interface Cursor {
  readonly text: string
  at: number
}

const NEWLINE = 10
const SPACE = 32
const QUOTE = 34
const DASH = 45
const DOT = 46
const SLASH = 47
const ZERO = 48
const NINE = 57
const COLON = 58
const OPEN_BRACKET = 91
const OPEN_BRACE = 123

/** Doubles hold every decimal of this many digits apart, so such a decimal is its own shortest text. */
const EXACT_DIGITS = 15

/** Below this `Number.prototype.toString` writes an exponent. */
const LEAST_PLAIN_FLOAT = 1e-6

/** 1 for the characters of plain words, indexed by character code. */
const PLAIN_CHARACTER = Uint8Array.from({ length: 128 }, (_, code) =>
  /[A-Za-z0-9_./-]/.test(String.fromCharCode(code)) ? 1 : 0,
)

/** Powers of ten that doubles hold exactly, so that dividing by one rounds once. */
const TEN_TO_THE = Float64Array.from({ length: EXACT_DIGITS + 1 }, (_, power) => 10 ** power)

/** Reads a canonical document; `undefined` for any other text, YAML or not. Never throws. */
export function readCanonicalYaml(text: string): ValueMap | undefined {
  if (text === '{}\n') return new Map()
  const cursor: Cursor = { text, at: 0 }
  const map = readMap(cursor, 0, 1)
  return cursor.at === text.length ? map : undefined
}

/** Reads a mapping from its first key on; in a list that key has been read already. */
function readMap(cursor: Cursor, indent: number, depth: number, firstKey?: string): ValueMap | undefined {
  if (depth > DEPTH_LIMIT) return undefined
  const map = new Map<string, Value>()
  let previous: string | undefined
  let key = firstKey ?? readString(cursor)
  while (key !== undefined) {
    if (previous !== undefined && compareText(previous, key) >= 0) return undefined
    const value = readMember(cursor, indent, depth)
    if (value === undefined) return undefined
    map.set(key, value)
    if (!enterLine(cursor, indent)) return map
    previous = key
    key = readString(cursor)
  }
  return undefined
}

/** Reads a list from its first dash on. */
function readList(cursor: Cursor, indent: number, depth: number): readonly Value[] | undefined {
  if (depth > DEPTH_LIMIT) return undefined
  const list: Value[] = []
  do {
    if (!isDashAt(cursor)) return undefined
    cursor.at += 2
    const item = readItem(cursor, indent + 2, depth + 1)
    if (item === undefined) return undefined
    list.push(item)
  } while (enterLine(cursor, indent))
  return list
}

/** Reads what follows a key: the colon, and a value on the same line or on the lines below. */
function readMember(cursor: Cursor, indent: number, depth: number): Value | undefined {
  const { text, at } = cursor
  if (text.charCodeAt(at) !== COLON) return undefined
  cursor.at = at + 2
  const separator = text.charCodeAt(at + 1)
  if (separator === SPACE) return endLine(cursor, readInline(cursor))
  if (separator !== NEWLINE || !enterLine(cursor, indent + 2)) return undefined
  if (text.charCodeAt(cursor.at) === DASH) return readList(cursor, indent + 2, depth + 1)
  return readMap(cursor, indent + 2, depth + 1)
}

/** Reads what follows a dash: a scalar, or the first line of a nested mapping or list. */
function readItem(cursor: Cursor, indent: number, depth: number): Value | undefined {
  if (isDashAt(cursor)) return readList(cursor, indent, depth)
  const value = readInline(cursor)
  const next = cursor.text.charCodeAt(cursor.at)
  if (next !== COLON) return endLine(cursor, value)
  return typeof value === 'string' ? readMap(cursor, indent, depth, value) : undefined
}

/** Reads a scalar, `[]` or `{}`. */
function readInline(cursor: Cursor): Value | undefined {
  const first = cursor.text.charCodeAt(cursor.at)
  if (first === QUOTE) return readQuoted(cursor)
  if ((first >= ZERO && first <= NINE) || first === DASH || first === DOT) return readNumber(cursor)
  if (first === OPEN_BRACKET) return accept(cursor, '[]') ? [] : undefined
  if (first === OPEN_BRACE) return accept(cursor, '{}') ? new Map<string, Value>() : undefined
  return readWord(cursor)
}

/** Moves past the indent of the next line when that line has exactly this much. */
function enterLine(cursor: Cursor, indent: number): boolean {
  const { text } = cursor
  const start = cursor.at + indent
  if (start >= text.length || text.charCodeAt(start) === SPACE) return false
  for (let at = cursor.at; at < start; at += 1) if (text.charCodeAt(at) !== SPACE) return false
  cursor.at = start
  return true
}

function endLine(cursor: Cursor, value: Value | undefined): Value | undefined {
  if (cursor.text.charCodeAt(cursor.at) !== NEWLINE) return undefined
  cursor.at += 1
  return value
}

function isDashAt(cursor: Cursor): boolean {
  return cursor.text.charCodeAt(cursor.at) === DASH && cursor.text.charCodeAt(cursor.at + 1) === SPACE
}

function accept(cursor: Cursor, token: string): boolean {
  if (!cursor.text.startsWith(token, cursor.at)) return false
  cursor.at += token.length
  return true
}

/** Reads a key. */
function readString(cursor: Cursor): string | undefined {
  if (cursor.text.charCodeAt(cursor.at) === QUOTE) return readQuoted(cursor)
  const word = plainWord(cursor)
  return word === undefined || isAmbiguous(word) ? undefined : word
}

/** Reads a plain word in the place of a value. */
function readWord(cursor: Cursor): string | boolean | null | undefined {
  const word = plainWord(cursor)
  if (word === undefined || !isAmbiguous(word)) return word
  if (word === 'true') return true
  if (word === 'false') return false
  return word === 'null' ? null : undefined
}

function plainWord(cursor: Cursor): string | undefined {
  const { text } = cursor
  const start = cursor.at
  let at = start
  while (PLAIN_CHARACTER[text.charCodeAt(at)] === 1) at += 1
  const first = text.charCodeAt(start)
  if (at === start || first === DASH || first === DOT || first === SLASH || (first >= ZERO && first <= NINE)) {
    return undefined
  }
  cursor.at = at
  return text.slice(start, at)
}

/** Reads a string in quotes that no plain word could hold. */
function readQuoted(cursor: Cursor): string | undefined {
  const { text } = cursor
  const start = cursor.at
  const end = jsonStringEnd(text, start)
  if (end === undefined) return undefined
  cursor.at = end
  const token = text.slice(start, end)
  // Parsing copies the string; a slice would keep the whole document in memory for as long as one id of it lives.
  const value = parseJsonString(token)
  return value !== undefined && stringText(value) === token ? value : undefined
}

/** Reads an integer or float up to the end of its line. */
function readNumber(cursor: Cursor): bigint | number | undefined {
  const { text } = cursor
  const start = cursor.at
  const isNegative = text.charCodeAt(start) === DASH
  const firstDigit = isNegative ? start + 1 : start
  let at = firstDigit
  let digits = 0
  let code = text.charCodeAt(at)
  while (code >= ZERO && code <= NINE) {
    digits = digits * 10 + (code - ZERO)
    at += 1
    code = text.charCodeAt(at)
  }
  if (code === DOT) return readFloat(cursor, at, digits)
  const length = at - firstDigit
  const hasLeadingZero = text.charCodeAt(firstDigit) === ZERO && (length > 1 || isNegative)
  if (length === 0 || hasLeadingZero) return undefined
  cursor.at = at
  if (length > EXACT_DIGITS) return BigInt(text.slice(start, at))
  return BigInt(isNegative ? -digits : digits)
}

/** Reads a float whose dot is at `dot`; `whole` is the value of the digits before it. */
function readFloat(cursor: Cursor, dot: number, whole: number): number | undefined {
  const { text } = cursor
  const start = text.charCodeAt(cursor.at) === DASH ? cursor.at + 1 : cursor.at
  let mantissa = whole
  let at = dot + 1
  let code = text.charCodeAt(at)
  while (code >= ZERO && code <= NINE) {
    mantissa = mantissa * 10 + (code - ZERO)
    at += 1
    code = text.charCodeAt(at)
  }
  const value = mantissa / (TEN_TO_THE[at - dot - 1] ?? 1)
  if (code !== NEWLINE || !isShortFloat(text, start, dot, at) || !isPlainSize(value)) return readAnyFloat(cursor)
  const isNegative = start !== cursor.at
  cursor.at = at
  return isNegative ? -value : value
}

function isPlainSize(value: number): boolean {
  return value === 0 || value >= LEAST_PLAIN_FLOAT
}

/** Tells whether few digits, and none too many, stand on both sides of the dot. */
function isShortFloat(text: string, start: number, dot: number, end: number): boolean {
  if (end - start - 1 > EXACT_DIGITS || dot === start || dot + 1 === end) return false
  if (text.charCodeAt(start) === ZERO && dot - start > 1) return false
  return text.charCodeAt(end - 1) !== ZERO || end - dot === 2
}

function readAnyFloat(cursor: Cursor): number | undefined {
  const { text } = cursor
  const end = text.indexOf('\n', cursor.at)
  const token = text.slice(cursor.at, end === -1 ? text.length : end)
  const value = token.length > LONGEST_SPECIAL ? Number(token) : (SPECIAL_FLOATS.get(token) ?? Number(token))
  // Most long floats have neither an exponent nor a bare dot, so their text is JavaScript's own.
  if (value.toString() !== token && floatText(value) !== token) return undefined
  cursor.at += token.length
  return value
}

const SPECIAL_FLOATS: ReadonlyMap<string, number> = new Map([
  ['.nan', NaN],
  ['.inf', Infinity],
  ['-.inf', -Infinity],
])

const LONGEST_SPECIAL = 5
