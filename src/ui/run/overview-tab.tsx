/**
 * What a run comes down to: its metrics and parameters side by side.
 */
import type { WireMetric, WireRun } from '../../server/wire.ts'
import { Facts, SearchedTable } from '../base/facts.tsx'
import { elapsedText, momentText, sizeText } from '../base/number-text.ts'
import { wireNumberText } from '../base/wire-value.ts'
import { runAddress } from '../runs/cells.tsx'
import { FirstCharts } from './run-charts.tsx'

/** Metrics, parameters, and the facts about how it ran. */
export function Overview({ run }: { run: WireRun }) {
  const own = run.metrics.filter(({ key }) => !key.startsWith('system/'))
  const machine = run.metrics.filter(({ key }) => key.startsWith('system/'))
  return (
    <>
      <FirstCharts run={run} />
      <div class="columns overview">
        <section class="card">
          <h2>Metrics</h2>
          {own.length === 0 && <p class="muted">None was logged.</p>}
          <MetricTable label="metrics" metrics={own} />
        </section>
        <section class="card">
          <h2>Parameters</h2>
          {run.parameters.length === 0 && <p class="muted">None was recorded.</p>}
          {run.parameters.length > 0 && (
            <SearchedTable
              label="parameters"
              heads={[{ title: 'Name' }, { title: 'Value', isNumber: true }]}
              rows={run.parameters}
              nameOf={({ key }) => key}
              cells={({ key, value }) => [
                <span class="key">{key}</span>,
                <span class={`value ${value.type}`} title={value.type}>
                  {value.text}
                </span>,
              ]}
            />
          )}
        </section>
        <section class="card">
          <h2>How it ran</h2>
          <RunFacts run={run} />
          {machine.length > 0 && (
            <details>
              <summary>Machine, {machine.length} metrics</summary>
              <MetricTable label="metrics of the machine" metrics={machine} />
            </details>
          )}
          <Receipts run={run} />
        </section>
      </div>
    </>
  )
}

function RunFacts({ run }: { run: WireRun }) {
  const { resources } = run
  return (
    <Facts
      facts={[
        ['command', run.command === null ? null : <code class="pre">{run.command.join(' ')}</code>],
        ['folder', run.workingFolder],
        ['started', momentText(run.startedAt)],
        ['ended', run.endedAt === null ? null : momentText(run.endedAt)],
        ['group', run.group],
        ['started by', run.parent === null ? null : <a href={runAddress(run.parent)}>{run.parent.slice(0, 12)}</a>],
        ['parts', run.segments > 1 ? `resumed ${run.segments - 1} times` : null],
        ['host', resources?.hostName],
        ['processor', resources?.userMs == null ? null : elapsedText(resources.userMs)],
        ['most memory', resources?.peakMemoryBytes == null ? null : sizeText(resources.peakMemoryBytes)],
      ]}
    />
  )
}

function MetricTable({ label, metrics }: { label: string; metrics: readonly WireMetric[] }) {
  if (metrics.length === 0) return null
  const isSeries = metrics.some(({ summary }) => summary.count > 1)
  const heads = [{ title: 'Name' }, { title: 'Last', isNumber: true }]
  const more = ['Best', 'Min', 'Max', 'Points'].map((title) => ({ title, isNumber: true }))
  return (
    <SearchedTable
      label={label}
      heads={isSeries ? [...heads, ...more] : heads}
      rows={metrics}
      nameOf={({ key }) => key}
      cells={({ key, rule, summary }) =>
        [
          <span class="key">
            {key}
            {rule.goal !== 'none' && <span class="goal"> {rule.goal === 'max' ? '▲' : '▼'}</span>}
            {rule.unit !== null && <span class="muted"> {rule.unit}</span>}
          </span>,
          <b title={String(summary.last)}>{wireNumberText(summary.last)}</b>,
          summary.best === null ? (
            '–'
          ) : (
            <span title={summary.best.step === null ? '' : `at step ${summary.best.step}`}>
              {wireNumberText(summary.best.value)}
            </span>
          ),
          wireNumberText(summary.min),
          wireNumberText(summary.max),
          summary.count.toLocaleString('en-GB'),
        ].slice(0, isSeries ? 6 : 2)
      }
    />
  )
}

/** What came of running its versions again. */
function Receipts({ run }: { run: WireRun }) {
  if (run.receipts.length === 0) return null
  return (
    <>
      <h3>Run again</h3>
      <ul class="receipts">
        {run.receipts.map(({ id, outcome, at, by, causes, version }) => (
          <li key={id}>
            <b class={outcome === 'reproduced' ? 'better' : 'worse'}>{outcome}</b> v{version}, {momentText(at)}, {by}
            {causes.map(({ cause, evidence }) => (
              <p key={cause} class="muted">
                {cause}: {evidence.join(', ')}
              </p>
            ))}
          </li>
        ))}
      </ul>
    </>
  )
}
