/**
 * The charts of one run.
 */
import { useMemo, useState } from 'preact/hooks'
import type { WireRun } from '../../server/wire.ts'
import { ownColour } from '../base/colour.ts'
import { theme } from '../base/theme.ts'
import { runTitle } from '../base/wire-value.ts'
import { ChartBoard, useRunsGoOn } from '../charts/chart-board.tsx'
import { ChartCard } from '../charts/chart-card.tsx'
import type { ChartRun } from '../charts/chart-data.ts'
import type { ChartChoice } from '../charts/chart-options.ts'

const FIRST = 3
const PLAIN: ChartChoice = {
  x: 'step',
  scaleX: 'linear',
  scaleY: 'linear',
  smoothing: 0,
  isClipped: false,
  zoom: undefined,
}

/** All charts of a run. */
export function RunCharts({ run }: { run: WireRun }) {
  return <ChartBoard metrics={run.series} runs={useOneRun(run)} />
}

/** The first few charts of a run, for its overview. */
export function FirstCharts({ run }: { run: WireRun }) {
  const runs = useOneRun(run)
  const version = useRunsGoOn(runs)
  const judged = new Set(run.metrics.filter(({ rule }) => rule.goal !== 'none').map(({ key }) => key))
  const own = run.series.filter((key) => !key.startsWith('system/'))
  const metrics = [...own.filter((key) => judged.has(key)), ...own.filter((key) => !judged.has(key))].slice(0, FIRST)
  if (metrics.length === 0) return null
  return (
    <div class="cards first-charts">
      {metrics.map((metric) => (
        <ZoomedAlone key={metric} metric={metric} runs={runs} version={version} />
      ))}
    </div>
  )
}

/** A chart with a range of its own. */
function ZoomedAlone({ metric, runs, version }: { metric: string; runs: readonly ChartRun[]; version: number }) {
  const [zoom, setZoom] = useState<ChartChoice['zoom']>()
  const choice = useMemo((): ChartChoice => ({ ...PLAIN, zoom }), [zoom])
  return <ChartCard metric={metric} runs={runs} choice={choice} onZoom={setZoom} version={version} />
}

function useOneRun(run: WireRun): readonly ChartRun[] {
  return useMemo(() => {
    return [{ id: run.id, title: runTitle(run), colour: ownColour(run.id), dash: [] }]
  }, [run.id, theme.value])
}
