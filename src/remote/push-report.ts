/**
 * What a remote did with a push, read from `git push --porcelain`.
 */
import { printable } from '../base/printable.ts'
import type { RefName } from '../domain/ref-name.ts'

/** What became of one ref. */
export type PushOutcome =
  | { readonly kind: 'pushed' }
  /** Someone else was faster: fetch, replay, push again. */
  | { readonly kind: 'stale' }
  /** The other side does not want it: a hook, a rule, a right that is missing. */
  | { readonly kind: 'refused'; readonly problem: string }

/** Flag, `from:to`, summary, each ended by a tab. */
const LINE = /^([ +\-*=!])\t([^\t]*):(refs\/[^\t]+)\t(.*)$/
const REASON = /\((.*)\)\s*$/

/** How git names a ref that moved on meanwhile, and how servers name the same when two pushes meet. */
const STALE = new RegExp(
  [
    'fetch first|non-fast-forward|stale info',
    'cannot lock ref|failed to lock|failed to update|incorrect old value|reference already exists',
  ].join('|'),
)

/** Reads the report by ref. A ref that git did not get to is absent. */
export function parsePushReport(stdout: string): ReadonlyMap<RefName | string, PushOutcome> {
  const outcomes = new Map<string, PushOutcome>()
  for (const line of stdout.split('\n')) {
    const [, flag, , ref, summary = ''] = LINE.exec(line) ?? []
    if (flag !== undefined && ref !== undefined) outcomes.set(ref, outcomeOf(flag, summary))
  }
  return outcomes
}

function outcomeOf(flag: string, summary: string): PushOutcome {
  if (flag !== '!') return { kind: 'pushed' }
  const reason = REASON.exec(summary)?.[1] ?? summary
  if (STALE.test(reason)) return { kind: 'stale' }
  return { kind: 'refused', problem: printable(reason) }
}
