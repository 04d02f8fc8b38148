/**
 * The lines a run printed, however many: searched, linked to, followed while they are printed, and found by step.
 */
import { useEffect, useMemo, useState } from 'preact/hooks'
import type { WireFile, WireFoundLines, WireOutput } from '../../server/wire.ts'
import { Answered, Empty, refusalOf, useAnswer } from '../base/answer.tsx'
import { sizeText } from '../base/number-text.ts'
import { KeptField } from '../base/kept-field.tsx'
import { FileLink } from '../base/recorded-file.tsx'
import { addressOf, setState, stateOf } from '../base/route.ts'
import { ansiParts } from './ansi.ts'
import { Blocks } from './data-table.tsx'
import { mediaApi } from './media-api.ts'
import { useLines } from './use-lines.ts'
import { BLOCK_LINES, VirtualList } from './virtual-list.tsx'

const LINE_HEIGHT = 18

interface OutputViewProps {
  readonly run: string
  readonly isLive: boolean
  /** Changes when something was printed. */
  readonly version: number
  readonly files: readonly WireFile[]
}

/** The output of a run. */
export function OutputView({ run, isLive, version, files }: OutputViewProps) {
  const stream = stateOf('stream')
  const answer = useAnswer((signal) => mediaApi.output(run, stream, 0, signal), [run, stream, version])
  return (
    <Answered answer={answer}>
      {(output) =>
        output.stream === null ? (
          <Empty title={isLive ? 'Nothing was printed yet' : 'Nothing was printed'}>
            <p>
              What a run prints is kept when <code>mlv run</code> started it.
            </p>
          </Empty>
        ) : (
          <Stream key={output.stream} run={run} output={output} version={version} files={files} />
        )
      }
    </Answered>
  )
}

interface StreamProps {
  readonly run: string
  /** Its beginning, and how long it is now. */
  readonly output: WireOutput
  readonly version: number
  readonly files: readonly WireFile[]
}

function Stream({ run, output, version, files }: StreamProps) {
  const stream = output.stream ?? ''
  const count = output.streams.find(({ name }) => name === stream)?.lines ?? 0
  const lines = useLines(run, stream, output, version)
  const { found, go, at, problem } = useFound(run, stream)
  const linked = stateOf('line') === '' ? undefined : Number(stateOf('line')) - 1
  const wanted = at ?? linked
  const [chosenBlock, setBlock] = useState<number>()
  const block = chosenBlock ?? Math.floor((wanted ?? 0) / BLOCK_LINES)
  useEffect(() => setBlock(undefined), [wanted])
  const start = block * BLOCK_LINES
  const hits = useMemo(() => new Set(found?.by === 'text' ? found.lines : []), [found])
  const digits = String(count).length
  return (
    <section class="card output">
      <OutputBar run={run} output={output} files={files} found={found} at={at} go={go} problem={problem} />
      <VirtualList
        label={`What was printed to ${stream}`}
        role="log"
        count={Math.max(0, Math.min(BLOCK_LINES, count - start))}
        lineHeight={LINE_HEIGHT}
        target={wanted === undefined ? undefined : wanted - start}
        isFollowing={output.isLive && wanted === undefined}
        onSight={({ from, until }) => lines.onSight({ from: from + start, until: until + start })}
        line={(index) => {
          const place = index + start
          const look = `${place === wanted ? 'is-target' : ''} ${hits.has(place) ? 'is-hit' : ''}`
          return <Line key={place} run={run} line={lines.at(place)} place={place} digits={digits} look={look} />
        }}
      />
      {count > BLOCK_LINES && <Blocks block={block} count={count} onBlock={setBlock} />}
    </section>
  )
}

interface LineProps {
  readonly run: string
  readonly line: WireOutput['lines'][number] | undefined
  readonly place: number
  readonly digits: number
  readonly look: string
}

function Line({ run, line, place, digits, look }: LineProps) {
  return (
    <div class={`output-line ${look}`}>
      <button
        class="line-number"
        style={{ width: `${digits + 2}ch` }}
        aria-label={`Link to line ${place + 1}`}
        onClick={() => setState({ line: String(place + 1), step: '' })}
      >
        {place + 1}
      </button>
      <span class="line-text">
        {line === undefined
          ? '…'
          : ansiParts(line.text).map(({ text, look: part }, index) => (
              <span key={index} class={part}>
                {text}
              </span>
            ))}
        {line?.isCut === true && <span class="muted"> … cut</span>}
      </span>
      {line?.mark != null && (
        <a class="line-step" href={chartsAt(run, line.mark.number)} title="Show the charts around it">
          {line.mark.unit} {line.mark.number}
        </a>
      )}
    </div>
  )
}

/** The address of the charts of a run, around a step. */
function chartsAt(run: string, step: number): string {
  const reach = Math.max(5, Math.round(step / 10))
  return addressOf(`run/${encodeURIComponent(run)}`, {
    tab: 'charts',
    zoom: `${Math.max(0, step - reach)},${step + reach}`,
  })
}

interface Found {
  readonly found: WireFoundLines | undefined
  /** The line that is in front now. */
  readonly at: number | undefined
  /** Goes to the next (1) or the one before (-1). */
  readonly go: (by: number) => void
  readonly problem: string | undefined
}

/** Lines with the text, or the one nearest the step, that is in the address. */
function useFound(run: string, stream: string): Found {
  const [search, step] = [stateOf('search'), stateOf('step')]
  const [found, setFound] = useState<WireFoundLines>()
  const [problem, setProblem] = useState<string>()
  const [place, setPlace] = useState(0)
  useEffect(() => {
    setFound(undefined)
    setProblem(undefined)
    setPlace(0)
    const number = Number(step)
    const wanted = search !== '' ? { search } : step !== '' && Number.isFinite(number) ? { step: number } : undefined
    if (wanted === undefined) return undefined
    const stop = new AbortController()
    mediaApi.findOutput(run, stream, wanted, stop.signal).then(setFound, (error: unknown) => {
      if (!stop.signal.aborted) setProblem(refusalOf(error).message)
    })
    return () => stop.abort()
  }, [run, stream, search, step])
  const count = found?.lines.length ?? 0
  return {
    found,
    at: found?.lines[place],
    go: (by) => setPlace((now) => (count === 0 ? 0 : (now + by + count) % count)),
    problem,
  }
}

interface OutputBarProps extends Found {
  readonly run: string
  readonly output: WireOutput
  readonly files: readonly WireFile[]
}

function OutputBar({ run, output, files, found, at, go, problem }: OutputBarProps) {
  const stream = output.stream ?? ''
  const kept = files.find(({ path }) => path === `output/${stream}.txt.gz`)
  const size = output.streams.find(({ name }) => name === stream)
  return (
    <div class="button-row output-bar">
      {output.streams.length > 1 && <Streams output={output} />}
      <KeptField
        kind="search"
        label="Search the output"
        kept={stateOf('search')}
        onKeep={(search) => setState({ search, step: '' }, 'small')}
        onAgain={(isBack) => go(isBack ? -1 : 1)}
      />
      <label>
        Step{' '}
        <KeptField
          kind="number"
          label="Step"
          kept={stateOf('step')}
          onKeep={(step) => setState({ step, search: '' }, 'small')}
        />
      </label>
      <FoundNote found={found} at={at} go={go} problem={problem} />
      <span class="space" />
      <span class="muted small">
        {(size?.lines ?? 0).toLocaleString('en-GB')} {size?.lines === 1 ? 'line' : 'lines'},{' '}
        {sizeText(size?.sizeBytes ?? 0)}
      </span>
      {kept !== undefined && (
        <FileLink run={run} path={kept.path}>
          Save
        </FileLink>
      )}
    </div>
  )
}

function Streams({ output }: { output: WireOutput }) {
  return (
    <span class="tabs" role="group" aria-label="Streams">
      {output.streams.map(({ name, lines }) => (
        <button
          key={name}
          aria-pressed={name === output.stream}
          onClick={() => setState({ stream: name, line: '', step: '', search: '' })}
        >
          {name} <span class="count">{lines.toLocaleString('en-GB')}</span>
        </button>
      ))}
    </span>
  )
}

const FOUND_BY = { step: 'the nearest step', epoch: 'the nearest epoch', time: 'by its time', text: '' }

function FoundNote({ found, at, go, problem }: Found) {
  if (problem !== undefined) return <span class="worse">{problem}</span>
  if (found === undefined) return null
  if (found.by === null) return <span class="muted">no line tells of that step</span>
  if (found.by !== 'text') return <span class="muted">{FOUND_BY[found.by]}</span>
  if (found.lines.length === 0) return <span class="muted">not found</span>
  const place = found.lines.indexOf(at ?? -1) + 1
  return (
    <span class="found">
      <span class="muted" role="status">
        {place} of {found.lines.length.toLocaleString('en-GB')}
        {found.isCut && '+'}
      </span>
      <button aria-label="The one before" onClick={() => go(-1)}>
        ↑
      </button>
      <button aria-label="The next one" onClick={() => go(1)}>
        ↓
      </button>
    </span>
  )
}
