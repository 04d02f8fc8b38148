/**
 * The metrics of a version under the rules its model has today; the rules of their time stay in the record.
 */
import type { Metrics } from '../../domain/metric.ts'
import type { ModelVersion } from '../../domain/model-version.ts'
import { readModel } from '../../store/branch/read-models.ts'
import type { BranchSnapshot } from '../../store/branch/snapshot.ts'

/** Puts the model's rules of today over those that were recorded. */
export async function ruledMetrics(snapshot: BranchSnapshot, version: ModelVersion): Promise<Metrics> {
  const model = await readModel(snapshot, version.model)
  const ruled = [...version.metrics].map(([key, metric]) => {
    const rule = model?.metrics.get(key)
    return [key, rule === undefined ? metric : { summary: metric.summary, ...rule }] as const
  })
  return new Map(ruled)
}
