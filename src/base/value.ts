/**
 * The data model of every document mlv reads or writes.
 *
 * Integers are `bigint` and floats are `number`, so `1` and `1.0` stay apart and a 64-bit seed keeps every digit.
 * Mappings are `Map`s: a key called `__proto__` is only a key.
 */

/** One value of a document. */
export type Value = Scalar | readonly Value[] | ValueMap

/** A value without members. */
export type Scalar = null | boolean | bigint | number | string

/** A mapping; insertion order carries no meaning. */
export type ValueMap = ReadonlyMap<string, Value>

/** Tells whether a value is a mapping. */
export function isValueMap(value: Value): value is ValueMap {
  return value instanceof Map
}

/** Tells whether a value is a list. */
export function isValueList(value: Value): value is readonly Value[] {
  return Array.isArray(value)
}

/** Tells whether a value is a scalar. */
export function isScalar(value: Value): value is Scalar {
  return !isValueMap(value) && !isValueList(value)
}

/** Builds a mapping from an object literal, leaving out members that are `undefined`. */
export function valueMap(members: { readonly [key: string]: Value | undefined }): ValueMap {
  const map = new Map<string, Value>()
  for (const [key, value] of Object.entries(members)) if (value !== undefined) map.set(key, value)
  return map
}
