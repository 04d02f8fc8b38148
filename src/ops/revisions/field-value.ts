/**
 * Rows of a list seen through the filter grammar: what a filter asks about, and the value of a column.
 */
import type { Field, FieldValue, FilterSubject } from '../../domain/filter.ts'
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

const NO_MODELS: readonly string[] = []

/** An outline as filters and sorts see it. */
export function outlineSubject(outline: RunOutline, versions: readonly VersionLabel[], nowMs: number): FilterSubject {
  const models = versions.length === 0 ? NO_MODELS : versions.map((version) => version.model)
  return { ...outline, createdMs: ulidMs(outline.id), models, nowMs }
}

/**
 * The value of a column: a field of the filter grammar. Several values, such as tags, are joined by commas; absent when
 * the run has none.
 *
 * @throws `filter-invalid`
 */
export function fieldValue(row: RunRow, field: string): FieldValue | undefined {
  const known = fields.get(field) ?? parseField(field)
  if (fields.size >= MOST_FIELDS) fields.clear()
  fields.set(field, known)
  // Nearly all columns are of this kind, and a row has hundreds of thousands of them.
  if (known.kind === 'metric' && known.part === 'last') return row.run.metrics.get(known.key)?.summary.last
  const values = fieldValues(known, filterSubject(row, 0))
  return values.length > 1 ? values.map(String).join(', ') : values[0]
}

/** Fields by their text: a column is asked of row after row. */
const fields = new Map<string, Field>()
const MOST_FIELDS = 1000
