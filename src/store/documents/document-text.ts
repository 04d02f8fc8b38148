/**
 * The text of a document: strict UTF-8 of bounded size, without the characters that make two readers disagree.
 */
import { isAscii, isUtf8 } from 'node:buffer'
import { refuse } from '../../domain/failure.ts'
import type { Failure } from '../../domain/failure.ts'
import type { Place } from '../../domain/failure-data.ts'

/** Documents are configuration and records, never data sets; a larger one is a mistake or an attack. */
export const DOCUMENT_LIMIT_BYTES = 64 * 1024 * 1024

/**
 * Decodes the bytes of a document.
 *
 * @throws `limit-exceeded`, `document-malformed` for anything but UTF-8
 */
export function documentText(bytes: Uint8Array, file: string): string {
  checkSize(bytes.length, file)
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (isAscii(view)) return view.toString('latin1')
  if (!isUtf8(view)) throw refuse('document-malformed', { place: { file }, problem: 'it is not UTF-8 text' })
  return view.toString('utf8')
}

/**
 * Refuses what no document format of ours holds: a byte order mark, NUL, and git's conflict markers.
 *
 * @throws `limit-exceeded`, `document-malformed`
 */
export function checkDocumentText(text: string, file: string): void {
  checkSize(text.length, file)
  if (text.startsWith('\ufeff'))
    throw malformedAt(text, file, { offset: 0, problem: 'it starts with a byte order mark' })
  const nul = text.indexOf('\0')
  if (nul !== -1) throw malformedAt(text, file, { offset: nul, problem: 'it holds a NUL character' })
  const marker = CONFLICT_MARKER.exec(text)
  if (marker === null) return
  throw malformedAt(text, file, { offset: marker.index, problem: 'it holds a conflict marker of git' })
}

/** Tells where an offset is, counting lines and columns from 1. */
export function placeAt(text: string, file: string, offset: number): Place {
  let line = 1
  let start = 0
  for (let next = text.indexOf('\n'); next !== -1 && next < offset; next = text.indexOf('\n', start)) {
    line += 1
    start = next + 1
  }
  return { file, line, column: offset - start + 1 }
}

/** Makes the refusal of a text at an offset. */
export function malformedAt(
  text: string,
  file: string,
  { offset, problem }: { readonly offset: number; readonly problem: string },
): Failure {
  return refuse('document-malformed', { place: placeAt(text, file, offset), problem })
}

const CONFLICT_MARKER = /^(?:<{7}|>{7})(?: |$)/m

function checkSize(size: number, file: string): void {
  if (size <= DOCUMENT_LIMIT_BYTES) return
  throw refuse('limit-exceeded', { what: `size of ${file} in bytes`, actual: size, limit: DOCUMENT_LIMIT_BYTES })
}
