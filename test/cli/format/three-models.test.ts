/**
 * A report that people would get: three models of five seeds each were trained before and after a change
 * (`test/support/train-three-models.mjs`). One got worse for real, one seems worse and is not, one got better.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { reportFile } from '../../../cli/format/report-file.ts'
import { DEFAULT_POLICY } from '../../../src/domain/gate-policy.ts'
import type { GatePolicy } from '../../../src/domain/gate-policy.ts'
import { parseMetricKey } from '../../../src/domain/key.ts'
import { singleValue } from '../../../src/domain/metric-summary.ts'
import type { Goal, Metrics } from '../../../src/domain/metric.ts'
import { parseModelName } from '../../../src/domain/name.ts'
import { curvesOf } from '../../../src/domain/review/curves.ts'
import { judgeGates } from '../../../src/domain/review/gate.ts'
import { reviewMetrics } from '../../../src/domain/review/metric-review.ts'
import type { ReportView, ReviewView } from '../../../src/domain/review/report-view.ts'
import type { CurvePoint, ReviewSide } from '../../../src/domain/review/review.ts'
import { runIdOf } from '../../../src/domain/run.ts'
import { flipsBetween } from '../../../src/domain/sample-flips.ts'
import type { Outcomes } from '../../../src/domain/sample-flips.ts'
import { seriesOf } from '../../../src/domain/series.ts'
import { PROJECT } from '../../tidy/source.ts'
import { sampleUlid } from '../../support/sample.ts'
import { oidOf } from '../sample-reports.ts'

interface Trained {
  readonly metrics: Readonly<Record<string, number>>
  readonly curve: readonly CurvePoint[]
  readonly samples?: { readonly count: number; readonly failing: readonly number[] }
}

interface TrainedSides {
  readonly base: readonly Trained[]
  readonly head: readonly Trained[]
}

const RECORDED = JSON.parse(
  readFileSync(join(PROJECT, 'test', 'golden', 'reviews', 'three-models.json'), 'utf8'),
) as Readonly<Record<string, TrainedSides>>

const GOALS: Readonly<Record<string, readonly [goal: Goal, tolerance: number]>> = {
  'val/auc': ['max', 0.001],
  'val/accuracy': ['max', 0],
  'val/loss': ['min', 0],
  'val/rmse': ['min', 0.001],
  'val/worst': ['min', 0],
  features: ['none', 0],
}

const POLICIES: Readonly<Record<string, GatePolicy>> = {
  churn: policy({ 'val/auc': { min: 0.86, worsen: { kind: 'relative', part: 0.01 } } }),
  digits: policy({ 'val/accuracy': { min: 0.75 } }),
  price: policy({ 'val/rmse': { max: 1 } }),
}

function policy(
  metrics: Readonly<
    Record<
      string,
      Parameters<GatePolicy['metrics']['forEach']>[0] extends (value: infer Gate, ...rest: never[]) => void
        ? Gate
        : never
    >
  >,
): GatePolicy {
  const entries = Object.entries(metrics).map(([key, gate]) => [parseMetricKey(key), gate] as const)
  return { ...DEFAULT_POLICY, repeats: 5, metrics: new Map(entries) }
}

function metricsOf({ metrics }: Trained): Metrics {
  return new Map(
    Object.entries(metrics).map(([key, value]) => {
      const [goal, tolerance] = GOALS[key] ?? ['none', 0]
      return [parseMetricKey(key), { goal, tolerance, summary: singleValue(value, goal) }] as const
    }),
  )
}

function sideOf(label: string, digit: string, first: number): ReviewSide {
  const runs = [0, 1, 2, 3, 4].map((index) => runIdOf(sampleUlid(first + index)))
  return { source: 'commit', label, commit: oidOf(digit), runs, dirtyRuns: 0 }
}

function outcomesOf({ samples }: Trained): Outcomes | undefined {
  if (samples === undefined) return undefined
  const failing = new Set(samples.failing)
  return new Map(
    Array.from({ length: samples.count }, (_, at) => [`customer-${String(at).padStart(4, '0')}`, !failing.has(at)]),
  )
}

function reviewOf(name: string, { base, head }: TrainedSides): ReviewView {
  const metrics = reviewMetrics(base.map(metricsOf), head.map(metricsOf), new Map())
  const curve = ([newest]: readonly Trained[]): Parameters<typeof curvesOf>[1] => {
    const key = parseMetricKey(name === 'price' ? 'val/rmse' : 'val/loss')
    return new Map([[key, seriesOf(newest?.curve ?? [])]])
  }
  const [left, right] = [base, head].map(([newest]) => newest && outcomesOf(newest))
  return {
    subject: { kind: 'model', model: parseModelName(name) },
    base: sideOf('main@9f2c1e0', '9', 100),
    head: sideOf('4b7d0aa', '4', 200),
    metrics,
    gates: judgeGates(POLICIES[name] ?? DEFAULT_POLICY, { runs: head.length, hasBase: true, metrics }),
    policy: `models/${name}/mlv.yaml of main`,
    ...(left === undefined || right === undefined ? {} : { flips: flipsBetween(left, right) }),
    curves: curvesOf(metrics, curve(base), curve(head)),
    notices: [],
    differences: [
      {
        title: 'code',
        rows: [{ subject: 'commit', base: '9f2c1e0a31', head: '4b7d0aac52' }],
      },
    ],
  }
}

const VIEW: ReportView = {
  base: 'main',
  head: '4b7d0aa',
  reviews: Object.entries(RECORDED).map(([name, sides]) => reviewOf(name, sides)),
}

test.each([
  ['markdown', 'md'],
  ['html', 'html'],
] as const)('three models as %s', async (format, suffix) => {
  const text = `${reportFile(VIEW, format).join('\n')}\n`
  await expect(text).toMatchFileSnapshot(`../../golden/reviews/three-models.${suffix}`)
})

test('what got worse for real is told, what chance explains is not, and gates say the same', () => {
  const verdicts = VIEW.reviews.map(({ metrics, gates }) => [
    metrics.map(({ key, verdict }) => `${key} ${verdict}`).join(', '),
    gates.filter(({ status }) => status === 'failed').length,
  ])
  expect(verdicts).toMatchInlineSnapshot(`
    [
      [
        "val/accuracy worse, val/auc worse, val/loss worse, features changed",
        4,
      ],
      [
        "val/accuracy noise, val/loss noise",
        0,
      ],
      [
        "val/rmse better, val/worst better, features changed",
        0,
      ],
    ]
  `)
})
