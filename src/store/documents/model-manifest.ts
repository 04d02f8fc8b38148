/**
 * `model.yaml`: a model's description, owners and metric rules. People edit it.
 */
import type { Model } from '../../domain/model.ts'
import { parseModelName } from '../../domain/name.ts'
import { listOf, optional, required, textBy, textValue } from './decode.ts'
import { gatesOf, gatesValue } from './gate-fields.ts'
import { readManifest, rewriteManifest } from './manifest.ts'
import { rulesOf, rulesValue } from './metric-fields.ts'

const KNOWN = ['name', 'description', 'owners', 'metrics', 'gates']

/** Writes `model.yaml` for the first time. */
export function encodeModel(model: Model): Uint8Array {
  return rewriteModel(undefined, model)
}

/**
 * Writes `model.yaml` over an earlier one, keeping the fields this code does not know.
 *
 * @throws `format-newer`, `document-malformed` and what `readStrictYaml` refuses
 */
export function rewriteModel(previous: Uint8Array | undefined, model: Model): Uint8Array {
  const { name, description, owners, metrics, gates } = model
  return rewriteManifest({ bytes: previous, known: KNOWN }, 'model', {
    name,
    description,
    owners,
    metrics: rulesValue(metrics),
    gates: gates === undefined ? undefined : gatesValue(gates),
  })
}

/**
 * Reads `model.yaml`; a rule may leave out what it does not declare.
 *
 * @throws `format-newer`, `document-malformed` and what `readStrictYaml` refuses
 */
export function decodeModel(bytes: Uint8Array, file: string): Model {
  const fields = readManifest(bytes, file, 'model')
  const description = optional(fields, 'description', textValue)
  const gates = optional(fields, 'gates', gatesOf)
  return {
    name: required(fields, 'name', textBy(parseModelName)),
    ...(description === undefined ? {} : { description }),
    owners: required(fields, 'owners', listOf(textValue)),
    metrics: required(fields, 'metrics', rulesOf),
    ...(gates === undefined ? {} : { gates }),
  }
}
