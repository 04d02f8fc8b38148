/**
 * Numbers of few bits: bit-packed ones, and the mix of these with runs that Parquet has for levels and places in
 * dictionaries. Source: parquet-format, Encodings.md.
 */
import { damaged } from './parquet-problem.ts'

/** Reads numbers of few bits, the lowest first. Beyond the end of the bytes there are zeros. */
export class BitReader {
  readonly #bytes: Uint8Array
  #at: number
  #bit = 0

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes
    this.#at = at
  }

  /** Reads a number of at most 32 bits. */
  read(width: number): number {
    let value = 0
    for (let got = 0; got < width;) {
      const taken = Math.min(8 - this.#bit, width - got)
      const part = ((this.#bytes[this.#at] ?? 0) >>> this.#bit) & ((1 << taken) - 1)
      value += part * 2 ** got
      got += taken
      this.#bit += taken
      if (this.#bit === 8) {
        this.#bit = 0
        this.#at += 1
      }
    }
    return value
  }

  /** Reads a number of at most 64 bits. */
  readWide(width: number): bigint {
    if (width <= 32) return BigInt(this.read(width))
    const low = BigInt(this.read(32))
    return low | (BigInt(this.read(width - 32)) << 32n)
  }
}

/** Reads an unsigned number of at most 32 bits, seven a byte. @throws `ParquetProblem` */
export function readVarint(bytes: Uint8Array, place: { at: number }): number {
  let value = 0
  for (let index = 0; index < 5; index += 1) {
    const byte = bytes[place.at]
    if (byte === undefined) throw damaged('a page ends before its values')
    place.at += 1
    value += (byte & 0x7f) * 2 ** (7 * index)
    if (byte < 0x80) return value
  }
  throw damaged('an integer has too many bytes')
}

/**
 * Fills `output` with numbers of `width` bits from `at` on. Runs that go further than what is asked for are cut.
 *
 * @throws `ParquetProblem` when the bytes end first
 */
export function decodeHybrid(bytes: Uint8Array, at: number, width: number, output: Uint8Array | Uint32Array): void {
  if (width > 32) throw damaged('a place has too many bits')
  const place = { at }
  const runBytes = (width + 7) >> 3
  for (let seen = 0; seen < output.length;) {
    const head = readVarint(bytes, place)
    const left = output.length - seen
    const isPacked = head % 2 === 1
    const written = Math.floor(head / 2)
    const count = Math.min(isPacked ? written * 8 : written, left)
    if (place.at + (isPacked ? Math.ceil((count * width) / 8) : runBytes) > bytes.length) {
      throw damaged('a page ends before its values')
    }
    const bits = new BitReader(bytes, place.at)
    if (isPacked) for (let index = 0; index < count; index += 1) output[seen + index] = bits.read(width)
    else output.fill(bits.read(8 * runBytes), seen, seen + count)
    place.at += isPacked ? written * width : runBytes
    seen += count
  }
}
