/**
 * Questions about tables, and two of them as the wire has them. Pure, so that a copy of the pages can answer in the
 * browser.
 */
import type { RowState } from '../../domain/table-difference.ts'
import type { PairsQuestion, TablesWindow } from '../../domain/tables-window.ts'
import { badRequest } from '../refusal.ts'
import type { Query } from '../request.ts'
import type { WireTables } from '../wire.ts'

const MOST_ROWS = 500
const USUAL_ROWS = 200
const STATES: readonly RowState[] = ['changed', 'base', 'head', 'equal']

/** Which rows are asked for. @throws a refusal for what is no place or too many */
export function rowsAsked(query: Query): { readonly from: number; readonly count: number } {
  return {
    from: query.count('from', 0, Number.MAX_SAFE_INTEGER),
    count: query.count('count', USUAL_ROWS, MOST_ROWS),
  }
}

/** Which rows of two tables are asked for. @throws as `rowsAsked` */
export function pairsAsked(query: Query): PairsQuestion {
  const only = query.one('only')
  const state = STATES.find((each) => each === only)
  if (only !== undefined && state === undefined) throw badRequest(`'only' is one of ${STATES.join(', ')}`)
  return { ...rowsAsked(query), key: query.one('key'), only: state }
}

/** Two tables. */
export function wireTables({ key, rows, ...rest }: TablesWindow, from: number): WireTables {
  return {
    ...rest,
    key: key ?? null,
    from,
    rows: rows.map((row) => ({ ...row, base: row.base ?? null, head: row.head ?? null })),
  }
}
