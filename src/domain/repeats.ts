/**
 * Repeats of a run: those that tell how much its metrics vary by chance. They are of the same experiment, commit, code,
 * data and parameters but for the seed, and finished. The one rule of the server and of sites.
 *
 * Law: of runs with the same seed one counts, and a run and its reruns count once: doing the same again draws no new
 * sample.
 */
import { compareText, sortedEntries } from '../base/order.ts'
import { ulidMs } from '../base/ulid.ts'
import type { Scalar } from '../base/value.ts'
import { isSeed } from './cause.ts'
import type { CodeState } from './code-state.ts'
import type { Dataset } from './dataset.ts'
import type { Parameters, ParameterValue } from './parameter.ts'
import type { RunFacts, RunId } from './run.ts'

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
  /** As `seedsOf` tells; empty without a seed, and then each run is a sample of its own but for reruns. */
  readonly seeds: string
  /** As `rerunsAmong` tells; absent for a run that does no other again. */
  readonly rerunOf?: RunId
}

/** What tells whether a run does another again. */
export interface RerunCandidate extends Pick<RepeatCandidate, 'id' | 'likeness' | 'seeds'> {
  readonly parent: RunId | undefined
  readonly command: readonly string[] | undefined
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

/** The seeds of a run as text, empty without any; a seed of `null` is none, because chance picks it each time. */
export function seedsOf(parameters: Parameters): string {
  const seeds = sortedEntries(parameters).filter(([key, value]) => isSeed(key) && value !== null)
  return seeds.length === 0 ? '' : JSON.stringify(seeds.map(([key, value]) => [key, exactValue(value)]))
}

/** What a run says of what it repeats. */
export function rerunCandidate(run: RepeatableRun & Pick<RunFacts, 'id' | 'parent' | 'command'>): RerunCandidate {
  const { id, parent, command } = run
  return { id, parent, command, likeness: likenessOf(run), seeds: seedsOf(run.parameters) }
}

/**
 * Which of the runs do another of them again, each with the first that was done: its parent, alike in all and with the
 * same command and seed. A run that another one started has a command of its own, and is no rerun.
 */
export function rerunsAmong(runs: Iterable<RerunCandidate>): ReadonlyMap<RunId, RunId> {
  const byId = new Map<RunId, RerunCandidate>()
  for (const run of runs) byId.set(run.id, run)
  const originals = new Map<RunId, RunId>()
  // A run began after its parent, so that the parent is known first.
  for (const run of [...byId.values()].sort((left, right) => compareText(left.id, right.id))) {
    const parent = run.parent === undefined ? undefined : byId.get(run.parent)
    if (parent === undefined || !isDoneAgain(parent, run)) continue
    originals.set(run.id, originals.get(parent.id) ?? parent.id)
  }
  return originals
}

function isDoneAgain(first: RerunCandidate, { likeness, seeds, command }: RerunCandidate): boolean {
  if (likeness === undefined || likeness === null || first.likeness !== likeness || first.seeds !== seeds) return false
  return JSON.stringify(first.command) === JSON.stringify(command)
}

/** The repeats of a run among others, itself left out: not archived, one of each sample, the nearest in time first. */
export function repeatsOf<Run extends RepeatCandidate>(run: RepeatCandidate, others: Iterable<Run>): readonly Run[] {
  if (run.likeness === undefined || run.likeness === null) return []
  const atMs = ulidMs(run.id)
  const awayMs = (other: Run): number => Math.abs(ulidMs(other.id) - atMs)
  const samples = new Map<string, Run>()
  const own = sampleOf(run)
  for (const other of others) {
    if (other.id === run.id || other.isArchived || other.likeness !== run.likeness) continue
    const sample = sampleOf(other)
    const known = samples.get(sample)
    if (sample !== own && (known === undefined || other.id < known.id)) samples.set(sample, other)
  }
  return [...samples.values()]
    .sort((left, right) => awayMs(left) - awayMs(right) || compareText(left.id, right.id))
    .slice(0, MOST_REPEATS)
}

/** Runs of one sample differ by nothing that was meant to differ. */
function sampleOf({ id, seeds, rerunOf }: RepeatCandidate): string {
  return seeds === '' ? (rerunOf ?? id) : seeds
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
