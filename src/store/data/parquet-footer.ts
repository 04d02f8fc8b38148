/**
 * Rows and columns of a Parquet file, from its footer alone. Source: parquet-format, README.md and parquet.thrift.
 */
import type { Column } from '../../domain/dataset.ts'
import type { OpenFile } from '../files/files.ts'
import { parquetTypeText } from './parquet-type.ts'
import type { ParquetElement } from './parquet-type.ts'
import type { RecordShape } from './record-count.ts'
import { THRIFT, ThriftError, ThriftReader } from './thrift-compact.ts'

const MAGIC = 'PAR1'
const TAIL_BYTES = 8
const FOOTER_LIMIT_BYTES = 64 * 1024 * 1024
const COLUMNS_LIMIT = 100_000
const DEPTH_LIMIT = 32
const LIMIT_TYPE_CHARACTERS = 10_000

/** Reads the shape of a Parquet file; `undefined` when it is none, is damaged, or its footer is encrypted. */
export async function readParquetShape(file: OpenFile, sizeBytes: number): Promise<RecordShape | undefined> {
  return parquetShape((start, end) => readExactly(file, start, end - start), sizeBytes)
}

/** As `readParquetShape`, of bytes that are read by ranges. */
export async function parquetShape(read: ReadRange, sizeBytes: number): Promise<RecordShape | undefined> {
  const footer = await readParquetFooter(read, sizeBytes)
  return footer === undefined ? undefined : parseParquetFooter(footer)
}

/** Reads bytes of a file from `start` to `end`; fewer where it ends. */
export type ReadRange = (start: number, end: number) => Promise<Uint8Array>

/** Reads the bytes of a footer; `undefined` for what is no Parquet, or whose footer is encrypted or absurdly long. */
export async function readParquetFooter(read: ReadRange, sizeBytes: number): Promise<Uint8Array | undefined> {
  if (sizeBytes < TAIL_BYTES + MAGIC.length) return undefined
  const end = sizeBytes - TAIL_BYTES
  const tail = Buffer.from(await read(end, sizeBytes))
  if (tail.length < TAIL_BYTES || tail.toString('latin1', 4) !== MAGIC) return undefined
  const length = tail.readUInt32LE(0)
  if (length > FOOTER_LIMIT_BYTES || length > end - MAGIC.length) return undefined
  return read(end - length, end)
}

/** Reads the schema and the number of rows from the bytes of a footer; `undefined` when they are damaged. */
export function parseParquetFooter(footer: Uint8Array): RecordShape | undefined {
  try {
    return readShape(new ThriftReader(footer))
  } catch (error) {
    if (error instanceof ThriftError) return undefined
    throw error
  }
}

/** FileMetaData: version, schema, num_rows, and the row groups, which are not read. */
function readShape(reader: ThriftReader): RecordShape | undefined {
  let elements: readonly ParquetElement[] = []
  let rows: number | undefined
  reader.struct((id) => {
    if (id === 2) elements = readSchema(reader, elements)
    else if (id === 3) rows = reader.integer()
    else return false
    return rows === undefined || elements.length === 0 ? true : 'stop'
  })
  const columns = columnsOf(elements)
  return rows === undefined || rows < 0 || columns === undefined ? undefined : { rows, columns }
}

/** The nodes of a schema, the root first; `known` when one was read before. @throws `ThriftError` */
export function readSchema(reader: ThriftReader, known: readonly ParquetElement[]): readonly ParquetElement[] {
  if (known.length > 0) throw new ThriftError('there are two schemas')
  const { count } = reader.list()
  if (count > COLUMNS_LIMIT) throw new ThriftError('there are too many columns')
  return Array.from({ length: count }, () => readElement(reader))
}

/** SchemaElement of parquet.thrift. */
function readElement(reader: ThriftReader): ParquetElement {
  const element: { -readonly [Key in keyof ParquetElement]: ParquetElement[Key] } = { name: '', childCount: 0 }
  reader.struct((id) => {
    if (id === 1) element.physical = reader.integer()
    else if (id === 2) element.length = reader.integer()
    else if (id === 3) readRepetition(reader, element)
    else if (id === 4) element.name = reader.text()
    else if (id === 5) element.childCount = reader.integer()
    else if (id === 6) element.converted = reader.integer()
    else if (id === 7) element.scale = reader.integer()
    else if (id === 8) element.precision = reader.integer()
    else if (id === 10) element.logical = readLogical(reader)
    else return false
    return true
  })
  return element
}

/** FieldRepetitionType of parquet.thrift. */
function readRepetition(reader: ThriftReader, element: { isRepeated?: boolean; isOptional?: boolean }): void {
  const repetition = reader.integer()
  if (repetition === 1) element.isOptional = true
  if (repetition === 2) element.isRepeated = true
}

/** LogicalType of parquet.thrift: a union, whose one field says which type, and holds its parameters. */
function readLogical(reader: ThriftReader): NonNullable<ParquetElement['logical']> {
  const numbers = new Map<number, number>()
  let kind = 0
  reader.struct((unionId) => {
    kind = unionId
    reader.struct((id, type) => readParameter(reader, numbers, id, type), 1)
    return true
  })
  return { kind, numbers }
}

/** A parameter is a number, a truth value, or a unit of time: a union again, whose field alone counts. */
function readParameter(reader: ThriftReader, numbers: Map<number, number>, id: number, type: number): boolean {
  if (type === THRIFT.true || type === THRIFT.false) numbers.set(id, type === THRIFT.true ? 1 : 0)
  else if (type === THRIFT.byte) numbers.set(id, reader.byte())
  else if (type === THRIFT.i32) numbers.set(id, reader.integer())
  else if (type === STRUCT) {
    reader.struct((unit) => {
      numbers.set(id, unit)
      return false
    }, 2)
  } else return false
  return true
}

const STRUCT = 12

/** A node of a schema with what is in it. */
export interface ParquetNode {
  readonly element: ParquetElement
  /** As Apache Arrow would name it. */
  readonly type: string
  readonly children: readonly ParquetNode[]
}

/** The columns of a schema, which is a tree in the order of its nodes, the root first; `undefined` when it is none. */
export function parquetColumns(elements: readonly ParquetElement[]): readonly ParquetNode[] | undefined {
  let next = 0
  const take = (depth: number): ParquetNode | undefined => {
    const element = elements[next]
    next += 1
    if (element === undefined || depth > DEPTH_LIMIT || element.childCount > elements.length) return undefined
    const children: ParquetNode[] = []
    for (let child = 0; child < element.childCount; child += 1) {
      const taken = take(depth + 1)
      if (taken === undefined) return undefined
      children.push(taken)
    }
    const named = children.map((child) => ({ name: child.element.name, type: child.type }))
    return { element, type: cutType(parquetTypeText(element, named)), children }
  }
  const root = elements[0]
  if (root === undefined) return undefined
  next = 1
  const columns: ParquetNode[] = []
  for (let column = 0; column < root.childCount; column += 1) {
    const taken = take(0)
    if (taken === undefined) return undefined
    columns.push(taken)
  }
  return columns
}

/** Types hold the types in them: names of megabytes would be written again at every depth. */
function cutType(type: string): string {
  return type.length > LIMIT_TYPE_CHARACTERS ? `${type.slice(0, LIMIT_TYPE_CHARACTERS)}…` : type
}

function columnsOf(elements: readonly ParquetElement[]): readonly Column[] | undefined {
  return parquetColumns(elements)?.map(({ element, type }) => ({ name: element.name, type }))
}

async function readExactly(file: OpenFile, position: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length)
  for (let at = 0; at < length;) {
    const count = await file.read(bytes.subarray(at), position + at)
    if (count === 0) return bytes.subarray(0, at)
    at += count
  }
  return bytes
}
