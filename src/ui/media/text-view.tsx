/**
 * A file as text, in parts of some hundred kilobytes.
 */
import { useEffect, useState } from 'preact/hooks'
import type { WireText } from '../../server/wire.ts'
import { Answered, RefusalNote, refusalOf, useAnswer } from '../base/answer.tsx'
import type { Refusal } from '../base/api.ts'
import { sizeText } from '../base/number-text.ts'
import { mediaApi } from './media-api.ts'

/** The text of a file, more of it on demand. */
export function TextView({ run, path }: { run: string; path: string }) {
  const answer = useAnswer((signal) => mediaApi.text(run, path, 0, signal), [run, path])
  return <Answered answer={answer}>{(first) => <Parts key={first.path} run={run} first={first} />}</Answered>
}

function Parts({ run, first }: { run: string; first: WireText }) {
  const [parts, setParts] = useState<readonly WireText[]>([first])
  const [refusal, setRefusal] = useState<Refusal>()
  useEffect(() => setParts([first]), [first])
  const last = parts.at(-1)
  const next = last?.next ?? null
  if (first.isBinary) return <p class="muted">This is no text, and nothing here reads it. It can be saved.</p>
  if (first.sizeBytes === 0) return <p class="muted">It is empty.</p>
  const more = (at: number): void => {
    mediaApi.text(run, first.path, at).then(
      (part) => setParts((known) => [...known, part]),
      (error: unknown) => setRefusal(refusalOf(error)),
    )
  }
  return (
    <>
      {!first.isVerified && <NotVerified />}
      <pre class="printed" tabIndex={0}>
        {parts.map(({ at, text }) => (
          <span key={at}>{text}</span>
        ))}
      </pre>
      {last?.isBinary === true && <p class="muted">What follows is no text.</p>}
      {refusal !== undefined && <RefusalNote refusal={refusal} />}
      {next !== null && (
        <p class="button-row">
          <button onClick={() => more(next)}>Show more</button>
          <span class="muted">
            {sizeText(next)} of {sizeText(first.sizeBytes)}
          </span>
        </p>
      )}
    </>
  )
}

/** Said where a part of a large file is shown. */
export function NotVerified() {
  return (
    <p class="muted small">
      A part of a large file: the whole was not read, so nobody has held it against its digest. Saving it does.
    </p>
  )
}
