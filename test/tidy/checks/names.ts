/**
 * File names: kebab-case, and never one of the words that say nothing.
 */
import { posix } from 'node:path'
import type { Source } from '../source.ts'

const EMPTY_WORDS = /(?:^|[-.])(?:utils?|helpers?|managers?|misc)(?:[-.]|$)/

/** Files whose name is not kebab-case or tells nothing. */
export function emptyNames(source: Source): readonly string[] {
  const name = posix.basename(source.path).replace(/(?:\.test)?\.tsx?$/, '')
  if (!/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name)) return [`${source.path} is not named in kebab-case`]
  return EMPTY_WORDS.test(name) ? [`${source.path} has a name that says nothing`] : []
}
