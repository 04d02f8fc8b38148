/**
 * How files on the disk differ from the blobs git has of them: what `core.autocrlf`, attributes and filters make of a
 * file on its way in. Written beside the code, so that it can be had back whatever the configuration says then.
 */
import { canonicalJson } from '../../base/canonical-json.ts'
import { parseSha256 } from '../../base/digest.ts'
import type { Sha256 } from '../../base/digest.ts'
import { compareText } from '../../base/order.ts'
import { valueMap } from '../../base/value.ts'
import { refuse } from '../../domain/failure.ts'
import { fieldsOf, listOf, mapOf, required, textAs, textValue } from '../documents/decode.ts'
import { documentText } from '../documents/document-text.ts'
import { readStrictJson } from '../documents/strict-json.ts'

/** The name of the document in the tree of the commit `code.exact`. */
export const FORMS_FILE = 'forms.json'

/** The folder beside it: files that no rule gives, as they were, at their paths. */
export const RAW_FOLDER = 'raw'

const FORMAT = 1n

/** Files that are not their blob, by how their bytes are had from it. Paths from the top of the worktree. */
export interface CodeForms {
  /** Every line feed of the blob has a carriage return before it. Sorted. */
  readonly crlf: readonly string[]
  /** The blob is a Git LFS pointer, and the file its object. Sorted. */
  readonly lfs: readonly string[]
  /** What the smudge filter of the repository makes of the blob, which has this digest. */
  readonly filtered: ReadonlyMap<string, Sha256>
}

/** Writes `forms.json`. */
export function encodeForms({ crlf, lfs, filtered }: CodeForms): Uint8Array {
  const value = valueMap({
    format: FORMAT,
    crlf: [...crlf].sort(compareText),
    lfs: [...lfs].sort(compareText),
    filtered: new Map(filtered),
  })
  return Buffer.from(`${canonicalJson(value)}\n`)
}

/** Reads `forms.json`; `file` names it in refusals. @throws `document-malformed`, `format-newer` */
export function decodeForms(bytes: Uint8Array, file: string): CodeForms {
  const fields = fieldsOf(readStrictJson(documentText(bytes, file), file), { file })
  const format = fields.map.get('format')
  if (typeof format === 'bigint' && format > FORMAT) {
    throw refuse('format-newer', { file, found: Number(format), supported: Number(FORMAT) })
  }
  return {
    crlf: required(fields, 'crlf', listOf(textValue)),
    lfs: required(fields, 'lfs', listOf(textValue)),
    filtered: required(fields, 'filtered', mapOf(String, textAs(parseSha256, 'a digest'))),
  }
}
