/**
 * One chart: a metric of several runs. It is drawn while it is in sight, and asks for finer points when zoomed.
 */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type uPlot from 'uplot'
import type { Refusal } from '../base/api.ts'
import { RefusalNote, refusalOf } from '../base/answer.tsx'
import { theme } from '../base/theme.ts'
import { savePicture, saveTable } from './chart-export.ts'
import { chartData } from './chart-data.ts'
import type { ChartLine, ChartRun } from './chart-data.ts'
import type { ChartChoice } from './chart-options.ts'
import { ChartPlot } from './chart-plot.tsx'
import { ChartTable } from './chart-table.tsx'
import { loadSeries } from './series-loader.ts'

const POINTS = 1200

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
  const { lines, refusal } = useLines(props)
  const [isTable, setTable] = useState(false)
  const plot = useRef<uPlot | undefined>(undefined)
  const data = useMemo(
    () => chartData(lines ?? [], choice.smoothing, { x: choice.isLogX, y: choice.isLogY }),
    [lines, choice.smoothing, choice.isLogX, choice.isLogY],
  )
  const picture = (): void => {
    if (plot.current !== undefined) savePicture(metric, plot.current, data.places)
  }
  return (
    <>
      <header>
        <ChartTitle metric={metric} lines={lines ?? []} />
        <ChartTools
          isTable={isTable}
          isWide={props.isWide}
          onTable={() => setTable(!isTable)}
          onPicture={picture}
          onSave={() => saveTable(metric, choice.x, data.places)}
          onWide={props.onWide}
        />
      </header>
      {refusal !== undefined && <RefusalNote refusal={refusal} />}
      {lines === undefined && refusal === undefined && <p class="waiting">Loading…</p>}
      {lines?.length === 0 && <p class="waiting">None of these runs has points of it.</p>}
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

function ChartTitle({ metric, lines }: { metric: string; lines: readonly ChartLine[] }) {
  const goal = lines[0]?.series.rule.goal ?? 'none'
  return (
    <>
      <h3 title={metric}>
        {metric}
        {goal !== 'none' && <span class="goal"> {goal === 'max' ? '▲' : '▼'}</span>}
      </h3>
      {lines.some(({ series }) => !series.isComplete) && (
        <span class="chip" title="Some points are not in this clone: what is drawn was kept as a summary">
          summary
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
  readonly onSave: () => void
  readonly onWide: () => void
}

function ChartTools({ isTable, isWide, onTable, onPicture, onSave, onWide }: ChartToolsProps) {
  return (
    <div class="chart-tools">
      <button class="quiet" aria-pressed={isTable} title="The same as a table" onClick={onTable}>
        Table
      </button>
      <button class="quiet" title="Save as PNG" disabled={isTable} onClick={onPicture}>
        PNG
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
}

/** The series of the runs in the range that is seen. Those there were stay until the finer ones are here. */
function useLines({ metric, runs, choice, version }: ChartCardProps): Loaded {
  const [loaded, setLoaded] = useState<Loaded>({ lines: undefined, refusal: undefined })
  const { x, zoom } = choice
  useEffect(() => {
    let isStale = false
    const load = async (run: ChartRun): Promise<readonly ChartLine[]> => {
      const series = await loadSeries({ run: run.id, metric, x, range: zoom, points: POINTS })
      return series === undefined || series.xs.length === 0 ? [] : [{ run, series }]
    }
    Promise.allSettled(runs.map(load)).then(
      (answers) => {
        if (isStale) return
        const lines = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
        const failed = answers.find((answer) => answer.status === 'rejected')
        const refusal = lines.length === 0 && failed !== undefined ? refusalOf(failed.reason) : undefined
        setLoaded({ lines, refusal })
      },
      () => undefined,
    )
    return () => void (isStale = true)
  }, [metric, runs, x, zoom?.join(), version])
  return loaded
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
