/**
 * What a run logged besides numbers: images, tables and texts.
 */
import { useState } from 'preact/hooks'
import type { WireMedia, WireRun } from '../../server/wire.ts'
import { Empty } from '../base/answer.tsx'
import { setState, stateOf } from '../base/route.ts'
import { DataTable } from './data-table.tsx'
import { ImageGrid } from './image-grid.tsx'
import { LoggedTexts } from './logged-texts.tsx'
import { TextView } from './text-view.tsx'

/** How many things were logged. */
export function mediaCount(media: WireMedia | null): number {
  return media === null ? 0 : media.images.length + media.tables.length + media.texts.length
}

/** Images, tables and texts of a run. */
export function MediaTab({ run }: { run: WireRun }) {
  const { media } = run
  if (media === null || mediaCount(media) === 0) {
    return (
      <Empty title="No images, tables or texts">
        <p>
          A running program logs them as lines: <code>{'{"image": "samples", "path": "s/10.png", "step": 10}'}</code>
        </p>
      </Empty>
    )
  }
  return (
    <>
      {media.images.length > 0 && (
        <section class="card">
          <h2>
            Images <span class="count">{media.images.length}</span>
          </h2>
          <ImageGrid run={run.id} images={media.images} />
        </section>
      )}
      {media.tables.length > 0 && <LoggedTables run={run.id} tables={media.tables} />}
      {media.texts.length > 0 && (
        <section class="card">
          <h2>
            Texts <span class="count">{media.texts.length}</span>
          </h2>
          {media.texts.map(({ key, path, count }) => (
            <LoggedTexts key={path} run={run.id} title={key} path={path} count={count} />
          ))}
        </section>
      )}
    </>
  )
}

function LoggedTables({ run, tables }: { run: string; tables: WireMedia['tables'] }) {
  const [first] = tables
  const chosen = tables.find(({ path }) => path === stateOf('table')) ?? first
  const [isText, setText] = useState(false)
  if (chosen === undefined) return null
  return (
    <section class="card">
      <h2>
        Tables <span class="count">{tables.length}</span>
      </h2>
      <p class="button-row">
        <select
          aria-label="Which table"
          value={chosen.path}
          onChange={({ currentTarget }) => setState({ table: currentTarget.value })}
        >
          {tables.map(({ key, path, step }) => (
            <option key={path} value={path}>
              {step === null ? key : `${key}, step ${step}`}
            </option>
          ))}
        </select>
        <button aria-pressed={isText} onClick={() => setText(!isText)}>
          As text
        </button>
        {chosen.rowKey !== null && <span class="muted">rows go by {chosen.rowKey}</span>}
      </p>
      {isText ? (
        <TextView key={chosen.path} run={run} path={chosen.path} />
      ) : (
        <DataTable key={chosen.path} run={run} path={chosen.path} />
      )}
    </section>
  )
}
