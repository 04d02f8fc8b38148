/**
 * `receipts/<ulid>.yaml`: the outcome of repeating a version. Never rewritten.
 */
import { valueMap } from '../../base/value.ts'
import type { Receipt, ReceiptDifference, RepeatedMetric } from '../../domain/receipt.ts'
import type { Value } from '../../base/value.ts'
import {
  fieldsOf,
  flagValue,
  instantValue,
  listOf,
  numberValue,
  oneOf,
  optional,
  required,
  textBy,
  textValue,
} from './decode.ts'
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
    compared: receipt.compared?.map(comparedValue),
    differences: receipt.differences?.map(({ cause, evidence }) => valueMap({ cause, evidence })),
  })
}

function comparedValue({ key, recorded, repeated, tolerance, isSame }: RepeatedMetric): Value {
  return valueMap({ key, recorded, repeated, tolerance, same: isSame })
}

/**
 * Reads a receipt.
 *
 * @throws `format-newer`, `document-malformed` and what `readStrictYaml` refuses
 */
export function decodeReceipt(bytes: Uint8Array, file: string): Receipt {
  const fields = readManifest(bytes, file, 'receipt')
  const compared = optional(fields, 'compared', listOf(comparedOf))
  const differences = optional(fields, 'differences', listOf(differenceOf))
  return {
    id: required(fields, 'id', ulidValue),
    version: { number: required(fields, 'version', versionNumberValue), uid: required(fields, 'uid', versionUidValue) },
    run: required(fields, 'run', runIdValue),
    at: required(fields, 'at', instantValue),
    by: required(fields, 'by', textValue),
    outcome: required(fields, 'outcome', outcomeOf),
    ...(compared === undefined ? {} : { compared }),
    ...(differences === undefined ? {} : { differences }),
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

const comparedOf: Decoder<RepeatedMetric> = (value, spot) => {
  const fields = fieldsOf(value, spot)
  const recorded = optional(fields, 'recorded', numberValue)
  const repeated = optional(fields, 'repeated', numberValue)
  const tolerance = optional(fields, 'tolerance', numberValue)
  return {
    key: required(fields, 'key', textBy(metricKey)),
    ...(recorded === undefined ? {} : { recorded }),
    ...(repeated === undefined ? {} : { repeated }),
    ...(tolerance === undefined ? {} : { tolerance }),
    isSame: required(fields, 'same', flagValue),
  }
}

const differenceOf: Decoder<ReceiptDifference> = (value, spot) => {
  const fields = fieldsOf(value, spot)
  return {
    cause: required(fields, 'cause', causeValue),
    evidence: required(fields, 'evidence', listOf(textValue)),
  }
}
