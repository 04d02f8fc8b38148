/**
 * Members of documents as values of metrics.
 */
import type { Value } from '../../base/value.ts'
import { parseNonFinite } from './series-rows.ts'

/** A number, or the text of NaN or an infinity; `undefined` for anything else and for an integer beyond 2^53. */
export function metricNumberOf(value: Value): number | undefined {
  if (typeof value === 'string') return parseNonFinite(value)
  if (typeof value === 'number') return value
  return typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : undefined
}
