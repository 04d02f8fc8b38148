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

/** Names the type of a node, given its children with theirs. */
export function parquetTypeText(element: ParquetElement, children: readonly Column[]): string {
  const text = element.physical === undefined ? groupText(element, children) : valueText(element)
  return element.isRepeated === true && !isListOrMap(element) ? `list<${text}>` : text
}

function isListOrMap({ logical, converted }: ParquetElement): boolean {
  return (
    logical?.kind === LOGICAL.list ||
    logical?.kind === LOGICAL.map ||
    converted === CONVERTED_LIST ||
    converted === CONVERTED_MAP
  )
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
  const isThreeLevels = name === 'list' || name === 'bag' || name === 'array_element'
  return isThreeLevels && inner !== undefined ? `list<${inner}>` : type
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
