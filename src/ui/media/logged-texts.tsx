/**
 * Texts that were logged under one key, each with its step.
 */
import { useState } from 'preact/hooks'
import type { WireTable } from '../../server/wire.ts'
import { Answered, useAnswer } from '../base/answer.tsx'
import { mediaApi } from './media-api.ts'

interface LoggedTextsProps {
  readonly run: string
  readonly title: string
  readonly path: string
  readonly count: number
}

/** Texts of a key; the first are shown, all others on demand. */
export function LoggedTexts({ run, title, path, count }: LoggedTextsProps) {
  const [from, setFrom] = useState(0)
  const answer = useAnswer(
    (signal) => mediaApi.table({ run, path, sort: '', search: '', from }, signal),
    [run, path, from],
  )
  return (
    <section class="logged-texts" aria-label={`Texts of ${title}`}>
      <h3>
        {title} <span class="muted small">{count === 1 ? 'one text' : `${count} texts`}</span>
      </h3>
      <Answered answer={answer}>
        {(table) => (
          <>
            <ol class="texts">
              {textsOf(table).map(({ step, text }, index) => (
                <li key={index}>
                  {step !== null && <span class="chip">step {step}</span>}
                  <p class="pre">{text}</p>
                </li>
              ))}
            </ol>
            {(from > 0 || from + table.rows.length < count) && (
              <p class="button-row">
                <button disabled={from === 0} onClick={() => setFrom(0)}>
                  First
                </button>
                <button
                  disabled={from + table.rows.length >= count || table.rows.length === 0}
                  onClick={() => setFrom(from + table.rows.length)}
                >
                  Next
                </button>
              </p>
            )}
          </>
        )}
      </Answered>
    </section>
  )
}

function textsOf({ columns, rows }: WireTable): readonly { readonly step: string | null; readonly text: string }[] {
  const [step, value] = ['step', 'value'].map((name) => columns.findIndex((column) => column.name === name))
  return rows.map((row) => ({ step: row[step ?? -1] ?? null, text: row[value ?? -1] ?? '' }))
}
