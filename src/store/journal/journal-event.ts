/**
 * What a journal says, event by event. Every value a later command needs to seal the run is in here or in the store.
 */
import type { Instant } from '../../base/clock.ts'
import { jsonText } from '../../base/json-text.ts'
import { isValueList, isValueMap, valueMap } from '../../base/value.ts'
import type { Value, ValueMap } from '../../base/value.ts'
import { parseMetricKey } from '../../domain/key.ts'
import type { MetricKey } from '../../domain/key.ts'
import type { Parameters, ParameterValue } from '../../domain/parameter.ts'
import type { Point } from '../../domain/series.ts'
import {
  fieldsOf,
  instantValue,
  integerValue,
  listOf,
  malformed,
  mapOf,
  numberValue,
  oneOf,
  optional,
  required,
  textBy,
  textValue,
} from '../documents/decode.ts'
import type { Decoder, Fields, Spot } from '../documents/decode.ts'
import { parametersOf } from '../documents/run-fields.ts'
import type { OwnerIdentity } from '../git/process-identity.ts'
import { readStrictJson } from '../documents/strict-json.ts'

/** One event of a run. */
export type JournalEvent =
  /**
   * Documents of the run by file name, such as `run.yaml`; later ones replace earlier ones. The first event of every
   * journal. `inline` holds the bytes of files kept on the branch, base64 by path.
   */
  | {
      readonly kind: 'documents'
      readonly documents: ReadonlyMap<string, string>
      readonly inline: ReadonlyMap<string, string>
    }
  | { readonly kind: 'parameters'; readonly values: Parameters }
  | { readonly kind: 'points'; readonly metric: MetricKey; readonly points: readonly Point[] }
  | { readonly kind: 'tags'; readonly tags: readonly string[] }
  /** A process that makes the run: while it lives, the run does, whatever became of the journal's writer. */
  | { readonly kind: 'process'; readonly owner: OwnerIdentity }
  /** The run ended, and the journal may be sealed by anyone. */
  | {
      readonly kind: 'end'
      readonly status: 'finished' | 'failed' | 'killed'
      readonly at: Instant
      readonly exitCode?: number
      /** What ended it, such as `SIGTERM`. */
      readonly signal?: string
    }

/** Writes an event as the payload of a frame. */
export function encodeEvent(event: JournalEvent): Uint8Array {
  return Buffer.from(jsonText(eventValue(event)), 'utf8')
}

/** Reads the payload of a frame. @throws `document-malformed` */
export function decodeEvent(payload: Uint8Array, file: string): JournalEvent {
  const value = readStrictJson(Buffer.from(payload).toString('utf8'), file)
  return eventOf(value, { file })
}

function eventValue(event: JournalEvent): ValueMap {
  const { kind } = event
  switch (kind) {
    case 'parameters':
      return valueMap({ kind, values: new Map([...event.values].map(([key, value]) => [key, exactValue(value)])) })
    case 'points':
      return valueMap({ kind, metric: event.metric, points: event.points.map(pointValue) })
    case 'tags':
      return valueMap({ kind, tags: event.tags })
    case 'process':
      return valueMap({ kind, ...event.owner, processId: BigInt(event.owner.processId) })
    case 'documents':
      return valueMap({ kind, documents: event.documents, inline: event.inline })
    case 'end': {
      const exitCode = event.exitCode === undefined ? undefined : BigInt(event.exitCode)
      return valueMap({ kind, status: event.status, at: event.at, exitCode, signal: event.signal })
    }
  }
}

const textsOf: Decoder<ReadonlyMap<string, string>> = mapOf((key) => key, textValue)

const eventOf: Decoder<JournalEvent> = (value, spot) => {
  const fields = fieldsOf(value, spot)
  const kind = required(fields, 'kind', oneOf('parameters', 'points', 'tags', 'documents', 'process', 'end'))
  switch (kind) {
    case 'parameters':
      return { kind, values: required(fields, 'values', exactParametersOf) }
    case 'points':
      return {
        kind,
        metric: required(fields, 'metric', textBy(parseMetricKey)),
        points: required(fields, 'points', listOf(pointOf)),
      }
    case 'tags':
      return { kind, tags: required(fields, 'tags', listOf(textValue)) }
    case 'documents':
      return { kind, documents: required(fields, 'documents', textsOf), inline: required(fields, 'inline', textsOf) }
    case 'process':
      return { kind, owner: ownerIn(fields) }
    case 'end':
      return endOf(fields)
  }
}

function ownerIn(fields: Fields): OwnerIdentity {
  const bootId = optional(fields, 'bootId', textValue)
  const space = optional(fields, 'space', textValue)
  const startedAt = optional(fields, 'startedAt', textValue)
  return {
    hostName: required(fields, 'hostName', textValue),
    processId: required(fields, 'processId', integerValue),
    ...(bootId === undefined ? {} : { bootId }),
    ...(space === undefined ? {} : { space }),
    ...(startedAt === undefined ? {} : { startedAt }),
  }
}

function endOf(fields: Fields): JournalEvent {
  const exitCode = optional(fields, 'exitCode', integerValue)
  const signal = optional(fields, 'signal', textValue)
  return {
    kind: 'end',
    status: required(fields, 'status', oneOf('finished', 'failed', 'killed')),
    at: required(fields, 'at', instantValue),
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(signal === undefined ? {} : { signal }),
  }
}

/** `[step, value]` or `[step, value, milliseconds since the epoch]`. */
function pointValue({ step, value, atMs }: Point): Value {
  return atMs === undefined ? [BigInt(step), value] : [BigInt(step), value, BigInt(Math.round(atMs))]
}

const pointOf: Decoder<Point> = (value, spot) => {
  const [step, number, atMs] = isValueList(value) ? value : []
  if (step === undefined || number === undefined) throw malformed(spot, 'expected a point')
  return {
    step: integerValue(step, spot),
    value: floatValue(number, spot),
    ...(atMs === undefined ? {} : { atMs: integerValue(atMs, spot) }),
  }
}

/** JSON has no NaN and no infinities, and as text they would be strings: `{"float": "NaN"}` is neither. */
function exactValue(value: ParameterValue): Value {
  if (isValueList(value)) return value.map(exactValue)
  return typeof value === 'number' && !Number.isFinite(value) ? valueMap({ float: String(value) }) : value
}

const exactParametersOf: Decoder<Parameters> = (value, spot) => {
  const { map } = fieldsOf(value, spot)
  return parametersOf(new Map([...map].map(([key, member]) => [key, inexactValue(member, spot)])), spot)
}

function inexactValue(value: Value, spot: Spot): Value {
  if (isValueList(value)) return value.map((item) => inexactValue(item, spot))
  return isValueMap(value) ? required(fieldsOf(value, spot), 'float', floatValue) : value
}

/** JSON has NaN and infinities only as text. */
const floatValue: Decoder<number> = (value, spot) => {
  if (typeof value !== 'string') return numberValue(value, spot)
  if (!/^(?:NaN|-?Infinity)$/.test(value)) throw malformed(spot, 'expected a number')
  return Number(value)
}
