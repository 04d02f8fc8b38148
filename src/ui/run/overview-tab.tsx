/**
 * What a run comes down to: how it stands, its metrics and parameters, and how it ran.
 */
import type { WireMetric, WireRun, WireStanding } from '../../server/wire.ts'
import { Copyable, Facts, SearchedTable } from '../base/facts.tsx'
import { GoalWord } from '../base/goal-word.tsx'
import { elapsedText, momentText, shortHash, sizeText } from '../base/number-text.ts'
import { addressOf } from '../base/route.ts'
import { wireMetricText } from '../base/wire-value.ts'
import { runAddress, VersionChips } from '../runs/cells.tsx'
import { HostLink } from './code-tab.tsx'
import { Receipts } from './receipts.tsx'
import { FirstCharts } from './run-charts.tsx'
import { StandingCard } from './standing-card.tsx'

/** Metrics, parameters, and the facts about how it ran. */
export function Overview({ run, standing }: { run: WireRun; standing: WireStanding | undefined }) {
  const own = run.metrics.filter(({ key }) => !key.startsWith('system/'))
  const machine = run.metrics.filter(({ key }) => key.startsWith('system/'))
  return (
    <>
      <StandingCard run={run} standing={standing} />
      <FirstCharts run={run} />
      <div class="columns overview">
        <section class="card">
          <h2>Metrics</h2>
          {own.length === 0 && <p class="muted">None was logged.</p>}
          <MetricTable label="metrics" metrics={own} />
        </section>
        <ParameterCard run={run} />
        <section class="card">
          <h2>How it ran</h2>
          <RunFacts run={run} page={standing?.commitPage ?? null} />
          {machine.length > 0 && (
            <details>
              <summary>Machine, {machine.length} metrics</summary>
              <MetricTable label="metrics of the machine" metrics={machine} />
            </details>
          )}
          {run.receipts.length > 0 && (
            <>
              <h3>Run again</h3>
              <Receipts receipts={run.receipts} of={run.id} />
            </>
          )}
        </section>
      </div>
    </>
  )
}

function ParameterCard({ run }: { run: WireRun }) {
  return (
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
  )
}

function RunFacts({ run, page }: { run: WireRun; page: string | null }) {
  const { resources } = run
  return (
    <Facts
      facts={[
        ['command', run.command === null ? null : <Copyable text={commandText(run.command)} />],
        ['folder', run.workingFolder === '.' ? null : run.workingFolder],
        ['started', momentText(run.startedAt)],
        ['ended', run.endedAt === null ? null : momentText(run.endedAt)],
        ['took', run.elapsedMs === null ? null : elapsedText(run.elapsedMs)],
        ['code', <CodeLine run={run} page={page} />],
        ['versions', run.versions.length === 0 ? null : <VersionChips head={run} />],
        ['data', run.datasets.length === 0 ? null : run.datasets.map(({ uri }) => uri).join(', ')],
        [
          'group',
          run.group === null ? null : <a href={addressOf('runs', { filter: groupFilter(run.group) })}>{run.group}</a>,
        ],
        ['came of', run.parent === null ? null : <a href={runAddress(run.parent)}>{run.parent.slice(0, 12)}</a>],
        ['parts', run.segments > 1 ? `resumed ${run.segments - 1} times` : null],
        ['host', resources?.hostName],
        ['processor', resources?.userMs == null ? null : elapsedText(resources.userMs)],
        ['most memory', resources?.peakMemoryBytes == null ? null : sizeText(resources.peakMemoryBytes)],
        ['again', run.command === null ? null : <Copyable text={`mlv rerun ${run.id.slice(0, 12)}`} />],
      ]}
    />
  )
}

function CodeLine({ run, page }: { run: WireRun; page: string | null }) {
  const { code } = run
  if (code.kind === 'none') return <span class="muted">none: {code.reason}</span>
  return (
    <>
      {code.branch} <Copyable text={code.commit} shown={shortHash(code.commit)} />
      {code.snapshot !== null && (
        <>
          {' '}
          with <a href={addressOf(`run/${run.id}`, { tab: 'code' })}>uncommitted changes</a>
        </>
      )}{' '}
      <HostLink page={page} />
    </>
  )
}

/** A command as a shell of POSIX takes it. */
export function commandText(command: readonly string[]): string {
  return command.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ')
}

function groupFilter(group: string): string {
  return `group = "${group.replace(/["\\]/g, '\\$&')}"`
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
            <GoalWord goal={rule.goal} />
            {rule.unit !== null && <span class="muted"> {rule.unit}</span>}
          </span>,
          <b title={String(summary.last)}>{wireMetricText(summary.last)}</b>,
          summary.best === null ? (
            '–'
          ) : (
            <span title={summary.best.step === null ? '' : `at step ${summary.best.step}`}>
              {wireMetricText(summary.best.value)}
            </span>
          ),
          wireMetricText(summary.min),
          wireMetricText(summary.max),
          summary.count.toLocaleString('en-GB'),
        ].slice(0, isSeries ? 6 : 2)
      }
    />
  )
}
