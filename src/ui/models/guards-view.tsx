/**
 * What guards the aliases of a model: gates, requests that wait for a review, and who approves.
 */
import type { WireGateResult, WireModel } from '../../server/wire.ts'
import { Copyable } from '../base/facts.tsx'
import { wireMetricText, wireNumberText } from '../base/wire-value.ts'

const MARKS: Readonly<Record<WireGateResult['status'], string>> = { failed: '✗', noted: '!', passed: '✓' }

/** Each rule with what became of it; broken ones come first. */
export function GateLines({ results }: { results: readonly WireGateResult[] }) {
  return (
    <ul class="gate-list">
      {results.filter(isTelling).map((result, index) => (
        <li key={index} class={result.status === 'failed' ? 'worse' : result.status === 'passed' ? 'better' : ''}>
          {MARKS[result.status]} {gateText(result)}
        </li>
      ))}
    </ul>
  )
}

/** That there is one run needs no saying. */
function isTelling({ rule, limit, status }: WireGateResult): boolean {
  return rule !== 'repeats' || status !== 'passed' || (limit !== null && limit !== 1)
}

/** One rule in words: `auc at least 0.9: 0.93`. */
export function gateText({ rule, metric, limit, actual, note }: WireGateResult): string {
  const bound = limit === null ? '' : wireNumberText(limit)
  const asked = {
    min: `${metric ?? ''} at least ${bound}`,
    max: `${metric ?? ''} at most ${bound}`,
    worsen: `${metric ?? ''} no worse${limit === null || limit === 0 ? '' : ` than by ${bound}`}`,
    required: `${metric ?? ''} is measured`,
    repeats: `at least ${bound} runs`,
    size: `at most ${bound} bytes`,
  }[rule]
  const worse = actual === null || actual === 0 ? '' : `worse by ${wireNumberText(actual)}`
  const found =
    rule === 'worsen'
      ? worse
      : actual === null
        ? ''
        : rule === 'min' || rule === 'max'
          ? wireMetricText(actual)
          : wireNumberText(actual)
  return [asked, [found, note ?? ''].filter((part) => part !== '').join(', ')].filter((part) => part !== '').join(': ')
}

/** Requests and approvals; nothing where there are none. */
export function WaitingRequests({ model }: { model: WireModel }) {
  const { requests, approvers } = model
  if (requests.length === 0 && approvers === null) return null
  return (
    <section class="card requests" aria-label="Reviews">
      {approvers !== null && (
        <p>
          A move of <b>production</b> is reviewed on the host
          {approvers.length > 0 && `, by ${approvers.join(', ')}`}: <Copyable text={requestCommand(model)} /> asks for
          one. What is promoted here is held up when it is pushed.
        </p>
      )}
      {requests.length > 0 && (
        <>
          <h3>Waiting for a review</h3>
          <ul>
            {requests.map(({ branch, alias, version, by, isOutdated }) => (
              <li key={branch}>
                {alias} to v{version}, by {by.replace(/ <.*>$/, '')} <span class="muted">{branch}</span>
                {isOutdated && <span class="chip">the alias was moved since</span>}
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  )
}

function requestCommand({ name, versions }: WireModel): string {
  return `mlv promote ${name}@v${versions[0]?.number ?? 1} production --request`
}
