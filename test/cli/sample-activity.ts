/**
 * A moment of a repository: one run at work, one that was left behind, and two that ended.
 */
import { parseMetricKey } from '../../src/domain/key.ts'
import type { MetricKey } from '../../src/domain/key.ts'
import { summarize } from '../../src/domain/metric-summary.ts'
import type { Goal, Metric } from '../../src/domain/metric.ts'
import type { SealedRun } from '../../src/domain/run.ts'
import { sketchOf } from '../../src/domain/series-sketch.ts'
import { seriesOf } from '../../src/domain/series.ts'
import type { Activity, ActivityRow } from '../../src/ops/read/watch-activity.ts'
import { parametersOf } from '../support/sample.ts'
import { NOW_MS, sampleRun } from './sample-reports.ts'

const START_MS = NOW_MS - 724_000

/** What is particular of a run. */
interface Particular {
  readonly number: number
  readonly state: ActivityRow['state']
  readonly message: string
  readonly steps: number
  readonly lr: number
  readonly lastLine?: string
  readonly lossAt?: (step: number) => number
}

function rowOf({ number, state, message, steps, lr, lastLine, lossAt }: Particular): ActivityRow {
  const loss = lossAt ?? ((step: number) => 2 / (1 + step / 10))
  const curve = (key: string, goal: Goal, count: number, valueAt: (step: number) => number) => {
    const points = Array.from({ length: count }, (_, step) => {
      return { step, value: valueAt(step), atMs: START_MS + step * 2_000 }
    })
    return { key: parseMetricKey(key), goal, series: seriesOf(points) }
  }
  const curves = [
    curve('loss', 'min', steps, loss),
    curve('val/auc', 'max', Math.ceil(steps / 2), (step) => 1 - 1 / (2 + step / 5)),
    ...(state === 'running'
      ? [
          curve('system/cpu.percent', 'none', 4, () => 198.4),
          curve('system/memory.bytes', 'none', 4, () => 3_120_000_000),
          curve('system/gpu.0.percent', 'none', 4, () => 87),
          curve('system/gpu.1.percent', 'none', 4, () => 91),
        ]
      : []),
  ]
  const metrics = curves.map(({ key, goal, series }): readonly [MetricKey, Metric] => {
    return [key, { goal, tolerance: 0, summary: summarize(series, goal) }]
  })
  const run: SealedRun = {
    ...sampleRun(number, 0.9, 20),
    message,
    parameters: parametersOf({ lr, depth: 4n }),
    metrics: new Map(metrics),
  }
  const isRunning = state === 'running'
  return {
    row: { run, notes: { tags: [], archived: false }, versions: [], ...(isRunning ? { isLive: true } : {}) },
    state,
    startedAtMs: START_MS,
    elapsedMs: state === 'interrupted' ? undefined : isRunning ? 724_000 : 61_000,
    step: steps - 1,
    stepsPerSecond: isRunning ? 0.5 : undefined,
    curves: new Map(curves.map(({ key, series }) => [key, sketchOf(series).blocks()])),
    lastLine,
  }
}

/** A run in each of four states. */
export const ACTIVITY: Activity = {
  atMs: NOW_MS,
  rows: [
    rowOf({ number: 44, state: 'running', message: 'wider', steps: 300, lr: 0.3, lastLine: 'epoch 3 loss 0.065' }),
    rowOf({ number: 43, state: 'interrupted', message: 'lost its machine', steps: 40, lr: 0.2, lastLine: 'saving' }),
    rowOf({ number: 42, state: 'failed', message: 'too fast', steps: 60, lr: 9, lossAt: (step) => step ** 4 / 3 }),
    rowOf({ number: 41, state: 'finished', message: 'the baseline', steps: 200, lr: 0.1 }),
  ],
}

/** Text that would act on a terminal, take two cells a character, or run from right to left. */
export const HOSTILE = 'a\u001b]52;c;cm0=\u0007\u001b[2J\u202eb\r\n表表表表表表表表表表表表表\u009b31m'

/** The same moment, with such text wherever people and programs write. */
export const HOSTILE_ACTIVITY: Activity = {
  ...ACTIVITY,
  rows: ACTIVITY.rows.map((row, index) => {
    const key = `loss${HOSTILE}` as MetricKey
    const { run } = row.row
    return {
      ...row,
      row: {
        ...row.row,
        run: {
          ...run,
          message: HOSTILE,
          parameters: parametersOf({ lr: HOSTILE }),
          metrics: new Map([...run.metrics, [key, [...run.metrics.values()][0] as Metric]]),
        },
        notes: { name: `${HOSTILE}${index}`, tags: [HOSTILE], archived: false },
      },
      curves: new Map([...row.curves, [key, [...row.curves.values()][0] ?? []]]),
      lastLine: HOSTILE,
    }
  }),
}

/** The first run alone, with few curves, as a program is told of it. */
export const SMALL_ACTIVITY: Activity = {
  atMs: NOW_MS,
  rows: [rowOf({ number: 44, state: 'running', message: 'wider', steps: 3, lr: 0.3, lastLine: 'epoch 3' })],
}
