/**
 * Runs side by side: what differs first, and everything on demand.
 */
import { useMemo, useState } from 'preact/hooks'
import type { WireCompare, WireVersionLabel } from '../../server/wire.ts'
import { Answered, Empty, useAnswer } from '../base/answer.tsx'
import { api } from '../base/api.ts'
import { looksOf, swatchStyle } from '../base/colour.ts'
import { useKeys } from '../base/keyboard.ts'
import { useEvents } from '../base/live.ts'
import { setState, stateOf } from '../base/route.ts'
import { Tabs } from '../base/tabs.tsx'
import { theme } from '../base/theme.ts'
import { runTitle } from '../base/wire-value.ts'
import { ChartBoard } from '../charts/chart-board.tsx'
import { PromoteLabelDialog } from '../models/promote-label.tsx'
import { runsAddress } from '../runs/runs-state.ts'
import { CompareEvaluations, CompareMedia } from '../media/compare-media.tsx'
import { CodeDifferences, SidedDifferences } from './difference-tabs.tsx'
import { RunHeading } from './run-heading.tsx'
import { MetricRows, ParameterRows } from './value-rows.tsx'

/** The page that compares two to twenty runs or versions; the first is the baseline. */
export function ComparePage() {
  const asked = stateOf('runs')
    .split(',')
    .filter((one) => one !== '')
  if (asked.length < 2) {
    return (
      <Empty title="Nothing to compare">
        <p>
          Select two to twenty runs in <a href={runsAddress.value}>the table</a> with <kbd>x</kbd>, then press{' '}
          <kbd>c</kbd>.
        </p>
      </Empty>
    )
  }
  return <Compared key={asked.join()} asked={asked} />
}

function Compared({ asked }: { asked: readonly string[] }) {
  const [version, setVersion] = useState(0)
  const again = (): void => setVersion((count) => count + 1)
  const answer = useAnswer((signal) => api.compare(asked, signal), [asked.join(), version])
  useEvents((event) => {
    // Aliases are told in the heads of the columns.
    if (event.kind === 'branch-moved') again()
  }, [])
  const onlyDiffering = stateOf('all') !== '1'
  const actions = useMemo(
    () => [
      { key: 'd', what: 'only what differs', run: () => setState({ all: stateOf('all') === '1' ? '' : '1' }) },
      {
        key: 'b',
        what: 'the next run is the baseline',
        run: () => setState({ runs: [...asked.slice(1), ...asked.slice(0, 1)].join(',') }),
      },
    ],
    [asked.join()],
  )
  useKeys(actions)
  return (
    <main class="page compare-page">
      <Answered answer={answer}>
        {(compare) => <Shown compare={compare} asked={asked} onlyDiffering={onlyDiffering} onChanged={again} />}
      </Answered>
    </main>
  )
}

interface ShownProps {
  readonly compare: WireCompare
  readonly asked: readonly string[]
  readonly onlyDiffering: boolean
  readonly onChanged: () => void
}

function Shown(props: ShownProps) {
  const { compare } = props
  const tab = stateOf('tab') === '' ? 'values' : stateOf('tab')
  const sided = compare.differences.reduce(
    (sum, { files, datasets, environment }) => sum + files.length + datasets.length + environment.length,
    0,
  )
  const tabs = [
    { id: 'values', title: 'Values' },
    { id: 'charts', title: 'Charts' },
    { id: 'media', title: 'Media' },
    { id: 'evaluation', title: 'Evaluation' },
    { id: 'inputs', title: 'Files, data, environment', count: sided },
    { id: 'code', title: 'Code' },
  ]
  return (
    <>
      <header class="page-head">
        <p class="crumbs">
          <a href={runsAddress.value}>Runs</a> / compare
        </p>
        <h1>Compare {compare.runs.length} runs</h1>
      </header>
      <Tabs label="What to compare" tabs={tabs} current={tab} />
      {tab === 'values' && <Values {...props} />}
      {tab === 'charts' && <CompareCharts compare={compare} />}
      {tab === 'media' && <CompareMedia runs={compare.runs} />}
      {tab === 'evaluation' && <CompareEvaluations runs={compare.runs} />}
      {tab === 'inputs' && <SidedDifferences compare={compare} />}
      {tab === 'code' && <CodeDifferences compare={compare} />}
    </>
  )
}

function Values({ compare, asked, onlyDiffering, onChanged }: ShownProps) {
  const [promoted, setPromoted] = useState<WireVersionLabel>()
  const close = (): void => setPromoted(undefined)
  const metrics = compare.metrics.filter(({ varies }) => varies || !onlyDiffering)
  const parameters = compare.parameters.filter(({ varies }) => varies || !onlyDiffering)
  const left = compare.metrics.length + compare.parameters.length - metrics.length - parameters.length
  return (
    <>
      <DifferingChoice onlyDiffering={onlyDiffering} left={left} />
      <div class="table-box compare-box">
        <table class="compare" aria-label="Values side by side">
          <thead>
            <tr>
              <th scope="col" />
              {compare.runs.map((run, index) => (
                <RunHeading
                  key={run.id}
                  run={run}
                  label={compare.labels[index] ?? ''}
                  index={index}
                  asked={asked}
                  onPromote={setPromoted}
                />
              ))}
            </tr>
          </thead>
          <MetricRows title="Metrics" metrics={metrics} />
          <ParameterRows title="Parameters" parameters={parameters} />
        </table>
      </div>
      {metrics.length + parameters.length === 0 && <Empty title="Every parameter and metric is the same" />}
      {promoted !== undefined && (
        <PromoteLabelDialog
          label={promoted}
          onClose={close}
          onDone={() => {
            close()
            onChanged()
          }}
        />
      )}
    </>
  )
}

/** Only what differs, or all; with how much is left out. */
function DifferingChoice({ onlyDiffering, left }: { onlyDiffering: boolean; left: number }) {
  return (
    <div class="button-row">
      <button aria-pressed={onlyDiffering} title="d" onClick={() => setState({ all: onlyDiffering ? '1' : '' })}>
        Only what differs
      </button>
      {left > 0 && <span class="muted">{left === 1 ? 'one equal value is' : `${left} equal values are`} left out</span>}
    </div>
  )
}

function CompareCharts({ compare }: { compare: WireCompare }) {
  const runs = useMemo(() => {
    const looks = looksOf(compare.runs.map(({ id }) => id))
    return compare.runs.map((run) => ({
      id: run.id,
      title: runTitle(run),
      ...(looks.get(run.id) ?? { colour: '#888888', dash: [] }),
    }))
  }, [compare, theme.value])
  const metrics = compare.metrics
    .filter(({ values }) => values.some((summary) => summary !== null && summary.count > 1))
    .map(({ key }) => key)
  return (
    <>
      <p class="legend">
        {runs.map((run) => (
          <span key={run.id}>
            <span class="swatch" style={swatchStyle(run)} /> {run.title}
          </span>
        ))}
      </p>
      <ChartBoard metrics={metrics} runs={runs} />
    </>
  )
}
