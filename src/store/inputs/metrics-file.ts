/**
 * Files of final metric values: one number a name, nested names joined by dots.
 */
import { isScalar } from '../../base/value.ts'
import type { Scalar } from '../../base/value.ts'
import { refuse } from '../../domain/failure.ts'
import { parseMetricKey } from '../../domain/key.ts'
import type { MetricKey } from '../../domain/key.ts'
import { flattenParameters } from '../../domain/parameter-flatten.ts'
import type { ParameterValue } from '../../domain/parameter.ts'
import type { Files } from '../files/files.ts'
import { readDocument } from './input-document.ts'
import { quoteNonFinite } from './json-line.ts'
import { parseNonFinite } from './series-rows.ts'

/**
 * Reads a YAML, JSON or TOML file of metrics, in file order. NaN and the infinities are values, also as the bare words
 * that Python's `json` writes and as text.
 *
 * @throws `metric-not-number`, `number-not-exact` for an integer beyond 2^53, `file-not-found`, `usage-invalid`,
 * `key-conflict`, `name-invalid`, and every refusal of the strict readers.
 */
export async function readMetrics(files: Files, path: string): Promise<ReadonlyMap<MetricKey, number>> {
  const document = await readDocument(files, path, {
    wanted: 'metric file',
    prepare: (text, format) => (format === 'json' ? quoteNonFinite(text) : text),
  })
  const metrics = new Map<MetricKey, number>()
  // Metrics nest as parameters do, so the same law keeps `a.b` and `a: {b}` apart.
  for (const [key, value] of flattenParameters(document, path)) {
    metrics.set(parseMetricKey(key), metricNumber(key, value, path))
  }
  return metrics
}

function metricNumber(metric: string, value: ParameterValue, file: string): number {
  if (typeof value === 'number') return value
  if (typeof value === 'bigint') return exactNumber(value, file)
  const nonFinite = typeof value === 'string' ? parseNonFinite(value) : undefined
  if (nonFinite !== undefined) return nonFinite
  throw refuse('metric-not-number', { metric, found: isScalar(value) ? wordFor(value) : 'a list', file })
}

function exactNumber(value: bigint, file: string): number {
  const number = Number(value)
  if (!Number.isSafeInteger(number)) throw refuse('number-not-exact', { place: { file }, text: String(value) })
  return number
}

function wordFor(value: Scalar): string {
  if (value === null) return 'null'
  return typeof value === 'boolean' ? 'true or false' : 'text'
}
