/**
 * Series: the points of a metric over steps. Nothing is dropped, sorted or merged when points are taken in.
 */
import type { MetricKey } from './key.ts'

/** One logged value. */
export interface Point {
  /** The training step, an integer within ±2^53; may repeat or go back. */
  readonly step: number
  /** Milliseconds since the Unix epoch, UTC; absent when the source had no clock. */
  readonly atMs?: number
  /** Any double, NaN and infinities included. */
  readonly value: number
}

/** The series of a run: points in the order they were logged, by metric. */
export type SeriesSet = ReadonlyMap<MetricKey, readonly Point[]>
