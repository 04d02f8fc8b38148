/**
 * What else differs from the baseline: files, data, environment and code.
 */
import type { WireCompare, WireSided } from '../../server/wire.ts'
import { Empty } from '../base/answer.tsx'
import { SearchedTable } from '../base/facts.tsx'
import { addressOf, setState, stateOf } from '../base/route.ts'
import { runTitle } from '../base/wire-value.ts'
import { CodeDiff } from '../code/code-diff.tsx'

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

/** Things that differ, with both sides; nothing where none does. */
export function Sides({ title, rows }: { title: string; rows: readonly WireSided[] }) {
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

/** The code of one of the runs beside that of the baseline. */
export function CodeDifferences({ compare }: { compare: WireCompare }) {
  const chosen = compare.runs[Number(stateOf('head'))] === undefined ? '' : stateOf('head')
  const first = compare.differences.find(({ isSameCode }) => !isSameCode) ?? compare.differences[0]
  const index = chosen === '' || chosen === '0' ? (first?.head ?? 1) : Number(chosen)
  const [base, head] = [compare.runs[0], compare.runs[index]]
  if (base === undefined || head === undefined) return null
  return (
    <>
      <div class="button-row">
        <label class="select">
          From {nameOf(compare, 0)} to
          <select
            aria-label="Whose code to show"
            value={String(index)}
            onChange={({ currentTarget }) => setState({ head: currentTarget.value, file: '' }, 'small')}
          >
            {compare.runs.slice(1).map((run, at) => {
              const difference = compare.differences.find((each) => each.head === at + 1)
              return (
                <option key={run.id} value={String(at + 1)}>
                  {nameOf(compare, at + 1)}
                  {difference?.isSameCode === true ? ' (the same code)' : ''}
                </option>
              )
            })}
          </select>
        </label>
        <a href={addressOf('diff', { base: base.id, head: head.id })}>On a page of its own</a>
      </div>
      <CodeDiff base={base.id} head={head.id} />
    </>
  )
}

function nameOf(compare: WireCompare, index: number): string {
  const run = compare.runs[index]
  const label = compare.labels[index] ?? ''
  if (run === undefined) return label
  return label !== '' && !run.id.startsWith(label) ? label : runTitle(run)
}
