/**
 * Rows of a table in windows: what comes into sight is asked for, and kept.
 */
import { useEffect, useRef, useState } from 'preact/hooks'
import { refusalOf } from '../base/answer.tsx'
import type { Refusal } from '../base/api.ts'
import type { Range } from '../table/visible-range.ts'
import { WINDOW_ROWS } from './media-api.ts'

/** A window as the server answers it. */
interface Windowed<Row> {
  readonly from: number
  readonly rows: readonly Row[]
}

/** Windows that were brought. */
export interface Rows<Row, Answer> {
  /** `undefined` while it is on its way. */
  readonly at: (index: number) => Row | undefined
  /** The newest answer, for totals and columns. */
  readonly newest: Answer | undefined
  readonly refusal: Refusal | undefined
  readonly onSight: (range: Range) => void
  /** Asks from a row on without keeping rows: how far the table was looked through is in the answer. */
  readonly look: (from: number) => Promise<Answer | undefined>
}

const MOST_WINDOWS = 200

/** Brings rows by windows; starts anew when an input changes. */
export function useWindows<Row, Answer extends Windowed<Row>>(
  ask: (from: number, signal: AbortSignal) => Promise<Answer>,
  inputs: readonly unknown[],
): Rows<Row, Answer> {
  const [, setVersion] = useState(0)
  const known = useRef<Known<Row, Answer>>(fresh())
  const answered = async (from: number): Promise<Answer | undefined> => {
    const current = known.current
    try {
      const answer = await ask(from, current.stop.signal)
      if (current !== known.current) return undefined
      current.newest = answer
      return answer
    } catch (error) {
      if (!current.stop.signal.aborted) current.refusal = refusalOf(error)
      return undefined
    }
  }
  const bring = async (start: number): Promise<void> => {
    const { windows, asked } = known.current
    const from = start + (windows.get(start)?.length ?? 0)
    // Each row is asked for once, whatever comes back: a window that is short for its bytes goes on behind its end.
    if (asked.has(from)) return
    asked.add(from)
    const answer = await answered(from)
    if (answer !== undefined) keep(known.current, start, answer.rows)
    setVersion((version) => version + 1)
  }
  useEffect(() => {
    known.current.stop.abort()
    known.current = { ...fresh(), newest: known.current.newest }
    void bring(0)
    return () => known.current.stop.abort()
  }, inputs)
  const { windows, newest, refusal } = known.current
  return {
    at: (index) => windows.get(startOf(index))?.[index % WINDOW_ROWS],
    newest,
    refusal,
    look: (from) => answered(from).finally(() => setVersion((version) => version + 1)),
    onSight: ({ from, until }) => {
      if (known.current.refusal !== undefined) return
      for (let start = startOf(from); start < until; start += WINDOW_ROWS) {
        const count = known.current.windows.get(start)?.length ?? 0
        if (count < Math.min(WINDOW_ROWS, until - start)) void bring(start)
      }
    },
  }
}

/** Adds rows to a window, and forgets the window that was brought longest ago. */
function keep<Row>({ windows, asked }: Known<Row, unknown>, start: number, more: readonly Row[]): void {
  const rows = [...(windows.get(start) ?? []), ...more].slice(0, WINDOW_ROWS)
  windows.delete(start)
  windows.set(start, rows)
  const [oldest] = windows.keys()
  if (windows.size <= MOST_WINDOWS || oldest === undefined) return
  windows.delete(oldest)
  for (const row of asked) if (row >= oldest && row < oldest + WINDOW_ROWS) asked.delete(row)
}

function startOf(index: number): number {
  return Math.floor(index / WINDOW_ROWS) * WINDOW_ROWS
}

interface Known<Row, Answer> {
  readonly windows: Map<number, readonly Row[]>
  /** Rows from which on something was asked for. */
  readonly asked: Set<number>
  readonly stop: AbortController
  newest: Answer | undefined
  refusal: Refusal | undefined
}

function fresh<Row, Answer>(): Known<Row, Answer> {
  return { windows: new Map(), asked: new Set(), stop: new AbortController(), newest: undefined, refusal: undefined }
}
