/**
 * How a run stands among the others, in words: whether it is the best, by what, and by how much.
 */
import type { WireRun, WireStanding } from '../../server/wire.ts'
import { useAnswer } from '../base/answer.tsx'
import { api, session } from '../base/api.ts'
import { numberText } from '../base/number-text.ts'
import { addressOf } from '../base/route.ts'
import { numberOf, wireMetricText } from '../base/wire-value.ts'
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
      <NextSteps run={run} standing={standing} told={told} />
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
      <a href={runAddress(rival.run)}>{rival.title}</a> ({wireMetricText(rival.value)})
    </>
  )
  const rank = place === 1 ? <b class="star">★ Best</b> : <b>{ordinal(place)}</b>
  const side = rule.goal === 'max' ? 'more' : 'less'
  const isWithin = rule.tolerance > 0 && apart <= rule.tolerance
  return (
    <>
      {rank} of {of} runs of {experiment} by last value of <b>{key}</b>, where {side} is better:{' '}
      <b>{wireMetricText(value)}</b>
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

interface NextStepsProps {
  readonly run: WireRun
  readonly standing: WireStanding
  readonly told: readonly MetricStanding[]
}

function NextSteps({ run, standing, told }: NextStepsProps) {
  const [first] = told
  const isBest = first?.place === 1
  return (
    <div class="button-row">
      {run.versions.map((version) => (
        <VersionStep key={`${version.model}@${version.number}`} version={version} standing={standing} isBest={isBest} />
      ))}
      {run.versions.length === 0 && isBest && (
        <span class="muted">
          It made no version yet; <code>mlv commit --model NAME=PATH</code> records one.
        </span>
      )}
      <ProductionLinks run={run} standing={standing} />
      {first?.rival != null && (
        <a class="button" href={addressOf('compare', { runs: `${first.rival.run},${run.id}` })}>
          Compare with {isBest ? 'the next' : 'the best'}
        </a>
      )}
    </div>
  )
}

/** Leads to what differs from what is in production, of each model the run made a version of. */
function ProductionLinks({ run, standing }: { run: WireRun; standing: WireStanding }) {
  const own = run.versions.map(({ model, number }) => `${model}@v${number}`)
  // A run may have made what is in production and a later version too: it is not compared with itself.
  const production = standing.beside.filter(({ kind, revision }) => kind === 'production' && !own.includes(revision))
  return (
    <>
      {production.map(({ revision }) => {
        const head = own.find((each) => each.split('@')[0] === revision.split('@')[0]) ?? run.id
        return (
          <a key={revision} class="button" href={addressOf('compare', { runs: `${revision},${head}` })}>
            Compare with production{production.length > 1 && ` (${revision})`}
          </a>
        )
      })}
    </>
  )
}

type Version = WireRun['versions'][number]

interface VersionStepProps {
  readonly version: Version
  readonly standing: WireStanding
  readonly isBest: boolean
}

/** The version on its way to production, or that it is there. */
function VersionStep({ version, standing, isBest }: VersionStepProps) {
  const { model, number, aliases } = version
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
  const rival = standing.beside.find(({ kind, revision }) => kind === 'production' && revision.startsWith(`${model}@`))
  if (isBest || rival === undefined) return <PromoteLink version={version} isAdvised={isBest} />
  return <PromoteBeside version={version} production={rival.revision} />
}

/** A run that is not the best may still be better than what is in production. */
function PromoteBeside({ version, production }: { version: Version; production: string }) {
  const runs = [production, `${version.model}@v${version.number}`]
  const { value } = useAnswer((signal) => api.compare(runs, signal), runs)
  const verdicts = value?.metrics.map((metric) => metric.verdicts[1]?.kind) ?? []
  // What is better in one way and worse in another is for a person to weigh.
  const isBetter = verdicts.includes('better') && !verdicts.includes('worse')
  return <PromoteLink version={version} isAdvised={isBetter} />
}

/** Leads to promoting it, and stands out where something speaks for that. */
function PromoteLink({ version: { model, number }, isAdvised }: { version: Version; isAdvised: boolean }) {
  const page = `model/${encodeURIComponent(model)}`
  return (
    <a class={isAdvised ? 'button primary' : 'button'} href={addressOf(page, { promote: String(number) })}>
      Promote {model}@v{number}…
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
