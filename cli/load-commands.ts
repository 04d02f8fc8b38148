/**
 * All commands at once, for what describes them all.
 */
import type { Command, Verb } from './command.ts'

/** Loads all commands, for what describes them all: completion and documentation. In the order of the verbs. */
export async function loadCommands(verbs: readonly Verb[]): Promise<readonly Command[]> {
  return await Promise.all(verbs.map(({ load }) => load()))
}
