/**
 * Rows of a list seen through the filter grammar: what a filter asks about, and the value of a column.
 */
import { instantMs } from '../base/clock.ts'
import type { FieldValue, FilterSubject } from '../domain/filter.ts'
import { parseField } from '../domain/query.ts'
import { fieldValues } from '../domain/query-field.ts'
import { ulidMs } from '../base/ulid.ts'
import type { SealedRun } from '../domain/run.ts'
import type { RunRow } from './run-row.ts'

/** A row as filters and sorts see it; `nowMs` is what `-7d` counts back from. */
export function filterSubject(row: RunRow, nowMs: number): FilterSubject {
  const { run, notes, versions } = row
  const elapsedMs = elapsedMsOf(run)
  const branch = run.code.kind === 'commit' ? run.code.branch : undefined
  return {
    id: run.id,
    status: row.isLive === true ? 'running' : run.status,
    experiment: run.experiment,
    ...(notes.name === undefined ? {} : { name: notes.name }),
    ...(branch === undefined ? {} : { branch }),
    ...(run.group === undefined ? {} : { group: run.group }),
    createdMs: ulidMs(run.id),
    ...(elapsedMs === undefined ? {} : { elapsedMs }),
    tags: notes.tags,
    models: versions.map((version) => version.model),
    parameters: run.parameters,
    metrics: run.metrics,
    nowMs,
  }
}

/** How long a run took, in milliseconds; absent when nobody saw its end. */
export function elapsedMsOf(run: SealedRun): number | undefined {
  return run.status === 'killed' ? undefined : instantMs(run.endedAt) - instantMs(run.startedAt)
}

/**
 * The value of a column: a field of the filter grammar. Several values, such as tags, are joined by commas; absent when
 * the run has none.
 *
 * @throws `filter-invalid`
 */
export function fieldValue(row: RunRow, field: string): FieldValue | undefined {
  const values = fieldValues(parseField(field), filterSubject(row, 0))
  return values.length > 1 ? values.map(String).join(', ') : values[0]
}
