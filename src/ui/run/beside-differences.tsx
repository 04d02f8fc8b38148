/**
 * How the environment or the data of a run differ from those of another.
 */
import type { WireCompare, WireRun, WireStanding } from '../../server/wire.ts'
import { Answered, useAnswer } from '../base/answer.tsx'
import { api } from '../base/api.ts'
import { stateOf } from '../base/route.ts'
import { Sides } from '../compare/difference-tabs.tsx'
import { BesideSelect, chosenBeside, recordChoices } from './beside.tsx'

interface BesideDifferencesProps {
  readonly run: WireRun
  readonly standing: WireStanding | undefined
  readonly part: 'environment' | 'datasets'
}

/** What differs from another run, chosen from those it is worth being held against. */
export function BesideDifferences({ run, standing, part }: BesideDifferencesProps) {
  const choices = recordChoices(standing)
  const isCodeSide = /^(?:git|worktree):/.test(stateOf('beside'))
  const chosen = isCodeSide ? choices[0] : chosenBeside(choices)
  return (
    <section class="card">
      <h2>{part === 'environment' ? 'What differs' : 'What differs in the data'}</h2>
      <BesideSelect choices={choices} chosen={chosen} />
      {chosen === undefined ? (
        <p class="muted">Nothing of {run.experiment} was recorded before it: name any run to hold it against.</p>
      ) : (
        <Differences key={chosen.side} base={chosen.side} head={run.id} part={part} />
      )}
    </section>
  )
}

function Differences({ base, head, part }: { base: string; head: string; part: 'environment' | 'datasets' }) {
  const answer = useAnswer((signal) => api.compare([base, head], signal), [base, head])
  return (
    <Answered answer={answer}>
      {(compare: WireCompare) => {
        const rows = compare.differences[0]?.[part] ?? []
        return rows.length === 0 ? <p class="muted">Nothing: both are the same.</p> : <Sides title="" rows={rows} />
      }}
    </Answered>
  )
}
