/**
 * Flattening: nested parameters become one level of dotted keys, and no two parameters become the same one.
 */
import { isScalar, isValueList, isValueMap } from '../base/value.ts'
import type { Value } from '../base/value.ts'
import { refuse } from './failure.ts'
import { parseParameterKey } from './key.ts'
import type { ParameterKey } from './key.ts'
import type { Parameters, ParameterValue } from './parameter.ts'

const LIMIT_DEPTH = 64

/** What is known while a document is walked: the result so far, and how each key was spelled in the document. */
interface Flattening {
  readonly file: string
  readonly parameters: Map<ParameterKey, ParameterValue>
  readonly spellings: Map<ParameterKey, readonly string[]>
}

/**
 * Flattens a document of parameters. Lists of scalars stay whole; members of other lists get their index as a key,
 * counted from 0. Empty mappings leave nothing behind; an empty document (`null`) has no parameters.
 *
 * @throws `key-conflict` for `{a.b}` beside `{a: {b}}`, `document-malformed` when the top is no mapping,
 * `document-too-deep`, `name-invalid` for a key that cannot be one.
 */
export function flattenParameters(value: Value, file: string): Parameters {
  if (value === null) return new Map()
  if (!isValueMap(value)) {
    throw refuse('document-malformed', { place: { file }, problem: 'expected a mapping of parameter names to values' })
  }
  const flattening: Flattening = { file, parameters: new Map(), spellings: new Map() }
  flattenMember(flattening, [], value)
  return flattening.parameters
}

function flattenMember(flattening: Flattening, path: readonly string[], value: Value): void {
  if (path.length > LIMIT_DEPTH) {
    throw refuse('document-too-deep', { place: { file: flattening.file }, limit: LIMIT_DEPTH })
  }
  if (isScalar(value)) keep(flattening, path, value)
  else if (isValueMap(value)) for (const [key, member] of value) flattenMember(flattening, [...path, key], member)
  else if (value.every(isScalar)) keep(flattening, path, value)
  else if (isValueList(value)) {
    value.forEach((member, index) => flattenMember(flattening, [...path, String(index)], member))
  }
}

function keep(flattening: Flattening, path: readonly string[], value: ParameterValue): void {
  const key = parseParameterKey(path.join('.'))
  const earlier = flattening.spellings.get(key)
  if (earlier !== undefined) {
    throw refuse('key-conflict', { key: spelled(earlier), other: spelled(path), file: flattening.file })
  }
  flattening.spellings.set(key, path)
  flattening.parameters.set(key, value)
}

/** `{a.b}` for a dotted key, `{a: {b}}` for a nested one. */
function spelled(path: readonly string[]): string {
  return path.reduceRight((inner, key) => `{${key}${inner === '' ? '' : `: ${inner}`}}`, '')
}
