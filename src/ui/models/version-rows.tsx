/**
 * The versions of a model, a row each, with what is known of one on demand.
 */
import { useState } from 'preact/hooks'
import type { WireGateResult, WireMetric, WireModel, WireModelVersion } from '../../server/wire.ts'
import { session } from '../base/api.ts'
import { Copyable, Facts } from '../base/facts.tsx'
import { GoalWord } from '../base/goal-word.tsx'
import { agoText, metricText, momentText, shortHash, sizeText } from '../base/number-text.ts'
import { addressOf } from '../base/route.ts'
import { numberOf } from '../base/wire-value.ts'
import { filesAddress } from '../media/version-files.tsx'
import { Receipts } from '../run/receipts.tsx'
import { Chips, runAddress } from '../runs/cells.tsx'
import { GateLines } from './guards-view.tsx'

interface VersionsProps {
  readonly model: WireModel
  readonly onPromote: (version: WireModelVersion) => void
}

/** All versions, newest first. */
export function Versions({ model, onPromote }: VersionsProps) {
  const columns = metricKeys(model).map((key) => ({ key, best: bestOf(model, key) }))
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
            {columns.map(({ key }) => (
              <th key={key} scope="col" class="number">
                {key} <GoalWord goal={ruleOf(model, key)?.goal} />
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
              columns={columns}
              onPromote={canWrite ? onPromote : undefined}
            />
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** The rule of a metric: the model's own, else that of the newest version that has it. */
export function ruleOf(model: WireModel, metric: string): WireMetric['rule'] | undefined {
  const own = model.rules.find(({ key }) => key === metric)?.rule
  return own ?? model.versions.flatMap(({ metrics }) => metrics.find(({ key }) => key === metric)?.rule ?? [])[0]
}

interface VersionRowProps {
  readonly model: WireModel
  readonly version: WireModelVersion
  readonly columns: readonly MetricColumn[]
  readonly onPromote: ((version: WireModelVersion) => void) | undefined
}

function VersionRow({ model, version, columns, onPromote }: VersionRowProps) {
  const [isOpen, setOpen] = useState(false)
  const gates = gatesOf(model, version)
  return (
    <>
      <tr class={version.retired === null ? '' : 'is-retired'}>
        <VersionHead
          version={version}
          gates={gates}
          isPast={version.number < (model.gates?.base ?? 0)}
          isOpen={isOpen}
          onOpen={() => setOpen(!isOpen)}
        />
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
        {columns.map((column) => (
          <td key={column.key} class="number">
            <VersionMetric version={version} column={column} />
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
          <td colSpan={columns.length + 6}>
            <VersionFacts model={model} version={version} gates={gates} />
          </td>
        </tr>
      )}
    </>
  )
}

interface VersionHeadProps {
  readonly version: WireModelVersion
  readonly gates: readonly WireGateResult[]
  /** Older than what is in production: nobody is about to promote it. */
  readonly isPast: boolean
  readonly isOpen: boolean
  readonly onOpen: () => void
}

function VersionHead({ version, gates, isPast, isOpen, onOpen }: VersionHeadProps) {
  const broken = gates.filter(({ status }) => status === 'failed').length
  return (
    <th scope="row">
      <button class="quiet toggle" aria-expanded={isOpen} aria-label={`About v${version.number}`} onClick={onOpen}>
        {isOpen ? '▾' : '▸'}
      </button>{' '}
      v{version.number}
      {version.retired !== null && <span class="chip">retired</span>}
      {broken > 0 && isPast && <span class="chip">would not pass now</span>}
      {broken > 0 && !isPast && (
        <span class="chip bad">{broken === 1 ? 'breaks a gate' : `breaks ${broken} gates`}</span>
      )}
    </th>
  )
}

function gatesOf(model: WireModel, { number }: WireModelVersion): readonly WireGateResult[] {
  return model.gates?.versions.find((each) => each.number === number)?.results ?? []
}

/** A metric over all versions. */
interface MetricColumn {
  readonly key: string
  readonly best: number | undefined
}

function VersionMetric({ version, column }: { version: WireModelVersion; column: MetricColumn }) {
  const found = version.metrics.find(({ key }) => key === column.key)
  if (found === undefined) return <span class="absent">–</span>
  const value = numberOf(found.summary.last)
  const isBest = value === column.best
  return (
    <span class={isBest ? 'best' : ''} title={isBest ? 'the best of all versions' : String(found.summary.last)}>
      {metricText(value)}
      {isBest && <span class="for-readers"> best</span>}
    </span>
  )
}

/** The best value of all versions in use; `undefined` without a goal, or with nothing to compare. */
function bestOf(model: WireModel, metric: string): number | undefined {
  const goal = ruleOf(model, metric)?.goal ?? 'none'
  const numbers = model.versions
    .filter(({ retired }) => retired === null)
    .flatMap(({ metrics }) => metrics.find(({ key }) => key === metric) ?? [])
    .map(({ summary }) => numberOf(summary.last))
    .filter(Number.isFinite)
  if (goal === 'none' || numbers.length < 2) return undefined
  return goal === 'max' ? Math.max(...numbers) : Math.min(...numbers)
}

interface VersionFactsProps {
  readonly model: WireModel
  readonly version: WireModelVersion
  readonly gates: readonly WireGateResult[]
}

function VersionFacts({ model, version, gates }: VersionFactsProps) {
  const parameters = version.parameters.map(({ key, value }) => `${key}=${value.text}`).join('  ')
  const others = version.runs.map((run) => (
    <a key={run} href={runAddress(run)}>
      {run.slice(0, 12)}{' '}
    </a>
  ))
  return (
    <Facts
      facts={[
        ['retired', version.retired === null ? null : retiredText(version.retired)],
        ['note', version.note],
        ['tags', version.tags.length === 0 ? null : <Chips words={version.tags} />],
        ['look at', <VersionLinks model={model} version={version} />],
        ['gates', gates.length === 0 ? null : <GateLines results={gates} />],
        ['run again', version.receipts.length === 0 ? null : <Receipts receipts={version.receipts} of={version.run} />],
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

function retiredText({ reason, at, by }: NonNullable<WireModelVersion['retired']>): string {
  return `${reason} (${by.replace(/ <.*>$/, '')}, ${agoText(at)})`
}

/** Its lineage, and what differs from what is in production, else from the version before. */
function VersionLinks({ model, version }: { model: WireModel; version: WireModelVersion }) {
  const label = `${model.name}@v${version.number}`
  const production = model.aliases.find(({ name }) => name === 'production')?.version
  const before = model.versions.find(({ number }) => number < version.number)?.number
  const other = production === undefined || production === version.number ? before : production
  const beside = other === undefined ? undefined : `${model.name}@v${other}`
  return (
    <span class="links">
      <a href={filesAddress(version)}>files</a>
      <a href={addressOf('lineage', { of: label })}>lineage</a>
      {beside !== undefined && (
        <>
          <a href={addressOf('compare', { runs: `${beside},${label}` })}>compare with v{other}</a>
          <a href={addressOf('diff', { base: beside, head: label })}>code since v{other}</a>
        </>
      )}
    </span>
  )
}

/** Metrics the model has rules for, else those of its newest version; six at most. */
export function metricKeys(model: WireModel): readonly string[] {
  const ruled = model.rules.map(({ key }) => key)
  const own = (model.versions[0]?.metrics ?? []).map(({ key }) => key).filter((key) => !key.startsWith('system/'))
  return [...new Set([...ruled, ...own])].slice(0, 6)
}
