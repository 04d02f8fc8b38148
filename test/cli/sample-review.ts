/**
 * A review of a change that made a model slower and, in its noise, no better: what every form of a report is tried on.
 */
import { present } from '../../src/base/assert.ts'
import { parseArtifactPath } from '../../src/domain/artifact-path.ts'
import { compareRuns } from '../../src/domain/comparison.ts'
import type { ComparisonSide } from '../../src/domain/comparison.ts'
import { DEFAULT_POLICY } from '../../src/domain/gate-policy.ts'
import { parseMetricKey } from '../../src/domain/key.ts'
import { singleValue } from '../../src/domain/metric-summary.ts'
import type { MetricRule, Metrics } from '../../src/domain/metric.ts'
import { parseVersionNumber, versionUidOf } from '../../src/domain/model-version.ts'
import { parseModelName } from '../../src/domain/name.ts'
import { curvesOf } from '../../src/domain/review/curves.ts'
import { judgeGates } from '../../src/domain/review/gate.ts'
import { reviewMetrics } from '../../src/domain/review/metric-review.ts'
import type { Review, ReviewReport, ReviewSide } from '../../src/domain/review/review.ts'
import { runIdOf } from '../../src/domain/run.ts'
import { flipsBetween } from '../../src/domain/sample-flips.ts'
import { seriesOf } from '../../src/domain/series.ts'
import type { PostReport } from '../../src/ops/review/post-report.ts'
import { parametersOf, sampleUlid } from '../support/sample.ts'
import { oidOf } from './sample-reports.ts'

const RULES: Readonly<Record<string, MetricRule>> = {
  'val/auc': { goal: 'max', tolerance: 0.001 },
  'val/loss': { goal: 'min', tolerance: 0 },
  latency: { goal: 'min', tolerance: 0, unit: 'ms' },
  f1: { goal: 'max', tolerance: 0 },
  recall: { goal: 'max', tolerance: 0 },
}

function runs(values: Readonly<Record<string, readonly number[]>>): readonly Metrics[] {
  const count = Math.max(...Object.values(values).map((list) => list.length))
  return Array.from({ length: count }, (_, index) => {
    const entries = Object.entries(values).flatMap(([key, list]) => {
      const [rule, value] = [RULES[key], list[index]]
      if (rule === undefined || value === undefined) return []
      return [[parseMetricKey(key), { ...rule, summary: singleValue(value, rule.goal) }] as const]
    })
    return new Map(entries)
  })
}

const BASE = runs({
  'val/auc': [0.924, 0.922, 0.926],
  'val/loss': [0.211, 0.213, 0.209],
  latency: [12.1, 12.2, 12],
  f1: [0.8, 0.8, 0.8],
  recall: [0.7, 0.71, 0.69],
})
const HEAD = runs({
  'val/auc': [0.923, 0.921, 0.925],
  'val/loss': [0.19, 0.192, 0.188],
  latency: [14.1, 14, 14.2],
  f1: [0.8, 0.8, 0.8],
})

function side(source: ReviewSide['source'], digit: string, first: number): ReviewSide {
  return {
    source,
    label: source === 'production' ? 'churn@production (v12)' : '4b7d0aa',
    commit: oidOf(digit),
    runs: [0, 1, 2].map((index) => runIdOf(sampleUlid(first + index))),
    dirtyRuns: 0,
    version: { number: present(parseVersionNumber('12'), 'a number'), uid: versionUidOf(sampleUlid(first + 9)) },
  }
}

function comparisonSide(label: string, lr: number, digit: string): ComparisonSide {
  return {
    label,
    parameters: parametersOf({ lr, layers: 3n }),
    metrics: new Map(),
    files: [],
    datasets: [],
    code: { kind: 'commit', commit: oidOf(digit), tree: oidOf(digit), omitted: [] },
  }
}

const POLICY = {
  ...DEFAULT_POLICY,
  repeats: 3,
  required: [parseMetricKey('recall')],
  metrics: new Map([
    [parseMetricKey('latency'), { max: 20, worsen: { kind: 'relative' as const, part: 0.1 } }],
    [parseMetricKey('val/auc'), { min: 0.9 }],
  ]),
  sizeBytes: 200_000_000,
}

const METRICS = reviewMetrics(BASE, HEAD, new Map())

/** One review with everything a review may have. */
export const REVIEW: Review = {
  subject: { kind: 'model', model: parseModelName('churn') },
  base: side('production', '9', 50),
  head: side('commit', '4', 60),
  metrics: METRICS,
  comparison: compareRuns(comparisonSide('base', 0.1, '9'), comparisonSide('head', 0.2, '4')),
  gates: judgeGates(POLICY, { runs: 3, hasBase: true, metrics: METRICS, sizeBytes: 81_000_000 }),
  policy: 'mlv.yaml of main',
  flips: flipsBetween(
    new Map([
      ['sample-1', true],
      ['sample-2', true],
      ['sample-3', false],
    ]),
    new Map([
      ['sample-1', true],
      ['sample-2', false],
      ['sample-3', true],
    ]),
  ),
  curves: curvesOf(METRICS, curve(2), curve(2.2)),
  notices: ['no run was made from the code of the base, so the version in production stands for it'],
}

function curve(start: number): Parameters<typeof curvesOf>[1] {
  const points = Array.from({ length: 8 }, (_, step) => ({ step, value: Number((start / (step + 1)).toFixed(3)) }))
  return new Map([[parseMetricKey('val/loss'), seriesOf(points)]])
}

/** The report of a change with one review. */
export const REPORT: ReviewReport = { base: 'main', head: 'HEAD', reviews: [REVIEW] }

/** The report of a first run: nothing to compare with, and nothing that ran. */
export const FIRST: ReviewReport = {
  base: 'main',
  head: 'HEAD',
  reviews: [
    {
      subject: REVIEW.subject,
      metrics: [],
      gates: judgeGates(DEFAULT_POLICY, { runs: 0, hasBase: false, metrics: [] }),
      curves: [],
      notices: ['no finished run was made from the code of this change'],
    },
  ],
}

/** What was posted of it. */
export const POSTED: PostReport = {
  request: 7,
  commit: oidOf('4'),
  isOutdated: false,
  comments: [{ subject: REVIEW.subject, did: 'edited', comment: 1 }],
}

/** A path, for tests of evaluation tables. */
export const TABLE = { path: parseArtifactPath('eval.csv'), key: 'id', pass: 'correct' }
