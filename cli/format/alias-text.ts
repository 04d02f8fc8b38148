/**
 * Where an alias went, and what that means for each metric.
 */
import type { AliasReport } from '../../src/ops/promote-version.ts'
import { styled } from './line.ts'
import type { Line } from './line.ts'
import { firstMetricLines, metricMoveLines } from './metric-change.ts'

/** Writes what promote and rollback did. */
export function aliasText({ alias, from, changed, changes }: AliasReport): readonly Line[] {
  const name = `${alias.model}@${alias.name}`
  const label = styled('strong', `v${alias.version.number}`)
  if (!changed) return [[`${name} names `, label, ' already']]
  const before = from === undefined ? '' : `, was v${from.number}`
  const lines = from === undefined ? firstMetricLines(changes) : metricMoveLines(changes)
  return [[`${name} is now `, label, before], ...lines]
}
