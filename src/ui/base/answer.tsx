/**
 * Answers that take a while: what is shown before, after and instead.
 */
import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { Refusal } from './api.ts'

/** An answer that was asked for. The last one stays while the next is on its way. */
export interface Answer<T> {
  readonly value: T | undefined
  readonly refusal: Refusal | undefined
  readonly isWaiting: boolean
}

/** Asks again whenever an input changes; an answer that came too late is dropped. */
export function useAnswer<T>(ask: (signal: AbortSignal) => Promise<T>, inputs: readonly unknown[]): Answer<T> {
  const [answer, setAnswer] = useState<Answer<T>>({ value: undefined, refusal: undefined, isWaiting: true })
  useEffect(() => {
    const stop = new AbortController()
    setAnswer((last) => ({ ...last, isWaiting: true }))
    ask(stop.signal).then(
      (value) => !stop.signal.aborted && setAnswer({ value, refusal: undefined, isWaiting: false }),
      (error: unknown) => {
        if (!stop.signal.aborted) setAnswer((last) => ({ ...last, refusal: refusalOf(error), isWaiting: false }))
      },
    )
    return () => stop.abort()
  }, inputs)
  return answer
}

/** What went wrong, as a refusal. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error
  const what = error instanceof Error ? error.message : String(error)
  return new Refusal({ code: 'page-broke', what, why: 'this is a defect of the page', next: 'load the page again' })
}

/** Shows an answer, its refusal, or that it is on its way. */
export function Answered<T>({ answer, children }: { answer: Answer<T>; children: (value: T) => ComponentChildren }) {
  if (answer.refusal !== undefined && answer.value === undefined) return <RefusalNote refusal={answer.refusal} />
  if (answer.value === undefined) return <p class="waiting">Loading…</p>
  return (
    <>
      {answer.refusal !== undefined && <RefusalNote refusal={answer.refusal} />}
      {children(answer.value)}
    </>
  )
}

/** What was refused, why, and what to do next. */
export function RefusalNote({ refusal }: { refusal: Refusal }) {
  return (
    <div class={refusal.code === 'server-copy' ? 'refusal not-here' : 'refusal'} role="alert">
      <strong>{refusal.message}</strong>
      {refusal.why !== '' && <p class="pre">{refusal.why}</p>}
      {refusal.next !== null && (
        <p>
          next: <code>{refusal.next}</code>
        </p>
      )}
    </div>
  )
}

/** Says why there is nothing, and what would change that. */
export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <strong>{title}</strong>
      {children}
    </div>
  )
}
