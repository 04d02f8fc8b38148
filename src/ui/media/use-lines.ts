/**
 * Lines of output in windows: what comes into sight is asked for; what was printed since is asked for again.
 */
import { useEffect, useRef, useState } from 'preact/hooks'
import type { WireOutput, WireOutputLine } from '../../server/wire.ts'
import type { Range } from '../table/visible-range.ts'
import { mediaApi, WINDOW_LINES } from './media-api.ts'

/** Lines that were brought. */
export interface Lines {
  /** `undefined` while it is on its way. */
  readonly at: (place: number) => WireOutputLine | undefined
  readonly onSight: (range: Range) => void
}

const MOST_WINDOWS = 100

/** Brings lines; `version` changes when more were printed. */
export function useLines(run: string, stream: string, output: WireOutput, version: number): Lines {
  const [, setDrawn] = useState(0)
  const windows = useRef(new Map<number, readonly WireOutputLine[]>())
  const asked = useRef(new Map<number, number>())
  const sight = useRef<Range>({ from: 0, until: 0 })
  const count = output.streams.find(({ name }) => name === stream)?.lines ?? 0
  const bring = (start: number): void => {
    asked.current.set(start, version)
    void windowAt(run, stream, start, count).then(
      (lines) => {
        windows.current.delete(start)
        windows.current.set(start, lines)
        const [oldest] = windows.current.keys()
        if (windows.current.size > MOST_WINDOWS && oldest !== undefined) {
          windows.current.delete(oldest)
          asked.current.delete(oldest)
        }
        setDrawn((drawn) => drawn + 1)
      },
      // The page tells elsewhere that the server is gone; the next look asks again.
      () => asked.current.delete(start),
    )
  }
  const onSight = (range: Range): void => {
    sight.current = range
    for (let start = startOf(range.from); start < range.until; start += WINDOW_LINES) {
      const have = windows.current.get(start)?.length ?? 0
      const wanted = Math.min(WINDOW_LINES, count - start)
      const last = asked.current.get(start)
      // A window that is not full is asked for again when there is more; its last line may have grown.
      if (last === undefined || (last !== version && have < WINDOW_LINES && (have < wanted || output.isLive)))
        bring(start)
    }
  }
  useEffect(() => {
    if (!windows.current.has(0) || count <= WINDOW_LINES) windows.current.set(0, output.lines)
    asked.current.set(0, version)
    onSight(sight.current)
    setDrawn((drawn) => drawn + 1)
  }, [output])
  return { at: (place) => windows.current.get(startOf(place))?.[place % WINDOW_LINES], onSight }
}

/** A whole window: an answer is bounded by its bytes as well, so that of long lines there are several. */
async function windowAt(run: string, stream: string, start: number, count: number): Promise<readonly WireOutputLine[]> {
  const lines: WireOutputLine[] = []
  const wanted = Math.min(WINDOW_LINES, count - start)
  do {
    const answer = await mediaApi.output(run, stream, start + lines.length)
    if (answer.lines.length === 0) break
    lines.push(...answer.lines)
  } while (lines.length < wanted)
  return lines.slice(0, WINDOW_LINES)
}

function startOf(place: number): number {
  return Math.floor(place / WINDOW_LINES) * WINDOW_LINES
}
