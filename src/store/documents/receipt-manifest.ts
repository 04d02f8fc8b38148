/**
 * `receipts/<ulid>.yaml`: the outcome of repeating a version. Never rewritten.
 */
import { valueMap } from '../../base/value.ts'
import type { Receipt } from '../../domain/receipt.ts'
import { fieldsOf, instantValue, listOf, oneOf, required, textBy, textValue } from './decode.ts'
import type { Decoder } from './decode.ts'
import { readManifest, writeManifest } from './manifest.ts'
import { metricKey } from './metric-fields.ts'
import { runIdValue, ulidValue } from './run-fields.ts'
import { versionNumberValue, versionUidValue } from './version-manifest.ts'

/** Writes a receipt. */
export function encodeReceipt(receipt: Receipt): Uint8Array {
  return writeManifest('receipt', {
    id: receipt.id,
    version: BigInt(receipt.version.number),
    uid: receipt.version.uid,
    run: receipt.run,
    at: receipt.at,
    by: receipt.by,
    outcome: valueMap({ ...receipt.outcome }),
  })
}

/**
 * Reads a receipt.
 *
 * @throws `format-newer`, `document-malformed` and what `readStrictYaml` refuses
 */
export function decodeReceipt(bytes: Uint8Array, file: string): Receipt {
  const fields = readManifest(bytes, file, 'receipt')
  return {
    id: required(fields, 'id', ulidValue),
    version: { number: required(fields, 'version', versionNumberValue), uid: required(fields, 'uid', versionUidValue) },
    run: required(fields, 'run', runIdValue),
    at: required(fields, 'at', instantValue),
    by: required(fields, 'by', textValue),
    outcome: required(fields, 'outcome', outcomeOf),
  }
}

const causeValue = oneOf('code', 'data', 'parameters', 'environment', 'hardware')

const outcomeOf: Decoder<Receipt['outcome']> = (value, spot) => {
  const fields = fieldsOf(value, spot)
  const kind = required(fields, 'kind', oneOf('reproduced', 'differed'))
  if (kind === 'reproduced') return { kind }
  return {
    kind,
    metrics: required(fields, 'metrics', listOf(textBy(metricKey))),
    causes: required(fields, 'causes', listOf(causeValue)),
  }
}
