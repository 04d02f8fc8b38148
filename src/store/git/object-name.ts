/**
 * Names of git objects made here: SHA-1 over kind, size and bytes, as git computes them.
 */
import { createHash } from 'node:crypto'
import { present } from '../../base/assert.ts'
import { parseOid } from '../../domain/oid.ts'
import type { Oid } from '../../domain/oid.ts'

/** What an object is. */
export type ObjectKind = 'blob' | 'tree' | 'commit' | 'tag'

/** An object as git stores it, without its header. */
export interface GitObject {
  readonly kind: ObjectKind
  readonly bytes: Uint8Array
}

/** Names an object by its content. */
export function objectName(object: GitObject): Oid {
  const hash = createHash('sha1').update(`${object.kind} ${object.bytes.length}\0`).update(object.bytes)
  return present(parseOid(hash.digest('hex')), 'a SHA-1 digest to be an object name')
}
