/**
 * How a run stands among the others, in words: whether it is the best, by what, and by how much.
 */
import type { WireRun, WireStanding } from '../../server/wire.ts'
import { session } from '../base/api.ts'
import { numberText } from '../base/number-text.ts'
import { addressOf } from '../base/route.ts'
import { numberOf, wireNumberText } from '../base/wire-value.ts'
import { runAddress } from '../runs/cells.tsx'

type MetricStanding = WireStanding['metrics'][number]

const TOLD = 4

/** Says why a run is the best, or what is better; and leads on to promoting what it made. */
export function StandingCard({ run, standing }: { run: WireRun; standing: WireStanding | undefined }) {
  const judged = (standing?.metrics ?? []).filter(({ rival }) => rival !== null)
  const told = [...judged].sort((left, right) => left.place - right.place)
  if (standing === undefined || (told.length === 0 && run.versions.length === 0)) return null
  const isBest = told.some(({ place }) => place === 1)
  return (
    <section class={`standing ${isBest ? 'is-best' : ''}`} aria-label="How it stands">
      {told.length > 0 && (
        <ul>
          {told.slice(0, TOLD).map((metric) => (
            <li key={metric.key}>
              <StandingLine metric={metric} experiment={standing.experiment} />
            </li>
          ))}
        </ul>
      )}
      <NextSteps run={run} told={told} />
    </section>
  )
}

function StandingLine({ metric, experiment }: { metric: MetricStanding; experiment: string }) {
  const { key, rule, value, place, of, rival } = metric
  if (rival === null) return null
  const apart = Math.abs(numberOf(value) - numberOf(rival.value))
  const margin = Number.isFinite(apart) ? `${numberText(apart)}${unitOf(metric)}` : 'beyond measure'
  const other = (
    <>
      <a href={runAddress(rival.run)}>{rival.title}</a> ({wireNumberText(rival.value)})
    </>
  )
  const isWithin = rule.tolerance > 0 && apart <= rule.tolerance
  return (
    <>
      {place === 1 ? <b class="star">★ Best</b> : <b>{ordinal(place)}</b>} of {of} runs of {experiment} by <b>{key}</b>,
      where {rule.goal === 'max' ? 'more' : 'less'} is better: <b>{wireNumberText(value)}</b>
      {unitOf(metric)}.{' '}
      {place > 1 ? (
        <>
          The best is {other}, {margin} ahead.
        </>
      ) : apart === 0 ? (
        <>As good as {other}.</>
      ) : (
        <>
          {margin} ahead of the next, {other}.
        </>
      )}
      {isWithin && apart > 0 && <span class="muted"> That is within the tolerance.</span>}
    </>
  )
}

function NextSteps({ run, told }: { run: WireRun; told: readonly MetricStanding[] }) {
  const [first] = told
  const isBest = first?.place === 1
  return (
    <div class="button-row">
      {run.versions.map((version) => (
        <VersionStep key={`${version.model}@${version.number}`} version={version} />
      ))}
      {run.versions.length === 0 && isBest && (
        <span class="muted">
          It made no version yet; <code>mlv commit --model NAME=PATH</code> records one.
        </span>
      )}
      {first?.rival != null && (
        <a class="button" href={addressOf('compare', { runs: `${first.rival.run},${run.id}` })}>
          Compare with {isBest ? 'the next' : 'the best'}
        </a>
      )}
    </div>
  )
}

/** The version on its way to production, or that it is there. */
function VersionStep({ version: { model, number, aliases } }: { version: WireRun['versions'][number] }) {
  const page = `model/${encodeURIComponent(model)}`
  const label = `${model}@v${number}`
  if (aliases.includes('production') || session.value?.writeToken == null) {
    return (
      <a class="button" href={addressOf(page)}>
        {label}
        {aliases.length > 0 && ` is ${aliases.join(', ')}`}
      </a>
    )
  }
  return (
    <a class="button primary" href={addressOf(page, { promote: String(number) })}>
      Promote {label}…
    </a>
  )
}

function unitOf({ rule }: MetricStanding): string {
  return rule.unit === null ? '' : ` ${rule.unit}`
}

/** `2nd`, `11th`. */
export function ordinal(place: number): string {
  const [tens, ones] = [place % 100, place % 10]
  const ending = tens >= 11 && tens <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][ones] ?? 'th')
  return `${place}${ending}`
}
