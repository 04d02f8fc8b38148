/**
 * Snappy and LZ4 blocks: literal bytes and copies of what came before. Sources: format_description.txt of Snappy,
 * lz4_Block_format.md of LZ4.
 *
 * Law: blocks are anybody's bytes. No more is made than was asked for, every step reads at least a byte, and what does
 * not add up is `undefined`.
 */

/** Restores a block of Snappy that holds so many bytes; `undefined` when it is damaged. */
export function unsnap(bytes: Uint8Array, sizeBytes: number): Uint8Array | undefined {
  const output = new Output(sizeBytes)
  let at = 0
  // The length stands first, seven bits a byte.
  while ((bytes[at] ?? 0) >= 0x80) at += 1
  at += 1
  while (at < bytes.length) {
    const tag = bytes[at] ?? 0
    const kind = tag & 3
    at += 1
    if (kind === 0) {
      const extra = Math.max(0, (tag >>> 2) - 59)
      const length = 1 + (extra === 0 ? tag >>> 2 : littleEndian(bytes, at, extra))
      at += extra
      if (!output.literal(bytes, at, length)) return undefined
      at += length
    } else {
      const extra = kind === 3 ? 4 : kind
      const length = kind === 1 ? ((tag >>> 2) & 7) + 4 : (tag >>> 2) + 1
      const offset = littleEndian(bytes, at, extra) + (kind === 1 ? (tag >>> 5) * 256 : 0)
      at += extra
      if (at > bytes.length || !output.copy(offset, length)) return undefined
    }
  }
  return output.whole()
}

/** Restores a block of LZ4 that holds so many bytes; `undefined` when it is damaged. */
export function unlz4(bytes: Uint8Array, sizeBytes: number): Uint8Array | undefined {
  const output = new Output(sizeBytes)
  const place = { at: 0 }
  while (place.at < bytes.length) {
    const token = bytes[place.at] ?? 0
    place.at += 1
    const literals = longLength(bytes, place, token >>> 4)
    if (!output.literal(bytes, place.at, literals)) return undefined
    place.at += literals
    // The last of them has no copy.
    if (place.at === bytes.length) break
    const offset = littleEndian(bytes, place.at, 2)
    place.at += 2
    const length = longLength(bytes, place, token & 15) + 4
    if (place.at > bytes.length || !output.copy(offset, length)) return undefined
  }
  return output.whole()
}

/** A length of four bits; of 15 more bytes follow, as long as they are 255. */
function longLength(bytes: Uint8Array, place: { at: number }, bits: number): number {
  let length = bits
  for (let more = bits === 15; more;) {
    const byte = bytes[place.at] ?? 0
    place.at += 1
    length += byte
    more = byte === 255
  }
  return length
}

function littleEndian(bytes: Uint8Array, at: number, count: number): number {
  let value = 0
  for (let index = 0; index < count; index += 1) value += (bytes[at + index] ?? 0) * 256 ** index
  return value
}

/** Bytes as they are made; what would go beyond the end is refused. */
class Output {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(sizeBytes: number) {
    this.#bytes = new Uint8Array(sizeBytes)
  }

  /** Bytes of the block as they are. */
  literal(block: Uint8Array, from: number, length: number): boolean {
    if (from + length > block.length || this.#at + length > this.#bytes.length) return false
    this.#bytes.set(block.subarray(from, from + length), this.#at)
    this.#at += length
    return true
  }

  /** Bytes that were made before, which may reach into those that it makes. */
  copy(offset: number, length: number): boolean {
    if (offset < 1 || offset > this.#at || this.#at + length > this.#bytes.length) return false
    const from = this.#at - offset
    if (offset >= length) this.#bytes.copyWithin(this.#at, from, from + length)
    else for (let index = 0; index < length; index += 1) this.#bytes[this.#at + index] = this.#bytes[from + index] ?? 0
    this.#at += length
    return true
  }

  /** All of it; `undefined` when some is missing. */
  whole(): Uint8Array | undefined {
    return this.#at === this.#bytes.length ? this.#bytes : undefined
  }
}
