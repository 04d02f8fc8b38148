/**
 * The head of a run's column: which run it is, the versions it made with what names them, and what to do with it.
 */
import type { WireRunHead, WireVersionLabel } from '../../server/wire.ts'
import { session } from '../base/api.ts'
import { agoText } from '../base/number-text.ts'
import { setState } from '../base/route.ts'
import { runTitle } from '../base/wire-value.ts'
import { StatusDot, VersionChips, runAddress } from '../runs/cells.tsx'

interface RunHeadingProps {
  readonly run: WireRunHead
  /** How it was asked for. */
  readonly label: string
  readonly index: number
  readonly asked: readonly string[]
  readonly onPromote: (version: WireVersionLabel) => void
}

/** The head of one column. */
export function RunHeading({ run, label, index, asked, onPromote }: RunHeadingProps) {
  const first = asked[index] ?? run.id
  const others = asked.filter((_, at) => at !== index)
  return (
    <th scope="col">
      <span class="run-name">
        <StatusDot status={run.status} />
        <a href={runAddress(run.id)}>{isTelling(run, label) ? label : runTitle(run)}</a>
      </span>
      {run.versions.map((version) => (
        <VersionLine key={`${version.model}@${version.number}`} run={run} version={version} onPromote={onPromote} />
      ))}
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

/** The label says more than the title and the badges below it. */
function isTelling({ id, versions }: WireRunHead, label: string): boolean {
  const names = versions.flatMap(({ model, number, aliases }) =>
    [`v${number}`, ...aliases].map((name) => `${model}@${name}`),
  )
  return label !== '' && !id.startsWith(label) && !names.includes(label)
}

interface VersionLineProps {
  readonly run: WireRunHead
  readonly version: WireVersionLabel
  readonly onPromote: (version: WireVersionLabel) => void
}

/** A version with the aliases that name it, and its way to production unless it is there. */
function VersionLine({ run, version, onPromote }: VersionLineProps) {
  const { model, number, aliases } = version
  const canPromote = session.value?.writeToken != null && !aliases.includes('production')
  return (
    <div>
      <VersionChips head={{ ...run, versions: [version] }} />
      {canPromote && (
        <button class="quiet link" aria-label={`Promote… ${model}@v${number}`} onClick={() => onPromote(version)}>
          Promote…
        </button>
      )}
    </div>
  )
}
