/**
 * Rows of a list seen through the filter grammar: what a filter asks about, and the value of a column.
 */
import type { FieldValue, FilterSubject } from '../../domain/filter.ts'
import { parseField } from '../../domain/query.ts'
import { fieldValues } from '../../domain/query-field.ts'
import { ulidMs } from '../../base/ulid.ts'
import { runOutline } from '../../domain/run-outline.ts'
import type { RunOutline } from '../../domain/run-outline.ts'
import type { RunRow, VersionLabel } from './run-row.ts'

/** A row as filters and sorts see it; `nowMs` is what `-7d` counts back from. */
export function filterSubject(row: RunRow, nowMs: number): FilterSubject {
  const subject = outlineSubject(runOutline(row.run, row.notes), row.versions, nowMs)
  return row.isLive === true ? { ...subject, status: 'running' } : subject
}

/** An outline as filters and sorts see it. */
export function outlineSubject(outline: RunOutline, versions: readonly VersionLabel[], nowMs: number): FilterSubject {
  return { ...outline, createdMs: ulidMs(outline.id), models: versions.map((version) => version.model), nowMs }
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
