/**
 * Which code a run ran, and what changed in it since something else.
 */
import type { WireRun, WireStanding } from '../../server/wire.ts'
import { Empty } from '../base/answer.tsx'
import { Copyable, Facts } from '../base/facts.tsx'
import { shortHash } from '../base/number-text.ts'
import { addressOf, stateOf } from '../base/route.ts'
import { CodeDiff } from '../code/code-diff.tsx'
import { BesideSelect, chosenBeside, codeChoices } from './beside.tsx'

/** The commit, what the worktree had besides, and the difference to something else. */
export function CodeTab({ run, standing }: { run: WireRun; standing: WireStanding | undefined }) {
  const { code } = run
  if (code.kind === 'none') return <Empty title="No code was recorded">{code.reason}</Empty>
  const choices = codeChoices(run, standing)
  // What is first may be known a moment later, and must not be asked for twice.
  const chosen = standing === undefined && stateOf('beside') === '' ? undefined : chosenBeside(choices)
  return (
    <>
      <section class="card">
        <h2>Code</h2>
        <CodeFacts run={run} page={standing?.commitPage ?? null} />
      </section>
      <h2 class="part-head">What changed</h2>
      <BesideSelect choices={choices} chosen={chosen} />
      {chosen !== undefined && <Difference run={run.id} side={chosen.side} isLater={chosen.isLater === true} />}
    </>
  )
}

function Difference({ run, side, isLater }: { run: string; side: string; isLater: boolean }) {
  const [base, head] = isLater ? [run, side] : [side, run]
  return (
    <>
      <p class="muted small">
        {isLater ? 'From this run to what is there now.' : 'From there to this run.'}{' '}
        <a href={addressOf('diff', { base, head })}>On a page of its own</a>
      </p>
      <CodeDiff base={base} head={head} />
    </>
  )
}

function CodeFacts({ run, page }: { run: WireRun; page: string | null }) {
  const { code } = run
  if (code.kind === 'none') return null
  return (
    <Facts
      facts={[
        [
          'commit',
          <>
            <Copyable text={code.commit} shown={code.commit} /> <HostLink page={page} />
          </>,
        ],
        ['branch', code.branch],
        ['worktree', code.snapshot === null ? 'as committed' : <b>had changes that were not committed</b>],
        [
          'snapshot',
          code.snapshot === null ? null : <Copyable text={code.snapshot} shown={shortHash(code.snapshot)} />,
        ],
        ['left out', code.omitted.join(', ')],
        ['ignored', code.ignored === null ? null : <IgnoredFiles ignored={code.ignored} />],
        ['bring it back', <Copyable text={`mlv checkout ${run.id.slice(0, 12)} --worktree FOLDER`} />],
      ]}
    />
  )
}

function IgnoredFiles({ ignored }: { ignored: { readonly paths: readonly string[]; readonly count: number } }) {
  const { paths, count } = ignored
  return (
    <span>
      {paths.slice(0, 5).join(', ')}
      {count > 5 && ` and ${count - 5} more`}
    </span>
  )
}

/** A link to the host of the code, for those who want it: nothing is asked of it before. */
export function HostLink({ page }: { page: string | null }) {
  if (page === null) return null
  return (
    <a href={page} target="_blank" rel="noreferrer noopener">
      on {new URL(page).host} ↗
    </a>
  )
}
