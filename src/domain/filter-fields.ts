/**
 * Which values of a run a filter and a sort ask about, so that no others need be read.
 */
import type { Field, Filter } from './filter.ts'
import type { MetricKey, ParameterKey } from './key.ts'

/** The parameters and metrics that fields name: `OutlineKeys` that can be gone through. */
export function outlineKeysOf(fields: readonly Field[]): {
  readonly parameters: ReadonlySet<ParameterKey>
  readonly metrics: ReadonlySet<MetricKey>
} {
  const parameters = new Set<ParameterKey>()
  const metrics = new Set<MetricKey>()
  for (const field of fields) {
    if (field.kind === 'param') parameters.add(field.key)
    if (field.kind === 'metric') metrics.add(field.key)
  }
  return { parameters, metrics }
}

/** Every field of a filter. */
export function fieldsOfFilter(filter: Filter): readonly Field[] {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.parts.flatMap(fieldsOfFilter)
    case 'not':
      return fieldsOfFilter(filter.part)
    case 'has':
    case 'compare':
    case 'in':
      return [filter.field]
  }
}
