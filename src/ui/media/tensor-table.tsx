/**
 * The tensors of a weights file, alone or beside the file of the same name of another run.
 */
import { useMemo, useState } from 'preact/hooks'
import type { WireFile, WireTensors } from '../../server/wire.ts'
import { Answered, Empty, useAnswer } from '../base/answer.tsx'
import { shortHash, sizeText } from '../base/number-text.ts'
import { setState, stateOf } from '../base/route.ts'
import { searchOf } from '../base/search.ts'
import { DataGrid } from './data-grid.tsx'
import type { DataColumn } from './data-grid.tsx'
import type { OtherSide } from './file-viewer.tsx'
import { mediaApi } from './media-api.ts'
import { hasOtherShape, shapeText, sortedTensors, STATE_WORDS, tensorRows } from './tensor-rows.ts'
import type { TensorRow } from './tensor-rows.ts'

/** Tensors, and a choice of what to compare them with. */
export function TensorTable({ run, file, sides }: { run: string; file: WireFile; sides: readonly OtherSide[] }) {
  const others = sides.filter(({ run: other, files }) => other !== run && files.some(({ path }) => path === file.path))
  const side = others.find((other) => other.run === stateOf('side'))
  const answer = useAnswer(
    (signal) =>
      Promise.all([
        mediaApi.tensors(run, file.path, signal),
        side === undefined ? undefined : mediaApi.tensors(side.run, file.path, signal),
      ]),
    [run, file.path, side?.run],
  )
  return (
    <>
      {others.length > 0 && (
        <label class="beside">
          Beside{' '}
          <select value={side?.run ?? ''} onChange={({ currentTarget }) => setState({ side: currentTarget.value })}>
            <option value="">nothing</option>
            {others.map((other) => (
              <option key={other.run} value={other.run}>
                {other.title}
              </option>
            ))}
          </select>
        </label>
      )}
      <Answered answer={answer}>{([here, there]) => <Tensors here={here} there={there} />}</Answered>
    </>
  )
}

/** Tensors of one file, or of two side by side. */
export function Tensors({ here, there }: { here: WireTensors; there: WireTensors | undefined }) {
  const [search, setSearch] = useState('')
  const [sort, setSort] = useState('')
  const all = useMemo(() => tensorRows(here.tensors, there?.tensors), [here, there])
  const rows = useMemo(() => {
    const isFound = searchOf(search)
    return sortedTensors(search === '' ? all : all.filter((row) => isFound(`${row.name} ${row.shown.dtype}`)), sort)
  }, [all, search, sort])
  if (here.problem !== null) {
    return (
      <Empty title="The tensors cannot be read">
        <p>{here.problem}. The file is kept as it is.</p>
      </Empty>
    )
  }
  const columns = there === undefined ? COLUMNS : [...COLUMNS.slice(0, 1), STATE_COLUMN, ...COLUMNS.slice(1)]
  return (
    <>
      <p class="tensor-totals">
        <span>
          <b>{here.parameters.toLocaleString('en-GB')}</b> parameters in {here.total.toLocaleString('en-GB')} tensors
        </span>
        <span>{sizeText(here.sizeBytes)}</span>
        <DtypeChips tensors={here} />
      </p>
      {there !== undefined && <StateCounts rows={all} />}
      {here.tensors.length < here.total && (
        <p class="muted small">The first {here.tensors.length.toLocaleString('en-GB')} are listed.</p>
      )}
      <input
        type="search"
        placeholder="Search tensors"
        aria-label="Search tensors"
        value={search}
        onInput={({ currentTarget }) => setSearch(currentTarget.value)}
      />
      <DataGrid
        label="Tensors"
        columns={columns}
        rowCount={rows.length}
        sort={sort}
        onSort={setSort}
        rowClass={(index) => `tensor-${rows[index]?.state ?? 'alone'}`}
        cell={(index, column) => tensorCell(rows[index], column.id)}
      />
      {rows.length === 0 && <p class="muted">None is called so.</p>}
    </>
  )
}

const COLUMNS: readonly DataColumn[] = [
  { id: 'name', title: 'Name', width: 340, isNumber: false },
  { id: 'dtype', title: 'Type', width: 70, isNumber: false },
  { id: 'shape', title: 'Shape', width: 150, isNumber: false },
  { id: 'parameters', title: 'Parameters', width: 120, isNumber: true },
  { id: 'bytes', title: 'Size', width: 96, isNumber: true },
  { id: 'sha256', title: 'SHA-256', width: 110, isNumber: false },
]
const STATE_COLUMN: DataColumn = { id: 'state', title: 'Beside it', width: 100, isNumber: false }

function tensorCell(row: TensorRow | undefined, column: string): preact.ComponentChildren {
  if (row === undefined) return null
  const { shown, was, state, name } = row
  switch (column) {
    case 'name':
      return <code title={name}>{name}</code>
    case 'state':
      return <span class={`row-state ${state}`}>{STATE_WORDS[state]}</span>
    case 'dtype':
      return was !== undefined && was.dtype !== shown.dtype ? `${was.dtype} → ${shown.dtype}` : shown.dtype
    case 'shape':
      return was !== undefined && hasOtherShape(was, shown) && was.shape.join() !== shown.shape.join()
        ? `${shapeText(was.shape)} → ${shapeText(shown.shape)}`
        : shapeText(shown.shape)
    case 'parameters':
      return shown.parameters.toLocaleString('en-GB')
    case 'bytes':
      return sizeText(shown.sizeBytes)
    default:
      return <code title={shown.sha256 ?? ''}>{shown.sha256 === null ? '–' : shortHash(shown.sha256)}</code>
  }
}

function DtypeChips({ tensors }: { tensors: WireTensors }) {
  const counts = new Map<string, number>()
  for (const { dtype, parameters } of tensors.tensors) counts.set(dtype, (counts.get(dtype) ?? 0) + parameters)
  return (
    <span class="chips">
      {[...counts].map(([dtype, parameters]) => (
        <span key={dtype} class="chip" title={`${parameters.toLocaleString('en-GB')} parameters`}>
          {dtype}
        </span>
      ))}
    </span>
  )
}

function StateCounts({ rows }: { rows: readonly TensorRow[] }) {
  const counts = new Map<string, number>()
  for (const { state } of rows) counts.set(state, (counts.get(state) ?? 0) + 1)
  return (
    <p class="row-states">
      {[...counts].map(([state, count]) => (
        <span key={state} class={`row-state ${state}`}>
          {count.toLocaleString('en-GB')} {STATE_WORDS[state as keyof typeof STATE_WORDS]}
        </span>
      ))}
    </p>
  )
}
