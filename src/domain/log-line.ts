/**
 * Writes lines of the logging protocol.
 *
 * Law: `parseLogEntry` reads from a line what was written, NaN and infinities included.
 */
import { jsonText } from '../base/json-text.ts'
import { isValueList, isValueMap, valueMap } from '../base/value.ts'
import type { Value, ValueMap } from '../base/value.ts'
import type { LogEntry, LoggedTable, LogMoment } from './log-entry.ts'
import type { ParameterValue } from './parameter.ts'

/** Writes an entry as one line with its newline. */
export function logLine(entry: LogEntry): string {
  return `${protocolJson(entryValue(entry))}\n`
}

function entryValue(entry: LogEntry): ValueMap {
  switch (entry.kind) {
    case 'points':
      return pointsValue(entry.values, entry)
    case 'parameters':
      return valueMap({ params: parametersValue(entry.values) })
    case 'tag':
      return valueMap({ tag: entry.tag })
    case 'artifact':
      return valueMap({ artifact: entry.path, name: entry.name })
    case 'image':
      return valueMap({ image: entry.key, path: entry.path, caption: entry.caption, ...momentMembers(entry) })
    case 'table':
      return valueMap({
        table: entry.key,
        ...contentMembers(entry.content),
        key: entry.rowKey,
        ...momentMembers(entry),
      })
    case 'text':
      return valueMap({ text: entry.key, value: entry.value, ...momentMembers(entry) })
  }
}

function pointsValue(values: readonly (readonly [string, number])[], moment: LogMoment): ValueMap {
  const [first, ...others] = values
  if (first === undefined || others.length > 0) return valueMap({ metrics: new Map(values), ...momentMembers(moment) })
  return valueMap({ metric: first[0], value: first[1], ...momentMembers(moment) })
}

function parametersValue(values: ReadonlyMap<string, ParameterValue>): ValueMap {
  return new Map(values)
}

function contentMembers(content: LoggedTable['content']): Readonly<Record<string, Value>> {
  return content.kind === 'file' ? { path: content.path } : { columns: content.columns, rows: content.rows }
}

/** Times are seconds, as Python's `time.time()`. */
function momentMembers({ step, atMs }: LogMoment): Readonly<Record<string, Value | undefined>> {
  return { step: step === undefined ? undefined : BigInt(step), time: atMs === undefined ? undefined : atMs / 1000 }
}

/** JSON with bare NaN and infinities, as Python writes and reads it: as text they would be text. */
function protocolJson(value: Value): string {
  if (isValueList(value)) return `[${value.map(protocolJson).join(',')}]`
  if (isValueMap(value)) {
    return `{${[...value].map(([key, member]) => `${JSON.stringify(key)}:${protocolJson(member)}`).join(',')}}`
  }
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : jsonText(value)
}
