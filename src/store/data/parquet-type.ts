/**
 * Types of Parquet columns, in the words Apache Arrow has for them: `int64`, `timestamp[us, tz=UTC]`, `list<string>`.
 */
import type { Column } from '../../domain/dataset.ts'

/** One node of a schema, as parquet.thrift has it. */
export interface ParquetElement {
  readonly name: string
  /** Children of a group; 0 for a column with values. */
  readonly childCount: number
  /** Type.BOOLEAN = 0 and so on; absent for a group. */
  readonly physical?: number
  /** Bytes of a value of fixed length. */
  readonly length?: number
  readonly isRepeated?: boolean
  /** A value may be missing. */
  readonly isOptional?: boolean
  /** ConvertedType, what came before logical types. */
  readonly converted?: number
  readonly scale?: number
  readonly precision?: number
  /** Which logical type, and its parameters by field id. */
  readonly logical?: { readonly kind: number; readonly numbers: ReadonlyMap<number, number> }
}

const PHYSICAL = ['bool', 'int32', 'int64', 'int96', 'float', 'double', 'binary', 'fixed_size_binary']
const FIXED = 7

/** LogicalType's field ids. */
const LOGICAL = { map: 2, list: 3, decimal: 5, time: 7, timestamp: 8, integer: 10 } as const
const PLAIN_LOGICAL: ReadonlyMap<number, string> = new Map([
  [1, 'string'],
  [4, 'enum'],
  [6, 'date32'],
  [11, 'null'],
  [12, 'json'],
  [13, 'bson'],
  [14, 'uuid'],
  [15, 'float16'],
])

/** ConvertedType, for files written before logical types; those with parameters are apart. */
const CONVERTED: ReadonlyMap<number, string> = new Map([
  [0, 'string'],
  [4, 'enum'],
  [6, 'date32'],
  [7, 'time[ms]'],
  [8, 'time[us]'],
  [9, 'timestamp[ms, tz=UTC]'],
  [10, 'timestamp[us, tz=UTC]'],
  [11, 'uint8'],
  [12, 'uint16'],
  [13, 'uint32'],
  [14, 'uint64'],
  [15, 'int8'],
  [16, 'int16'],
  [17, 'int32'],
  [18, 'int64'],
  [19, 'json'],
  [20, 'bson'],
  [21, 'interval'],
])
const CONVERTED_MAP = 1
const CONVERTED_LIST = 3
const CONVERTED_DECIMAL = 5
const UNITS = ['', 'ms', 'us', 'ns']

/** What the values of a column mean. */
export type ParquetMeaning =
  | { readonly kind: 'decimal'; readonly scale: number }
  | { readonly kind: 'unsigned'; readonly bits: number }
  /** `digits` of a second are counted: 3, 6 or 9. */
  | { readonly kind: 'time'; readonly digits: number }
  | { readonly kind: 'timestamp'; readonly digits: number; readonly isUtc: boolean }
  | { readonly kind: 'date' | 'text' | 'uuid' | 'float16' | 'interval' | 'bytes' | 'plain' }

const DIGITS = [0, 3, 6, 9]

/** Tells what values mean, by the logical type, else by what came before those. */
export function parquetMeaning({ logical, converted, scale }: ParquetElement): ParquetMeaning {
  if (logical?.kind === LOGICAL.decimal || converted === CONVERTED_DECIMAL) {
    return { kind: 'decimal', scale: scale ?? logical?.numbers.get(1) ?? 0 }
  }
  const parameter = (id: number): number => logical?.numbers.get(id) ?? 0
  if (logical?.kind === LOGICAL.integer && parameter(2) !== 1 && [8, 16, 32, 64].includes(parameter(1))) {
    return { kind: 'unsigned', bits: parameter(1) }
  }
  if (logical?.kind === LOGICAL.time) return { kind: 'time', digits: DIGITS[parameter(2)] ?? 0 }
  if (logical?.kind === LOGICAL.timestamp) {
    return { kind: 'timestamp', digits: DIGITS[parameter(2)] ?? 0, isUtc: parameter(1) === 1 }
  }
  const plain = PLAIN_MEANINGS.get(logical === undefined ? (CONVERTED.get(converted ?? -1) ?? '') : wordOf(logical))
  return plain ?? { kind: 'plain' }
}

function wordOf({ kind }: NonNullable<ParquetElement['logical']>): string {
  return PLAIN_LOGICAL.get(kind) ?? ''
}

/** By the names that types have here. */
const PLAIN_MEANINGS: ReadonlyMap<string, ParquetMeaning> = new Map([
  ['string', { kind: 'text' }],
  ['enum', { kind: 'text' }],
  ['json', { kind: 'text' }],
  ['bson', { kind: 'bytes' }],
  ['uuid', { kind: 'uuid' }],
  ['float16', { kind: 'float16' }],
  ['interval', { kind: 'interval' }],
  ['date32', { kind: 'date' }],
  ['uint8', { kind: 'unsigned', bits: 8 }],
  ['uint16', { kind: 'unsigned', bits: 16 }],
  ['uint32', { kind: 'unsigned', bits: 32 }],
  ['uint64', { kind: 'unsigned', bits: 64 }],
  ['time[ms]', { kind: 'time', digits: 3 }],
  ['time[us]', { kind: 'time', digits: 6 }],
  ['timestamp[ms, tz=UTC]', { kind: 'timestamp', digits: 3, isUtc: true }],
  ['timestamp[us, tz=UTC]', { kind: 'timestamp', digits: 6, isUtc: true }],
])

/** Names the type of a node, given its children with theirs. */
export function parquetTypeText(element: ParquetElement, children: readonly Column[]): string {
  const text = element.physical === undefined ? groupText(element, children) : valueText(element)
  return element.isRepeated === true && !isListOrMap(element) ? `list<${text}>` : text
}

function isListOrMap(element: ParquetElement): boolean {
  return isListNode(element) || isMapNode(element)
}

/** Whether a group is a list, whose one child is repeated. */
export function isListNode({ logical, converted }: ParquetElement): boolean {
  return logical?.kind === LOGICAL.list || converted === CONVERTED_LIST
}

/** Whether a group is a map, whose one child is repeated and has a key and a value. */
export function isMapNode({ logical, converted }: ParquetElement): boolean {
  return logical?.kind === LOGICAL.map || converted === CONVERTED_MAP
}

/** Whether the repeated child of a list is a group around each item: of three levels it is, of two it is not. */
export function isWrapper({ name, physical }: ParquetElement, childCount: number): boolean {
  return physical === undefined && childCount === 1 && isWrapperName(name)
}

function isWrapperName(name: string): boolean {
  return name === 'list' || name === 'bag' || name === 'array_element'
}

function groupText(element: ParquetElement, children: readonly Column[]): string {
  const [only, second] = children
  if (isListOrMap(element) && only !== undefined && second === undefined) {
    // The one child is repeated, so it has been named a list; of a map it is a list of entries.
    const entries = /^list<struct<key: (.*)>>$/.exec(only.type ?? '')?.[1]
    const isMap = element.logical?.kind === LOGICAL.map || element.converted === CONVERTED_MAP
    if (isMap && entries !== undefined) return `map<${entries.replace(/, value: /, ', ')}>`
    return listText(only)
  }
  return `struct<${children.map(({ name, type }) => `${name}: ${type ?? ''}`).join(', ')}>`
}

/** A list of three levels has a group around its elements; one of two levels has none. */
function listText({ name, type = '' }: Column): string {
  const inner = /^list<struct<[^:<>]*: (.*)>>$/.exec(type)?.[1]
  return isWrapperName(name) && inner !== undefined ? `list<${inner}>` : type
}

function valueText(element: ParquetElement): string {
  const { logical, converted } = element
  const named =
    logical === undefined ? CONVERTED.get(converted ?? -1) : (PLAIN_LOGICAL.get(logical.kind) ?? logicalText(logical))
  if (logical?.kind === LOGICAL.decimal || converted === CONVERTED_DECIMAL) {
    const precision = element.precision ?? logical?.numbers.get(2) ?? 0
    return `decimal(${precision}, ${element.scale ?? logical?.numbers.get(1) ?? 0})`
  }
  return named ?? physicalText(element)
}

function logicalText({ kind, numbers }: NonNullable<ParquetElement['logical']>): string | undefined {
  const unit = UNITS[numbers.get(2) ?? 0] ?? ''
  if (kind === LOGICAL.time) return `time[${unit}]`
  if (kind === LOGICAL.timestamp) return numbers.get(1) === 1 ? `timestamp[${unit}, tz=UTC]` : `timestamp[${unit}]`
  if (kind === LOGICAL.integer) return `${numbers.get(2) === 1 ? '' : 'u'}int${numbers.get(1) ?? ''}`
  return undefined
}

function physicalText({ physical = -1, length }: ParquetElement): string {
  const name = PHYSICAL[physical] ?? 'unknown'
  return physical === FIXED && length !== undefined ? `${name}[${length}]` : name
}
