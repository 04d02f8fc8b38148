/**
 * One model: its versions, what the aliases name, and what was done with it.
 */
import { useState } from 'preact/hooks'
import type { WireModel, WireModelVersion } from '../../server/wire.ts'
import { Answered, Empty, useAnswer } from '../base/answer.tsx'
import { api, session } from '../base/api.ts'
import { Copyable, Facts, SearchedTable } from '../base/facts.tsx'
import { useEvents } from '../base/live.ts'
import { agoText, momentText, shortHash, sizeText } from '../base/number-text.ts'
import { addressOf, stateOf } from '../base/route.ts'
import { Tabs } from '../base/tabs.tsx'
import { numberOf, wireNumberText } from '../base/wire-value.ts'
import { Chips, runAddress } from '../runs/cells.tsx'
import { PromoteDialog, RollbackDialog } from './alias-dialogs.tsx'

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
  const tab = stateOf('tab') === '' ? 'versions' : stateOf('tab')
  const close = (): void => setChange(undefined)
  const done = (): void => {
    close()
    onChanged()
  }
  const tabs = [
    { id: 'versions', title: 'Versions', count: model.versions.length },
    { id: 'history', title: 'History', count: model.history.length },
  ]
  return (
    <>
      <header class="page-head">
        <p class="crumbs">
          <a href="#/models">Models</a>
        </p>
        <h1>{model.name}</h1>
        {model.description !== null && <p>{model.description}</p>}
        {model.owners.length > 0 && <p class="muted">owned by {model.owners.join(', ')}</p>}
      </header>
      <AliasCards model={model} onRollback={(alias) => setChange({ kind: 'rollback', alias })} />
      <Tabs label="Parts of the model" tabs={tabs} current={tab} />
      {tab === 'history' ? (
        <History model={model} />
      ) : (
        <Versions model={model} onPromote={(version) => setChange({ kind: 'promote', version })} />
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

function AliasCards({
  model,
  onRollback,
}: {
  model: WireModel
  onRollback: (alias: WireModel['aliases'][number]) => void
}) {
  const canWrite = session.value?.writeToken != null
  if (model.aliases.length === 0) return <p class="muted">No alias names a version yet. Promote one below.</p>
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

function Versions({ model, onPromote }: { model: WireModel; onPromote: (version: WireModelVersion) => void }) {
  const keys = metricKeys(model)
  const canWrite = session.value?.writeToken != null
  return (
    <div class="card table-box">
      <table class="plain versions" aria-label={`Versions of ${model.name}`}>
        <thead>
          <tr>
            {['Version', 'Aliases', 'Made', 'Run'].map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
            {keys.map((key) => (
              <th key={key} scope="col" class="number">
                {key}
              </th>
            ))}
            <th scope="col" class="number">
              Size
            </th>
            <th scope="col">
              <span class="for-readers">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {model.versions.map((version) => (
            <VersionRow
              key={version.uid}
              model={model}
              version={version}
              keys={keys}
              onPromote={canWrite ? onPromote : undefined}
            />
          ))}
        </tbody>
      </table>
    </div>
  )
}

interface VersionRowProps {
  readonly model: WireModel
  readonly version: WireModelVersion
  readonly keys: readonly string[]
  readonly onPromote: ((version: WireModelVersion) => void) | undefined
}

function VersionRow({ model, version, keys, onPromote }: VersionRowProps) {
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <tr class={version.retired === null ? '' : 'is-retired'}>
        <VersionHead version={version} isOpen={isOpen} onOpen={() => setOpen(!isOpen)} />
        <td>
          {version.aliases.map((alias) => (
            <span key={alias} class="alias">
              <b>{alias}</b>
            </span>
          ))}
        </td>
        <td>
          <time title={momentText(version.createdAt)}>{agoText(version.createdAt)}</time>
        </td>
        <td class="message">
          <a href={runAddress(version.run)}>{version.message?.split('\n')[0] ?? version.run.slice(0, 12)}</a>
        </td>
        {keys.map((key) => (
          <td key={key} class="number">
            <VersionMetric model={model} version={version} metric={key} />
          </td>
        ))}
        <td class="number">{sizeText(version.sizeBytes)}</td>
        <td class="actions">
          {onPromote !== undefined && version.retired === null && (
            <button onClick={() => onPromote(version)}>Promote…</button>
          )}
        </td>
      </tr>
      {isOpen && (
        <tr>
          <td colSpan={keys.length + 6}>
            <VersionFacts version={version} />
          </td>
        </tr>
      )}
    </>
  )
}

interface VersionHeadProps {
  readonly version: WireModelVersion
  readonly isOpen: boolean
  readonly onOpen: () => void
}

function VersionHead({ version, isOpen, onOpen }: VersionHeadProps) {
  return (
    <th scope="row">
      <button class="quiet toggle" aria-expanded={isOpen} aria-label={`About v${version.number}`} onClick={onOpen}>
        {isOpen ? '▾' : '▸'}
      </button>{' '}
      v{version.number}
      {version.retired !== null && <span class="chip">retired</span>}
    </th>
  )
}

function VersionMetric({ model, version, metric }: { model: WireModel; version: WireModelVersion; metric: string }) {
  const found = version.metrics.find(({ key }) => key === metric)
  if (found === undefined) return <span class="absent">–</span>
  const { goal } = found.rule
  const all = model.versions.flatMap(({ metrics }) => metrics.find(({ key }) => key === metric) ?? [])
  const numbers = all.map(({ summary }) => numberOf(summary.last)).filter(Number.isFinite)
  const best =
    goal === 'none' || numbers.length < 2 ? undefined : goal === 'max' ? Math.max(...numbers) : Math.min(...numbers)
  return <span class={numberOf(found.summary.last) === best ? 'best' : ''}>{wireNumberText(found.summary.last)}</span>
}

function VersionFacts({ version }: { version: WireModelVersion }) {
  const parameters = version.parameters.map(({ key, value }) => `${key}=${value.text}`).join('  ')
  const others = version.runs.map((run) => (
    <a key={run} href={runAddress(run)}>
      {run.slice(0, 12)}{' '}
    </a>
  ))
  return (
    <Facts
      facts={[
        ['retired', version.retired === null ? null : `${version.retired.reason} (${version.retired.by})`],
        ['note', version.note],
        ['tags', version.tags.length === 0 ? null : <Chips words={version.tags} />],
        ['content', <Copyable text={version.contentDigest} />],
        ['files', version.fileCount],
        [
          'code',
          version.code.kind === 'commit' ? (
            <Copyable text={version.code.commit} shown={shortHash(version.code.commit)} />
          ) : (
            version.code.reason
          ),
        ],
        ['data', version.datasets.map(({ uri }) => uri).join(', ')],
        ['parameters', parameters === '' ? null : <code class="pre">{parameters}</code>],
        ['made again by', version.runs.length === 0 ? null : others],
        ['bring it back', <Copyable text={`mlv checkout ${version.model}@v${version.number}`} />],
      ]}
    />
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
        nameOf={({ commit, subject }) => `${subject} ${commit}`}
        cells={({ at, subject, by, commit, kind }) => [
          <time title={momentText(at)}>{agoText(at)}</time>,
          <span>
            {kind !== null && <b class={`chip kind-${kind}`}>{kind}</b>} {subject}
          </span>,
          by.replace(/ <.*>$/, ''),
          <Copyable text={commit} shown={shortHash(commit)} />,
        ]}
      />
    </section>
  )
}

/** Metrics the model has rules for, else those of its newest version; six at most. */
function metricKeys(model: WireModel): readonly string[] {
  const ruled = model.rules.map(({ key }) => key)
  const own = (model.versions[0]?.metrics ?? []).map(({ key }) => key).filter((key) => !key.startsWith('system/'))
  return [...new Set([...ruled, ...own])].slice(0, 6)
}

/** The address of a model's page. */
export function modelAddress(name: string): string {
  return addressOf(`model/${encodeURIComponent(name)}`)
}
