/**
 * How transfers are shown: on a terminal as often as anyone can see, in a log now and then, and at the end all of it.
 */
import { expect, test } from 'vitest'
import { showTransfers } from '../../cli/format/transfer-progress.ts'
import type { Line } from '../../cli/format/line.ts'

/** Moves 100 MB in 10,000 pieces, 10 ms apart; answers with what was drawn and what was said. */
function moveBytes(drawsProgress: boolean): { readonly drawn: readonly string[]; readonly said: readonly Line[] } {
  const drawn: string[] = []
  const said: Line[] = []
  let nowMs = 0
  const output = {
    drawsProgress,
    progress: (text: string) => void drawn.push(text),
    talk: (...lines: readonly Line[]) => void said.push(...lines),
  }
  const show = showTransfers(output, () => nowMs)
  for (let piece = 1; piece <= 10_000; piece += 1) {
    nowMs += 10
    const [doneBytes, totalBytes] = [piece * 10_000, 100_000_000]
    const doneObjects = doneBytes === totalBytes ? 1 : 0
    show({ kind: 'artifacts', progress: { doneObjects, totalObjects: 1, doneBytes, totalBytes } })
  }
  return { drawn, said }
}

test('a terminal is drawn to ten times a second, from the first piece to the last', () => {
  const { drawn, said } = moveBytes(true)
  expect(drawn.length).toBeGreaterThan(990)
  expect(drawn.length).toBeLessThan(1010)
  expect(drawn[0]).toContain('Artifacts [                    ] 0 % 0/1')
  expect(drawn[500]).toBe('Artifacts [##########          ] 50 % 0/1, 50.0 MB of 100 MB, 1.00 MB/s, 50.0 s left')
  expect(drawn.at(-1)).toContain('100 % 1/1, 100 MB of 100 MB')
  expect(said).toEqual([])
})

test('a log is told every half minute of work that takes longer', () => {
  const { drawn, said } = moveBytes(false)
  expect(drawn).toEqual([])
  expect(said).toHaveLength(3)
})
