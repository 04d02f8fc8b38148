/**
 * Finds a verb by name, or refuses with the closest ones.
 */
import { closestNames } from '../src/base/suggest.ts'
import { refuse } from '../src/domain/failure.ts'
import type { Verb } from './command.ts'

/** Finds a verb. @throws `usage-invalid` naming the closest verb */
export function findVerb(verbs: readonly Verb[], name: string): Verb {
  const found = verbs.find((verb) => verb.name === name)
  if (found !== undefined) return found
  const [closest] = closestNames(
    name.slice(0, 100),
    verbs.map((verb) => verb.name),
    1,
  )
  const hint = closest === undefined ? '' : ` (did you mean '${closest}'?)`
  throw refuse('usage-invalid', { problem: `there is no command '${name}'${hint}` })
}
