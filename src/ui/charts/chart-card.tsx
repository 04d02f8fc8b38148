/**
 * One chart: a metric of several runs. It is drawn while it is in sight, and asks for finer points when zoomed.
 */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type uPlot from 'uplot'
import type { Refusal } from '../base/api.ts'
import { RefusalNote, refusalOf } from '../base/answer.tsx'
import { GoalWord } from '../base/goal-word.tsx'
import { theme } from '../base/theme.ts'
import { saveSvg } from '../plots/plot-tools.tsx'
import { savePicture, saveTable } from './chart-export.ts'
import { chartData } from './chart-data.ts'
import type { ChartLine, ChartRun } from './chart-data.ts'
import type { ChartChoice } from './chart-options.ts'
import { ChartPlot } from './chart-plot.tsx'
import { chartPicture } from './chart-svg.ts'
import { ChartTable } from './chart-table.tsx'
import { groupedLines } from './group-bands.ts'
import { loadLines } from './series-loader.ts'
import type { ChartSeries } from './series-loader.ts'

/** Stretches a line is cut into: as many as a chart has pixels, and fewer of each where there are many. */
const POINTS = 1200
const LEAST_POINTS = 320
const POINTS_IN_ALL = 24_000
/** How soon to ask again for lines whose points are still being read. */
const ASK_AGAIN_MS = 300

interface ChartCardProps {
  readonly metric: string
  readonly runs: readonly ChartRun[]
  readonly choice: ChartChoice
  readonly onZoom: (range: readonly [number, number] | undefined) => void
  /** Changes when runs went on, so that their points are asked for again. */
  readonly version: number
}

/** A card with a chart, or with its table. */
export function ChartCard(props: ChartCardProps) {
  const card = useRef<HTMLElement>(null)
  const isInSight = useInSight(card)
  const [isWide, setWide] = useState(false)
  // A large chart is as high as the window has room for: all of it is brought into sight.
  useEffect(() => {
    if (isWide) card.current?.scrollIntoView({ block: 'nearest' })
  }, [isWide])
  return (
    <section ref={card} class={`card chart-card ${isWide ? 'wide' : ''}`} aria-label={`Chart of ${props.metric}`}>
      {isInSight ? (
        <Drawn {...props} isWide={isWide} onWide={() => setWide(!isWide)} />
      ) : (
        <header>
          <h3>{props.metric}</h3>
        </header>
      )}
    </section>
  )
}

function Drawn(props: ChartCardProps & { readonly isWide: boolean; readonly onWide: () => void }) {
  const { metric, choice } = props
  const { lines, refusal, pending } = useLines(props)
  const [isTable, setTable] = useState(false)
  const plot = useRef<uPlot | undefined>(undefined)
  const data = useMemo(
    () =>
      chartData(groupedLines(lines ?? []), choice.smoothing, {
        x: choice.scaleX === 'log',
        y: choice.scaleY === 'log',
      }),
    [lines, choice.smoothing, choice.scaleX, choice.scaleY],
  )
  const picture = (): void => {
    if (plot.current !== undefined) savePicture(metric, plot.current, data.places)
  }
  const vector = (): void => {
    if (plot.current !== undefined) saveSvg(metric, chartPicture(metric, plot.current, data, choice))
  }
  return (
    <>
      <header>
        <ChartTitle metric={metric} lines={lines ?? []} pending={pending} />
        <ChartTools
          isTable={isTable}
          isWide={props.isWide}
          onTable={() => setTable(!isTable)}
          onPicture={picture}
          onVector={vector}
          onSave={() => saveTable(metric, choice.x, data.places)}
          onWide={props.onWide}
        />
      </header>
      {refusal !== undefined && <RefusalNote refusal={refusal} />}
      {lines === undefined && refusal === undefined && <p class="waiting">Loading…</p>}
      {lines?.length === 0 && pending === 0 && <p class="waiting">{nothingText(choice)}</p>}
      {isTable && <ChartTable places={data.places} />}
      {lines !== undefined && lines.length > 0 && !isTable && (
        <ChartPlot
          metric={metric}
          data={data}
          choice={choice}
          onZoom={props.onZoom}
          plot={plot}
          themeName={theme.value}
        />
      )}
    </>
  )
}

function nothingText({ zoom }: ChartChoice): string {
  return zoom === undefined
    ? 'None of these runs has points of it.'
    : 'None of these runs has points of it in this range.'
}

/** Whether there is a point in the range, or a line goes through it from one side to the other. */
function isSeen({ xs, before, after }: ChartSeries): boolean {
  return xs.length > 0 || (before != null && after != null)
}

interface ChartTitleProps {
  readonly metric: string
  readonly lines: readonly ChartLine[]
  readonly pending: number
}

function ChartTitle({ metric, lines, pending }: ChartTitleProps) {
  return (
    <>
      <h3 title={metric}>
        {metric}
        <GoalWord goal={lines[0]?.series.rule.goal} />
      </h3>
      {lines.some(({ series }) => !series.isComplete) && (
        <span class="chip" title="Some points are not in this clone: what is drawn was kept as a summary">
          summary
        </span>
      )}
      {pending > 0 && (
        <span class="chip" role="status" title="Their points are read from text this once, and kept">
          reading {pending} {pending === 1 ? 'run' : 'runs'}
        </span>
      )}
    </>
  )
}

interface ChartToolsProps {
  readonly isTable: boolean
  readonly isWide: boolean
  readonly onTable: () => void
  readonly onPicture: () => void
  readonly onVector: () => void
  readonly onSave: () => void
  readonly onWide: () => void
}

function ChartTools({ isTable, isWide, onTable, onPicture, onVector, onSave, onWide }: ChartToolsProps) {
  return (
    <div class="chart-tools">
      <button class="quiet" aria-pressed={isTable} title="The same as a table" onClick={onTable}>
        Table
      </button>
      <button class="quiet" title="Save as PNG" disabled={isTable} onClick={onPicture}>
        PNG
      </button>
      <button class="quiet" title="Save as SVG" disabled={isTable} onClick={onVector}>
        SVG
      </button>
      <button class="quiet" title="Save the points as CSV" onClick={onSave}>
        CSV
      </button>
      <button class="quiet" aria-pressed={isWide} aria-label="Large" title="Large" onClick={onWide}>
        ⤢
      </button>
    </div>
  )
}

interface Loaded {
  readonly lines: readonly ChartLine[] | undefined
  readonly refusal: Refusal | undefined
  /** Runs whose points are still being read. */
  readonly pending: number
  /** What the lines lie along. */
  readonly x: ChartChoice['x'] | undefined
}

const NOTHING: Loaded = { lines: undefined, refusal: undefined, pending: 0, x: undefined }

/** The lines of the runs in the range that is seen. Those there were stay until the finer ones are here. */
function useLines({ metric, runs, choice, version }: ChartCardProps): Loaded {
  const [loaded, setLoaded] = useState<Loaded>(NOTHING)
  const { x, zoom } = choice
  useEffect(() => {
    let isStale = false
    let timer: number | undefined
    const points = Math.max(LEAST_POINTS, Math.min(POINTS, Math.floor(POINTS_IN_ALL / runs.length)))
    const load = async (): Promise<void> => {
      try {
        const answer = await loadLines({ runs: runs.map(({ id }) => id), metric, x, range: zoom, points })
        if (isStale) return
        const lines = runs.flatMap((run): readonly ChartLine[] => {
          const series = answer.lines.get(run.id)
          return series !== undefined && isSeen(series) ? [{ run, series }] : []
        })
        const isWaiting = lines.length === 0 && answer.pending.length > 0
        setLoaded((before) => ({
          lines: !isWaiting ? lines : before.x === x ? before.lines : undefined,
          refusal:
            lines.length === 0 && answer.refused !== undefined ? refusalOf(new Error(answer.refused)) : undefined,
          pending: answer.pending.length,
          x,
        }))
        if (answer.pending.length > 0) timer = setTimeout(() => void load(), ASK_AGAIN_MS)
      } catch (error) {
        if (!isStale) setLoaded((before) => ({ ...before, refusal: refusalOf(error), pending: 0 }))
      }
    }
    void load()
    return () => {
      isStale = true
      clearTimeout(timer)
    }
  }, [metric, runs, x, zoom?.join(), version])
  // Lines along another axis are no stand-in for those that are on their way.
  return loaded.x === undefined || loaded.x === x ? loaded : { ...NOTHING, pending: loaded.pending }
}

/** Whether an element is in sight, or nearly. */
function useInSight(element: { readonly current: HTMLElement | null }): boolean {
  const [isInSight, setInSight] = useState(false)
  useEffect(() => {
    if (element.current === null) return undefined
    const observer = new IntersectionObserver((entries) => setInSight(entries.at(-1)?.isIntersecting === true), {
      rootMargin: '200px',
    })
    observer.observe(element.current)
    return () => observer.disconnect()
  }, [])
  return isInSight
}
