/**
 * Parquet files byte by byte, for what no writer would write.
 */

/** A value on the wire of Thrift's compact protocol. */
export interface Wired {
  readonly type: number
  readonly bytes: Buffer
}

/** An unsigned number, seven bits a byte. */
export function varint(value: number | bigint): Buffer {
  const bytes: number[] = []
  let rest = BigInt(value)
  do {
    const more = rest >> 7n
    bytes.push(Number(rest & 0x7fn) | (more > 0n ? 0x80 : 0))
    rest = more
  } while (rest > 0n)
  return Buffer.from(bytes)
}

/** A signed number. */
export function zigzag(value: number | bigint): Buffer {
  const signed = BigInt(value)
  return varint(signed >= 0n ? signed * 2n : -signed * 2n - 1n)
}

export const i32 = (value: number | bigint): Wired => ({ type: 5, bytes: zigzag(value) })
export const i64 = (value: number | bigint): Wired => ({ type: 6, bytes: zigzag(value) })
export const text = (value: string): Wired => {
  return { type: 8, bytes: Buffer.concat([varint(Buffer.byteLength(value)), Buffer.from(value)]) }
}
export const struct = (fields: Readonly<Record<number, Wired | undefined>>): Wired => {
  const parts = Object.entries(fields).flatMap(([id, wired]) => {
    return wired === undefined ? [] : [Buffer.from([wired.type]), zigzag(Number(id)), wired.bytes]
  })
  return { type: 12, bytes: Buffer.concat([...parts, Buffer.from([0])]) }
}
export const list = (items: readonly Wired[], count = items.length, type = items[0]?.type ?? 12): Wired => {
  return {
    type: 9,
    bytes: Buffer.concat([Buffer.from([0xf0 | type]), varint(count), ...items.map(({ bytes }) => bytes)]),
  }
}

/** A node of a schema: physical type, repetition (0 required, 1 optional, 2 repeated), children. */
export interface MadeNode {
  readonly name: string
  readonly physical?: number
  readonly length?: number
  readonly repetition?: number
  readonly children?: number
  readonly converted?: number
}

/** A column of a row group: its pages, and what is said of them. */
export interface MadeColumn {
  readonly pages: Uint8Array
  readonly physical?: number
  readonly codec?: number
  readonly values?: number | bigint
  readonly sizeBytes?: number | bigint
  readonly start?: number | bigint
}

/** A file. */
export interface MadeFile {
  readonly schema: readonly MadeNode[]
  readonly groups: readonly { readonly rows: number | bigint; readonly columns: readonly MadeColumn[] }[]
  readonly rows?: number | bigint
}

/** Writes a file; what it says of itself is what it is told to say. */
export function parquetFile({ schema, groups, rows = 0 }: MadeFile): Buffer {
  const parts: Buffer[] = [Buffer.from('PAR1')]
  let at = 4
  const told = groups.map((group) => {
    const columns = group.columns.map(({ pages, physical = 1, codec = 0, values = group.rows, sizeBytes, start }) => {
      const place = at
      parts.push(Buffer.from(pages))
      at += pages.length
      const metadata = { 1: i32(physical), 2: list([]), 3: list([text('x')]), 4: i32(codec), 5: i64(values) }
      const sizes = { 6: i64(pages.length), 7: i64(sizeBytes ?? pages.length), 9: i64(start ?? place) }
      return struct({ 2: i64(place), 3: struct({ ...metadata, ...sizes }) })
    })
    return struct({ 1: list(columns), 2: i64(0), 3: i64(group.rows) })
  })
  const nodes = schema.map(({ name, physical, length, repetition, children, converted }) =>
    struct({
      1: physical === undefined ? undefined : i32(physical),
      2: length === undefined ? undefined : i32(length),
      3: repetition === undefined ? undefined : i32(repetition),
      4: text(name),
      5: children === undefined ? undefined : i32(children),
      6: converted === undefined ? undefined : i32(converted),
    }),
  )
  const footer = struct({ 1: i32(1), 2: list(nodes), 3: i64(rows), 4: list(told) }).bytes
  const length = Buffer.alloc(4)
  length.writeUInt32LE(footer.length)
  return Buffer.concat([...parts, footer, length, Buffer.from('PAR1')])
}

/** What the head of a page says. */
export interface MadePage {
  readonly body: Uint8Array
  readonly values: number | bigint
  readonly encoding?: number
  readonly sizeBytes?: number | bigint
  readonly compressedBytes?: number | bigint
  readonly isDictionary?: boolean
}

/** Writes a page of data, or a dictionary. */
export function parquetPage({
  body,
  values,
  encoding = 0,
  sizeBytes,
  compressedBytes,
  isDictionary,
}: MadePage): Buffer {
  const inner = struct({ 1: i32(values), 2: i32(encoding), ...(isDictionary ? {} : { 3: i32(3), 4: i32(3) }) })
  const head = struct({
    1: i32(isDictionary ? 2 : 0),
    2: i32(sizeBytes ?? body.length),
    3: i32(compressedBytes ?? body.length),
    [isDictionary ? 7 : 5]: inner,
  })
  return Buffer.concat([head.bytes, body])
}

/** A file of one required column without nesting. */
export function oneColumn(physical: number, pages: Uint8Array, rows: number | bigint, codec = 0): Buffer {
  return parquetFile({
    schema: [
      { name: 'schema', children: 1 },
      { name: 'x', physical, repetition: 0, ...(physical === 7 ? { length: 4 } : {}) },
    ],
    groups: [{ rows, columns: [{ pages, physical, codec }] }],
    rows,
  })
}
