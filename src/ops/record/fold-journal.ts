/**
 * From the events of a journal to the record they amount to. The same events always fold to the same record.
 */
import { compareText } from '../../base/order.ts'
import { instantMs, instantOf } from '../../base/clock.ts'
import type { Instant } from '../../base/clock.ts'
import type { MetricKey, ParameterKey } from '../../domain/key.ts'
import { summarize } from '../../domain/metric-summary.ts'
import { UNDECLARED_RULE } from '../../domain/metric.ts'
import type { Metric, MetricRules, Metrics } from '../../domain/metric.ts'
import type { ParameterValue } from '../../domain/parameter.ts'
import type { RunEnd, RunFacts, SealedRun } from '../../domain/run.ts'
import { buildSeries, latestTimeMs } from '../../domain/series.ts'
import type { Point, SeriesBuilder, SeriesSet } from '../../domain/series.ts'
import type { JournalEvent } from '../../store/journal/journal-event.ts'
import { recordOf } from './journal-record.ts'
import type { RunRecord } from '../repository/run-edits.ts'

/** A record, and the points that are not in it yet: they still have to be stored. */
export interface FoldedJournal {
  readonly record: RunRecord
  readonly series: SeriesSet
}

type End = Extract<JournalEvent, { readonly kind: 'end' }>

/** What events add up to while they are walked. */
interface Gathered {
  readonly documents: Map<string, string>
  readonly inline: Map<string, string>
  readonly parameters: Map<ParameterKey, ParameterValue>
  readonly series: Map<MetricKey, SeriesBuilder>
  readonly tags: Set<string>
  end: End | undefined
}

/**
 * Folds a journal; `undefined` when it breaks off before the run's first documents.
 *
 * @throws `document-malformed`, `format-newer`
 */
export function foldJournal(events: readonly JournalEvent[]): FoldedJournal | undefined {
  const gathered = gather(events)
  if (!gathered.documents.has('run.yaml')) return undefined
  const record = recordOf(gathered.documents, gathered.inline)
  const rules = record.rules ?? record.model?.seedRules ?? new Map()
  const series: SeriesSet = new Map([...gathered.series].map(([key, points]) => [key, points.series()]))
  const facts: RunFacts = {
    ...factsOf(record.run),
    parameters: new Map([...record.run.parameters, ...gathered.parameters]),
    metrics: new Map([...record.run.metrics, ...metricsOf(series, rules)]),
  }
  const run: SealedRun = { ...facts, ...endOf(record.run, gathered.end, series) }
  const tags = [...new Set([...record.notes.tags, ...gathered.tags])].sort(compareText)
  return { record: { ...record, run, notes: { ...record.notes, tags } }, series }
}

function gather(events: readonly JournalEvent[]): Gathered {
  const gathered: Gathered = {
    documents: new Map(),
    inline: new Map(),
    parameters: new Map(),
    series: new Map(),
    tags: new Set(),
    end: undefined,
  }
  for (const event of events) add(gathered, event)
  return gathered
}

function add(gathered: Gathered, event: JournalEvent): void {
  switch (event.kind) {
    case 'documents':
      for (const [name, text] of event.documents) gathered.documents.set(name, text)
      for (const [path, text] of event.inline) gathered.inline.set(path, text)
      return
    case 'parameters':
      for (const [key, value] of event.values) gathered.parameters.set(key, value)
      return
    case 'points':
      append(gathered.series, event.metric, event.points)
      return
    case 'tags':
      for (const tag of event.tags) gathered.tags.add(tag)
      return
    case 'process':
      // Who writes is for those who ask whether the run lives; an earlier end is none when the run was taken up again.
      gathered.end = undefined
      return
    case 'end':
      gathered.end = event
  }
}

/** Judges series of at least one point each by the rules that were declared. */
export function metricsOf(series: SeriesSet, rules: MetricRules): Metrics {
  return new Map<MetricKey, Metric>(
    [...series].map(([key, points]) => {
      const rule = rules.get(key) ?? UNDECLARED_RULE
      return [key, { ...rule, summary: summarize(points, rule.goal) }]
    }),
  )
}

/** The facts of a run without its end. */
function factsOf(run: SealedRun): RunFacts {
  const { id, experiment, startedAt, message, command, parameters, metrics, datasets, code } = run
  const { environment, files, seriesFull, parent, workingFolder, givenParameters, resources, segments, group } = run
  return {
    id,
    experiment,
    startedAt,
    ...(message === undefined ? {} : { message }),
    ...(command === undefined ? {} : { command }),
    ...(workingFolder === undefined ? {} : { workingFolder }),
    ...(givenParameters === undefined ? {} : { givenParameters }),
    ...(resources === undefined ? {} : { resources }),
    ...(segments === undefined ? {} : { segments }),
    ...(group === undefined ? {} : { group }),
    parameters,
    metrics,
    datasets,
    code,
    environment,
    files,
    ...(seriesFull === undefined ? {} : { seriesFull }),
    ...(parent === undefined ? {} : { parent }),
  }
}

/** A journal without an end was left by a writer that was killed; its last point tells when it was last seen. */
function endOf(run: SealedRun, end: End | undefined, series: SeriesSet): RunEnd {
  if (end !== undefined) {
    if (end.status === 'finished') return { status: 'finished', endedAt: end.at }
    if (end.status === 'killed') {
      return { status: 'killed', lastSeenAt: end.at, ...(end.signal === undefined ? {} : { signal: end.signal }) }
    }
    return { status: 'failed', endedAt: end.at, exitCode: end.exitCode ?? 1 }
  }
  if (run.status === 'finished') return { status: 'finished', endedAt: run.endedAt }
  if (run.status === 'failed') return { status: 'failed', endedAt: run.endedAt, exitCode: run.exitCode }
  const { signal } = run
  return { status: 'killed', lastSeenAt: laterOf(run.lastSeenAt, series), ...(signal === undefined ? {} : { signal }) }
}

/** The last moment of all, among an instant and the times of points. */
export function laterOf(instant: Instant, series: SeriesSet): Instant {
  return instantOf(Math.max(instantMs(instant), latestTimeMs(series) ?? -Infinity))
}

/** Grows in place: a run logs a million points in thousands of events. */
function append(series: Map<MetricKey, SeriesBuilder>, metric: MetricKey, points: readonly Point[]): void {
  const known = series.get(metric) ?? buildSeries()
  series.set(metric, known)
  for (const { step, value, atMs } of points) known.add(step, value, atMs)
}
