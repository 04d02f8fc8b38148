/**
 * Reminds of runs that were interrupted, after a command has done what it was asked.
 */
import type { RunId } from '../src/domain/run.ts'
import { countText } from './format/bytes.ts'
import { styled } from './format/line.ts'
import type { Output } from './output.ts'

/** Says on standard error how many runs wait, and what seals them; nothing when there are none. */
export function hintLeftBehind(output: Output, left: readonly RunId[]): void {
  if (left.length === 0) return
  const waiting = left.length === 1 ? '1 run was interrupted and waits' : `${countText(left.length, 'run')} wait`
  output.talk([styled('warning', 'hint:'), ` ${waiting} to be recorded: 'mlv commit --recover'`])
}
