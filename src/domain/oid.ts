/**
 * Names of git objects: 40 (SHA-1) or 64 (SHA-256) lower-case hex digits.
 */
import type { Brand } from '../base/brand.ts'

/** The name of a git object. */
export type Oid = Brand<string, 'Oid'>

const OID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/

/** Reads an object name; `undefined` for anything but 40 or 64 lower-case hex digits. */
export function parseOid(text: string): Oid | undefined {
  return OID.test(text) ? (text as Oid) : undefined
}
