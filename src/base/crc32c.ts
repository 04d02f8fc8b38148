/**
 * CRC-32C (Castagnoli), which Node's zlib does not have: RFC 3720, appendix B.4.
 */

const REFLECTED_POLYNOMIAL = 0x82f63b78

const TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte
  for (let bit = 0; bit < 8; bit += 1) rest = (rest & 1) === 0 ? rest >>> 1 : (rest >>> 1) ^ REFLECTED_POLYNOMIAL
  return rest
})

/**
 * The checksum of bytes, an unsigned 32-bit integer.
 *
 * @param before the checksum of the bytes in front of these, to check a long text piece by piece
 */
export function crc32c(bytes: Uint8Array, before = 0): number {
  let rest = ~before
  // An indexed loop: this runs over every byte of files of hundreds of megabytes.
  for (let at = 0; at < bytes.length; at += 1) {
    rest = (TABLE[(rest ^ (bytes[at] ?? 0)) & 0xff] ?? 0) ^ (rest >>> 8)
  }
  return ~rest >>> 0
}
