/**
 * Repeats of a run: those that tell how much its metrics vary by chance. They are of the same experiment, commit, code,
 * data and parameters but for the seed, and finished. The one rule of the server and of sites.
 */
import { compareText, sortedEntries } from '../base/order.ts'
import { ulidMs } from '../base/ulid.ts'
import type { Scalar } from '../base/value.ts'
import { isSeed } from './cause.ts'
import type { CodeState } from './code-state.ts'
import type { Dataset } from './dataset.ts'
import type { Parameters, ParameterValue } from './parameter.ts'
import type { RunId } from './run.ts'

/** So many repeats count at most: those nearest in time, because repeats are made together. */
export const MOST_REPEATS = 48

/** What makes runs alike. */
export interface RepeatableRun {
  /** `running` while it is written. */
  readonly status: string
  readonly experiment: string
  readonly code: CodeState
  readonly parameters: Parameters
  readonly datasets: readonly Pick<Dataset, 'uri' | 'pin'>[]
}

/** A run that may be a repeat. Runs of one `likeness` are alike; `undefined` and `null` are like nothing. */
export interface RepeatCandidate {
  readonly id: RunId
  readonly isArchived: boolean
  readonly likeness: string | number | null | undefined
}

/** A text that runs share which are alike in all but the seed; `undefined` for one that cannot be repeated. */
export function likenessOf({ status, experiment, code, parameters, datasets }: RepeatableRun): string | undefined {
  if (status !== 'finished' || code.kind !== 'commit') return undefined
  const settings = sortedEntries(parameters)
    .filter(([key]) => !isSeed(key))
    .map(([key, value]) => [key, exactValue(value)])
  const pins = datasets.map(({ uri, pin }) => {
    if (pin === undefined) return [uri]
    return pin.kind === 'sha256' ? [uri, pin.sha256] : [uri, pin.scheme, pin.id]
  })
  return JSON.stringify([experiment, code.commit, code.tree, settings, pins])
}

/** The repeats of a run among others, itself left out: not archived, the nearest in time first. */
export function repeatsOf<Run extends RepeatCandidate>(
  { id, likeness }: RepeatCandidate,
  others: Iterable<Run>,
): readonly Run[] {
  if (likeness === undefined || likeness === null) return []
  const atMs = ulidMs(id)
  const alike: { readonly run: Run; readonly awayMs: number }[] = []
  for (const run of others) {
    if (run.id === id || run.isArchived || run.likeness !== likeness) continue
    alike.push({ run, awayMs: Math.abs(ulidMs(run.id) - atMs) })
  }
  alike.sort((left, right) => left.awayMs - right.awayMs || compareText(left.run.id, right.run.id))
  return alike.slice(0, MOST_REPEATS).map(({ run }) => run)
}

/** JSON that tells all values apart: integers from floats, both zeros, and numbers that JSON does not have. */
function exactValue(value: ParameterValue): unknown {
  if (isList(value)) return { list: value.map(exactValue) }
  if (typeof value === 'bigint') return { integer: String(value) }
  if (typeof value === 'number') return { float: Object.is(value, -0) ? '-0' : String(value) }
  return value
}

function isList(value: ParameterValue): value is readonly Scalar[] {
  return Array.isArray(value)
}
