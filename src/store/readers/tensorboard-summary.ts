/**
 * One TensorBoard event, taken apart: scalars of either kind and hyperparameters. All else in it is passed over.
 *
 * https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/util/event.proto and summary.proto
 */
import { decimalOfFloat32 } from '../../base/float32.ts'
import { doubleOf, floatOf, int64Of, textOf, visitFields } from '../../base/protobuf.ts'
import type { WireField } from '../../base/protobuf.ts'
import { scalarOfTensor } from './tensor-scalar.ts'

/** What an event can hold. */
export interface EventSink {
  /** @param atMs milliseconds since the Unix epoch; absent when the event has no sane clock */
  readonly scalar: (tag: string, step: number, value: number, atMs: number | undefined) => void
  /** The `content` of the hyperparameter plugin: a `HParamsPluginData`. */
  readonly hparams: (content: Uint8Array) => void
  /** What could not be read. */
  readonly problem: (text: string) => void
}

/** The plugin that each tag was first written for: TensorFlow need not repeat it. */
export type PluginsByTag = Map<string, string>

const PLUGIN_LIMIT = 10_000
// Date's own limit.
const LATEST_SECONDS = 8.64e12

const EVENT = { wallTime: 1, step: 2, summary: 5 }
const SUMMARY = { value: 1 }
const VALUE = { tag: 1, simple: 2, tensor: 8, metadata: 9 }
const METADATA = { plugin: 1 }
const PLUGIN = { name: 1, content: 2 }

/** Reads one `Event`. @returns false when the message is malformed */
export function readEvent(message: Uint8Array, plugins: PluginsByTag, sink: EventSink): boolean {
  let wallTime = NaN
  let step: number | undefined = 0
  const summaries: Uint8Array[] = []
  const isWhole = visitFields(message, (field) => {
    if (field.wire === 'varint') {
      if (field.number === EVENT.step) step = int64Of(field)
    } else if (field.number === EVENT.wallTime) wallTime = doubleOf(field.bytes)
    else if (field.number === EVENT.summary) summaries.push(field.bytes)
  })
  if (!isWhole) return false
  const atMs = Math.abs(wallTime) <= LATEST_SECONDS ? Math.round(wallTime * 1000) : undefined
  return summaries.every((summary) => readSummary(summary, { step, atMs, plugins, sink }))
}

interface Moment {
  readonly step: number | undefined
  readonly atMs: number | undefined
  readonly plugins: PluginsByTag
  readonly sink: EventSink
}

function readSummary(message: Uint8Array, moment: Moment): boolean {
  let areValuesWhole = true
  const isWhole = visitFields(message, (field) => {
    if (field.number !== SUMMARY.value || field.wire === 'varint') return
    areValuesWhole = readValue(field.bytes, moment) && areValuesWhole
  })
  return isWhole && areValuesWhole
}

/** What one `Summary.Value` holds. */
interface SummaryValue {
  tag: string | undefined
  simple: number | undefined
  tensor: Uint8Array | undefined
  plugin: string | undefined
  content: Uint8Array | undefined
}

function readValue(message: Uint8Array, moment: Moment): boolean {
  const value: SummaryValue = {
    tag: '',
    simple: undefined,
    tensor: undefined,
    plugin: undefined,
    content: undefined,
  }
  if (!visitFields(message, (field) => takeField(value, field))) return false
  if (value.tag === undefined) return false
  report(value, value.tag, moment)
  return true
}

function takeField(value: SummaryValue, field: WireField): void {
  if (field.wire === 'varint') return
  if (field.number === VALUE.tag) value.tag = textOf(field.bytes)
  else if (field.number === VALUE.simple) value.simple = floatOf(field.bytes)
  else if (field.number === VALUE.tensor) value.tensor = field.bytes
  else if (field.number === VALUE.metadata) takeMetadata(value, field.bytes)
}

function takeMetadata(value: SummaryValue, metadata: Uint8Array): void {
  visitFields(metadata, (field) => {
    if (field.wire !== 'bytes' || field.number !== METADATA.plugin) return
    visitFields(field.bytes, (inner) => {
      if (inner.wire !== 'bytes') return
      if (inner.number === PLUGIN.name) value.plugin = textOf(inner.bytes)
      else if (inner.number === PLUGIN.content) value.content = inner.bytes
    })
  })
}

function report(value: SummaryValue, tag: string, { step, atMs, plugins, sink }: Moment): void {
  if (value.plugin !== undefined && plugins.size < PLUGIN_LIMIT && !plugins.has(tag)) plugins.set(tag, value.plugin)
  const plugin = value.plugin ?? plugins.get(tag)
  const number = plugin === 'hparams' ? undefined : numberOf(value, plugin)
  if (plugin === 'hparams') sink.hparams(value.content ?? new Uint8Array(0))
  else if (number === undefined) return
  else if (step === undefined) sink.problem(`a step of '${tag}' is beyond 2^53`)
  else sink.scalar(tag, step, number, atMs)
}

/** A tensor of no plugin is a number when it can be one; one of another plugin is that plugin's. */
function numberOf(value: SummaryValue, plugin: string | undefined): number | undefined {
  if (value.simple !== undefined) return decimalOfFloat32(value.simple)
  if (value.tensor === undefined) return undefined
  return plugin === undefined || plugin === 'scalars' ? scalarOfTensor(value.tensor) : undefined
}
