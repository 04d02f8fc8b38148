/**
 * How a Parquet file is laid out: its columns, and where the values of each lie. Source: parquet.thrift.
 *
 * Law: the footer is anybody's bytes. Of row groups no more is kept than how many rows each has; where its columns lie
 * is read when somebody looks at them.
 */
import { PHYSICAL } from './parquet-encodings.ts'
import { parquetColumns, readParquetFooter, readSchema } from './parquet-footer.ts'
import type { ParquetNode, ReadRange } from './parquet-footer.ts'
import { damaged } from './parquet-problem.ts'
import type { ParquetElement } from './parquet-type.ts'
import { THRIFT, ThriftError, ThriftReader } from './thrift-compact.ts'

/** A node of a schema with the levels that say whether it is there. */
export interface LevelledNode {
  readonly element: ParquetElement
  readonly children: readonly LevelledNode[]
  /** A value of this definition level or more says that the node is there. */
  readonly definition: number
  /** An entry of this repetition level is a further item of the nearest list that the node is, or is in. */
  readonly repetition: number
  /** The columns of values in it: the first of them, by their place in the file, and how many. */
  readonly firstLeaf: number
  readonly leafCount: number
}

/** A column as tables show it. */
export interface LayoutColumn {
  readonly name: string
  readonly type: string
  readonly node: LevelledNode
}

/** Rows that lie together. */
export interface RowGroup {
  /** The first of its rows. */
  readonly from: number
  readonly rows: number
  /** Where its columns are told in the footer. */
  readonly at: number
}

/** The layout of a file. */
export interface ParquetLayout {
  readonly columns: readonly LayoutColumn[]
  /** Columns of values, by their place in the file. */
  readonly leaves: readonly LevelledNode[]
  readonly rows: number
  readonly groups: readonly RowGroup[]
  readonly footer: Uint8Array
}

/** Where the values of one column of one row group lie. */
export interface ColumnChunk {
  /** CompressionCodec of parquet.thrift. */
  readonly codec: number
  /** Entries of all pages. */
  readonly values: number
  /** The bytes of its pages in the file. */
  readonly start: number
  readonly end: number
  /** Where the places of its pages are told, if they are. */
  readonly pages?: { readonly start: number; readonly end: number }
}

const GROUPS_LIMIT = 250_000
/** More pages of a column than are looked at. */
const PLACES_LIMIT = 150_000

/** Reads the layout; `undefined` for what is no Parquet, or is damaged. */
export async function readParquetLayout(read: ReadRange, sizeBytes: number): Promise<ParquetLayout | undefined> {
  const footer = await readParquetFooter(read, sizeBytes)
  if (footer === undefined) return undefined
  try {
    return layoutOf(footer)
  } catch (error) {
    if (error instanceof ThriftError) return undefined
    throw error
  }
}

/** FileMetaData of parquet.thrift. */
function layoutOf(footer: Uint8Array): ParquetLayout | undefined {
  const reader = new ThriftReader(footer)
  let elements: readonly ParquetElement[] = []
  const groups: RowGroup[] = []
  let rows = 0
  let told = 0
  reader.struct((id) => {
    if (id === 2) elements = readSchema(reader, elements)
    else if (id === 4) {
      const { count } = reader.list()
      told += count
      if (told > GROUPS_LIMIT) throw new ThriftError('there are too many row groups')
      for (let group = 0; group < count; group += 1) {
        const found = readGroup(reader)
        if (found.rows < 0 || !Number.isSafeInteger(rows + found.rows)) throw new ThriftError('rows without number')
        if (found.rows > 0) groups.push({ ...found, from: rows })
        rows += found.rows
      }
    } else return false
    return true
  })
  const nodes = parquetColumns(elements)
  if (nodes === undefined) return undefined
  const leaves: LevelledNode[] = []
  const columns = nodes.map((node) => ({
    name: node.element.name,
    type: node.type,
    node: levelled(node, { definition: 0, repetition: 0 }, leaves),
  }))
  return { columns, leaves, rows, groups, footer }
}

function readGroup(reader: ThriftReader): Pick<RowGroup, 'rows' | 'at'> {
  let rows = 0
  let at = Infinity
  reader.struct((id, type) => {
    if (id === 1 && type === THRIFT.list) at = reader.at
    if (id !== 3) return false
    rows = reader.integer()
    return true
  }, 1)
  return { rows, at }
}

function levelled(
  { element, children }: ParquetNode,
  above: { readonly definition: number; readonly repetition: number },
  leaves: LevelledNode[],
): LevelledNode {
  const isRepeated = element.isRepeated === true
  const definition = above.definition + (isRepeated || element.isOptional === true ? 1 : 0)
  const repetition = above.repetition + (isRepeated ? 1 : 0)
  const firstLeaf = leaves.length
  if (children.length === 0) {
    const leaf = { element, children: [], definition, repetition, firstLeaf, leafCount: 1 }
    leaves.push(leaf)
    return leaf
  }
  const inner = children.map((child) => levelled(child, { definition, repetition }, leaves))
  return { element, children: inner, definition, repetition, firstLeaf, leafCount: leaves.length - firstLeaf }
}

/**
 * Where the columns of a row group lie, by their place in the file; for one whose bytes cannot be had what is wrong.
 *
 * @throws `ParquetProblem`
 */
export function readChunks(
  { footer, leaves }: ParquetLayout,
  { at }: RowGroup,
  sizeBytes: number,
): readonly (ColumnChunk | string)[] {
  try {
    const reader = new ThriftReader(footer, at)
    const { count, type } = reader.list()
    if (count !== leaves.length || type !== THRIFT.struct) {
      throw damaged('a row group has other columns than the file')
    }
    return leaves.map(({ element }) => readChunk(reader, element, sizeBytes))
  } catch (error) {
    if (error instanceof ThriftError) throw damaged(error.message)
    throw error
  }
}

interface ChunkFacts {
  physical?: number
  codec?: number
  values?: number
  sizeBytes?: number
  data?: number
  dictionary?: number
  indexStart?: number
  indexLength?: number
  isElsewhere?: boolean
}

/** ColumnChunk of parquet.thrift. */
function readChunk(reader: ThriftReader, element: ParquetElement, fileBytes: number): ColumnChunk | string {
  const facts: ChunkFacts = {}
  reader.struct((id, type) => {
    if (id === 3) readChunkMetadata(reader, facts)
    else if (id === 4 && type === THRIFT.i64) facts.indexStart = reader.integer()
    else if (id === 5 && type === THRIFT.i32) facts.indexLength = reader.integer()
    else {
      // A path of another file, keys, or metadata that is encrypted.
      if (id === 1 || id === 8 || id === 9) facts.isElsewhere = true
      return false
    }
    return true
  }, 1)
  const { physical, codec, values, sizeBytes, data, dictionary, indexStart, indexLength } = facts
  if (facts.isElsewhere === true) return 'it is encrypted, or in another file'
  if (data === undefined || sizeBytes === undefined || codec === undefined || values === undefined) {
    return 'damaged, a column has no place'
  }
  if (physical !== (element.physical ?? PHYSICAL.boolean)) return 'damaged, a column has another type than its schema'
  const start = dictionary !== undefined && dictionary > 0 ? Math.min(dictionary, data) : data
  const end = start + sizeBytes
  if (start < 0 || sizeBytes < 0 || end > fileBytes) return 'damaged, a column lies beyond the file'
  const pages = { start: indexStart ?? 0, end: (indexStart ?? 0) + (indexLength ?? 0) }
  const hasPages = pages.start > 0 && pages.end > pages.start && pages.end <= fileBytes
  return { codec, values, start, end, ...(hasPages ? { pages } : {}) }
}

/** ColumnMetaData of parquet.thrift. */
function readChunkMetadata(reader: ThriftReader, facts: ChunkFacts): void {
  reader.struct((id) => {
    if (id === 1) facts.physical = reader.integer()
    else if (id === 4) facts.codec = reader.integer()
    else if (id === 5) facts.values = reader.integer()
    else if (id === 7) facts.sizeBytes = reader.integer()
    else if (id === 9) facts.data = reader.integer()
    else if (id === 11) facts.dictionary = reader.integer()
    else return false
    return true
  }, 2)
}

/** OffsetIndex of parquet.thrift: where pages begin, and which row of the group is the first of each. */
export function readPagePlaces(bytes: Uint8Array): readonly { readonly at: number; readonly row: number }[] {
  const reader = new ThriftReader(bytes)
  const places: { at: number; row: number }[] = []
  reader.struct((id) => {
    if (id !== 1) return false
    const { count } = reader.list()
    if (places.length + count > PLACES_LIMIT) throw new ThriftError('there are too many pages')
    for (let page = 0; page < count; page += 1) {
      const place = { at: -1, row: -1 }
      reader.struct((field) => {
        if (field === 1) place.at = reader.integer()
        else if (field === 3) place.row = reader.integer()
        else return false
        return true
      }, 1)
      places.push(place)
    }
    return true
  })
  return places
}
