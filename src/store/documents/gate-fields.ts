/**
 * Gates and evaluation tables as fields of `mlv.yaml` and `model.yaml`.
 *
 * A rule this code does not know is refused: a gate that is passed over is no gate.
 */
import { compareText, sortedEntries } from '../../base/order.ts'
import { sizeOfText } from '../../base/size-text.ts'
import { valueMap } from '../../base/value.ts'
import type { ValueMap } from '../../base/value.ts'
import type { Allowance, GatePolicy, MetricGate } from '../../domain/gate-policy.ts'
import { parseMetricKey } from '../../domain/key.ts'
import { countValue, fieldsOf, listOf, malformed, mapOf, numberValue, optional, textBy } from './decode.ts'
import type { Decoder, Fields } from './decode.ts'

const PERCENT = /^([0-9]{1,6}(?:\.[0-9]{1,6})?)\s*%$/
const POLICY_KEYS = ['metrics', 'require', 'repeats', 'size']
const METRIC_KEYS = ['min', 'max', 'worsen']

/** Decodes a `gates` section. */
export const gatesOf: Decoder<GatePolicy> = (value, spot) => {
  const fields = fieldsOf(value, spot)
  refuseUnknown(fields, POLICY_KEYS)
  const sizeBytes = optional(fields, 'size', sizeValue)
  return {
    metrics: optional(fields, 'metrics', mapOf(parseMetricKey, metricGateOf)) ?? new Map(),
    required: [...(optional(fields, 'require', listOf(textBy(parseMetricKey))) ?? [])].sort(compareText),
    repeats: optional(fields, 'repeats', repeatsValue) ?? 1,
    ...(sizeBytes === undefined ? {} : { sizeBytes }),
  }
}

/** Writes a `gates` section. */
export function gatesValue({ metrics, required, repeats, sizeBytes }: GatePolicy): ValueMap {
  return valueMap({
    metrics:
      metrics.size === 0 ? undefined : new Map(sortedEntries(metrics).map(([key, gate]) => [key, gateValue(gate)])),
    require: required.length === 0 ? undefined : [...required],
    repeats: repeats === 1 ? undefined : BigInt(repeats),
    size: sizeBytes === undefined ? undefined : BigInt(sizeBytes),
  })
}

const metricGateOf: Decoder<MetricGate> = (value, spot) => {
  const fields = fieldsOf(value, spot)
  refuseUnknown(fields, METRIC_KEYS)
  const [min, max] = [optional(fields, 'min', finiteValue), optional(fields, 'max', finiteValue)]
  const worsen = optional(fields, 'worsen', allowanceOf)
  return {
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(worsen === undefined ? {} : { worsen }),
  }
}

/** A number in the metric's unit, or a part of the base such as `2%`. */
const allowanceOf: Decoder<Allowance> = (value, spot) => {
  if (typeof value === 'string') {
    const found = PERCENT.exec(value.trim())
    if (found === null) throw malformed(spot, "expected a number, or a part of the base such as '2%'")
    return { kind: 'relative', part: Number(found[1]) / 100 }
  }
  const amount = finiteValue(value, spot)
  if (amount < 0) throw malformed(spot, 'expected a number of at least 0')
  return { kind: 'absolute', amount }
}

const finiteValue: Decoder<number> = (value, spot) => {
  const number = numberValue(value, spot)
  if (!Number.isFinite(number)) throw malformed(spot, 'expected a finite number')
  return number
}

const repeatsValue: Decoder<number> = (value, spot) => {
  const repeats = countValue(value, spot)
  if (repeats < 1) throw malformed(spot, 'expected an integer of at least 1')
  return repeats
}

/** Bytes, or text such as `200MB`. */
const sizeValue: Decoder<number> = (value, spot) => {
  if (typeof value !== 'string') return countValue(value, spot)
  const sizeBytes = sizeOfText(value)
  if (sizeBytes === undefined) throw malformed(spot, "expected a size such as '200MB'")
  return sizeBytes
}

function gateValue({ min, max, worsen }: MetricGate): ValueMap {
  return valueMap({ min, max, worsen: worsen === undefined ? undefined : allowanceValue(worsen) })
}

function allowanceValue(allowance: Allowance): number | string {
  return allowance.kind === 'absolute' ? allowance.amount : `${Number((allowance.part * 100).toPrecision(12))}%`
}

/** Refuses keys that mean nothing here. @throws `document-malformed` */
export function refuseUnknown({ map, spot }: Fields, known: readonly string[]): void {
  const unknown = [...map.keys()].find((key) => !known.includes(key))
  if (unknown === undefined) return
  throw malformed({ file: spot.file, within: spot, key: unknown }, `unknown key; the keys are ${known.join(', ')}`)
}
