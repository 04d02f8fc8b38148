/**
 * Samples that flipped: rows of an evaluation table that passed on one side and failed on the other.
 *
 * Law: turning the sides around turns `broke` into `mended`.
 */
import { compareText } from '../base/order.ts'
import type { ArtifactPath } from './artifact-path.ts'

/** Where evaluation tables are, and how to read them; `evaluation` in `mlv.yaml`. */
export interface EvaluationTable {
  /** Path of the table among the files of a run: CSV or JSON Lines. */
  readonly path: ArtifactPath
  /** The column that names a sample. */
  readonly key: string
  /** The column that says whether it passed: true, 1, `pass`, `yes`; anything else is a failure. */
  readonly pass: string
}

/** The samples of a table by name: whether each passed. */
export type Outcomes = ReadonlyMap<string, boolean>

/** What flipped between two tables. */
export interface SampleFlips {
  /** Samples both sides have. */
  readonly compared: number
  /** Passed on base, fail on head; sorted by name, at most `FLIPS_TOLD`. */
  readonly broke: readonly string[]
  readonly brokeCount: number
  /** Failed on base, pass on head. */
  readonly mended: readonly string[]
  readonly mendedCount: number
  /** Samples of one side only. */
  readonly unmatched: number
}

/** How many flipped samples are named; the counts tell of the others. */
export const FLIPS_TOLD = 100

/** Compares the outcomes of two tables. */
export function flipsBetween(base: Outcomes, head: Outcomes): SampleFlips {
  const common = [...base.keys()].filter((sample) => head.has(sample))
  const flipped = (from: boolean): readonly string[] =>
    common.filter((sample) => base.get(sample) === from && head.get(sample) !== from).sort(compareText)
  const [broke, mended] = [flipped(true), flipped(false)]
  return {
    compared: common.length,
    broke: broke.slice(0, FLIPS_TOLD),
    brokeCount: broke.length,
    mended: mended.slice(0, FLIPS_TOLD),
    mendedCount: mended.length,
    unmatched: base.size + head.size - 2 * common.length,
  }
}
