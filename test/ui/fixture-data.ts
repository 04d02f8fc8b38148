/**
 * Made-up answers of the server: runs with curves that go down, and one spike that must never be lost.
 */
import type {
  WireKnownKey,
  WireMetric,
  WireModel,
  WireRun,
  WireRunHead,
  WireRuns,
  WireSeries,
} from '../../src/server/wire.ts'

/** How much of it there is. */
export interface FixtureSize {
  readonly runs: number
  readonly metrics: number
  readonly parameters: number
  /** Points of each curve. */
  readonly points: number
}

/** A run's curve has one point far above all others: at this step, this high. */
export const SPIKE = { step: 61_803, value: 97.5 }

/** What a hostile run is called. */
export const HOSTILE = '<img src=x onerror="document.title=\'taken\'">'

const STARTED_MS = 1_795_000_000_000
const RULE = { goal: 'min', tolerance: 0, unit: null } as const

/** Ids in the order of the runs, the newest first. */
export function fixtureId(index: number): string {
  return `01m7${String(99_999 - index).padStart(22, '0')}`
}

/** The head of a run. */
export function fixtureHead(index: number): WireRunHead {
  return {
    id: fixtureId(index),
    name: index === 3 ? HOSTILE : index % 3 === 0 ? `sweep ${index}` : null,
    experiment: index % 2 === 0 ? 'churn' : 'fraud',
    status: index === 0 ? 'running' : index % 17 === 5 ? 'failed' : 'finished',
    startedAt: new Date(STARTED_MS - index * 3_600_000).toISOString(),
    elapsedMs: index === 0 ? null : 60_000 + index * 777,
    message: `attempt ${index}`,
    tags: index % 5 === 0 ? ['baseline'] : [],
    group: null,
    branch: 'main',
    commit: '2dabe89839f359091c8f428e78a0ca36cfdef253',
    isDirty: index % 7 === 0,
    isArchived: false,
    versions: index === 1 ? [{ model: 'churn', number: 2, aliases: ['production'] }] : [],
  }
}

/** The value of a field; `undefined` when the run has none. */
export function fixtureValue(index: number, field: string): number | string | undefined {
  const number = Number(/\d+$/.exec(field)?.[0] ?? 0)
  if (field.startsWith('metric.loss')) return Number((0.2 + ((index * 37) % 100) / 100).toFixed(4))
  if (field.startsWith('metric.auc'))
    return index % 11 === 4 ? undefined : Number((0.5 + ((index * 53) % 97) / 200).toFixed(4))
  if (field === 'param.lr') return [0.1, 0.01, 0.001][index % 3]
  if (field === 'param.optimizer') return ['adam', 'sgd'][index % 2]
  if (field === 'param.seed') return 7
  if (field.startsWith('metric.m') || field.startsWith('param.p')) return (index * 31 + number * 17) % 1000
  return undefined
}

/** Every field there is. */
export function fixtureKeys(size: FixtureSize): WireRuns['keys'] {
  const key = (kind: 'metric' | 'param', name: string, varies = true): WireKnownKey => ({
    key: name,
    field: `${kind}.${name}`,
    runs: size.runs,
    varies,
    goal: kind === 'param' ? null : name === 'auc' ? 'max' : name === 'loss' ? 'min' : 'none',
  })
  const more = (kind: 'metric' | 'param', letter: string, count: number): readonly WireKnownKey[] =>
    Array.from({ length: count }, (_, index) => key(kind, `${letter}${String(index).padStart(4, '0')}`))
  return {
    metrics: [key('metric', 'loss'), key('metric', 'auc'), ...more('metric', 'm', size.metrics)],
    parameters: [
      key('param', 'lr'),
      key('param', 'optimizer'),
      key('param', 'seed', false),
      ...more('param', 'p', size.parameters),
    ],
  }
}

/** One run in full. */
export function fixtureRun(index: number, points: number): WireRun {
  const metric = (key: string, goal: 'min' | 'max'): WireMetric => {
    const value = Number(fixtureValue(index, `metric.${key}`) ?? 0)
    const best = { value, step: points }
    return { key, rule: { ...RULE, goal }, summary: { last: value, min: value, max: SPIKE.value, best, count: points } }
  }
  return {
    ...fixtureHead(index),
    endedAt: null,
    exitCode: 0,
    signal: null,
    note: HOSTILE,
    command: ['python', 'train.py', '--lr', '0.1'],
    workingFolder: '.',
    parent: null,
    segments: 1,
    resources: null,
    parameters: ['lr', 'optimizer', 'seed'].map((key) => {
      const value = fixtureValue(index, `param.${key}`) ?? ''
      const isNumber = typeof value === 'number'
      return { key, value: { type: isNumber ? 'float' : 'text', text: String(value), number: isNumber ? value : null } }
    }),
    metrics: [metric('auc', 'max'), metric('loss', 'min')],
    series: ['auc', 'loss'],
    files: [{ path: HOSTILE, sha256: 'ab'.repeat(32), sizeBytes: 1_234_567, storage: 'pointer', tensors: 12 }],
    datasets: [],
    code: { kind: 'none', reason: 'not in a repository' },
    environment: null,
    media: null,
    receipts: [],
  }
}

/** A curve within a range, cut into buckets as the server does. The spike is in the curve of the run at index 1. */
export function fixtureSeries(index: number, metric: string, total: number, range: Range, buckets: number): WireSeries {
  const from = Math.max(0, Math.ceil(range.from ?? 0))
  const to = Math.min(total - 1, Math.floor(range.to ?? total - 1))
  const width = Math.max(1, Math.ceil((to - from + 1) / buckets))
  const columns = { buckets: [], xs: [], mins: [], maxs: [], means: [], lasts: [], counts: [] } as Columns
  for (let start = from, bucket = 0; start <= to; start += width, bucket += 1) {
    const values = Array.from({ length: Math.min(width, to - start + 1) }, (_, at) => valueAt(index, start + at))
    columns.buckets.push(bucket)
    columns.xs.push(start + values.length - 1)
    columns.mins.push(Math.min(...values))
    columns.maxs.push(Math.max(...values))
    columns.means.push(values.reduce((sum, value) => sum + value, 0) / values.length)
    columns.lasts.push(values.at(-1) ?? 0)
    columns.counts.push(values.length)
  }
  return {
    metric,
    rule: RULE,
    total,
    isComplete: true,
    extent: { from: 0, to: total - 1 },
    range: { from, to, points: buckets },
    width,
    ...columns,
    steps: columns.xs,
    times: columns.xs.map((x) => STARTED_MS + x * 1000),
    marks: [],
  }
}

/** A model with two versions and one alias. */
export function fixtureModel(alias: WireModel['aliases'][number], history: WireModel['history']): WireModel {
  const version = (number: number): WireModel['versions'][number] => ({
    model: 'churn',
    number,
    uid: fixtureId(number),
    run: fixtureId(number),
    createdAt: new Date(STARTED_MS).toISOString(),
    message: `version ${number}`,
    contentDigest: `mlv1:${'cd'.repeat(32)}`,
    fileCount: 1,
    sizeBytes: 4_000_000,
    metrics: fixtureRun(number, 100).metrics,
    parameters: [],
    datasets: [],
    code: { kind: 'none', reason: 'none' },
    aliases: alias.version === number ? [alias.name] : [],
    retired: null,
    runs: [],
    tags: [],
    note: null,
    receipts: [],
  })
  const rules = [{ key: 'auc', rule: { ...RULE, goal: 'max' as const } }]
  return {
    name: 'churn',
    description: null,
    owners: [],
    rules,
    aliases: [alias],
    versions: [2, 1].map(version),
    history,
    gates: null,
    requests: [],
    approvers: null,
  }
}

/** Ends that were asked for; all when absent. */
export interface Range {
  readonly from: number | undefined
  readonly to: number | undefined
}

interface Columns {
  readonly buckets: number[]
  readonly xs: number[]
  readonly mins: number[]
  readonly maxs: number[]
  readonly means: number[]
  readonly lasts: number[]
  readonly counts: number[]
}

function valueAt(index: number, step: number): number {
  if (index === 1 && step === SPIKE.step) return SPIKE.value
  return 2 / (1 + step / 9000) + 0.05 * Math.sin(step / 7 + index) + index * 0.02
}
