/**
 * Sweeps: which parameters are tried, and the trials that follow from them. The same sweep always has the same trials,
 * on every machine; asking for more of them keeps those there were.
 */
import { sha256Of } from '../base/digest.ts'
import { sortedEntries } from '../base/order.ts'
import type { Scalar } from '../base/value.ts'
import { assert } from '../base/assert.ts'
import type { MetricKey, ParameterKey } from './key.ts'
import { formatParameterText } from './parameter-text.ts'

/** The values a parameter may take. */
export type Axis =
  | { readonly kind: 'choices'; readonly values: readonly Scalar[] }
  | {
      readonly kind: 'range'
      /** Both ends belong to it; above 0 with a logarithmic scale. */
      readonly min: number
      readonly max: number
      readonly scale: 'linear' | 'log'
      /** Both ends were written as integers, and so are the values. */
      readonly isInteger: boolean
      /** How many values a grid takes, both ends included; at least 2. Absent where it was not said. */
      readonly steps?: number
    }

/** A space and how it is searched. */
export interface Sweep {
  readonly name: string
  readonly experiment?: string
  /** Program and arguments with `{key}` placeholders; absent when the command line gives them. */
  readonly command?: readonly string[]
  readonly method: 'grid' | 'random'
  /** At most so many trials; absent for the whole grid. */
  readonly trials?: number
  readonly seed: number
  readonly workers?: number
  /** At least one, in the order of the file: the first changes slowest in a grid. */
  readonly params: ReadonlyMap<ParameterKey, Axis>
  /** What the best trial is told by; absent when none is. */
  readonly metric?: { readonly key: MetricKey; readonly goal: 'min' | 'max' }
}

/** One combination of values. */
export interface Trial {
  /** From 1, in the order they are run. */
  readonly number: number
  readonly parameters: ReadonlyMap<ParameterKey, Scalar>
}

/** More trials than this are no sweep of one machine, and no one commit. */
export const TRIALS_LIMIT = 10_000

/** A range of floats has this many digits of its value: enough to search with, short enough to read. */
const DIGITS = 6

/** The trials of a sweep, no two alike; at most `TRIALS_LIMIT`. A range in a grid has its steps. */
export function trialsOf(sweep: Sweep): readonly Trial[] {
  const limit = Math.min(sweep.trials ?? TRIALS_LIMIT, TRIALS_LIMIT)
  const points = sweep.method === 'grid' ? gridOf(sweep.params) : randomPoints(sweep, limit)
  const seen = new Set<string>()
  const trials: Trial[] = []
  for (const parameters of points) {
    if (trials.length === limit) break
    const text = trialKey(parameters)
    if (seen.has(text)) continue
    seen.add(text)
    trials.push({ number: trials.length + 1, parameters })
  }
  return trials
}

/** A text that only the same values have. */
export function trialKey(parameters: ReadonlyMap<ParameterKey, Scalar>): string {
  return JSON.stringify(sortedEntries(parameters).map(([key, value]) => [key, formatParameterText(value)]))
}

/** The group its runs are in: the name, and a digest of all that decides what the trials are but not how many. */
export function sweepGroup({ name, method, seed, params, command }: Sweep): string {
  const axes = [...params].map(([key, axis]) => [key, axisText(axis)])
  return `${name}-${sha256Of(JSON.stringify([method, seed, axes, command ?? null])).slice(0, 8)}`
}

/** How many trials a grid has before any limit; infinite where a range has no steps. */
export function gridSize(params: Sweep['params']): number {
  return [...params.values()].reduce((size, axis) => {
    return size * (axis.kind === 'choices' ? axis.values.length : (axis.steps ?? Infinity))
  }, 1)
}

function axisText(axis: Axis): string {
  if (axis.kind === 'choices') return JSON.stringify(axis.values.map(formatParameterText))
  const { min, max, scale, isInteger, steps } = axis
  return JSON.stringify([min, max, scale, isInteger, steps ?? null])
}

function* gridOf(params: Sweep['params']): Generator<ReadonlyMap<ParameterKey, Scalar>> {
  const axes = [...params].map(([key, axis]) => [key, gridValues(axis)] as const)
  const size = Math.min(
    axes.reduce((count, [, values]) => count * values.length, 1),
    Number.MAX_SAFE_INTEGER,
  )
  for (let index = 0; index < size; index += 1) {
    let rest = index
    const point: (readonly [ParameterKey, Scalar])[] = []
    for (const [key, values] of [...axes].reverse()) {
      point.unshift([key, values[rest % values.length] ?? null])
      rest = Math.floor(rest / values.length)
    }
    yield new Map(point)
  }
}

function gridValues(axis: Axis): readonly Scalar[] {
  if (axis.kind === 'choices') return axis.values
  const { steps } = axis
  assert(steps !== undefined && steps >= 2, 'a range in a grid to have steps')
  return Array.from({ length: steps }, (_, index) => valueAt(axis, index / (steps - 1), false))
}

/** Ten times as many draws as trials, in case many are alike: a space may have fewer points than were asked for. */
function* randomPoints({ params, seed }: Sweep, limit: number): Generator<ReadonlyMap<ParameterKey, Scalar>> {
  for (let draw = 1; draw <= limit * 10; draw += 1) {
    yield new Map([...params].map(([key, axis]) => [key, drawFrom(axis, unit(seed, draw, key))]))
  }
}

function drawFrom(axis: Axis, part: number): Scalar {
  if (axis.kind === 'range') return valueAt(axis, part, true)
  return axis.values[Math.floor(part * axis.values.length)] ?? null
}

/** Integers of a random draw share the range evenly; those of a grid start and end on its ends. */
function valueAt(axis: Extract<Axis, { readonly kind: 'range' }>, part: number, isDraw: boolean): Scalar {
  const { min, max, scale, isInteger } = axis
  const widen = isInteger && isDraw ? 0.5 : 0
  const [low, high] = [min - widen, max + widen]
  const value = scale === 'log' ? low * (high / low) ** part : low + (high - low) * part
  if (isInteger) return BigInt(Math.min(max, Math.max(min, Math.round(value))))
  return Math.min(max, Math.max(min, Number(value.toPrecision(DIGITS))))
}

/** A number from 0 up to 1 that depends on nothing but these: 48 bits of a digest. */
function unit(seed: number, draw: number, key: ParameterKey): number {
  return parseInt(sha256Of(`${seed}\n${draw}\n${key}`).slice(0, 12), 16) / 2 ** 48
}
