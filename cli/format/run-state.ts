/**
 * The state of a run as a sign and a word, alike wherever runs are listed.
 */
import type { SealedRun } from '../../src/domain/run.ts'
import { styled } from './line.ts'
import type { Span, Style } from './line.ts'

/** What becomes of a run; `interrupted` is one that nobody writes any more and that is not recorded yet. */
export type RunState = SealedRun['status'] | 'running' | 'interrupted'

const STATES: { readonly [S in RunState]: readonly [sign: string, style: Style] } = {
  running: ['●', 'strong'],
  finished: ['✓', 'good'],
  failed: ['✗', 'bad'],
  killed: ['■', 'warning'],
  interrupted: ['!', 'warning'],
}

/** One character, to be told apart without colour. */
export function stateSign(state: RunState): Span {
  const [sign, style] = STATES[state]
  return styled(style, sign)
}

/** The word. */
export function stateWord(state: RunState): Span {
  return styled(STATES[state][1], state)
}
