/**
 * What TensorBoard's hyperparameter plugin wrote: the settings of one training session.
 *
 * https://github.com/tensorflow/tensorboard/blob/master/tensorboard/plugins/hparams/plugin_data.proto
 */
import { doubleOf, textOf, visitFields } from '../../base/protobuf.ts'
import type { Scalar } from '../../base/value.ts'
import type { ParameterValue } from '../../domain/parameter.ts'

const SESSION_START = 3
const SETTINGS = 1
const VALUE = { number: 2, text: 3, truth: 4, list: 6 }

/**
 * Reads the settings of a `HParamsPluginData`; none when it is no start of a session or is malformed.
 *
 * The plugin writes every number as a double, so a whole number comes back as an integer.
 */
export function readHparams(content: Uint8Array): ReadonlyMap<string, ParameterValue> {
  const settings = new Map<string, ParameterValue>()
  visitFields(content, (start) => {
    if (start.number !== SESSION_START || start.wire !== 'bytes') return
    visitFields(start.bytes, (entry) => {
      if (entry.number !== SETTINGS || entry.wire !== 'bytes') return
      const { key, value } = readEntry(entry.bytes)
      if (key !== undefined && value !== undefined) settings.set(key, value)
    })
  })
  return settings
}

function readEntry(entry: Uint8Array): {
  readonly key: string | undefined
  readonly value: ParameterValue | undefined
} {
  let key: string | undefined
  let value: ParameterValue | undefined
  visitFields(entry, (field) => {
    if (field.wire !== 'bytes') return
    if (field.number === 1) key = textOf(field.bytes)
    else if (field.number === 2) value = readList(field.bytes) ?? readScalar(field.bytes)
  })
  return { key, value }
}

/** Reads a list of scalars out of a `google.protobuf.Value`; `undefined` when it holds none. */
function readList(message: Uint8Array): readonly Scalar[] | undefined {
  let list: Scalar[] | undefined
  visitFields(message, (field) => {
    if (field.number !== VALUE.list || field.wire !== 'bytes') return
    const members: Scalar[] = (list = [])
    visitFields(field.bytes, (member) => {
      if (member.wire === 'bytes') members.push(readScalar(member.bytes) ?? null)
    })
  })
  return list
}

function readScalar(message: Uint8Array): Scalar | undefined {
  let value: Scalar | undefined
  visitFields(message, (field) => {
    if (field.number === VALUE.truth && field.wire === 'varint') value = field.low !== 0
    else if (field.number === VALUE.number && field.wire === 'fixed64') value = numberOf(doubleOf(field.bytes))
    else if (field.number === VALUE.text && field.wire === 'bytes') value = textOf(field.bytes)
    else if (field.number === 1 && field.wire === 'varint') value = null
  })
  return value
}

function numberOf(value: number): bigint | number {
  return Number.isSafeInteger(value) && !Object.is(value, -0) ? BigInt(value) : value
}
