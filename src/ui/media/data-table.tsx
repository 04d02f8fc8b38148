/**
 * A recorded table of any size: rows come as they are looked at.
 */
import { useMemo, useState } from 'preact/hooks'
import type { WireColumn, WireTable, WireTableCell } from '../../server/wire.ts'
import { RefusalNote } from '../base/answer.tsx'
import { KeptField } from '../base/kept-field.tsx'
import { sizeText } from '../base/number-text.ts'
import { DataGrid } from './data-grid.tsx'
import type { DataColumn } from './data-grid.tsx'
import { mediaApi } from './media-api.ts'
import { columnsInOrderSeen } from './seen-columns.ts'
import { NotVerified } from './text-view.tsx'
import { useWindows } from './use-rows.ts'
import type { Rows } from './use-rows.ts'
import { BLOCK_LINES } from './virtual-list.tsx'

type Row = readonly WireTableCell[]

const BEYOND = 2 ** 50

/** A table of a run. */
export function DataTable({ run, path }: { run: string; path: string }) {
  const [sort, setSort] = useState('')
  const [search, setSearch] = useState('')
  const [block, setBlock] = useState(0)
  const inOrderSeen = useMemo(columnsInOrderSeen, [run, path, sort, search])
  const rows = useWindows<Row, WireTable>(
    async (from, signal) => inOrderSeen(await mediaApi.table({ run, path, sort, search, from }, signal)),
    [run, path, sort, search],
  )
  const table = rows.newest
  if (table === undefined) {
    return rows.refusal === undefined ? <p class="waiting">Loading…</p> : <RefusalNote refusal={rows.refusal} />
  }
  const count = table.total ?? table.known
  const start = block * BLOCK_LINES
  const shown = Math.max(0, Math.min(BLOCK_LINES, count - start))
  const columns = gridColumns(table.columns)
  const names = new Map(columns.map(({ id }, index) => [id, index]))
  return (
    <div class="data-table">
      <TableHead table={table} rows={rows} search={search} onSearch={setSearch} />
      {rows.refusal !== undefined && <RefusalNote refusal={rows.refusal} />}
      <DataGrid
        label={`Table ${path}`}
        columns={columns}
        rowCount={shown}
        sort={sort}
        onSort={table.isSortable ? setSort : undefined}
        onSight={({ from, until }) => rows.onSight({ from: from + start, until: Math.min(count, until + start) })}
        cell={(index, column) => (
          <TableCell row={rows.at(index + start)} place={index + start} at={names.get(column.id) ?? 0} />
        )}
      />
      {count > BLOCK_LINES && <Blocks block={block} count={count} onBlock={setBlock} />}
      <TableNotes table={table} />
    </div>
  )
}

function TableCell({ row, place, at }: { row: Row | undefined; place: number; at: number }) {
  if (at === 0) return <span class="muted row-number">{(place + 1).toLocaleString('en-GB')}</span>
  if (row === undefined) return <span class="pending" />
  const cell = row[at - 1] ?? null
  return cell === null ? <span class="absent">–</span> : <span title={cell.length > 24 ? cell : undefined}>{cell}</span>
}

interface TableHeadProps {
  readonly table: WireTable
  readonly rows: Rows<Row, WireTable>
  readonly search: string
  readonly onSearch: (search: string) => void
}

function TableHead({ table, rows, search, onSearch }: TableHeadProps) {
  const [isLooking, setLooking] = useState(false)
  const lookThrough = async (): Promise<void> => {
    setLooking(true)
    for (let known = table.known; ;) {
      // A row that is nowhere has the server look as far as it does for one question.
      const answer = await rows.look(BEYOND)
      if (answer === undefined || answer.total !== null || answer.known <= known) break
      known = answer.known
    }
    setLooking(false)
  }
  const rowsText = (count: number): string => `${count.toLocaleString('en-GB')} ${count === 1 ? 'row' : 'rows'}`
  return (
    <p class="button-row">
      {table.isSortable && <KeptField kind="search" label="Search cells" kept={search} onKeep={onSearch} />}
      <span>
        {table.total === null ? `the first ${rowsText(table.known)}` : rowsText(table.total)}
        {search !== '' && ' found'}, {table.columns.length} {table.columns.length === 1 ? 'column' : 'columns'}
      </span>
      {table.total === null && (
        <button disabled={isLooking} onClick={() => void lookThrough()}>
          {isLooking ? 'Looking through it…' : `Look through all ${sizeText(table.sizeBytes)}`}
        </button>
      )}
    </p>
  )
}

function TableNotes({ table }: { table: WireTable }) {
  return (
    <>
      {!table.isSortable && (
        <p class="muted small">
          Tables of more than 8 MiB, or millions of cells, are shown as they are: this one ({sizeText(table.sizeBytes)})
          is not sorted or searched.
        </p>
      )}
      {table.isCut && (
        <p class="muted small">Some columns, rows or long cells are not shown; saving the file has all.</p>
      )}
      <Unread columns={table.columns} />
      {!table.isVerified && <NotVerified />}
    </>
  )
}

const UNREAD = /, not shown: (.*)$/
const MOST_NAMED = 10

/** The columns that cannot be read, and why. */
function Unread({ columns }: Pick<WireTable, 'columns'>) {
  const unread = columns.flatMap(({ name, type }) => {
    const why = UNREAD.exec(type ?? '')?.[1]
    return why === undefined ? [] : [{ name, why }]
  })
  if (unread.length === 0) return null
  return (
    <ul class="small">
      {unread.slice(0, MOST_NAMED).map(({ name, why }) => (
        <li key={name}>
          <span class="key">{name}</span> is not shown: {why}
        </li>
      ))}
      {unread.length > MOST_NAMED && <li>and {unread.length - MOST_NAMED} more columns</li>}
    </ul>
  )
}

/** Browsers draw nothing that is too tall, so a very long table comes in parts. */
export function Blocks({ block, count, onBlock }: { block: number; count: number; onBlock: (block: number) => void }) {
  const last = Math.floor((count - 1) / BLOCK_LINES)
  const from = block * BLOCK_LINES
  return (
    <p class="button-row">
      <button disabled={block === 0} onClick={() => onBlock(block - 1)}>
        Earlier
      </button>
      <span class="muted">
        {(from + 1).toLocaleString('en-GB')} to {Math.min(count, from + BLOCK_LINES).toLocaleString('en-GB')} of{' '}
        {count.toLocaleString('en-GB')}
      </span>
      <button disabled={block >= last} onClick={() => onBlock(block + 1)}>
        Later
      </button>
    </p>
  )
}

/** Types of numbers, as texts look and as Parquet says. */
const NUMBERS = /^(?:integer|u?int\d+|float(?:16)?|double|decimal\([\d, ]+\))$/

/** Columns of a table, the number of the row before them. */
export function gridColumns(columns: readonly WireColumn[]): readonly DataColumn[] {
  return [
    { id: '\u0000row', title: '#', width: 64, isNumber: true },
    ...columns.map(({ name, type }) => {
      const isNumber = NUMBERS.test(type ?? '')
      const width = isNumber ? 110 : /^bool/.test(type ?? '') ? 80 : 200
      const wide = Math.max(width, Math.min(260, 24 + name.length * 8))
      return { id: name, title: name, width: wide, isNumber, type: type ?? undefined }
    }),
  ]
}
