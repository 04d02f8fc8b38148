/**
 * The text of a file the user named: absence, size and encoding are checked here once for every reader of inputs.
 */
import { refuse } from '../../domain/failure.ts'
import { DOCUMENT_LIMIT_BYTES, documentText } from '../documents/document-text.ts'
import { withDiskFailures } from '../files/disk-failure.ts'
import type { Files } from '../files/files.ts'

/**
 * Reads a whole text file; `wanted` says what it was to be, such as `parameter file`.
 *
 * @throws `file-not-found`, `path-not-a-file`, `limit-exceeded`, `document-malformed` when it is not UTF-8, and
 * what the disk refuses.
 */
export async function readInputText(files: Files, path: string, wanted: string): Promise<string> {
  const stat = await files.stat(path)
  if (stat === undefined) throw refuse('file-not-found', { file: path, wanted })
  if (stat.kind !== 'file') throw refuse('path-not-a-file', { path, found: `a ${stat.kind}` })
  if (stat.sizeBytes > DOCUMENT_LIMIT_BYTES) {
    throw refuse('limit-exceeded', { what: `bytes of ${path}`, actual: stat.sizeBytes, limit: DOCUMENT_LIMIT_BYTES })
  }
  return documentText(await withDiskFailures(path, 'reading', () => files.readFile(path)), path)
}

/**
 * Reads a small file that may be absent or unreadable, as text; bytes that are not UTF-8 are replaced.
 *
 * For facts that are only reported (environments, pointers), never for what a user asked to record.
 */
export async function readTextIfAny(files: Files, path: string, limitBytes: number): Promise<string | undefined> {
  try {
    const stat = await files.stat(path)
    // Files below /proc have size 0 and still have text.
    if (stat?.kind !== 'file' || stat.sizeBytes > limitBytes) return undefined
    return new TextDecoder().decode(await files.readFile(path))
  } catch {
    return undefined
  }
}
