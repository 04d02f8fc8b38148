/**
 * Ref names, rule by rule as git-check-ref-format(1) states them.
 */
import type { Brand } from '../base/brand.ts'
import { refuse } from './failure.ts'

/** A full, checked ref name such as `refs/heads/mlv`. */
export type RefName = Brand<string, 'RefName'>

const RULES: readonly (readonly [RegExp, string])[] = [
  [/^(?!refs\/)/, "a full ref name starts with 'refs/'"],
  [/[\u0000-\u0020\u007f~^:?*[\\]/, 'git allows no space, control character, ~ ^ : ? * [ or backslash in a ref'],
  [/\.\./, 'two dots in a row mean a range to git'],
  [/@\{/, "'@{' starts a reflog selector"],
  [/\/\/|\/$/, 'no component may be empty'],
  [/(?:^|\/)\./, 'no component may start with a dot'],
  [/\.lock(?:\/|$)/, "no component may end with '.lock'"],
  [/\.$/, 'a ref may not end with a dot'],
  [/(?:^|\/)-/, 'a component that starts with a dash could be read as an option'],
]

/**
 * Reads a full ref name.
 *
 * @throws `ref-name-invalid` with the rule it breaks.
 */
export function parseRefName(text: string): RefName {
  for (const [broken, rule] of RULES) if (broken.test(text)) throw refuse('ref-name-invalid', { text, rule })
  return text as RefName
}
