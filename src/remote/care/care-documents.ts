/**
 * The small JSON files of a store's books, to bytes and back. All of them are input from outside: whoever can write the
 * store wrote them.
 */
import { jsonText } from '../../base/json-text.ts'
import { valueMap } from '../../base/value.ts'
import type { Value } from '../../base/value.ts'
import { parseOid } from '../../domain/oid.ts'
import type { Oid } from '../../domain/oid.ts'
import { fieldsOf, listOf, optional, required, textAs, textValue } from '../../store/documents/decode.ts'
import { documentText } from '../../store/documents/document-text.ts'
import { readStrictJson } from '../../store/documents/strict-json.ts'
import { MOST_WRITE_BYTES, parsePlaceKey } from '../keyed-place.ts'
import type { PlaceKey } from '../keyed-place.ts'

/** The most that a file of one repository may have. */
export const MOST_REPOSITORY_BYTES = 16 * 1024
/** The most that a mark may have. */
export const MOST_MARK_BYTES = MOST_WRITE_BYTES

const FORMAT = 1n

/** Writes a document with its format. */
export function careDocument(members: Readonly<Record<string, Value>>): Uint8Array {
  return Buffer.from(`${jsonText(valueMap({ format: FORMAT, ...members }), 2)}\n`)
}

/** A repository as it is listed. */
export interface ListedRepository {
  readonly url: string
  /**
   * The first commit of its registry branch: many machines have a `/workspace/.git`. Absent where it was not known, as
   * in entries of before there were any.
   */
  readonly identity: Oid | undefined
}

/** Writes the file of a repository in the list. */
export function encodeRepository({ url, identity }: ListedRepository): Uint8Array {
  return careDocument({ url, ...(identity !== undefined && { identity }) })
}

/** Reads it. @throws `document-malformed` */
export function decodeRepository(bytes: Uint8Array, file: string): ListedRepository {
  const fields = fieldsOf(readStrictJson(documentText(bytes, file), file), { file })
  const identity = optional(fields, 'identity', textAs(parseOid, 'the name of a commit'))
  return { url: required(fields, 'url', textValue), identity }
}

/** Writes a mark. */
export function encodeMark(keys: readonly PlaceKey[]): Uint8Array {
  return careDocument({ unnamed: keys })
}

/** Reads a mark. @throws `document-malformed`, such as for a key that leads out of the store */
export function decodeMark(bytes: Uint8Array, file: string): ReadonlySet<PlaceKey> {
  const fields = fieldsOf(readStrictJson(documentText(bytes, file), file), { file })
  return new Set(required(fields, 'unnamed', listOf(textAs(parsePlaceKey, 'a key of the store'))))
}
