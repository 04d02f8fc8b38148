/**
 * Runs side by side: what differs first, and everything on demand.
 */
import { useMemo } from 'preact/hooks'
import type { WireCompare, WireRunHead } from '../../server/wire.ts'
import { Answered, Empty, useAnswer } from '../base/answer.tsx'
import { api } from '../base/api.ts'
import { looksOf, swatchStyle } from '../base/colour.ts'
import { useKeys } from '../base/keyboard.ts'
import { agoText } from '../base/number-text.ts'
import { setState, stateOf } from '../base/route.ts'
import { Tabs } from '../base/tabs.tsx'
import { theme } from '../base/theme.ts'
import { runTitle } from '../base/wire-value.ts'
import { ChartBoard } from '../charts/chart-board.tsx'
import { StatusDot, runAddress } from '../runs/cells.tsx'
import { runsAddress } from '../runs/runs-state.ts'
import { CompareEvaluations, CompareMedia } from '../media/compare-media.tsx'
import { CodeDifferences, SidedDifferences } from './difference-tabs.tsx'
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
  const answer = useAnswer((signal) => api.compare(asked, signal), [asked.join()])
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
        {(compare) => <Shown compare={compare} asked={asked} onlyDiffering={onlyDiffering} />}
      </Answered>
    </main>
  )
}

interface ShownProps {
  readonly compare: WireCompare
  readonly asked: readonly string[]
  readonly onlyDiffering: boolean
}

function Shown({ compare, asked, onlyDiffering }: ShownProps) {
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
      {tab === 'values' && <Values compare={compare} asked={asked} onlyDiffering={onlyDiffering} />}
      {tab === 'charts' && <CompareCharts compare={compare} />}
      {tab === 'media' && <CompareMedia runs={compare.runs} />}
      {tab === 'evaluation' && <CompareEvaluations runs={compare.runs} />}
      {tab === 'inputs' && <SidedDifferences compare={compare} />}
      {tab === 'code' && <CodeDifferences compare={compare} />}
    </>
  )
}

function Values({ compare, asked, onlyDiffering }: ShownProps) {
  const metrics = compare.metrics.filter(({ varies }) => varies || !onlyDiffering)
  const parameters = compare.parameters.filter(({ varies }) => varies || !onlyDiffering)
  const left = compare.metrics.length + compare.parameters.length - metrics.length - parameters.length
  return (
    <>
      <div class="button-row">
        <button aria-pressed={onlyDiffering} title="d" onClick={() => setState({ all: onlyDiffering ? '1' : '' })}>
          Only what differs
        </button>
        {left > 0 && (
          <span class="muted">{left === 1 ? 'one equal value is' : `${left} equal values are`} left out</span>
        )}
      </div>
      <div class="table-box compare-box">
        <table class="compare" aria-label="Values side by side">
          <thead>
            <tr>
              <th scope="col" />
              {compare.runs.map((run, index) => (
                <RunHeading key={run.id} run={run} label={compare.labels[index] ?? ''} index={index} asked={asked} />
              ))}
            </tr>
          </thead>
          <MetricRows title="Metrics" metrics={metrics} />
          <ParameterRows title="Parameters" parameters={parameters} />
        </table>
      </div>
      {metrics.length + parameters.length === 0 && <Empty title="Every parameter and metric is the same" />}
    </>
  )
}

interface RunHeadingProps {
  readonly run: WireRunHead
  readonly label: string
  readonly index: number
  readonly asked: readonly string[]
}

function RunHeading({ run, label, index, asked }: RunHeadingProps) {
  const first = asked[index] ?? run.id
  const others = asked.filter((_, at) => at !== index)
  const isLabelled = label !== '' && label !== run.id && !run.id.startsWith(label)
  return (
    <th scope="col">
      <span class="run-name">
        <StatusDot status={run.status} />
        <a href={runAddress(run.id)}>{isLabelled ? label : runTitle(run)}</a>
      </span>
      <span class="muted small">
        {agoText(run.startedAt)}{' '}
        {index === 0 ? (
          <b class="chip">baseline</b>
        ) : (
          <button class="quiet link" onClick={() => setState({ runs: [first, ...others].join(',') })}>
            make baseline
          </button>
        )}
        {asked.length > 2 && (
          <button
            class="quiet link"
            aria-label={`Leave out ${runTitle(run)}`}
            onClick={() => setState({ runs: others.join(',') })}
          >
            leave out
          </button>
        )}
      </span>
    </th>
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
