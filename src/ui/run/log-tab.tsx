/**
 * What a run printed.
 */
import { useEffect, useRef } from 'preact/hooks'
import type { WireRun } from '../../server/wire.ts'
import { Answered, Empty, useAnswer } from '../base/answer.tsx'
import { api } from '../base/api.ts'
import { sizeText } from '../base/number-text.ts'

// Colours and cursor moves of a terminal, which a page cannot show; and what is left of a line that was overwritten.
const TERMINAL_CODES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|.)/g

/** The end of each stream; it follows while the run goes on. `version` changes when something was printed. */
export function LogTab({ run, version }: { run: WireRun; version: number }) {
  const answer = useAnswer((signal) => api.log(run.id, signal), [run.id, version])
  return (
    <Answered answer={answer}>
      {(log) =>
        log.streams.every(({ sizeBytes }) => sizeBytes === 0) ? (
          <Empty title="Nothing was printed">What a run prints is kept when 'mlv run' started it.</Empty>
        ) : (
          log.streams
            .filter(({ sizeBytes }) => sizeBytes > 0)
            .map(({ name, text, sizeBytes, skippedBytes }) => (
              <section key={name} class="card">
                <h2>
                  {name} <span class="muted">{sizeText(sizeBytes)}</span>
                </h2>
                {skippedBytes > 0 && <p class="muted">The first {sizeText(skippedBytes)} are left out.</p>}
                <Printed text={plainOutput(text)} isLive={log.isLive} />
              </section>
            ))
        )
      }
    </Answered>
  )
}

/** The text, kept at its end while the run goes on and nobody scrolled up. */
function Printed({ text, isLive }: { text: string; isLive: boolean }) {
  const box = useRef<HTMLPreElement>(null)
  const isAtEnd = useRef(true)
  useEffect(() => {
    const element = box.current
    if (element !== null && isLive && isAtEnd.current) element.scrollTop = element.scrollHeight
  }, [text])
  return (
    <pre
      ref={box}
      class="printed"
      tabIndex={0}
      onScroll={({ currentTarget }) => {
        const { scrollTop, scrollHeight, clientHeight } = currentTarget
        isAtEnd.current = scrollTop + clientHeight > scrollHeight - 20
      }}
    >
      {text}
    </pre>
  )
}

/** Output without the codes of a terminal; of a line that was overwritten by `\r` only what stood there last. */
export function plainOutput(text: string): string {
  return text
    .replace(TERMINAL_CODES, '')
    .split('\n')
    .map((line) => line.replace(/\r+$/, '').split('\r').at(-1) ?? '')
    .join('\n')
}
