/**
 * Decoders: small functions that check one value of a document and name its place when it is not what was expected.
 *
 * Every refusal is `document-malformed` with the file and the path of the value inside it.
 */
import { parseInstant } from '../../base/clock.ts'
import type { Instant } from '../../base/clock.ts'
import { printable } from '../../base/printable.ts'
import { isScalar, isValueList, isValueMap } from '../../base/value.ts'
import type { Scalar, Value, ValueMap } from '../../base/value.ts'
import { Failure, refuse } from '../../domain/failure.ts'

/** Where a value is in its document. */
export interface Spot {
  readonly file: string
  /** The list or mapping that holds it; absent for the document itself. */
  readonly within?: Spot
  /** Its key, or its position counted from 0. */
  readonly key?: string | number
}

/** Checks a value. @throws `document-malformed` */
export type Decoder<Result> = (value: Value, spot: Spot) => Result

/** A mapping being decoded, with its place. */
export interface Fields {
  readonly map: ValueMap
  readonly spot: Spot
}

/** Takes a value as a mapping. */
export const fieldsOf: Decoder<Fields> = (value, spot) => {
  if (!isValueMap(value)) throw malformed(spot, 'expected a mapping')
  return { map: value, spot }
}

/** Decodes a member that must be there. @throws `document-malformed` */
export function required<Result>(fields: Fields, key: string, decode: Decoder<Result>): Result {
  const value = fields.map.get(key)
  const spot = { file: fields.spot.file, within: fields.spot, key }
  if (value === undefined) throw malformed(spot, 'this field is missing')
  return decode(value, spot)
}

/** Decodes a member that may be absent. @throws `document-malformed` */
export function optional<Result>(fields: Fields, key: string, decode: Decoder<Result>): Result | undefined {
  const value = fields.map.get(key)
  return value === undefined ? undefined : decode(value, { file: fields.spot.file, within: fields.spot, key })
}

/** Takes any string. */
export const textValue: Decoder<string> = (value, spot) => {
  if (typeof value !== 'string') throw malformed(spot, 'expected text')
  return value
}

/** Takes true or false. */
export const flagValue: Decoder<boolean> = (value, spot) => {
  if (typeof value !== 'boolean') throw malformed(spot, 'expected true or false')
  return value
}

/** Takes a number, NaN and infinities included; an integer counts as the float it is. */
export const numberValue: Decoder<number> = (value, spot) => {
  if (typeof value === 'number') return value
  if (typeof value === 'bigint') return Number(value)
  throw malformed(spot, 'expected a number')
}

/** Takes a number of a JSON document, where NaN and infinities are strings. */
export const jsonNumberValue: Decoder<number> = (value, spot) => NON_FINITE.get(value) ?? numberValue(value, spot)

const NON_FINITE: ReadonlyMap<Value, number> = new Map<Value, number>([
  ['NaN', NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
])

/** Takes an integer within ±2^53. */
export const integerValue: Decoder<number> = (value, spot) => {
  const integer = typeof value === 'bigint' ? Number(value) : NaN
  if (!Number.isSafeInteger(integer)) throw malformed(spot, 'expected an integer within ±2^53')
  return integer
}

/** Takes an integer from 0 to 2^53. */
export const countValue: Decoder<number> = (value, spot) => {
  const integer = integerValue(value, spot)
  if (integer < 0) throw malformed(spot, 'expected an integer of at least 0')
  return integer
}

/** Takes anything without members. */
export const scalarValue: Decoder<Scalar> = (value, spot) => {
  if (!isScalar(value)) throw malformed(spot, 'expected a single value')
  return value
}

/** Takes an RFC 3339 instant in UTC with milliseconds. */
export const instantValue: Decoder<Instant> = textAs(parseInstant, 'an instant such as 2026-11-20T09:30:00.000Z')

/** Takes text that a parser accepts; `expected` ends the sentence `expected …`. */
export function textAs<Result>(parse: (text: string) => Result | undefined, expected: string): Decoder<Result> {
  return (value, spot) => {
    const result = parse(textValue(value, spot))
    if (result === undefined) throw malformed(spot, `expected ${expected}`)
    return result
  }
}

/** Takes text that a parser of the domain does not refuse; its refusal becomes ours, with the place. */
export function textBy<Result>(parse: (text: string) => Result): Decoder<Result> {
  return (value, spot) => placed(spot, () => parse(textValue(value, spot)))
}

/** Takes one of a few words. */
export function oneOf<Word extends string>(...words: readonly Word[]): Decoder<Word> {
  return (value, spot) => {
    const found = words.find((word) => word === value)
    if (found === undefined) throw malformed(spot, `expected ${words.join(', ')}`)
    return found
  }
}

/** Takes a list of one kind of item. */
export function listOf<Item>(decode: Decoder<Item>): Decoder<readonly Item[]> {
  return (value, spot) => {
    if (!isValueList(value)) throw malformed(spot, 'expected a list')
    return value.map((item, key) => decode(item, { file: spot.file, within: spot, key }))
  }
}

/** Takes a mapping with keys that a parser of the domain does not refuse, and one kind of member. */
export function mapOf<Key, Member>(
  parseKey: (text: string) => Key,
  decode: Decoder<Member>,
): Decoder<ReadonlyMap<Key, Member>> {
  return (value, spot) => {
    if (!isValueMap(value)) throw malformed(spot, 'expected a mapping')
    const map = new Map<Key, Member>()
    for (const [key, member] of value) {
      const memberSpot = { file: spot.file, within: spot, key }
      map.set(
        placed(memberSpot, () => parseKey(key)),
        decode(member, memberSpot),
      )
    }
    return map
  }
}

/** Makes the refusal of a value at its place. */
export function malformed(spot: Spot, problem: string, cause?: unknown): Failure {
  const path = pathOf(spot)
  const told = path === '' ? problem : `${path}: ${problem}`
  return refuse('document-malformed', { place: { file: spot.file }, problem: told }, cause)
}

/** `metrics.val/auc.last`, `datasets[2].uri`; empty for the document itself. */
function pathOf(spot: Spot): string {
  if (spot.within === undefined || spot.key === undefined) return ''
  const outer = pathOf(spot.within)
  if (typeof spot.key === 'number') return `${outer}[${spot.key}]`
  const key = printable(spot.key)
  return outer === '' ? key : `${outer}.${key}`
}

function placed<Result>(spot: Spot, parse: () => Result): Result {
  try {
    return parse()
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    // A hostile path is told as what it is, wherever it stands: its name alone shows the place.
    if (error.code.startsWith('path-')) throw error
    throw malformed(spot, `${error.message}: ${error.why}`, error)
  }
}
