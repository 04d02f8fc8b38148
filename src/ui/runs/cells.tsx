/**
 * What stands in a cell of the table of runs.
 */
import type { WireCell, WireGroupCell, WireRunHead, WireStatus } from '../../server/wire.ts'
import { agoText, elapsedText, metricText, momentText, numberText, shortHash, shortId } from '../base/number-text.ts'
import { isoText } from '../browser.ts'
import { addressOf } from '../base/route.ts'
import { cellNumber, cellText, runTitle } from '../base/wire-value.ts'
import type { RunColumn } from './columns.ts'
import { Sparkline } from './sparkline.tsx'
import type { Curve } from './sparkline.tsx'

/** A run's state as a dot, with its word for those who do not see it. */
export function StatusDot({ status }: { status: WireStatus }) {
  return <span class={`dot ${status}`} role="img" aria-label={status} title={status} />
}

/** The address of a run's page. */
export function runAddress(id: string): string {
  return addressOf(`run/${encodeURIComponent(id)}`)
}

/** One of the columns that every run has something for. */
export function HeadCell({ head, field, colour }: { head: WireRunHead; field: string; colour: string | undefined }) {
  switch (field) {
    case 'name':
      return (
        <span class="run-name">
          <StatusDot status={head.status} />
          {colour !== undefined && <span class="swatch" style={{ background: colour }} />}
          <a href={runAddress(head.id)} title={head.message ?? head.id}>
            {runTitle(head)}
          </a>
          {head.isDirty && (
            <span class="muted" title="the worktree differed from its commit">
              *
            </span>
          )}
        </span>
      )
    case 'created':
      return <time title={momentText(head.startedAt)}>{agoText(head.startedAt)}</time>
    case 'elapsed':
      return <span class="number">{head.elapsedMs === null ? 'running' : elapsedText(head.elapsedMs)}</span>
    case 'status':
      return <span class={`status-word ${head.status}`}>{head.status}</span>
    case 'tag':
      return <Chips words={head.tags} />
    case 'model':
      return <VersionChips head={head} />
    case 'branch':
      return <CodeCell head={head} />
    case 'id':
      return <code title={head.id}>{shortId(head.id)}</code>
    default:
      return <span>{head.experiment}</span>
  }
}

/** Small labels beside one another. */
export function Chips({ words }: { words: readonly string[] }) {
  return (
    <>
      {words.map((word) => (
        <span key={word} class="chip">
          {word}
        </span>
      ))}
    </>
  )
}

/** The versions a run led to, with the aliases that name them. */
export function VersionChips({ head }: { head: WireRunHead }) {
  return (
    <>
      {head.versions.map(({ model, number, aliases }) => (
        <a key={`${model}@${number}`} class="chip version" href={addressOf(`model/${encodeURIComponent(model)}`)}>
          {model}@v{number}
          {aliases.map((alias) => (
            <b key={alias}> {alias}</b>
          ))}
        </a>
      ))}
    </>
  )
}

function CodeCell({ head }: { head: WireRunHead }) {
  if (head.commit === null) return <span class="muted">none</span>
  return (
    <span title={head.commit}>
      {head.branch} <code>{shortHash(head.commit)}</code>
    </span>
  )
}

interface ValueCellProps {
  readonly cell: WireCell | null | undefined
  /** Drawn beside the value; `undefined` where no curves are shown. */
  readonly curve?: Curve | null | undefined
  readonly isBest: boolean
  /** What it is the value of. */
  readonly field: string
}

/** A parameter or metric of a run. */
export function ValueCell({ cell, curve, isBest, field }: ValueCellProps) {
  if (cell === undefined) return <span class="pending" aria-label="loading" />
  if (cell === null) return <span class="absent">–</span>
  const number = cellNumber(cell)
  if (number === undefined) return <span title={cell.text}>{cell.text}</span>
  const isOdd = !Number.isFinite(number)
  return (
    <>
      {curve != null && <Sparkline values={curve} />}
      <span class={`number ${isBest ? 'best' : ''} ${isOdd ? 'not-finite' : ''}`} title={cell.text}>
        {cellText(cell, field)}
        {isBest && <span class="for-readers"> best</span>}
      </span>
    </>
  )
}

/** Mean and spread of a group, or what all of its runs have in common. */
export function GroupCell({ cell, runs, column, isBest }: GroupCellProps) {
  if (cell === undefined) return <span class="pending" aria-label="loading" />
  if (column.id === 'id') return null
  const { spread } = cell
  if (spread === null) return <CommonText cell={cell} />
  if (column.id === 'created') return <time>{agoText(isoText(spread.max))}</time>
  const isTime = column.id === 'elapsed'
  const say = isTime ? elapsedText : column.kind === 'metric' ? metricText : numberText
  const title = `${spread.count} of ${runs} runs, from ${say(spread.min)} to ${say(spread.max)}`
  const digits =
    spread.deviation > 0 && !isTime
      ? Math.min(100, Math.max(0, 1 - Math.floor(Math.log10(spread.deviation))))
      : undefined
  const rounded = (value: number): string => (digits === undefined ? say(value) : roundedText(value, digits))
  return (
    <span class={`number ${isBest ? 'best' : ''}`} title={title}>
      {rounded(spread.mean)}
      {digits !== undefined && <span class="muted"> ±{rounded(spread.deviation)}</span>}
      {isBest && <span class="for-readers"> best</span>}
    </span>
  )
}

interface GroupCellProps {
  readonly cell: WireGroupCell | undefined
  /** How many runs the group has. */
  readonly runs: number
  readonly column: RunColumn
  readonly isBest: boolean
}

/** A mean with as many decimals as its spread says something about. */
function roundedText(value: number, digits: number): string {
  return digits > 5 ? numberText(Number(value.toPrecision(2))) : value.toFixed(digits)
}

function CommonText({ cell: { text, values } }: { cell: WireGroupCell }) {
  if (values === 0) return <span class="absent">–</span>
  return text === null ? <span class="muted">{values} values</span> : <span title={text}>{text}</span>
}
