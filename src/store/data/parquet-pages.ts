/**
 * Pages of one column of a Parquet file, one after another: those before the rows that are looked at are passed over.
 * Source: parquet-format, README.md and parquet.thrift.
 */
import type { ParquetBudget } from './parquet-budget.ts'
import { decodeHybrid } from './parquet-bits.ts'
import type { Decompress } from './parquet-codecs.ts'
import { decodeValues, ENCODING, PHYSICAL } from './parquet-encodings.ts'
import type { RawValues } from './parquet-encodings.ts'
import type { ReadRange } from './parquet-footer.ts'
import type { ColumnChunk, LevelledNode } from './parquet-layout.ts'
import { damaged, ParquetProblem } from './parquet-problem.ts'
import { THRIFT, ThriftError, ThriftReader } from './thrift-compact.ts'

/** A page as its header tells. */
export interface PageHead {
  readonly kind: 'data' | 'data-2' | 'dictionary' | 'other'
  /** Where its bytes lie in the file. */
  readonly start: number
  readonly end: number
  readonly sizeBytes: number
  readonly values: number
  /** Rows that begin in it; known of `data-2` alone. */
  readonly rows: number
  readonly encoding: number
  /** Of `data-2`, whose levels are not compressed. */
  readonly definitionBytes: number
  readonly repetitionBytes: number
  readonly isCompressed: boolean
  /** How levels are written; those of `data-2` in the one way there is. */
  readonly definitionEncoding: number
  readonly repetitionEncoding: number
}

/** The values of a page. */
export interface PageValues {
  readonly raw: RawValues
  /** Places of the values in the dictionary that `raw` is; absent where `raw` is the values themselves. */
  readonly places?: Uint32Array
}

/** The entries of a page. */
export interface PageEntries {
  readonly count: number
  /** Absent where no entry can repeat. */
  readonly repetitions: Uint8Array | undefined
  /** Absent where no value can be missing. */
  readonly definitions: Uint8Array | undefined
  readonly values: PageValues
}

/** More entries than writers put into a page: the rows of a group, where all have one value. */
const LIMIT_PAGE_VALUES = 4 * 1024 * 1024
const LIMIT_PAGE_BYTES = 64 * 1024 * 1024
const PIECE_BYTES = 1024 * 1024
const LITTLE_BYTES = 64 * 1024
const HEAD_BYTES = 8 * 1024
const LIMIT_HEAD_BYTES = 1024 * 1024

/** What pages are read by. */
export interface PageSource {
  readonly read: ReadRange
  readonly decompress: Decompress
  readonly budget: ParquetBudget
  /** Lets others work; asked after each page that was read, and now and then in between. */
  readonly pause: () => Promise<void>
}

/** Reads the pages of one column of one row group. All methods throw `ParquetProblem`, and what reading throws. */
export class PageReader {
  readonly #source: PageSource
  readonly #chunk: ColumnChunk
  readonly #leaf: LevelledNode
  #piece: { readonly at: number; readonly bytes: Uint8Array } = { at: 0, bytes: new Uint8Array(0) }
  #ahead = LITTLE_BYTES
  #dictionaryHead: PageHead | undefined
  #dictionary: RawValues | undefined

  constructor(source: PageSource, chunk: ColumnChunk, leaf: LevelledNode) {
    this.#source = source
    this.#chunk = chunk
    this.#leaf = leaf
  }

  /** The page that begins at a place. */
  async head(at: number): Promise<PageHead> {
    const { end } = this.#chunk
    this.#source.budget.head()
    for (let length = HEAD_BYTES; ; length *= 4) {
      const until = Math.min(end, at + length)
      const bytes = await this.#take(at, until)
      try {
        const { length: headBytes, compressed, ...head } = readPageHead(bytes)
        const start = at + headBytes
        this.#source.budget.page(headBytes, 0)
        if (compressed < 0 || start + compressed > end) throw damaged('a page is longer than its column')
        this.#ahead = compressed < PIECE_BYTES / 4 ? PIECE_BYTES : LITTLE_BYTES
        return { ...head, start, end: start + compressed }
      } catch (error) {
        if (!(error instanceof ThriftError)) throw error
        // Statistics in it may be long texts.
        if (until === end || length >= LIMIT_HEAD_BYTES) throw damaged(error.message)
        this.#source.budget.page(bytes.length, 0)
      }
    }
  }

  /** Takes note of the dictionary that the pages after it may name; it is read when one does. */
  setDictionary(head: PageHead): void {
    this.#dictionaryHead = head
    this.#dictionary = undefined
  }

  async #openDictionary(): Promise<RawValues> {
    if (this.#dictionary !== undefined) return this.#dictionary
    const head = this.#dictionaryHead
    if (head === undefined) throw damaged('a dictionary is missing')
    const { encoding, values: count } = head
    if (encoding !== ENCODING.plain && encoding !== ENCODING.plainDictionary) {
      throw new ParquetProblem(`a dictionary of encoding ${encoding} is not read`)
    }
    const bytes = await this.#page(head)
    this.#dictionary = decodeValues(bytes, count, { ...this.#how(), encoding: ENCODING.plain })
    return this.#dictionary
  }

  /** Reads the entries of a page of data. */
  async entries(head: PageHead): Promise<PageEntries> {
    const { definition, repetition } = this.#leaf
    const isOld = (most: number, encoding: number): boolean => most > 0 && encoding !== RLE_LEVELS
    if (isOld(definition, head.definitionEncoding) || isOld(repetition, head.repetitionEncoding)) {
      throw new ParquetProblem('levels of that kind are not read')
    }
    const isNamed = head.encoding === ENCODING.dictionary || head.encoding === ENCODING.plainDictionary
    const dictionary = isNamed ? await this.#openDictionary() : undefined
    const bytes = await this.#page(head)
    const count = head.values
    const place = { at: 0 }
    const isSecond = head.kind === 'data-2'
    const level = (most: number, length: number | undefined): Uint8Array | undefined => {
      if (most === 0) {
        place.at += length ?? 0
        return undefined
      }
      const levels = new Uint8Array(count)
      const from = length === undefined ? place.at + 4 : place.at
      const size = length ?? uint32(bytes, place.at)
      if (from + size > bytes.length) throw damaged('levels are longer than their page')
      decodeHybrid(bytes.subarray(0, from + size), from, bitsFor(most), levels)
      place.at = from + size
      return levels
    }
    const repetitions = level(repetition, isSecond ? head.repetitionBytes : undefined)
    const definitions = level(definition, isSecond ? head.definitionBytes : undefined)
    let present = count
    for (const each of definitions ?? []) if (each !== definition) present -= 1
    const values = this.#values(bytes.subarray(place.at), present, head.encoding, dictionary)
    return { count, repetitions, definitions, values }
  }

  #values(bytes: Uint8Array, count: number, encoding: number, raw: RawValues | undefined): PageValues {
    if (raw === undefined) return { raw: decodeValues(bytes, count, { ...this.#how(), encoding }) }
    const places = new Uint32Array(count)
    if (count === 0) return { raw, places }
    const [width = 0] = bytes
    decodeHybrid(bytes, 1, width, places)
    const size = raw.kind === 'bytes' ? raw.starts.length : raw.values.length
    if (places.some((place) => place >= size)) throw damaged('a value is not in its dictionary')
    return { raw, places }
  }

  #how(): { readonly physical: number; readonly length: number | undefined } {
    const { physical, length } = this.#leaf.element
    return { physical: physical ?? PHYSICAL.boolean, length }
  }

  /** The bytes of a page, decompressed. */
  async #page(head: PageHead): Promise<Uint8Array> {
    const { start, end, sizeBytes, values } = head
    if (sizeBytes < 0 || values < 0) throw damaged('a page is less than nothing')
    if (sizeBytes > LIMIT_PAGE_BYTES || end - start > LIMIT_PAGE_BYTES) throw new ParquetProblem('a page is too long')
    if (values > LIMIT_PAGE_VALUES) throw new ParquetProblem('a page has too many values')
    this.#source.budget.page(Math.max(sizeBytes, end - start), values)
    const bytes = await this.#take(start, end)
    const { codec } = this.#chunk
    if (head.kind !== 'data-2') return this.#source.decompress(codec, bytes, sizeBytes)
    const levels = head.definitionBytes + head.repetitionBytes
    if (head.definitionBytes < 0 || head.repetitionBytes < 0 || levels > Math.min(bytes.length, sizeBytes)) {
      throw damaged('levels are longer than their page')
    }
    const body = bytes.subarray(levels)
    const restored = this.#source.decompress(head.isCompressed ? codec : 0, body, sizeBytes - levels)
    return Buffer.concat([bytes.subarray(0, levels), restored])
  }

  /** Bytes of the file; a little more is read than is asked for, and of small pages several at once. */
  async #take(start: number, end: number): Promise<Uint8Array> {
    const { at, bytes } = this.#piece
    if (start >= at && end <= at + bytes.length) return bytes.subarray(start - at, end - at)
    const until = Math.max(end, Math.min(this.#chunk.end, start + this.#ahead))
    const read = await this.#source.read(start, until)
    if (read.length < end - start) throw damaged('the file ends before its pages')
    this.#piece = { at: start, bytes: read }
    return read.subarray(0, end - start)
  }
}

function uint32(bytes: Uint8Array, at: number): number {
  if (at + 4 > bytes.length) throw damaged('levels are longer than their page')
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(at, true)
}

function bitsFor(most: number): number {
  return 32 - Math.clz32(most)
}

const KINDS: readonly PageHead['kind'][] = ['data', 'other', 'dictionary', 'data-2']
const RLE_LEVELS = 3

interface HeadFacts {
  kind: PageHead['kind']
  sizeBytes: number
  compressed: number
  values: number
  rows: number
  encoding: number
  definitionBytes: number
  repetitionBytes: number
  isCompressed: boolean
  definitionEncoding: number
  repetitionEncoding: number
}

/** PageHeader of parquet.thrift, and how long it is. @throws `ThriftError` */
function readPageHead(bytes: Uint8Array): HeadFacts & { readonly length: number } {
  const reader = new ThriftReader(bytes)
  const facts: HeadFacts = {
    kind: 'other',
    sizeBytes: -1,
    compressed: -1,
    values: -1,
    rows: -1,
    encoding: -1,
    definitionBytes: 0,
    repetitionBytes: 0,
    isCompressed: true,
    definitionEncoding: RLE_LEVELS,
    repetitionEncoding: RLE_LEVELS,
  }
  reader.struct((id) => {
    if (id === 1) facts.kind = KINDS[reader.integer()] ?? 'other'
    else if (id === 2) facts.sizeBytes = reader.integer()
    else if (id === 3) facts.compressed = reader.integer()
    else if (id === 5 || id === 7) readFirstHead(reader, facts)
    else if (id === 8) readSecondHead(reader, facts)
    else return false
    return true
  })
  return { ...facts, length: reader.at }
}

/** DataPageHeader and DictionaryPageHeader, which begin alike. */
function readFirstHead(reader: ThriftReader, facts: HeadFacts): void {
  reader.struct((id, type) => {
    if (id === 1) facts.values = reader.integer()
    else if (id === 2) facts.encoding = reader.integer()
    else if (id === 3 && type === THRIFT.i32) facts.definitionEncoding = reader.integer()
    else if (id === 4 && type === THRIFT.i32) facts.repetitionEncoding = reader.integer()
    else return false
    return true
  }, 1)
}

/** DataPageHeaderV2. */
function readSecondHead(reader: ThriftReader, facts: HeadFacts): void {
  reader.struct((id, type) => {
    if (id === 1) facts.values = reader.integer()
    else if (id === 3) facts.rows = reader.integer()
    else if (id === 4) facts.encoding = reader.integer()
    else if (id === 5) facts.definitionBytes = reader.integer()
    else if (id === 6) facts.repetitionBytes = reader.integer()
    else if (id === 7) facts.isCompressed = type === THRIFT.true
    else return false
    return true
  }, 1)
}
