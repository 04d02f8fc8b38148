/**
 * What else differs from the baseline: files, data, environment and code.
 */
import { useState } from 'preact/hooks'
import type { WireCompare, WireDifference, WireSided } from '../../server/wire.ts'
import { Answered, Empty, useAnswer } from '../base/answer.tsx'
import { api } from '../base/api.ts'
import { SearchedTable } from '../base/facts.tsx'
import { runTitle } from '../base/wire-value.ts'
import { Patch } from '../run/code-tab.tsx'

/** Files, data and environment of each run beside the baseline. */
export function SidedDifferences({ compare }: { compare: WireCompare }) {
  const rows = compare.differences.flatMap(({ files, datasets, environment }) => [
    ...files,
    ...datasets,
    ...environment,
  ])
  if (rows.length === 0) return <Empty title="Files, data and environment are the same" />
  return (
    <>
      {compare.differences.map((difference) => (
        <section key={difference.head} class="card">
          <h2>
            {nameOf(compare, difference.head)} <span class="muted">beside {nameOf(compare, 0)}</span>
          </h2>
          <Sides title="Data" rows={difference.datasets} />
          <Sides title="Files" rows={difference.files} />
          <Sides title="Environment" rows={difference.environment} />
        </section>
      ))}
    </>
  )
}

function Sides({ title, rows }: { title: string; rows: readonly WireSided[] }) {
  if (rows.length === 0) return null
  return (
    <>
      <h3>{title}</h3>
      <SearchedTable
        label={title}
        heads={[{ title: 'What' }, { title: 'Baseline' }, { title: 'This run' }]}
        rows={rows}
        nameOf={({ what }) => what}
        cells={({ what, base, head }) => [<span class="key">{what}</span>, <Side text={base} />, <Side text={head} />]}
      />
    </>
  )
}

function Side({ text }: { text: string | null }) {
  return text === null ? <span class="absent">not there</span> : <code class="break">{text}</code>
}

/** The code of each run beside the baseline; the diff itself is asked for by a click. */
export function CodeDifferences({ compare }: { compare: WireCompare }) {
  return (
    <>
      {compare.differences.map((difference) => (
        <CodeDifference key={difference.head} compare={compare} difference={difference} />
      ))}
    </>
  )
}

function CodeDifference({ compare, difference }: { compare: WireCompare; difference: WireDifference }) {
  const [isOpen, setOpen] = useState(compare.differences.length === 1)
  const [base, head] = [compare.runs[0]?.id ?? '', compare.runs[difference.head]?.id ?? '']
  return (
    <section class="card">
      <h2>
        {nameOf(compare, difference.head)} <span class="muted">beside {nameOf(compare, 0)}</span>
      </h2>
      {difference.isSameCode ? (
        <p class="muted">The same code.</p>
      ) : (
        <>
          {difference.codeStat !== null && <pre class="stat">{difference.codeStat}</pre>}
          <button aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            {isOpen ? 'Hide the diff' : 'Show the diff'}
          </button>
          {isOpen && <Diff base={base} head={head} />}
        </>
      )}
    </section>
  )
}

function Diff({ base, head }: { base: string; head: string }) {
  const answer = useAnswer((signal) => api.diff(base, head, signal), [base, head])
  return <Answered answer={answer}>{(diff) => <Patch patch={diff.patch} isCut={diff.isCut} />}</Answered>
}

function nameOf(compare: WireCompare, index: number): string {
  const run = compare.runs[index]
  const label = compare.labels[index] ?? ''
  if (run === undefined) return label
  return label !== '' && !run.id.startsWith(label) ? label : runTitle(run)
}
