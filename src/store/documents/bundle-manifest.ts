/**
 * `mlv-bundle.json`: what a bundle holds, and what a repository must have before it can take it in.
 */
import { parseSha256 } from '../../base/digest.ts'
import type { Sha256 } from '../../base/digest.ts'
import { jsonText } from '../../base/json-text.ts'
import { valueMap } from '../../base/value.ts'
import { parseOid } from '../../domain/oid.ts'
import type { Oid } from '../../domain/oid.ts'
import { parseRefName } from '../../domain/ref-name.ts'
import type { RefName } from '../../domain/ref-name.ts'
import { countValue, fieldsOf, listOf, mapOf, optional, required, textAs } from './decode.ts'
import type { Decoder } from './decode.ts'
import { documentText } from './document-text.ts'
import { checkFormat, MANIFEST_FORMAT } from './manifest.ts'
import { readStrictJson } from './strict-json.ts'

/** What a bundle says of itself. */
export interface BundleManifest {
  /** Where each ref stood; its commits since the prerequisites are in the history. */
  readonly refs: ReadonlyMap<RefName, Oid>
  /** Commits that are left out because the other side has them; sorted, empty in a whole bundle. */
  readonly prerequisites: readonly Oid[]
  /** The git bundle; absent when there is no commit that the other side lacks. */
  readonly history: { readonly sha256: Sha256; readonly sizeBytes: number } | undefined
  /** Artifacts: how many, and their bytes in all. */
  readonly objects: { readonly count: number; readonly sizeBytes: number }
}

/** Writes `mlv-bundle.json`. */
export function encodeBundle({ refs, prerequisites, history, objects }: BundleManifest): Uint8Array {
  const value = valueMap({
    format: BigInt(MANIFEST_FORMAT),
    ...(history === undefined
      ? {}
      : { history: valueMap({ sha256: history.sha256, sizeBytes: BigInt(history.sizeBytes) }) }),
    kind: 'bundle',
    objects: valueMap({ count: BigInt(objects.count), sizeBytes: BigInt(objects.sizeBytes) }),
    prerequisites,
    refs: new Map([...refs].sort(([left], [right]) => (left < right ? -1 : 1))),
  })
  return new TextEncoder().encode(`${jsonText(value, 2)}\n`)
}

/**
 * Reads `mlv-bundle.json`.
 *
 * @throws `format-newer`, `document-malformed` and what `readStrictJson` refuses
 */
export function decodeBundle(bytes: Uint8Array, file: string): BundleManifest {
  const fields = fieldsOf(readStrictJson(documentText(bytes, file), file), { file })
  checkFormat(fields)
  return {
    refs: required(fields, 'refs', mapOf(parseRefName, oidValue)),
    prerequisites: required(fields, 'prerequisites', listOf(oidValue)),
    history: optional(fields, 'history', historyOf),
    objects: required(fields, 'objects', totalsOf),
  }
}

const oidValue: Decoder<Oid> = textAs(parseOid, 'the name of a git object')

const historyOf: Decoder<NonNullable<BundleManifest['history']>> = (value, spot) => {
  const fields = fieldsOf(value, spot)
  return {
    sha256: required(fields, 'sha256', textAs(parseSha256, 'a SHA-256 digest')),
    sizeBytes: required(fields, 'sizeBytes', countValue),
  }
}

const totalsOf: Decoder<BundleManifest['objects']> = (value, spot) => {
  const fields = fieldsOf(value, spot)
  return { count: required(fields, 'count', countValue), sizeBytes: required(fields, 'sizeBytes', countValue) }
}
