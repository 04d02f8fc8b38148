/**
 * `views/<name>.yaml`: a saved view.
 */
import { parseViewName } from '../../domain/name.ts'
import { parseViewHash } from '../../domain/view.ts'
import type { SavedView } from '../../domain/view.ts'
import { required, textBy } from './decode.ts'
import { readManifest, rewriteManifest } from './manifest.ts'

const KNOWN = ['name', 'hash']

/** Writes a view for the first time. */
export function encodeView(view: SavedView): Uint8Array {
  return rewriteView(undefined, view)
}

/**
 * Writes a view over an earlier one, keeping the fields this code does not know.
 *
 * @throws `format-newer`, `document-malformed` and what `readStrictYaml` refuses
 */
export function rewriteView(previous: Uint8Array | undefined, { name, hash }: SavedView): Uint8Array {
  return rewriteManifest({ bytes: previous, known: KNOWN }, 'view', { name, hash })
}

/** Reads a view. @throws `format-newer`, `document-malformed` and what `readStrictYaml` refuses */
export function decodeView(bytes: Uint8Array, file: string): SavedView {
  const fields = readManifest(bytes, file, 'view')
  return {
    name: required(fields, 'name', textBy(parseViewName)),
    hash: required(fields, 'hash', textBy(parseViewHash)),
  }
}
