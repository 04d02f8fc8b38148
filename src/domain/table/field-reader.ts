/**
 * The values of one field for many rows of the table, without making each row first.
 */
import type { Field, FieldValue } from '../filter.ts'
import type { ParameterKey } from '../key.ts'
import type { ParameterValue } from '../parameter.ts'
import { fieldValues } from '../query-field.ts'
import { numberAt } from './packed-numbers.ts'
import { chunkOfRow, placeInSet, placeOfRow } from './row-set.ts'
import { RowView } from './row-view.ts'
import type { TableRows } from './row-view.ts'
import { parameterAt, partAt } from './value-column.ts'

/** Reads the values that `fieldValues` gives for a row. */
export type FieldReader = (row: number) => readonly FieldValue[]

/** Reads the first of them; `undefined` when there is none. */
export type ValueReader = (row: number) => FieldValue | undefined

const NONE: readonly FieldValue[] = []

/** Makes a reader of a field; `nowMs` as for a filter. */
export function fieldReader(rows: TableRows, field: Field, nowMs: number): FieldReader {
  if (field.kind === 'param') {
    const read = parameterReader(rows, field.key)
    return (row) => {
      const value = read(row)
      if (value === undefined) return NONE
      return isList(value) ? value : [value]
    }
  }
  if (field.kind === 'metric') {
    const read = metricReader(rows, field)
    return (row) => {
      const value = read(row)
      return value === undefined ? NONE : [value]
    }
  }
  const view = new RowView(rows, nowMs)
  return (row) => fieldValues(field, view.at(row))
}

/** Makes a reader of the first value of a field. */
export function valueReader(rows: TableRows, field: Field, nowMs: number): ValueReader {
  if (field.kind === 'metric') return metricReader(rows, field)
  if (field.kind === 'param') {
    const read = parameterReader(rows, field.key)
    return (row) => {
      const value = read(row)
      return isList(value) ? value[0] : value
    }
  }
  const view = new RowView(rows, nowMs)
  return (row) => fieldValues(field, view.at(row))[0]
}

function metricReader(
  { chunks }: TableRows,
  { key, part }: Extract<Field, { readonly kind: 'metric' }>,
): (row: number) => number | undefined {
  const columns = chunks.map(({ metrics }) => metrics.get(key))
  return (row) => {
    const column = columns[chunkOfRow(row)]
    if (column === undefined) return undefined
    const place = placeInSet(column.rows, placeOfRow(row))
    if (place === -1) return undefined
    return part === 'last' ? numberAt(column.last, place) : partAt(column, place, part)
  }
}

/** Makes a reader of a parameter as it was recorded; `undefined` for a row without it. */
export function parameterReader({ chunks }: TableRows, key: ParameterKey): (row: number) => ParameterValue | undefined {
  const columns = chunks.map(({ parameters }) => parameters.get(key))
  return (row) => {
    const column = columns[chunkOfRow(row)]
    if (column === undefined) return undefined
    const place = placeInSet(column.rows, placeOfRow(row))
    return place === -1 ? undefined : parameterAt(column, place)
  }
}

function isList(value: FieldValue | readonly FieldValue[] | undefined): value is readonly FieldValue[] {
  return Array.isArray(value)
}
