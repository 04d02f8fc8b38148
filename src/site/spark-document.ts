/**
 * Small curves of some runs that stand beside each other in the table, in few bytes: each value is a thousandth of the
 * way from the least to the greatest, which are exact.
 */
import type { MetricKey } from '../domain/key.ts'
import type { RunId } from '../domain/run.ts'

/** The document: curves by run. */
export interface SparksDocument {
  readonly [run: string]: readonly PackedCurve[]
}

/** `null` is a gap. */
type PackedCurve = readonly [metric: string, low: number, high: number, values: readonly (number | null)[]]

/** Curves of so many runs are in one document. */
export const SPARKS_TOGETHER = 64
/** Values of a curve. */
export const SPARK_POINTS = 24

const PARTS = 1_000

/** The name of the document with the curves of a run, by its place in the table. */
export function sparksDocument(place: number): string {
  return `sparks/${Math.floor(place / SPARKS_TOGETHER)}`
}

/** Packs curves; a value that is not finite is a gap. */
export function encodeCurves(curves: ReadonlyMap<MetricKey, readonly number[]>): readonly PackedCurve[] {
  return [...curves].map(([metric, values]): PackedCurve => {
    const finite = values.filter(Number.isFinite)
    const [low, high] = [
      finite.reduce((a, b) => Math.min(a, b), Infinity),
      finite.reduce((a, b) => Math.max(a, b), -Infinity),
    ]
    if (finite.length === 0) return [metric, 0, 0, values.map(() => null)]
    const width = high - low
    const partOf = (value: number): number =>
      width > 0 && width < Infinity ? Math.round(((value - low) / width) * PARTS) : 0
    return [metric, low, high, values.map((value) => (Number.isFinite(value) ? partOf(value) : null))]
  })
}

/** The curves of a run; none where it has none. */
export function decodeCurves(
  document: SparksDocument | undefined,
  run: RunId,
): ReadonlyMap<MetricKey, readonly (number | null)[]> {
  const curves = document?.[run] ?? []
  return new Map(
    curves.map(([metric, low, high, parts]) => {
      const valueOf = (part: number): number => (part === PARTS ? high : low + ((high - low) * part) / PARTS)
      return [metric as MetricKey, parts.map((part) => (part === null ? null : valueOf(part)))]
    }),
  )
}
