/**
 * `state.yaml`: what may change about a version. Absent while nothing was said about it.
 */
import { valueMap } from '../../base/value.ts'
import type { VersionState } from '../../domain/model-version.ts'
import { fieldsOf, instantValue, listOf, optional, required, textValue } from './decode.ts'
import type { Decoder } from './decode.ts'
import { readManifest, rewriteManifest } from './manifest.ts'
import { runIdValue } from './run-fields.ts'

const KNOWN = ['retired', 'runs', 'tags', 'note']

/** Writes `state.yaml` for the first time. */
export function encodeState(state: VersionState): Uint8Array {
  return rewriteState(undefined, state)
}

/**
 * Writes `state.yaml` over an earlier one, keeping the fields this code does not know.
 *
 * @throws `format-newer`, `document-malformed` and what `readStrictYaml` refuses
 */
export function rewriteState(previous: Uint8Array | undefined, state: VersionState): Uint8Array {
  const { retired, runs, tags, note } = state
  return rewriteManifest({ bytes: previous, known: KNOWN }, 'state', {
    retired: retired === undefined ? undefined : valueMap({ ...retired }),
    runs,
    tags,
    note,
  })
}

/**
 * Reads `state.yaml`.
 *
 * @throws `format-newer`, `document-malformed` and what `readStrictYaml` refuses
 */
export function decodeState(bytes: Uint8Array, file: string): VersionState {
  const fields = readManifest(bytes, file, 'state')
  const retired = optional(fields, 'retired', retiredOf)
  const note = optional(fields, 'note', textValue)
  return {
    ...(retired === undefined ? {} : { retired }),
    runs: required(fields, 'runs', listOf(runIdValue)),
    tags: required(fields, 'tags', listOf(textValue)),
    ...(note === undefined ? {} : { note }),
  }
}

const retiredOf: Decoder<NonNullable<VersionState['retired']>> = (value, spot) => {
  const fields = fieldsOf(value, spot)
  return {
    reason: required(fields, 'reason', textValue),
    at: required(fields, 'at', instantValue),
    by: required(fields, 'by', textValue),
  }
}
