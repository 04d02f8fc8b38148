/**
 * Reports of promotion by review: a request, what a check finds, and what an audit tells.
 */
import { instantOf } from '../../src/base/clock.ts'
import type { AuditReport } from '../../src/domain/audit.ts'
import { parseMetricKey } from '../../src/domain/key.ts'
import { runIdOf } from '../../src/domain/run.ts'
import type { CheckReport } from '../../src/domain/review/request-check.ts'
import { parseRefName } from '../../src/domain/ref-name.ts'
import type { RequestReport } from '../../src/ops/guard/request-promotion.ts'
import { sampleUlid } from '../support/sample.ts'
import { oidOf, PROMOTE } from './sample-reports.ts'
import { REVIEW } from './sample-review.ts'

const BY = 'Ada Example <ada@example.com>'
const { alias, from, changed, changes } = PROMOTE
const ASKED = { alias, from, changed, changes }

/** What `mlv promote --request` reports. */
export const REQUEST: RequestReport = {
  ...ASKED,
  remote: 'origin',
  branch: parseRefName('refs/heads/mlv-promote/churn-production-1'),
  commit: oidOf('4'),
  page: 'https://github.com/acme/churn/compare/mlv...mlv-promote%2Fchurn-production-1',
}

/** A request that touches what it must not, and breaks a gate. */
export const CHECK: CheckReport = {
  base: 'origin/mlv',
  head: 'mlv-promote/churn-production-1',
  results: [
    { rule: 'files', subject: 'CODE|OWNERS', status: 'failed', note: 'is not for a request to change' },
    { rule: 'records', subject: '', status: 'passed', note: 'no version or run was edited' },
    { rule: 'artifacts', subject: 'churn@v3', status: 'noted', note: 'the store was not asked' },
  ],
  judged: [{ subject: 'churn@production', gates: REVIEW.gates, metrics: REVIEW.metrics }],
}

/** A promotion that a host merged, and a version that somebody edited. */
export const AUDIT: AuditReport = {
  events: [
    {
      kind: 'promoted',
      at: instantOf(Date.UTC(2026, 10, 20, 9, 31)),
      by: BY,
      commit: oidOf('2'),
      signature: 'good',
      hasTrailers: false,
      request: 12,
      model: ASKED.alias.model,
      alias: ASKED.alias.name,
      version: ASKED.alias.version,
      ...(ASKED.from === undefined ? {} : { from: ASKED.from }),
      reason: '=faster, "really"',
      metrics: [{ key: parseMetricKey('val/auc'), before: 0.924, after: 0.931 }],
      evidence: { run: runIdOf(sampleUlid(3)), code: oidOf('a'), isDirty: true, receipts: 2, reproduced: 1 },
    },
    {
      kind: 'removed',
      at: instantOf(Date.UTC(2026, 10, 20, 9, 40)),
      by: BY,
      commit: oidOf('3'),
      signature: 'none',
      hasTrailers: true,
      model: ASKED.alias.model,
      alias: ASKED.alias.name,
      from: ASKED.alias.version,
      metrics: [{ key: parseMetricKey('val/auc'), before: 0.931 }],
    },
  ],
  problems: [
    { id: 'churn@v3', problem: 'its version.yaml was edited', commit: oidOf('5'), by: 'Mallory <m@example.com>' },
    { id: 'churn@production', problem: 'v4 does not exist' },
  ],
  checked: { commits: 12, versions: 3, runs: 9 },
}
