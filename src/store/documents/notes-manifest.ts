/**
 * `notes.yaml`: what people say about a run after it was sealed. Absent while nobody said anything.
 */
import type { RunNotes } from '../../domain/run.ts'
import { flagValue, listOf, optional, required, textValue } from './decode.ts'
import { readManifest, rewriteManifest } from './manifest.ts'

const KNOWN = ['name', 'tags', 'note', 'archived']

/** Writes `notes.yaml` for the first time. */
export function encodeNotes(notes: RunNotes): Uint8Array {
  return rewriteNotes(undefined, notes)
}

/**
 * Writes `notes.yaml` over an earlier one, keeping the fields this code does not know.
 *
 * @throws `format-newer`, `document-malformed` and what `readStrictYaml` refuses
 */
export function rewriteNotes(previous: Uint8Array | undefined, notes: RunNotes): Uint8Array {
  const { name, tags, note, archived } = notes
  return rewriteManifest({ bytes: previous, known: KNOWN }, 'notes', { name, tags, note, archived })
}

/**
 * Reads `notes.yaml`.
 *
 * @throws `format-newer`, `document-malformed` and what `readStrictYaml` refuses
 */
export function decodeNotes(bytes: Uint8Array, file: string): RunNotes {
  const fields = readManifest(bytes, file, 'notes')
  const name = optional(fields, 'name', textValue)
  const note = optional(fields, 'note', textValue)
  return {
    ...(name === undefined ? {} : { name }),
    tags: required(fields, 'tags', listOf(textValue)),
    ...(note === undefined ? {} : { note }),
    archived: required(fields, 'archived', flagValue),
  }
}
