/**
 * `mlv.json`: the settings of the branch, the one file whose place never changes. Pretty JSON with sorted keys.
 */
import { jsonText } from '../../base/json-text.ts'
import { valueMap } from '../../base/value.ts'
import type { BranchSettings } from '../../domain/branch.ts'
import { refuse } from '../../domain/failure.ts'
import { parseRefName } from '../../domain/ref-name.ts'
import type { RefName } from '../../domain/ref-name.ts'
import { parseStoreAddress, storeAddressText } from '../../domain/store-address.ts'
import { fieldsOf, flagValue, listOf, oneOf, optional, required, textBy } from './decode.ts'
import type { Decoder } from './decode.ts'
import { documentText } from './document-text.ts'
import { checkFormat, MANIFEST_FORMAT } from './manifest.ts'
import { readStrictJson } from './strict-json.ts'

/** Writes `mlv.json`. */
export function encodeSettings(settings: BranchSettings): Uint8Array {
  const { areas, compact, format, layout, mirrors, readsLfs, store, stores } = settings
  const value = valueMap({
    areas: valueMap({ records: areas.records, registry: areas.registry }),
    ...(compact === true ? { compact } : {}),
    format: BigInt(format),
    layout,
    ...(mirrors.length === 0 ? {} : { mirrors: mirrors.map(storeAddressText) }),
    ...(readsLfs === true ? { readsLfs } : {}),
    store,
    ...(stores.length === 0 ? {} : { stores: stores.map(storeAddressText) }),
  })
  return new TextEncoder().encode(`${jsonText(value, 2)}\n`)
}

/**
 * Reads `mlv.json`.
 *
 * @throws `format-newer`, `document-malformed` and what `readStrictJson` refuses
 */
export function decodeSettings(bytes: Uint8Array, file: string): BranchSettings {
  const fields = fieldsOf(readStrictJson(documentText(bytes, file), file), { file })
  checkFormat(fields)
  const isCompact = optional(fields, 'compact', flagValue) === true
  const readsLfs = optional(fields, 'readsLfs', flagValue) === true
  return {
    format: MANIFEST_FORMAT,
    layout: required(fields, 'layout', oneOf('single', 'split')),
    areas: required(fields, 'areas', areasOf),
    store: required(fields, 'store', oneOf('lfs', 's3', 'dir')),
    stores: optional(fields, 'stores', addressesOf) ?? [],
    mirrors: optional(fields, 'mirrors', addressesOf) ?? [],
    ...(isCompact ? { compact: true as const } : {}),
    ...(readsLfs ? { readsLfs: true as const } : {}),
  }
}

const addressesOf = listOf(textBy(parseStoreAddress))

const areasOf: Decoder<BranchSettings['areas']> = (value, spot) => {
  const fields = fieldsOf(value, spot)
  return {
    registry: required(fields, 'registry', textBy(areaRef(['refs/heads/mlv']))),
    records: required(fields, 'records', textBy(areaRef(['refs/heads/mlv', 'refs/heads/mlv-runs']))),
  }
}

/** Whoever can push the settings must not choose which branches of others are written and pushed. */
function areaRef(known: readonly string[]): (text: string) => RefName {
  return (text) => {
    const ref = parseRefName(text)
    if (known.includes(ref)) return ref
    throw refuse('ref-name-invalid', { text, rule: `it is ${known.join(' or ')}` })
  }
}
