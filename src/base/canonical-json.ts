/**
 * Canonical JSON after RFC 8785, the text that content digests are taken of: one text per value.
 *
 * Integers keep every digit, also beyond 2^53. `1` and `1.0` share a text, and so do `0.0` and `-0.0`, as the RFC has
 * it; use `jsonText` where they must stay apart.
 */
import { assert } from './assert.ts'
import { isValueList, isValueMap } from './value.ts'
import type { Value, ValueMap } from './value.ts'

/** Writes a value without spaces, keys sorted by UTF-16 code units. NaN and infinities are a bug of the caller. */
export function canonicalJson(value: Value): string {
  if (value === null) return 'null'
  if (isValueList(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (isValueMap(value)) return mapJson(value)
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value !== 'number') return value.toString()
  assert(Number.isFinite(value), 'a finite number in canonical JSON')
  return JSON.stringify(value)
}

function mapJson(map: ValueMap): string {
  // RFC 8785, section 3.2.3: code units, which is what `<` compares, and not the UTF-8 bytes used everywhere else.
  const entries = [...map].sort(([left], [right]) => (left < right ? -1 : 1))
  return `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${canonicalJson(value)}`).join(',')}}`
}
