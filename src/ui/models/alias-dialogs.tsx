/**
 * Moving an alias: what it names now, what it will name, and why. Nothing is written before it is confirmed.
 */
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import type { WireAlias, WireAliasReport, WireModel, WireModelVersion } from '../../server/wire.ts'
import { RefusalNote, refusalOf } from '../base/answer.tsx'
import { api } from '../base/api.ts'
import type { Refusal } from '../base/api.ts'
import { Dialog } from '../base/dialog.tsx'
import { changeText, metricText } from '../base/number-text.ts'
import { numberOf } from '../base/wire-value.ts'
import { GateLines } from './guards-view.tsx'
import { WhatChanged } from './what-changed.tsx'

/** How a dialog ends. */
export interface DialogEnds {
  readonly onClose: () => void
  /** The alias was moved. */
  readonly onDone: () => void
}

/** Makes an alias name a version. */
export function PromoteDialog({
  model,
  version,
  ...ends
}: { model: WireModel; version: WireModelVersion } & DialogEnds) {
  const [alias, setAlias] = useState(model.aliases[0]?.name ?? 'production')
  const present = model.aliases.find(({ name }) => name === alias)
  const before = model.versions.find(({ number }) => number === present?.version)
  const results = model.gates?.versions.find(({ number }) => number === version.number)?.results ?? []
  const broken = results.filter(({ status }) => status === 'failed')
  return (
    <AliasForm
      title={`Promote ${model.name}@v${version.number}`}
      act={`Promote v${version.number} to ${alias}`}
      ends={ends}
      send={(reason) => api.promote({ revision: `${model.name}@v${version.number}`, alias, reason })}
    >
      <AliasField model={model} value={alias} onInput={setAlias} />
      <p>
        {present === undefined ? `'${alias}' is new.` : `'${alias}' names v${present.version} now.`}{' '}
        {present?.version === version.number && 'Nothing would change.'}
      </p>
      {before !== undefined && before.uid !== version.uid && (
        <>
          <MetricChanges from={before} to={version} />
          <WhatChanged key={before.uid} from={before} to={version} onLeave={ends.onClose} />
        </>
      )}
      {broken.length > 0 && (
        <div>
          <b class="worse">It breaks gates of {model.gates?.source}:</b>
          <GateLines results={broken} />
        </div>
      )}
      {alias === 'production' && model.approvers !== null && (
        <p class="muted">
          Moves of production are reviewed on the host: what is promoted here is held up when it is pushed.
        </p>
      )}
    </AliasForm>
  )
}

interface AliasFieldProps {
  readonly model: WireModel
  readonly value: string
  readonly onInput: (alias: string) => void
}

/** Which alias: one that the model has, or a new one. */
function AliasField({ model, value, onInput }: AliasFieldProps) {
  return (
    <label>
      Alias
      <input
        required
        list="aliases-of-model"
        value={value}
        onInput={({ currentTarget }) => onInput(currentTarget.value.trim())}
      />
      <datalist id="aliases-of-model">
        {model.aliases.map(({ name }) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </label>
  )
}

/** Moves an alias back to what it named before. */
export function RollbackDialog({ model, alias, ...ends }: { model: WireModel; alias: WireAlias } & DialogEnds) {
  const from = model.versions.find(({ number }) => number === alias.version)
  const to = model.versions.find(({ number }) => number === alias.previous)
  return (
    <AliasForm
      title={`Roll back ${model.name}@${alias.name}`}
      act={`Roll ${alias.name} back to v${alias.previous ?? '?'}`}
      ends={ends}
      send={(reason) => api.rollback({ model: model.name, alias: alias.name, to: null, reason })}
    >
      <p>
        '{alias.name}' names v{alias.version} now, and v{alias.previous} again after that.
      </p>
      {from !== undefined && to !== undefined && <MetricChanges from={from} to={to} />}
    </AliasForm>
  )
}

interface AliasFormProps {
  readonly title: string
  readonly act: string
  readonly ends: DialogEnds
  readonly send: (reason: string) => Promise<WireAliasReport>
  readonly children: ComponentChildren
}

/** A reason, and the button that writes. */
function AliasForm({ title, act, ends, send, children }: AliasFormProps) {
  const [reason, setReason] = useState('')
  const [isSending, setSending] = useState(false)
  const [refusal, setRefusal] = useState<Refusal>()
  const submit = (event: Event): void => {
    event.preventDefault()
    if (isSending || reason.trim() === '') return
    setSending(true)
    send(reason.trim()).then(ends.onDone, (error: unknown) => {
      setRefusal(refusalOf(error))
      setSending(false)
    })
  }
  return (
    <Dialog title={title} onClose={ends.onClose}>
      <form class="alias-form" onSubmit={submit}>
        {children}
        <ReasonField value={reason} onInput={setReason} />
        {refusal !== undefined && <RefusalNote refusal={refusal} />}
        <div class="button-row end">
          <button type="button" onClick={ends.onClose}>
            Cancel
          </button>
          <button class="primary" title="Ctrl+Enter" disabled={isSending || reason.trim() === ''}>
            {act}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

/** Enter begins a new line here, so Ctrl or Cmd with it confirms. */
function ReasonField({ value, onInput }: { value: string; onInput: (value: string) => void }) {
  return (
    <label>
      Reason (required)
      <textarea
        required
        autofocus
        rows={2}
        placeholder="Why, for those who read the history"
        value={value}
        onInput={({ currentTarget }) => onInput(currentTarget.value)}
        onKeyDown={({ key, ctrlKey, metaKey, currentTarget }) => {
          if (key === 'Enter' && (ctrlKey || metaKey)) currentTarget.form?.requestSubmit()
        }}
      />
    </label>
  )
}

/** Metrics of two versions, those with a goal first, with what becomes better and worse. */
function MetricChanges({ from, to }: { from: WireModelVersion; to: WireModelVersion }) {
  const changes = changesBetween(from, to)
  if (changes.length === 0) return null
  const worse = changes.filter(({ kind }) => kind === 'worse').length
  return (
    <>
      {worse > 0 && (
        <p class="worse">
          <b>
            {worse === 1
              ? `${changes.find(({ kind }) => kind === 'worse')?.key ?? ''} becomes worse.`
              : `${worse} metrics become worse.`}
          </b>
        </p>
      )}
      <table class="plain" aria-label="What becomes of the metrics">
        <thead>
          <tr>
            <th scope="col">Metric</th>
            {[`v${from.number}`, `v${to.number}`, 'Change'].map((title) => (
              <th key={title} scope="col" class="number">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {changes.slice(0, 12).map(({ key, old, now, kind }) => (
            <tr key={key}>
              <th scope="row">{key}</th>
              <td class="number">{old === undefined ? 'none' : metricText(old)}</td>
              <td class="number">{now === undefined ? 'none' : metricText(now)}</td>
              <td class={`number ${kind}`}>
                {old !== undefined && now !== undefined && changeText(old, now)} {kind}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {changes.length > 12 && <p class="muted small">and {changes.length - 12} more metrics</p>}
    </>
  )
}

interface VersionChange {
  readonly key: string
  /** `undefined` where the version did not measure it. */
  readonly old: number | undefined
  readonly now: number | undefined
  readonly kind: 'better' | 'worse' | ''
}

function changesBetween(from: WireModelVersion, to: WireModelVersion): readonly VersionChange[] {
  const keys = new Set([...to.metrics, ...from.metrics].map(({ key }) => key))
  const changes = [...keys]
    .filter((key) => !key.startsWith('system/'))
    .map((key) => {
      const [before, after] = [from, to].map(({ metrics }) => metrics.find((metric) => metric.key === key))
      const { goal, tolerance } = (after ?? before)?.rule ?? { goal: 'none', tolerance: 0 }
      const [old, now] = [before, after].map((metric) =>
        metric === undefined ? undefined : numberOf(metric.summary.last),
      )
      const change = old === undefined || now === undefined ? 0 : (now - old) * (goal === 'min' ? -1 : 1)
      const kind = goal === 'none' ? '' : change > tolerance ? 'better' : change < -tolerance ? 'worse' : ''
      return { key, old, now, kind, hasGoal: goal !== 'none' } as const
    })
  return changes.sort((left, right) => Number(right.hasGoal) - Number(left.hasGoal))
}
