/**
 * Names of models and aliases: safe as path components on every system and in every ref.
 */
import type { Brand } from '../base/brand.ts'
import { refuse } from './failure.ts'

/** A checked model name. */
export type ModelName = Brand<string, 'ModelName'>

/** A checked alias name. */
export type AliasName = Brand<string, 'AliasName'>

/** A checked name of a saved view. */
export type ViewName = Brand<string, 'ViewName'>

const SHAPE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/
const WINDOWS_DEVICE = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)/i
const RESERVED_ALIAS = /^(?:latest|v[0-9]+)$/i

/** Each rule with the sentence a refusal shows; the first that a name breaks is the one told. */
const RULES: readonly (readonly [(text: string) => boolean, string])[] = [
  [
    (text) => SHAPE.test(text),
    'a name has 1 to 128 letters, digits, dots, dashes and underscores, starting with a letter or digit',
  ],
  [(text) => !text.includes('..'), 'two dots in a row mean a range to git'],
  [(text) => !text.endsWith('.'), 'Windows drops a final dot'],
  [(text) => !text.toLowerCase().endsWith('.lock'), "git keeps '.lock' for its lock files"],
  [(text) => !WINDOWS_DEVICE.test(text), 'Windows keeps this name for a device'],
]

/**
 * Reads a model name.
 *
 * @throws `name-invalid` with the rule it breaks.
 */
export function parseModelName(text: string): ModelName {
  checkName('model', text)
  return text as ModelName
}

/**
 * Reads an alias name.
 *
 * @throws `name-invalid` with the rule it breaks; `latest` and `v<digits>` have a meaning of their own.
 */
export function parseAliasName(text: string): AliasName {
  checkName('alias', text)
  if (RESERVED_ALIAS.test(text)) {
    throw refuse('name-invalid', { kind: 'alias', text, rule: "'latest' and 'v<number>' already name versions" })
  }
  return text as AliasName
}

/** Reads the name of a saved view. @throws `name-invalid` with the rule it breaks */
export function parseViewName(text: string): ViewName {
  checkName('view', text)
  return text as ViewName
}

/** The form in which two names are the same on some file system. */
export function foldName(name: string): string {
  return name.normalize('NFC').toLowerCase()
}

function checkName(kind: string, text: string): void {
  for (const [holds, rule] of RULES) if (!holds(text)) throw refuse('name-invalid', { kind, text, rule })
}
