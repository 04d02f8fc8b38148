/**
 * Saved views: states of a page under a name, kept on the branch so that a push shares them.
 */
import { hiddenCharacterAt } from '../base/printable.ts'
import type { Brand } from '../base/brand.ts'
import { refuse } from './failure.ts'
import type { ViewName } from './name.ts'

/** The hash of a page's address, which holds all of its state: `#/runs?sort=-metric.auc`. */
export type ViewHash = Brand<string, 'ViewHash'>

/** A saved view. */
export interface SavedView {
  readonly name: ViewName
  readonly hash: ViewHash
}

const LIMIT_CHARACTERS = 16_384

/** Reads the state of a page: it begins with `#/`, so that a view never leads anywhere else. @throws `name-invalid` */
export function parseViewHash(text: string): ViewHash {
  const rule = brokenRule(text)
  if (rule !== undefined) throw refuse('name-invalid', { kind: 'address of a view', text, rule })
  return text as ViewHash
}

function brokenRule(text: string): string | undefined {
  if (!text.startsWith('#/')) return "the address of a view begins with '#/'"
  if (text.length > LIMIT_CHARACTERS) return `the address of a view has at most ${LIMIT_CHARACTERS} characters`
  return hiddenCharacterAt(text) === undefined
    ? undefined
    : 'the address of a view holds only characters that can be seen'
}
