/**
 * A run's record made whole: its journal, then what its processes have logged. Live runs, `mlv run` and recovery all
 * seal what comes out here, so a run that was killed is recorded as one that ended.
 *
 * Law: the same folder of a run always becomes the same record.
 */
import { compareText } from '../../base/order.ts'
import { totalsOf } from '../../domain/artifact.ts'
import type { ArtifactFile } from '../../domain/artifact.ts'
import { openPathTaker } from '../../domain/free-path.ts'
import type { MetricKey } from '../../domain/key.ts'
import { summarize, summarizeWithFinal } from '../../domain/metric-summary.ts'
import { UNDECLARED_RULE } from '../../domain/metric.ts'
import type { Metric, Metrics } from '../../domain/metric.ts'
import type { SealedRun } from '../../domain/run.ts'
import { joinSeriesSets } from '../../domain/series.ts'
import type { Series, SeriesSet } from '../../domain/series.ts'
import { laterOf } from './fold-journal.ts'
import type { FoldedJournal } from './fold-journal.ts'
import { readRunLogs } from './gather-logs.ts'
import type { RunLogs } from './gather-logs.ts'
import type { Repository } from '../repository/repository.ts'
import type { RunRecord } from '../repository/run-edits.ts'
import { maskRecord, masksOf } from '../repository/run-secrets.ts'
import { storeLoggedFiles } from './store-logged-files.ts'
import { storeOutput } from './store-output.ts'
import { SERIES_FULL, storeSeries } from './store-series.ts'

/** A record that can be sealed. */
export interface CompletedRecord {
  readonly record: RunRecord
  /** What was skipped, cut or left out of the logs, one phrase each with file and line. */
  readonly told: readonly string[]
}

/**
 * Brings the journal and the logs of a run together, and stores what belongs in the store. The branch is not touched.
 *
 * @throws the disk's refusals, what `recordFiles` refuses
 */
export async function completeRecord(repository: Repository, folded: FoldedJournal): Promise<CompletedRecord> {
  const logs = await readRunLogs(repository, folded.record.run.id)
  const series = joinSeriesSets([folded.series, logs.series])
  const masks = await masksOf(repository, folded.record.run)
  const logged = await storeLoggedFiles(repository, folded.record, logs.files, masks.prose)
  const output = await storeOutput(repository, folded.record, masks.prose, {
    taken: [...folded.record.files, ...logged.files].map(({ path }) => path),
    inlineBytes: bytesIn([folded.record.inline, logged.inline]),
  })
  const files = [...folded.record.files, ...logged.files, ...output.files]
  const full = openPathTaker(files.map(({ path }) => path)).take(SERIES_FULL)
  const stored = await storeSeries(repository.artifacts(folded.record.store), series, full)
  const all = [...files, ...stored.files].sort((left, right) => compareText(left.path, right.path))
  const record: RunRecord = {
    ...folded.record,
    run: completeRun(folded, { logs, series, files: all, full: stored.files[0] }),
    notes: { ...folded.record.notes, tags: joinedTags(folded.record.notes.tags, logs.tags) },
    files: all,
    inline: new Map([...folded.record.inline, ...logged.inline, ...output.inline]),
    series: stored.bytes ?? folded.record.series,
  }
  const told = [...logs.told, ...logged.told, ...output.told].map(masks.prose.text)
  return { record: maskRecord(record, masks), told }
}

function bytesIn(inlined: readonly RunRecord['inline'][]): number {
  return inlined.flatMap((files) => [...files.values()]).reduce((sum, bytes) => sum + bytes.length, 0)
}

function completeRun(
  folded: FoldedJournal,
  parts: {
    readonly logs: RunLogs
    readonly series: SeriesSet
    readonly files: readonly ArtifactFile[]
    readonly full: ArtifactFile | undefined
  },
): SealedRun {
  const { logs, series, files, full } = parts
  const { run } = folded.record
  const complete = {
    ...run,
    parameters: new Map([...run.parameters, ...logs.parameters]),
    metrics: new Map([...run.metrics, ...metricsOf(folded, logs.series, series)]),
    files: totalsOf(files),
    ...(full === undefined ? {} : { seriesFull: full.path }),
  }
  if (complete.status !== 'killed') return complete
  return { ...complete, lastSeenAt: laterOf(complete.lastSeenAt, logs.series) }
}

/** The metrics that were logged, under the rules they have in the record. */
function metricsOf({ record, series: journaled }: FoldedJournal, logged: SeriesSet, series: SeriesSet): Metrics {
  const rules = record.rules ?? record.model?.seedRules
  const metrics = new Map<MetricKey, Metric>()
  for (const key of logged.keys()) {
    const points = series.get(key)
    if (points === undefined) continue
    const known = record.run.metrics.get(key)
    const rule = known ?? rules?.get(key) ?? UNDECLARED_RULE
    const final = journaled.has(key) || known?.summary.count !== 1 ? undefined : known.summary.last
    metrics.set(key, { ...rule, summary: summaryOf(points, final, rule.goal) })
  }
  return metrics
}

/** A final value the series does not end on is one more measurement. */
function summaryOf(points: Series, final: number | undefined, goal: Metric['goal']): Metric['summary'] {
  const logged = summarize(points, goal)
  return final === undefined || Object.is(final, logged.last) ? logged : summarizeWithFinal(points, final, goal)
}

function joinedTags(noted: readonly string[], logged: readonly string[]): readonly string[] {
  return [...new Set([...noted, ...logged])].sort(compareText)
}
