/**
 * Where an alias went, and what that means for each metric.
 */
import type { AliasReport } from '../../src/ops/models/promote-version.ts'
import type { RequestReport } from '../../src/ops/guard/request-promotion.ts'
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

/** Writes what was asked for, and where people go on. */
export function requestText(report: RequestReport): readonly Line[] {
  const { alias, from, branch, changes, remote, page } = report
  const name = `${alias.model}@${alias.name}`
  const label = styled('strong', `v${alias.version.number}`)
  if (branch === undefined) return [[`${name} names `, label, ` already on ${remote}`]]
  const pushed = branch.replace(/^refs\/heads\//, '')
  return [
    [`asked for ${name} to be `, label, from === undefined ? '' : `, now v${from.number}`],
    ...(from === undefined ? firstMetricLines(changes) : metricMoveLines(changes)),
    [`pushed ${pushed} to ${remote}`],
    page === undefined
      ? [`next: open a pull request from ${pushed} into mlv`]
      : [`next: open the pull request: ${page}`],
  ]
}
