/**
 * The words where a filter cannot be read.
 */
import { quoted } from '../base/printable.ts'
import type { FailureData, FailureMessage } from './failure-data.ts'

const SHOWN = 40

/** Where the filter cannot be read, and up to where it could. */
export function filterMessage({ filter, column, problem }: FailureData['filter-invalid']): FailureMessage {
  const before = filter.slice(0, Math.max(0, column - 1)).slice(-SHOWN)
  return {
    what: `the filter cannot be read at column ${column}: ${problem}`,
    why: before.trim() === '' ? 'nothing before it could be read' : `it was read from the left up to ${quoted(before)}`,
  }
}
