/**
 * `aliases/<alias>.yaml`: where an alias points and why. Its history is the history of the alias.
 *
 * Model and alias are told by the path, so a file that is copied elsewhere cannot claim another name.
 */
import type { Alias, VersionReference } from '../../domain/alias.ts'
import type { AliasName, ModelName } from '../../domain/name.ts'
import { instantValue, malformed, optional, required, textValue } from './decode.ts'
import type { Fields } from './decode.ts'
import { readManifest, rewriteManifest } from './manifest.ts'
import { metricValuesOf } from './metric-fields.ts'
import { versionNumberValue, versionUidValue } from './version-manifest.ts'

const KNOWN = ['version', 'uid', 'previous', 'previousUid', 'metrics', 'by', 'at', 'reason']

/** Writes an alias for the first time. */
export function encodeAlias(alias: Alias): Uint8Array {
  return rewriteAlias(undefined, alias)
}

/**
 * Writes an alias over an earlier one, keeping the fields this code does not know.
 *
 * @throws `format-newer`, `document-malformed` and what `readStrictYaml` refuses
 */
export function rewriteAlias(previous: Uint8Array | undefined, alias: Alias): Uint8Array {
  return rewriteManifest({ bytes: previous, known: KNOWN }, 'alias', {
    version: BigInt(alias.version.number),
    uid: alias.version.uid,
    previous: alias.previous === undefined ? undefined : BigInt(alias.previous.number),
    previousUid: alias.previous?.uid,
    metrics: alias.metrics,
    by: alias.by,
    at: alias.at,
    reason: alias.reason,
  })
}

/**
 * Reads an alias of a model.
 *
 * @throws `format-newer`, `document-malformed` and what `readStrictYaml` refuses
 */
export function decodeAlias(bytes: Uint8Array, file: string, model: ModelName, name: AliasName): Alias {
  const fields = readManifest(bytes, file, 'alias')
  const previous = previousIn(fields)
  const reason = optional(fields, 'reason', textValue)
  return {
    model,
    name,
    version: { number: required(fields, 'version', versionNumberValue), uid: required(fields, 'uid', versionUidValue) },
    ...(previous === undefined ? {} : { previous }),
    metrics: required(fields, 'metrics', metricValuesOf),
    by: required(fields, 'by', textValue),
    at: required(fields, 'at', instantValue),
    ...(reason === undefined ? {} : { reason }),
  }
}

function previousIn(fields: Fields): VersionReference | undefined {
  const number = optional(fields, 'previous', versionNumberValue)
  const uid = optional(fields, 'previousUid', versionUidValue)
  if (number !== undefined && uid !== undefined) return { number, uid }
  if (number === undefined && uid === undefined) return undefined
  throw malformed(fields.spot, "'previous' and 'previousUid' go together")
}
