/**
 * Reports about runs that were repeated, explained, swept and followed: the churn model of the other samples.
 */
import { parseMetricKey, parseParameterKey } from '../../src/domain/key.ts'
import { versionUidOf } from '../../src/domain/model-version.ts'
import { explainChange } from '../../src/domain/change-explanation.ts'
import { operationIdOf } from '../../src/domain/operation.ts'
import { compareRepetition, outcomeOf } from '../../src/domain/receipt.ts'
import { runIdOf } from '../../src/domain/run.ts'
import type { Sweep } from '../../src/domain/sweep.ts'
import type { SeriesPlot } from '../../src/ops/read/plot-series.ts'
import type { RerunReport } from '../../src/ops/rerun/rerun-options.ts'
import type { SweepReport, TrialReport } from '../../src/ops/sweep/sweep-options.ts'
import type { TailNews } from '../../src/ops/record/tail-run.ts'
import { explainedRun } from '../support/explained-runs.ts'
import { sampleUlid } from '../support/sample.ts'
import { numberOf, oidOf, sampleMetrics, sampleRun, SHOWN_VERSION } from './sample-reports.ts'

/** What `mlv why` says of two causes, with a run in between and repeats. */
export const CONFOUNDED = explainChange(explainedRun(1, {}, 0.9), explainedRun(9, { code: 1, parameters: 1 }, 0.8), [
  explainedRun(5, { parameters: 1 }, 0.82),
  explainedRun(6, { seed: 1 }, 0.91),
])

/** What it says of one cause. */
export const ATTRIBUTABLE = explainChange(explainedRun(1, {}, 0.9), explainedRun(2, { data: 1 }, 0.8), [])

const COMPARED = compareRepetition(sampleMetrics(0.924, 21), sampleMetrics(0.924, 23))
const DIFFERENCES = [{ cause: 'hardware' as const, evidence: ['cpu: 2 x AMD EPYC 7B13 -> 8 x Apple M3'] }]

/** A repetition that differed, with its receipt and other seeds. */
export const RERUN: RerunReport = {
  of: runIdOf(sampleUlid(2)),
  label: 'churn@v2',
  run: { ...sampleRun(20, 0.924, 23), parent: runIdOf(sampleUlid(2)) },
  exitCode: 0,
  compared: COMPARED,
  differences: DIFFERENCES,
  outcome: outcomeOf(COMPARED, DIFFERENCES),
  version: 'churn@v2',
  receipt: {
    id: sampleUlid(301),
    version: { number: numberOf(2), uid: versionUidOf(sampleUlid(102)) },
    run: runIdOf(sampleUlid(20)),
    at: sampleRun(20, 0, 0).startedAt,
    by: 'Ada Example <ada@example.com>',
    outcome: outcomeOf(COMPARED, DIFFERENCES),
    compared: COMPARED,
    differences: DIFFERENCES,
  },
  seeds: {
    key: parseParameterKey('seed'),
    runs: [runIdOf(sampleUlid(21)), runIdOf(sampleUlid(22))],
    metrics: new Map([
      [parseMetricKey('val/auc'), { count: 2, least: 0.92, greatest: 0.93, mean: 0.925, deviation: 0.007 }],
    ]),
  },
  operation: operationIdOf(sampleUlid(302)),
  folder: '/tmp/mlv-rerun-0a1b2c',
  told: ['data s3://bucket/raw is not pinned, so it was not checked'],
}

const TRIALS: readonly TrialReport[] = [1, 2].map((number) => ({
  trial: { number, parameters: new Map([[parseParameterKey('lr'), number / 10]]) },
  run: sampleRun(30 + number, 0.9 + number / 100, 21),
  isKnown: number === 1,
  value: 0.9 + number / 100,
}))

/** A sweep that was resumed. */
export const SWEEP: SweepReport = {
  group: 'lr-4f2a91c0',
  trialCount: 2,
  trials: TRIALS,
  ...(TRIALS[1] === undefined ? {} : { best: TRIALS[1] }),
  ...(SHOWN_VERSION.kind === 'version' ? { version: SHOWN_VERSION.version } : {}),
  operation: operationIdOf(sampleUlid(303)),
  commit: oidOf('e'),
  isInterrupted: false,
  told: [],
}

/** A live run. */
export const TAIL: TailNews = {
  output: [Buffer.from('epoch 1\n')],
  points: [
    { key: parseMetricKey('loss'), step: 1, value: 0.5 },
    { key: parseMetricKey('loss'), value: NaN },
  ],
  state: 'running',
}

/** A sweep of two trials, as `--print slurm` has it. */
export const ARRAY_SWEEP: Sweep = {
  name: 'lr',
  method: 'grid',
  seed: 0,
  params: new Map([[parseParameterKey('lr'), { kind: 'choices', values: [0.1, 0.2] }]]),
}

/** Its file, and how it is printed. */
export const ARRAY_WISHES = { file: 'lr.yaml', command: [], print: 'slurm' } as const

/** Two buckets of a short run; the second holds nothing but a NaN. */
export const PLOT: SeriesPlot = {
  metric: parseMetricKey('loss'),
  rule: { goal: 'min', tolerance: 0 },
  axis: 'step',
  range: { from: 0, to: 3 },
  bucketCount: 2,
  runs: [
    {
      run: runIdOf(sampleUlid(40)),
      revision: '@',
      total: 3,
      isComplete: true,
      buckets: {
        buckets: [0, 1],
        xs: [1, 3],
        steps: [1, 3],
        times: [undefined, undefined],
        lasts: [0.5, NaN],
        mins: [0.5, undefined],
        maxs: [0.9, undefined],
        means: [0.7, undefined],
        counts: [2, 1],
        marks: [{ at: 1, nan: 1, positive: 0, negative: 0 }],
      },
    },
  ],
}
