/**
 * What all manifests share: canonical YAML, a `format` and a `kind`.
 *
 * A newer format is refused before anything else is looked at, so it is never half read and never rewritten.
 */
import { readCanonicalYaml } from '../../base/canonical-yaml-read.ts'
import { writeCanonicalYaml } from '../../base/canonical-yaml.ts'
import { valueMap } from '../../base/value.ts'
import type { Value, ValueMap } from '../../base/value.ts'
import { refuse } from '../../domain/failure.ts'
import { fieldsOf, integerValue, malformed, oneOf, required } from './decode.ts'
import type { Fields } from './decode.ts'
import { documentText } from './document-text.ts'
import { readStrictYaml } from './strict-yaml.ts'

/** The manifest format this code reads and writes, but for kinds that have a newer one. */
export const MANIFEST_FORMAT = 1

/** What a manifest describes. */
export type ManifestKind =
  'run' | 'files' | 'environment' | 'notes' | 'version' | 'state' | 'alias' | 'model' | 'receipt' | 'view'

/** The members of a manifest by field name; `undefined` members are left out. */
export type Members = Readonly<Record<string, Value | undefined>>

/** Writes a manifest as the bytes of its file; `format` is that of its kind where it has a newer one. */
export function writeManifest(kind: ManifestKind, members: Members, format = MANIFEST_FORMAT): Uint8Array {
  return bytesOf(manifestMap(kind, members, format))
}

/**
 * Writes a manifest over an earlier one, whose unknown top-level fields are kept.
 *
 * @param known every field this code understands; one of them that is absent from `members` is removed.
 * @throws `format-newer`, `document-malformed` and what the YAML reader refuses in the earlier one
 */
export function rewriteManifest(
  previous: { readonly bytes: Uint8Array | undefined; readonly known: readonly string[] },
  kind: ManifestKind,
  members: Members,
): Uint8Array {
  if (previous.bytes === undefined) return writeManifest(kind, members)
  const kept = new Map(readManifest(previous.bytes, `${kind}.yaml`, kind).map)
  for (const key of previous.known) kept.delete(key)
  return bytesOf(new Map([...kept, ...manifestMap(kind, members)]))
}

/**
 * Reads a manifest and checks its format and kind. Unknown fields are no problem.
 *
 * @param newest the newest format of this kind.
 * @throws `format-newer`, `document-malformed` and what `readStrictYaml` refuses
 */
export function readManifest(
  bytes: Uint8Array,
  file: string,
  kind: ManifestKind,
  newest: number = MANIFEST_FORMAT,
): Fields {
  const text = documentText(bytes, file)
  // A file that was cut inside its last number would read as another number.
  if (!text.endsWith('\n')) throw malformed({ file }, 'its last line has no end, so it may be cut off')
  const fields = fieldsOf(readCanonicalYaml(text) ?? readStrictYaml(text, file), { file })
  checkFormat(fields, newest)
  required(fields, 'kind', oneOf(kind))
  return fields
}

/** Refuses a format other than ours. @throws `format-newer`, `document-malformed` */
export function checkFormat(fields: Fields, newest: number = MANIFEST_FORMAT): void {
  const found = required(fields, 'format', integerValue)
  const { file } = fields.spot
  if (found > newest) throw refuse('format-newer', { file, found, supported: newest })
  if (found < MANIFEST_FORMAT) throw malformed({ file, within: fields.spot, key: 'format' }, 'there is no such format')
}

function manifestMap(kind: ManifestKind, members: Members, format = MANIFEST_FORMAT): ValueMap {
  return valueMap({ format: BigInt(format), kind, ...members })
}

function bytesOf(map: ValueMap): Uint8Array {
  return new TextEncoder().encode(writeCanonicalYaml(map))
}
