/**
 * Which code a run ran, and a unified diff as rows.
 */
import type { WireRun } from '../../server/wire.ts'
import { Empty } from '../base/answer.tsx'
import { Copyable, Facts } from '../base/facts.tsx'

/** The commit, and what the worktree had besides. */
export function CodeTab({ run }: { run: WireRun }) {
  const { code } = run
  if (code.kind === 'none') return <Empty title="No code was recorded">{code.reason}</Empty>
  return (
    <>
      <section class="card">
        <h2>Code</h2>
        <Facts
          facts={[
            ['commit', <Copyable text={code.commit} />],
            ['branch', code.branch],
            ['tree', <Copyable text={code.tree} />],
            [
              'worktree',
              code.snapshot === null ? 'as committed' : <Copyable text={`git diff ${code.commit} ${code.snapshot}`} />,
            ],
            ['left out', code.omitted.join(', ')],
            ['ignored', code.ignored === null ? null : `${code.ignored.count}: ${code.ignored.paths.join(', ')}`],
            ['bring it back', <Copyable text={`git switch --detach ${code.snapshot ?? code.commit}`} />],
          ]}
        />
      </section>
    </>
  )
}

/** A unified diff; what is added and taken away is told apart by its mark as well as its colour. */
export function Patch({ patch, isCut }: { patch: string | null; isCut: boolean }) {
  if (patch === null) return <p class="muted">Equal, or not in this clone.</p>
  return (
    <>
      <pre class="patch">
        {patch.split('\n').map((line, index) => (
          <span key={index} class={classOf(line)}>
            {line}
            {'\n'}
          </span>
        ))}
      </pre>
      {isCut && <p class="muted">The rest is cut off: git diff shows all of it.</p>}
    </>
  )
}

function classOf(line: string): string {
  if (line.startsWith('+++') || line.startsWith('---') || line.startsWith('diff ') || line.startsWith('index '))
    return 'patch-file'
  if (line.startsWith('@@')) return 'patch-place'
  return line.startsWith('+') ? 'patch-added' : line.startsWith('-') ? 'patch-gone' : ''
}
