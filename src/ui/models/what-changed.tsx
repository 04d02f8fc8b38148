/**
 * What else became different from one version to another: parameters, data and code, in a few words.
 */
import type { ComponentChildren } from 'preact'
import type { WireCompare, WireModelVersion } from '../../server/wire.ts'
import { useAnswer } from '../base/answer.tsx'
import { api } from '../base/api.ts'
import { Facts } from '../base/facts.tsx'
import { addressOf } from '../base/route.ts'

const TOLD = 5
const LONGEST = 40

interface WhatChangedProps {
  readonly from: WireModelVersion
  readonly to: WireModelVersion
  /** The link to the comparison was followed. */
  readonly onLeave: () => void
}

/** Tells why the metrics differ, once the server said it, and leads to the comparison in any case. */
export function WhatChanged({ from, to, onLeave }: WhatChangedProps) {
  const runs = [from, to].map(({ model, number }) => `${model}@v${number}`)
  const { value } = useAnswer((signal) => api.compare(runs, signal), [runs.join()])
  return (
    <section aria-label="What changed">
      <h3>What changed</h3>
      {value !== undefined && <Facts facts={factsOf(value, from, to)} />}
      <p>
        <a href={addressOf('compare', { runs: runs.join() })} onClick={onLeave}>
          compare with v{from.number}
        </a>
      </p>
    </section>
  )
}

function factsOf(
  { parameters, differences }: WireCompare,
  from: WireModelVersion,
  to: WireModelVersion,
): readonly (readonly [string, ComponentChildren])[] {
  // There is none where a side still runs: then nothing is known of its data.
  const [difference] = differences
  const hasCode = from.code.kind === 'commit' && to.code.kind === 'commit'
  const hasData = from.datasets.length + to.datasets.length > 0
  return [
    ['parameters', <ChangedParameters parameters={parameters.filter(({ varies }) => varies)} />],
    ['data', hasData ? sameText(difference && difference.datasets.length === 0) : 'not recorded'],
    ['code', hasCode ? sameText(difference?.isSameCode) : 'not recorded'],
  ]
}

function sameText(isSame: boolean | undefined): string | null {
  return isSame === undefined ? null : isSame ? 'the same' : 'differs'
}

function ChangedParameters({ parameters }: Pick<WireCompare, 'parameters'>) {
  if (parameters.length === 0) return <>the same</>
  const told = parameters.slice(0, TOLD).map(({ key, values: [base, head] }) => (
    <div key={key}>
      <b>{key}</b> {shortened(base?.text)} → {shortened(head?.text)}
    </div>
  ))
  return (
    <>
      {told}
      {parameters.length > TOLD && <div class="muted">and {parameters.length - TOLD} more</div>}
    </>
  )
}

function shortened(text = 'none'): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text
}
