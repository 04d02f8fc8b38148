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

/** Reads the shape of a Parquet file; `undefined` when it is none, is damaged, or its footer is encrypted. */
export async function readParquetShape(file: OpenFile, sizeBytes: number): Promise<RecordShape | undefined> {
  return parquetShape((start, end) => readExactly(file, start, end - start), sizeBytes)
}

/** As `readParquetShape`, of bytes that are read by ranges. */
export async function parquetShape(
  read: (start: number, end: number) => Promise<Uint8Array>,
  sizeBytes: number,
): Promise<RecordShape | undefined> {
  if (sizeBytes < TAIL_BYTES + MAGIC.length) return undefined
  const end = sizeBytes - TAIL_BYTES
  const tail = Buffer.from(await read(end, sizeBytes))
  if (tail.length < TAIL_BYTES || tail.toString('latin1', 4) !== MAGIC) return undefined
  const length = tail.readUInt32LE(0)
  if (length > FOOTER_LIMIT_BYTES || length > end - MAGIC.length) return undefined
  return parseParquetFooter(await read(end - length, end))
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
    if (id === 2) elements = readSchema(reader)
    else if (id === 3) rows = reader.integer()
    else return false
    return rows === undefined || elements.length === 0 ? true : 'stop'
  })
  const columns = columnsOf(elements)
  return rows === undefined || rows < 0 || columns === undefined ? undefined : { rows, columns }
}

function readSchema(reader: ThriftReader): readonly ParquetElement[] {
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
    else if (id === 3) element.isRepeated = reader.integer() === 2
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

/** The schema is a tree in the order of its nodes, the root first; its children are the columns. */
function columnsOf(elements: readonly ParquetElement[]): readonly Column[] | undefined {
  let next = 0
  const take = (depth: number): { readonly element: ParquetElement; readonly type: string } | undefined => {
    const element = elements[next]
    next += 1
    if (element === undefined || depth > DEPTH_LIMIT || element.childCount > elements.length) return undefined
    const children: Column[] = []
    for (let child = 0; child < element.childCount; child += 1) {
      const taken = take(depth + 1)
      if (taken === undefined) return undefined
      children.push({ name: taken.element.name, type: taken.type })
    }
    return { element, type: parquetTypeText(element, children) }
  }
  const root = elements[0]
  if (root === undefined) return undefined
  next = 1
  const columns: Column[] = []
  for (let column = 0; column < root.childCount; column += 1) {
    const taken = take(0)
    if (taken === undefined) return undefined
    columns.push({ name: taken.element.name, type: taken.type })
  }
  return columns
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
