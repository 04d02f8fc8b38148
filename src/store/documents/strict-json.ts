/**
 * JSON from outside, read by RFC 8259 to the letter: integers keep every digit, a key appears once, and every refusal
 * says where.
 *
 * `JSON.parse` keeps the last of two equal keys, rounds integers beyond 2^53, and reads any depth.
 */
import { DEPTH_LIMIT } from '../../base/canonical-yaml-read.ts'
import { jsonStringEnd, parseJsonString } from '../../base/json-string.ts'
import type { Value, ValueMap } from '../../base/value.ts'
import { refuse } from '../../domain/failure.ts'
import type { Failure } from '../../domain/failure.ts'
import { checkDocumentText, malformedAt, placeAt } from './document-text.ts'
import { isNumberLost } from './number-text.ts'

/** A place in the text; every reading function moves it on. */
interface Cursor {
  readonly text: string
  readonly file: string
  readonly nonFinite: boolean
  at: number
}

const WHITESPACE = /[ \t\n\r]*/y
const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y
const WORD = /true|false|null/y
const NON_FINITE = /NaN|-?Infinity/y

/**
 * Reads one JSON document.
 *
 * A number without dot and exponent is an integer; `-0` is the integer 0.
 *
 * @param options `nonFinite` also reads the bare NaN, Infinity and -Infinity that Python's `json` writes
 * @throws `document-malformed`, `document-too-deep`, `key-duplicate`, `number-not-exact`, `limit-exceeded`
 */
export function readStrictJson(text: string, file: string, options: { readonly nonFinite?: boolean } = {}): Value {
  checkDocumentText(text, file)
  const cursor: Cursor = { text, file, nonFinite: options.nonFinite ?? false, at: 0 }
  const value = readValue(cursor, 1)
  skipSpace(cursor)
  if (cursor.at < text.length) throw unexpected(cursor, 'the end of the document')
  return value
}

function readValue(cursor: Cursor, depth: number): Value {
  skipSpace(cursor)
  const first = cursor.text.charAt(cursor.at)
  if (first === '{' || first === '[') {
    if (depth > DEPTH_LIMIT) {
      const place = placeAt(cursor.text, cursor.file, cursor.at)
      throw refuse('document-too-deep', { place, limit: DEPTH_LIMIT })
    }
    return first === '{' ? readObject(cursor, depth) : readArray(cursor, depth)
  }
  if (first === '"') return readString(cursor)
  const word = take(cursor, WORD)
  if (word !== undefined) return word === 'null' ? null : word === 'true'
  const bare = cursor.nonFinite ? take(cursor, NON_FINITE) : undefined
  return bare === undefined ? readNumber(cursor) : Number(bare)
}

function readObject(cursor: Cursor, depth: number): ValueMap {
  const map = new Map<string, Value>()
  cursor.at += 1
  skipSpace(cursor)
  if (accept(cursor, '}')) return map
  do {
    skipSpace(cursor)
    const start = cursor.at
    const key = readString(cursor)
    if (map.has(key)) throw refuse('key-duplicate', { place: placeAt(cursor.text, cursor.file, start), key })
    skipSpace(cursor)
    if (!accept(cursor, ':')) throw unexpected(cursor, "':'")
    map.set(key, readValue(cursor, depth + 1))
    skipSpace(cursor)
  } while (accept(cursor, ','))
  if (!accept(cursor, '}')) throw unexpected(cursor, "',' or '}'")
  return map
}

function readArray(cursor: Cursor, depth: number): readonly Value[] {
  const list: Value[] = []
  cursor.at += 1
  skipSpace(cursor)
  if (accept(cursor, ']')) return list
  do {
    list.push(readValue(cursor, depth + 1))
    skipSpace(cursor)
  } while (accept(cursor, ','))
  if (!accept(cursor, ']')) throw unexpected(cursor, "',' or ']'")
  return list
}

function readString(cursor: Cursor): string {
  const { text, file, at: start } = cursor
  if (text.charAt(start) !== '"') throw unexpected(cursor, 'a string')
  const end = jsonStringEnd(text, start)
  if (end === undefined) throw malformedAt(text, file, { offset: start, problem: 'this string never ends' })
  const value = parseJsonString(text.slice(start, end))
  if (value === undefined) {
    throw malformedAt(text, file, { offset: start, problem: 'this string has a raw control character or a bad escape' })
  }
  cursor.at = end
  return value
}

function readNumber(cursor: Cursor): bigint | number {
  const start = cursor.at
  const token = take(cursor, NUMBER)
  if (token === undefined) throw unexpected(cursor, 'a value')
  if (!/[.eE]/.test(token)) return BigInt(token)
  const value = Number(token)
  if (!isNumberLost(token, value)) return value
  throw refuse('number-not-exact', { place: placeAt(cursor.text, cursor.file, start), text: token })
}

function take(cursor: Cursor, pattern: RegExp): string | undefined {
  pattern.lastIndex = cursor.at
  const found = pattern.exec(cursor.text)
  if (found === null) return undefined
  cursor.at = pattern.lastIndex
  return found[0]
}

function skipSpace(cursor: Cursor): void {
  take(cursor, WHITESPACE)
}

function accept(cursor: Cursor, character: string): boolean {
  if (cursor.text.charAt(cursor.at) !== character) return false
  cursor.at += 1
  return true
}

function unexpected(cursor: Cursor, expected: string): Failure {
  const { text, file, at } = cursor
  const found = at >= text.length ? 'the end' : `'${text.charAt(at)}'`
  return malformedAt(text, file, { offset: at, problem: `expected ${expected}, found ${found}` })
}
