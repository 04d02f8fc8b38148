/**
 * Lines of the logging protocol: one JSON object each, appended by any process of a run. Here a line becomes what it
 * says; `schemas/log-line.schema.json` is the same law for other programs.
 */
import { isValueList, isValueMap } from '../base/value.ts'
import type { Value, ValueMap } from '../base/value.ts'
import { refuse } from './failure.ts'
import type { Place } from './failure-data.ts'
import { checkKey, parseMetricKey } from './key.ts'
import type { MetricKey } from './key.ts'
import { flattenParameters } from './parameter-flatten.ts'
import type { Parameters } from './parameter.ts'
import { parseTag } from './run.ts'
import { parseTime } from './time-text.ts'

/** What one line says. */
export type LogEntry =
  | LoggedPoints
  /** Later ones take the place of earlier ones, key by key. */
  | { readonly kind: 'parameters'; readonly values: Parameters }
  | { readonly kind: 'tag'; readonly tag: string }
  | LoggedArtifact
  | LoggedImage
  | LoggedTable
  | LoggedText

/** Values of metrics, all measured at one step. */
export interface LoggedPoints extends LogMoment {
  readonly kind: 'points'
  readonly values: readonly (readonly [MetricKey, number])[]
}

/** A file or folder that becomes an artifact. */
export interface LoggedArtifact {
  readonly kind: 'artifact'
  /** As it was written: absolute, or relative to the folder the command was started in. */
  readonly path: string
  /** The artifact's name; absent for one that follows from the path. */
  readonly name?: string
}

/** A picture, kept as an artifact. */
export interface LoggedImage extends LogMoment {
  readonly kind: 'image'
  readonly key: string
  readonly path: string
  readonly caption?: string
}

/** A table, kept as an artifact: a file that is one, or rows. */
export interface LoggedTable extends LogMoment {
  readonly kind: 'table'
  readonly key: string
  readonly content:
    | { readonly kind: 'file'; readonly path: string }
    | { readonly kind: 'rows'; readonly columns: readonly string[]; readonly rows: readonly (readonly Value[])[] }
  /** The column that names a row, so that two tables can be compared row by row. */
  readonly rowKey?: string
}

/** A text, such as a sample of what a model writes. */
export interface LoggedText extends LogMoment {
  readonly kind: 'text'
  readonly key: string
  readonly value: string
}

/** When something was logged. */
export interface LogMoment {
  /** An integer within ±2^53; absent where it is counted. */
  readonly step?: number
  /** Milliseconds since the Unix epoch, UTC. */
  readonly atMs?: number
}

/** A line that was understood. */
export interface ParsedLogLine {
  readonly entry: LogEntry
  /** Members that mean nothing on such a line, and what is wrong with them where that is worth telling. */
  readonly ignored: readonly string[]
}

/** The member that tells what a line is, and what else such a line may hold. */
const MEMBERS = {
  metric: ['value'],
  metrics: [],
  param: ['value'],
  params: [],
  tag: [],
  artifact: ['name'],
  image: ['path', 'caption'],
  table: ['path', 'columns', 'rows', 'key'],
  text: ['value'],
} as const

type Subject = keyof typeof MEMBERS

const SUBJECTS: readonly Subject[] = [
  'metric',
  'metrics',
  'param',
  'params',
  'tag',
  'artifact',
  'image',
  'table',
  'text',
]
const ON_ANY_LINE: readonly string[] = ['step', 'time', 'rank']

const NON_FINITE: ReadonlyMap<Value, number> = new Map<Value, number>([
  ['NaN', NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
])

/** A line being read. */
interface Line {
  readonly map: ValueMap
  readonly place: Place
}

/**
 * Reads what a line says.
 *
 * @throws `document-malformed` with the place, `name-invalid`, `key-conflict`
 */
export function parseLogEntry(value: Value, place: Place): ParsedLogLine {
  if (!isValueMap(value)) throw refuse('document-malformed', { place, problem: 'expected a JSON object' })
  const line = { map: value, place }
  const [subject, ...others] = SUBJECTS.filter((name) => value.has(name))
  if (subject === undefined) throw wrong(line, `expected one of ${SUBJECTS.join(', ')}`)
  if (others.length > 0) throw wrong(line, `'${subject}' and '${others.join("', '")}' do not go on one line`)
  const known: readonly string[] = [subject, ...MEMBERS[subject], ...ON_ANY_LINE]
  const { moment, isTimeUnread } = momentOf(line)
  const unknown = [...value.keys()].filter((name) => !known.includes(name))
  return { entry: entryOf(line, subject, moment), ignored: isTimeUnread ? [...unknown, 'time'] : unknown }
}

function entryOf(line: Line, subject: Subject, moment: LogMoment): LogEntry {
  switch (subject) {
    case 'metric':
      return { kind: 'points', values: [metricValue(line, textOf(line, 'metric'), line.map.get('value'))], ...moment }
    case 'metrics':
      return { kind: 'points', values: metricValues(line), ...moment }
    case 'param':
      return {
        kind: 'parameters',
        values: parametersOf(line, new Map([[textOf(line, 'param'), memberOf(line, 'value')]])),
      }
    case 'params':
      return { kind: 'parameters', values: parametersOf(line, memberOf(line, 'params')) }
    case 'tag':
      return { kind: 'tag', tag: parseTag(textOf(line, 'tag')) }
    case 'artifact':
      return artifactOf(line)
    case 'image':
      return imageOf(line, moment)
    case 'table':
      return tableOf(line, moment)
    case 'text':
      return { kind: 'text', key: keyOf(line, 'text'), value: textOf(line, 'value'), ...moment }
  }
}

function artifactOf(line: Line): LoggedArtifact {
  const name = optionalText(line, 'name')
  return { kind: 'artifact', path: textOf(line, 'artifact'), ...(name === undefined ? {} : { name }) }
}

function imageOf(line: Line, moment: LogMoment): LoggedImage {
  const caption = optionalText(line, 'caption')
  const image = { key: keyOf(line, 'image'), path: textOf(line, 'path'), ...moment }
  return { kind: 'image', ...image, ...(caption === undefined ? {} : { caption }) }
}

function tableOf(line: Line, moment: LogMoment): LoggedTable {
  const rowKey = optionalText(line, 'key')
  const content: LoggedTable['content'] = line.map.has('path')
    ? { kind: 'file', path: textOf(line, 'path') }
    : { kind: 'rows', ...rowsOf(line) }
  return { kind: 'table', key: keyOf(line, 'table'), content, ...(rowKey === undefined ? {} : { rowKey }), ...moment }
}

function rowsOf(line: Line): { readonly columns: readonly string[]; readonly rows: readonly (readonly Value[])[] } {
  const [columns, rows] = [memberOf(line, 'columns'), memberOf(line, 'rows')]
  if (!isValueList(columns) || !columns.every(isText)) throw wrong(line, "expected names of columns in 'columns'")
  if (new Set(columns).size < columns.length) throw wrong(line, 'two columns have the same name')
  if (!isValueList(rows)) throw wrong(line, "expected a list in 'rows'")
  return { columns, rows: rows.map((row) => rowOf(line, row, columns.length)) }
}

function rowOf(line: Line, row: Value, count: number): readonly Value[] {
  if (isValueList(row) && row.length === count) return row
  throw wrong(line, `expected ${count} values in each row`)
}

function metricValues(line: Line): LoggedPoints['values'] {
  const metrics = memberOf(line, 'metrics')
  if (!isValueMap(metrics)) throw wrong(line, "expected names and numbers in 'metrics'")
  return [...metrics].map(([name, value]) => metricValue(line, name, value))
}

function metricValue(line: Line, name: string, value: Value | undefined): readonly [MetricKey, number] {
  const key = parseMetricKey(name)
  if (value === undefined) throw wrong(line, `metric '${name}' has no value`)
  const number = typeof value === 'bigint' ? Number(value) : (NON_FINITE.get(value) ?? value)
  if (typeof number !== 'number') throw wrong(line, `the value of metric '${name}' is not a number`)
  return [key, number]
}

function parametersOf(line: Line, value: Value): Parameters {
  return flattenParameters(value, line.place.file)
}

function momentOf(line: Line): { readonly moment: LogMoment; readonly isTimeUnread: boolean } {
  const step = stepOf(line)
  const time = line.map.get('time')
  const atMs = typeof time === 'bigint' ? parseTime(Number(time)) : isTime(time) ? parseTime(time) : undefined
  const moment = { ...(step === undefined ? {} : { step }), ...(atMs === undefined ? {} : { atMs }) }
  return { moment, isTimeUnread: time !== undefined && time !== null && atMs === undefined }
}

function isTime(value: Value | undefined): value is number | string {
  return typeof value === 'number' || typeof value === 'string'
}

/** Numpy writes a step as `10.0`. */
function stepOf(line: Line): number | undefined {
  const value = line.map.get('step')
  if (value === undefined || value === null) return undefined
  const step = typeof value === 'bigint' ? Number(value) : value
  if (typeof step === 'number' && Number.isSafeInteger(step)) return step + 0
  throw wrong(line, "expected a whole number in 'step'")
}

/** A key of media becomes part of a path, which is checked when the path is made. */
function keyOf(line: Line, name: 'image' | 'table' | 'text'): string {
  const key = textOf(line, name)
  checkKey(name, key)
  return key
}

function memberOf(line: Line, name: string): Value {
  const value = line.map.get(name)
  if (value === undefined) throw wrong(line, `'${name}' is missing`)
  return value
}

function textOf(line: Line, name: string): string {
  const value = memberOf(line, name)
  if (typeof value !== 'string') throw wrong(line, `expected text in '${name}'`)
  return value
}

function optionalText(line: Line, name: string): string | undefined {
  const value = line.map.get(name)
  return value === undefined || value === null ? undefined : textOf(line, name)
}

function isText(value: Value): value is string {
  return typeof value === 'string'
}

function wrong({ place }: Line, problem: string): Error {
  return refuse('document-malformed', { place, problem })
}
