/**
 * The lineage of one thing, on a page of its own.
 */
import { useState } from 'preact/hooks'
import { Empty } from '../base/answer.tsx'
import { useEvents } from '../base/live.ts'
import { addressOf, stateOf } from '../base/route.ts'
import { runsAddress } from '../runs/runs-state.ts'
import { LineageView } from './lineage-view.tsx'

/** Of a version, an alias, a run or data. */
export function LineagePage() {
  const of = stateOf('of')
  const [version, setVersion] = useState(0)
  useEvents((event) => {
    if (event.kind === 'branch-moved') setVersion((count) => count + 1)
  }, [])
  const model = /^([^@:]+)@./.exec(of)?.[1]
  return (
    <main class="page lineage-page">
      <header class="page-head">
        <p class="crumbs">
          {model === undefined ? (
            <a href={runsAddress.value}>Runs</a>
          ) : (
            <a href={addressOf(`model/${encodeURIComponent(model)}`)}>{model}</a>
          )}{' '}
          / lineage
        </p>
        <h1>{of.startsWith('data:') ? `data ${of.slice(5, 25)}` : of}</h1>
      </header>
      {of === '' ? (
        <Empty title="Of what?">Open it from a run or a version.</Empty>
      ) : (
        <LineageView of={of} version={version} />
      )}
    </main>
  )
}
