/**
 * The text of a sweep, checked key by key: what may be tried, and how it is searched.
 */
import { isScalar } from '../../base/value.ts'
import type { Scalar } from '../../base/value.ts'
import { refuse } from '../../domain/failure.ts'
import { parseExperimentName, parseMetricKey, parseParameterKey } from '../../domain/key.ts'
import type { ParameterKey } from '../../domain/key.ts'
import { parseGroup } from '../../domain/run.ts'
import { gridSize, TRIALS_LIMIT } from '../../domain/sweep.ts'
import type { Axis, Sweep } from '../../domain/sweep.ts'
import { fieldsOf, listOf, malformed, numberValue, oneOf, optional, required, textValue } from '../documents/decode.ts'
import type { Decoder, Fields, Spot } from '../documents/decode.ts'
import { readStrictYaml } from '../documents/strict-yaml.ts'

const KEYS = ['name', 'experiment', 'command', 'method', 'trials', 'seed', 'workers', 'params', 'metric', 'goal']
const RANGE_KEYS = ['min', 'max', 'scale', 'steps']

/**
 * Reads a sweep. `name` is the fallback for one that has none.
 *
 * @throws `document-malformed`, `name-invalid`, `limit-exceeded` for more than 10,000 trials, and every refusal of the
 * strict YAML reader
 */
export function parseSweep(text: string, file: string, name: string): Sweep {
  const fields = fieldsOf(readStrictYaml(text, file), { file })
  refuseUnknown(fields, KEYS)
  const params = required(fields, 'params', paramsOf)
  const method = optional(fields, 'method', oneOf('grid', 'random')) ?? 'grid'
  const trials = optional(fields, 'trials', countFromOne)
  const experiment = optional(fields, 'experiment', textValue)
  const command = optional(fields, 'command', commandOf)
  const workers = optional(fields, 'workers', countFromOne)
  const metric = optional(fields, 'metric', textValue)
  const goal = optional(fields, 'goal', oneOf('min', 'max'))
  if ((metric === undefined) !== (goal === undefined)) {
    throw malformed(fields.spot, "'metric' and 'goal' are given together or not at all")
  }
  refuseTooMany(fields.spot, { method, params, trials })
  return {
    name: parseGroup(optional(fields, 'name', textValue) ?? name),
    ...(experiment === undefined ? {} : { experiment: parseExperimentName(experiment) }),
    ...(command === undefined ? {} : { command }),
    method,
    ...(trials === undefined ? {} : { trials }),
    seed: optional(fields, 'seed', wholeNumber) ?? 0,
    ...(workers === undefined ? {} : { workers }),
    params,
    ...(metric === undefined || goal === undefined ? {} : { metric: { key: parseMetricKey(metric), goal } }),
  }
}

const wholeNumber: Decoder<number> = (value, spot) => {
  if (typeof value === 'bigint' && BigInt(Number(value)) === value) return Number(value)
  throw malformed(spot, 'expected a whole number')
}

const countFromOne: Decoder<number> = (value, spot) => {
  const count = wholeNumber(value, spot)
  if (count < 1) throw malformed(spot, 'expected a whole number from 1')
  return count
}

/** A text is cut at spaces; what needs quoting is written as a list. */
const commandOf: Decoder<readonly string[]> = (value, spot) => {
  const parts = typeof value === 'string' ? value.split(/\s+/).filter(Boolean) : listOf(textValue)(value, spot)
  if (parts.length === 0) throw malformed(spot, 'expected a program and its arguments')
  return parts
}

const paramsOf: Decoder<ReadonlyMap<ParameterKey, Axis>> = (value, spot) => {
  const { map } = fieldsOf(value, spot)
  if (map.size === 0) throw malformed(spot, 'expected at least one parameter')
  return new Map(
    [...map].map(([key, axis]) => [parseParameterKey(key), axisOf(axis, { file: spot.file, within: spot, key })]),
  )
}

/** A list is choices; one value is a choice of one; a mapping is a range, or choices by that name. */
const axisOf: Decoder<Axis> = (value, spot) => {
  if (isScalar(value)) return { kind: 'choices', values: [value] }
  if (Array.isArray(value)) return choicesOf(value, spot)
  const fields = fieldsOf(value, spot)
  if (fields.map.has('choices')) {
    refuseUnknown(fields, ['choices'])
    return required(fields, 'choices', choicesOf)
  }
  return rangeOf(fields)
}

const choicesOf: Decoder<Axis> = (value, spot) => {
  const values = listOf<Scalar>((member, at) => {
    if (isScalar(member)) return member
    throw malformed(at, 'expected a single value')
  })(value, spot)
  if (values.length === 0) throw malformed(spot, 'expected at least one value')
  return { kind: 'choices', values }
}

function rangeOf(fields: Fields): Axis {
  refuseUnknown(fields, RANGE_KEYS)
  const isInteger = [fields.map.get('min'), fields.map.get('max')].every((end) => typeof end === 'bigint')
  const [min, max] = [required(fields, 'min', endValue), required(fields, 'max', endValue)]
  const scale = optional(fields, 'scale', oneOf('linear', 'log')) ?? 'linear'
  const steps = optional(fields, 'steps', countFromOne)
  if (min >= max) throw malformed(fields.spot, "'min' must be below 'max'")
  if (scale === 'log' && min <= 0) throw malformed(fields.spot, 'a logarithmic scale starts above 0')
  if (steps === 1) throw malformed(fields.spot, "'steps' counts both ends, so it is at least 2")
  return { kind: 'range', min, max, scale, isInteger, ...(steps === undefined ? {} : { steps }) }
}

const endValue: Decoder<number> = (value, spot) => {
  const end = typeof value === 'bigint' ? Number(value) : numberValue(value, spot)
  if (!Number.isFinite(end)) throw malformed(spot, 'expected a finite number')
  return end
}

function refuseTooMany(
  spot: Spot,
  { method, params, trials }: Pick<Sweep, 'method' | 'params'> & { readonly trials: number | undefined },
): void {
  if (method === 'random' && trials === undefined) throw malformed(spot, "a random search needs 'trials'")
  const size = method === 'grid' ? gridSize(params) : (trials ?? 0)
  if (size === Infinity) throw malformed(spot, "a range in a grid needs 'steps'")
  const asked = Math.min(size, trials ?? Infinity)
  if (asked > TRIALS_LIMIT) throw refuse('limit-exceeded', { what: 'trials', actual: asked, limit: TRIALS_LIMIT })
}

function refuseUnknown({ map, spot }: Fields, known: readonly string[]): void {
  for (const key of map.keys()) {
    if (!known.includes(key)) throw malformed(spot, `unknown key '${key}'; the keys are ${known.join(', ')}`)
  }
}
