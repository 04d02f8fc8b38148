/**
 * One model: its versions, what the aliases name, and what was done with it.
 */
import { useEffect, useState } from 'preact/hooks'
import type { WireModel, WireModelVersion } from '../../server/wire.ts'
import { Answered, Empty, useAnswer } from '../base/answer.tsx'
import { api, session } from '../base/api.ts'
import { Copyable, SearchedTable } from '../base/facts.tsx'
import { useEvents } from '../base/live.ts'
import { agoText, momentText, shortHash } from '../base/number-text.ts'
import { setState, stateOf } from '../base/route.ts'
import { Tabs } from '../base/tabs.tsx'
import { ModelFiles } from '../media/version-files.tsx'
import { PromoteDialog, RollbackDialog } from './alias-dialogs.tsx'
import { WaitingRequests } from './guards-view.tsx'
import { VersionChart } from './version-chart.tsx'
import { Versions } from './version-rows.tsx'

/** What is being changed now. */
type Change =
  | { readonly kind: 'promote'; readonly version: WireModelVersion }
  | { readonly kind: 'rollback'; readonly alias: WireModel['aliases'][number] }

/** The page of one model. */
export function ModelPage({ name }: { name: string }) {
  const [version, setVersion] = useState(0)
  const again = (): void => setVersion((count) => count + 1)
  const answer = useAnswer((signal) => api.model(name, signal), [name, version])
  useEvents((event) => {
    if (event.kind === 'branch-moved') again()
  }, [])
  return (
    <main class="page model-page">
      <Answered answer={answer}>{(model) => <Shown model={model} onChanged={again} />}</Answered>
    </main>
  )
}

function Shown({ model, onChanged }: { model: WireModel; onChanged: () => void }) {
  const [change, setChange] = useState<Change>()
  const promoted = stateOf('promote')
  useEffect(() => {
    const asked = model.versions.find(({ number, retired }) => String(number) === promoted && retired === null)
    if (asked !== undefined && session.value?.writeToken != null) setChange({ kind: 'promote', version: asked })
  }, [promoted])
  const tab = stateOf('tab') === '' ? 'versions' : stateOf('tab')
  const close = (): void => {
    setChange(undefined)
    setState({ promote: '' }, 'small')
  }
  const done = (): void => {
    close()
    onChanged()
  }
  const tabs = [
    { id: 'versions', title: 'Versions', count: model.versions.length },
    { id: 'files', title: 'Files' },
    { id: 'history', title: 'History', count: model.history.length },
  ]
  return (
    <>
      <ModelHead model={model} />
      <AliasCards model={model} onRollback={(alias) => setChange({ kind: 'rollback', alias })} />
      <WaitingRequests model={model} />
      <Tabs label="Parts of the model" tabs={tabs} current={tab} />
      {tab === 'history' ? (
        <History model={model} />
      ) : tab === 'files' ? (
        <ModelFiles model={model} />
      ) : (
        <>
          <VersionChart model={model} />
          <Versions model={model} onPromote={(version) => setChange({ kind: 'promote', version })} />
        </>
      )}
      {change?.kind === 'promote' && (
        <PromoteDialog model={model} version={change.version} onClose={close} onDone={done} />
      )}
      {change?.kind === 'rollback' && (
        <RollbackDialog model={model} alias={change.alias} onClose={close} onDone={done} />
      )}
    </>
  )
}

function ModelHead({ model }: { model: WireModel }) {
  return (
    <header class="page-head">
      <p class="crumbs">
        <a href="#/models">Models</a>
      </p>
      <h1>{model.name}</h1>
      {model.description !== null && <p>{model.description}</p>}
      {model.owners.length > 0 && <p class="muted">owned by {model.owners.join(', ')}</p>}
    </header>
  )
}

function AliasCards({
  model,
  onRollback,
}: {
  model: WireModel
  onRollback: (alias: WireModel['aliases'][number]) => void
}) {
  const canWrite = session.value?.writeToken != null
  if (model.aliases.length === 0)
    return <p class="muted no-alias">No alias names a version yet: promote one of the versions.</p>
  return (
    <div class="alias-cards">
      {model.aliases.map((alias) => (
        <section key={alias.name} class="card alias-card">
          <h2>
            {alias.name} <span class="version-word">v{alias.version}</span>
          </h2>
          <p class="muted small">
            <time title={momentText(alias.at)}>{agoText(alias.at)}</time> by {alias.by.replace(/ <.*>$/, '')}
            {alias.previous !== null && `, before it v${alias.previous}`}
          </p>
          {alias.reason !== null && <p class="pre">{alias.reason}</p>}
          {canWrite && alias.previous !== null && <button onClick={() => onRollback(alias)}>Roll back…</button>}
        </section>
      ))}
    </div>
  )
}

function History({ model }: { model: WireModel }) {
  if (model.history.length === 0) return <Empty title="Nothing was done yet" />
  return (
    <section class="card">
      <SearchedTable
        label="history"
        heads={[{ title: 'When' }, { title: 'What' }, { title: 'Who' }, { title: 'Commit' }]}
        rows={model.history}
        nameOf={({ commit, subject, by, reason }) => `${subject} ${reason ?? ''} ${by} ${commit}`}
        cells={({ at, subject, by, commit, kind, reason }) => [
          <time title={momentText(at)}>{agoText(at)}</time>,
          <span>
            {kind !== null && <b class={`chip kind-${kind}`}>{kind}</b>} {subject}
            {reason !== null && <span class="why pre">{reason}</span>}
          </span>,
          by.replace(/ <.*>$/, ''),
          <Copyable text={commit} shown={shortHash(commit)} />,
        ]}
      />
    </section>
  )
}
