/**
 * Untrusted words inside commands that a person may copy into a shell.
 */
import { printable } from '../../src/base/printable.ts'

const SAFE = /^[A-Za-z0-9_@%+:,./][A-Za-z0-9_@%+=:,./~^-]*$/

/** Writes a word so that a POSIX shell reads it back as that word and nothing in it is run. */
export function shellQuoted(text: string): string {
  if (SAFE.test(text)) return text
  return `"${printable(text).replace(/["\\$`!]/g, '\\$&')}"`
}
