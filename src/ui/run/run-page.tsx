/**
 * The page of one run: what it was given, what came of it, and what it ran on.
 */
import { useMemo, useState } from 'preact/hooks'
import type { WireRun, WireStanding } from '../../server/wire.ts'
import { Answered, useAnswer } from '../base/answer.tsx'
import { api } from '../base/api.ts'
import { throttled, useEvents } from '../base/live.ts'
import { agoText, elapsedText, momentText, shortId } from '../base/number-text.ts'
import { addressOf, stateOf } from '../base/route.ts'
import { ownColour } from '../base/colour.ts'
import { EvaluationTab } from '../media/evaluation-tab.tsx'
import { MediaTab, mediaCount } from '../media/media-tab.tsx'
import { Tabs } from '../base/tabs.tsx'
import { runTitle } from '../base/wire-value.ts'
import { Chips, StatusDot, VersionChips } from '../runs/cells.tsx'
import { runsAddress } from '../runs/runs-state.ts'
import { Copyable } from '../base/facts.tsx'
import { CodeTab } from './code-tab.tsx'
import { useStanding } from './beside.tsx'
import { DataTab, EnvironmentTab } from './environment-tab.tsx'
import { FilesTab } from './files-tab.tsx'
import { LineageView } from '../lineage/lineage-view.tsx'
import { LogTab } from './log-tab.tsx'
import { Overview } from './overview-tab.tsx'
import { RunCharts } from './run-charts.tsx'

const REFRESH_MS = 2000

/** The page of one run. */
export function RunPage({ id }: { id: string }) {
  const [version, setVersion] = useState(0)
  const answer = useAnswer((signal) => api.run(id, signal), [id, version])
  const soon = useMemo(() => throttled(() => setVersion((count) => count + 1), REFRESH_MS), [])
  useEvents(
    (event) => {
      // What happened before the first word of the server was not heard.
      const isMissed = event.kind === 'hello' && answer.value?.status === 'running'
      if (isMissed || event.kind === 'branch-moved' || ('run' in event && event.run === answer.value?.id)) soon()
    },
    [answer.value?.id, answer.value?.status],
  )
  return (
    <main class="page run-page">
      <Answered answer={answer}>{(run) => <ShownRun run={run} version={version} />}</Answered>
    </main>
  )
}

function ShownRun({ run, version }: { run: WireRun; version: number }) {
  const standing = useStanding(run, version)
  const tab = stateOf('tab') === '' ? 'overview' : stateOf('tab')
  const tabs = [
    { id: 'overview', title: 'Overview' },
    { id: 'charts', title: 'Charts', count: run.series.length },
    { id: 'files', title: 'Files', count: run.files.length },
    { id: 'media', title: 'Media', count: mediaCount(run.media) },
    { id: 'evaluation', title: 'Evaluation' },
    { id: 'environment', title: 'Environment' },
    { id: 'code', title: 'Code' },
    { id: 'data', title: 'Data', count: run.datasets.length },
    { id: 'lineage', title: 'Lineage' },
    { id: 'log', title: 'Output' },
  ]
  return (
    <>
      <RunHead run={run} />
      <Tabs label="Parts of the run" tabs={tabs} current={tab} />
      <RunTab tab={tab} run={run} standing={standing} version={version} />
    </>
  )
}

interface RunTabProps {
  readonly tab: string
  readonly run: WireRun
  readonly standing: WireStanding | undefined
  readonly version: number
}

function RunTab({ tab, run, standing, version }: RunTabProps) {
  switch (tab) {
    case 'charts':
      return <RunCharts run={run} />
    case 'files':
      return <FilesTab run={run} />
    case 'media':
      return <MediaTab run={run} />
    case 'evaluation':
      return <EvaluationTab runs={[{ id: run.id, title: runTitle(run), colour: ownColour(run.id), dash: [] }]} />
    case 'environment':
      return <EnvironmentTab run={run} standing={standing} />
    case 'code':
      return <CodeTab run={run} standing={standing} />
    case 'data':
      return <DataTab run={run} standing={standing} />
    case 'lineage':
      return <LineageView of={run.id} version={version} />
    case 'log':
      return <LogTab run={run} version={version} />
    default:
      return <Overview run={run} standing={standing} />
  }
}

function RunHead({ run }: { run: WireRun }) {
  return (
    <header class="page-head">
      <p class="crumbs">
        <a href={runsAddress.value}>Runs</a> /{' '}
        <a href={addressOf('runs', { filter: `experiment = "${run.experiment.replace(/["\\]/g, '\\$&')}"` })}>
          {run.experiment}
        </a>
      </p>
      <h1>
        <StatusDot status={run.status} />
        {runTitle(run)}
        <Copyable text={run.id} shown={shortId(run.id)} />
      </h1>
      <p class="under-title">
        <span class={`status-word ${run.status}`}>{run.status}</span>
        <time title={momentText(run.startedAt)}>{agoText(run.startedAt)}</time>
        {run.elapsedMs !== null && <span>took {elapsedText(run.elapsedMs)}</span>}
        {run.exitCode !== null && run.exitCode !== 0 && <span class="worse">exit code {run.exitCode}</span>}
        {run.signal !== null && <span class="worse">{run.signal}</span>}
        <VersionChips head={run} />
        <Chips words={run.tags} />
      </p>
      {run.message !== null && run.message !== runTitle(run) && <p class="pre">{run.message}</p>}
      {run.note !== null && <p class="note pre">{run.note}</p>}
    </header>
  )
}
