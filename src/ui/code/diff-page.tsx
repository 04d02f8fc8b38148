/**
 * The code of any two sides, on a page of its own.
 */
import { Empty } from '../base/answer.tsx'
import { addressOf, setState, stateOf } from '../base/route.ts'
import { runsAddress } from '../runs/runs-state.ts'
import { CodeDiff } from './code-diff.tsx'

/** Runs, versions, commits, or the files of this clone as they are now. */
export function DiffPage() {
  const [base, head] = [stateOf('base'), stateOf('head')]
  return (
    <main class="page diff-page">
      <header class="page-head">
        <p class="crumbs">
          <a href={runsAddress.value}>Runs</a> / code
        </p>
        <h1>What changed in the code</h1>
      </header>
      <form
        class="button-row"
        onSubmit={(event) => {
          event.preventDefault()
          const form = new FormData(event.currentTarget)
          setState({ base: sideIn(form, 'base'), head: sideIn(form, 'head'), file: '' })
        }}
      >
        <SideField name="base" label="From" value={base} />
        <SideField name="head" label="to" value={head} />
        <button class="primary">Compare</button>
        <button type="button" onClick={() => setState({ base: head, head: base })}>
          Swap
        </button>
        {isRecord(base) && isRecord(head) && (
          <a href={addressOf('compare', { runs: `${base},${head}` })}>Compare values, data and environment</a>
        )}
      </form>
      {base === '' || head === '' ? (
        <Empty title="Two sides, please">
          A run or version such as churn@v3, git:HEAD for a commit, or worktree: for the files of this clone now.
        </Empty>
      ) : (
        <CodeDiff base={base} head={head} />
      )}
    </main>
  )
}

function SideField({ name, label, value }: { name: string; label: string; value: string }) {
  return (
    <label class="select">
      {label}
      <input key={value} type="search" name={name} list="code-sides" defaultValue={value} />
      <datalist id="code-sides">
        <option value="git:HEAD" />
        <option value="worktree:" />
        <option value="@" />
        <option value="@~1" />
      </datalist>
    </label>
  )
}

function sideIn(form: FormData, name: string): string {
  const value = form.get(name)
  return typeof value === 'string' ? value.trim() : ''
}

function isRecord(side: string): boolean {
  return side !== '' && side !== 'worktree:' && !side.startsWith('git:')
}
