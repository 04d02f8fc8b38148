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
import { changeText } from '../base/number-text.ts'
import { numberOf, wireNumberText } from '../base/wire-value.ts'

interface DialogEnds {
  readonly onClose: () => void
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
  return (
    <AliasForm
      title={`Promote ${model.name}@v${version.number}`}
      act={`Promote v${version.number} to ${alias}`}
      ends={ends}
      send={(reason) => api.promote({ revision: `${model.name}@v${version.number}`, alias, reason })}
    >
      <label>
        Alias
        <input
          required
          list="aliases-of-model"
          value={alias}
          onInput={({ currentTarget }) => setAlias(currentTarget.value.trim())}
        />
        <datalist id="aliases-of-model">
          {model.aliases.map(({ name }) => (
            <option key={name} value={name} />
          ))}
        </datalist>
      </label>
      <p>
        {present === undefined ? `'${alias}' is new.` : `'${alias}' names v${present.version} now.`}{' '}
        {present?.version === version.number && 'Nothing would change.'}
      </p>
      {before !== undefined && before.uid !== version.uid && <MetricChanges from={before} to={version} />}
    </AliasForm>
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
        <label>
          Reason
          <textarea
            required
            rows={2}
            placeholder="Why, for those who read the history"
            value={reason}
            onInput={({ currentTarget }) => setReason(currentTarget.value)}
          />
        </label>
        {refusal !== undefined && <RefusalNote refusal={refusal} />}
        <div class="button-row end">
          <button type="button" onClick={ends.onClose}>
            Leave it
          </button>
          <button class="primary" disabled={isSending || reason.trim() === ''}>
            {act}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

/** Metrics of two versions, with what becomes better and worse. */
function MetricChanges({ from, to }: { from: WireModelVersion; to: WireModelVersion }) {
  const changes = to.metrics.flatMap(({ key, rule, summary }) => {
    const before = from.metrics.find((metric) => metric.key === key)
    if (before === undefined || key.startsWith('system/')) return []
    const [old, now] = [numberOf(before.summary.last), numberOf(summary.last)]
    const isUp = now - old > rule.tolerance
    const isDown = old - now > rule.tolerance
    const isJudged = rule.goal !== 'none' && (isUp || isDown)
    const kind = !isJudged ? '' : (rule.goal === 'max') === isUp ? 'better' : 'worse'
    return [{ key, old: before.summary.last, now: summary.last, change: changeText(old, now), kind }]
  })
  if (changes.length === 0) return null
  return (
    <table class="plain">
      <thead>
        <tr>
          <th scope="col">Metric</th>
          <th scope="col" class="number">
            v{from.number}
          </th>
          <th scope="col" class="number">
            v{to.number}
          </th>
          <th scope="col" class="number">
            Change
          </th>
        </tr>
      </thead>
      <tbody>
        {changes.slice(0, 12).map(({ key, old, now, change, kind }) => (
          <tr key={key}>
            <th scope="row">{key}</th>
            <td class="number">{wireNumberText(old)}</td>
            <td class="number">{wireNumberText(now)}</td>
            <td class={`number ${kind}`}>
              {change} {kind}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
