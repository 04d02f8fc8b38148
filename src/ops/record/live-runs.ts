/**
 * Runs that are being written, as rows of a list: what their journals and logs say so far.
 */
import { summarize } from '../../domain/metric-summary.ts'
import { UNDECLARED_RULE } from '../../domain/metric.ts'
import type { Metric } from '../../domain/metric.ts'
import type { MetricKey } from '../../domain/key.ts'
import type { RunId } from '../../domain/run.ts'
import { listJournals, readJournal } from '../../store/journal/journal.ts'
import type { JournalContent } from '../../store/journal/journal.ts'
import { foldJournal } from './fold-journal.ts'
import { readRunLogs } from './gather-logs.ts'
import type { Repository } from '../repository/repository.ts'
import type { RunRow } from '../revisions/run-row.ts'

/** Lists the live runs, oldest first. Journals of writers that are gone are left to `recoverRuns`. */
export async function liveRuns(repository: Repository): Promise<readonly RunRow[]> {
  const rows: RunRow[] = []
  for (const id of await listJournals(repository.journals)) {
    const row = await liveRun(repository, id)
    if (row !== undefined) rows.push(row)
  }
  return rows
}

/** One live run; `undefined` when it is not live. */
export async function liveRun(repository: Repository, id: RunId): Promise<RunRow | undefined> {
  const content = await readJournal(repository.journals, id)
  return content?.isLive === true ? liveRowOf(repository, id, content) : undefined
}

/** The row of a live run whose journal was read; `undefined` before it is known what the run is. */
export async function liveRowOf(
  repository: Repository,
  id: RunId,
  content: JournalContent,
): Promise<RunRow | undefined> {
  const folded = foldJournal(content.events)
  if (folded === undefined) return undefined
  const { parameters, series } = await readRunLogs(repository, id)
  const { run, notes, rules } = folded.record
  const logged = [...series].map(([key, points]): readonly [MetricKey, Metric] => {
    const rule = run.metrics.get(key) ?? rules?.get(key) ?? UNDECLARED_RULE
    return [key, { ...rule, summary: summarize(points, rule.goal) }]
  })
  const now = {
    ...run,
    parameters: new Map([...run.parameters, ...parameters]),
    metrics: new Map([...run.metrics, ...logged]),
  }
  return { run: now, notes, versions: [], isLive: true }
}
