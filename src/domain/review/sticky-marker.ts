/**
 * The marker of a comment that is edited in place: its first line, invisible where it is rendered.
 *
 * Nothing untrusted is in it, so no name of a model can forge another's; and a comment counts as ours only when its
 * author is ours too (row O2).
 */
import { sha256Of } from '../../base/digest.ts'
import type { Brand } from '../../base/brand.ts'
import { subjectName } from './review.ts'
import type { ReviewSubject } from './review.ts'

/** The first line of a comment. */
export type StickyMarker = Brand<string, 'StickyMarker'>

const KEY_DIGITS = 32

/** The marker of one review in one workflow: the same for every push, another for every model and workflow. */
export function stickyMarker(workflow: string, subject: ReviewSubject): StickyMarker {
  const name = subjectName(subject)
  const digest = sha256Of(new TextEncoder().encode(JSON.stringify(['mlv report', workflow, subject.kind, name])))
  return `<!-- mlv:report ${digest.slice(0, KEY_DIGITS)} -->` as StickyMarker
}

/** Tells whether a comment starts with a marker: its whole first line. */
export function startsWithMarker(body: string, marker: StickyMarker): boolean {
  return body.split(/\r?\n/, 1)[0] === marker
}
