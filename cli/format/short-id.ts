/**
 * Ids as people read them: long enough to be unique in practice, short enough to type.
 */
import type { Ulid } from '../../src/base/ulid.ts'
import type { Oid } from '../../src/domain/oid.ts'

const ULID_LENGTH = 12
const OID_LENGTH = 10

/** The start of a run, version or operation id: its millisecond and two random characters. */
export function shortId(id: Ulid): string {
  return id.slice(0, ULID_LENGTH)
}

/** The start of a commit id. */
export function shortOid(oid: Oid): string {
  return oid.slice(0, OID_LENGTH)
}

/** The start of a digest. */
export function shortDigest(digest: string): string {
  return digest.slice(0, OID_LENGTH)
}
