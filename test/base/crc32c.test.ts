/**
 * CRC-32C against the vectors of RFC 3720, appendix B.4, whole and in pieces.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { crc32c } from '../../src/base/crc32c.ts'

test('the vectors of RFC 3720', () => {
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa)
  expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43)
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, index) => index))).toBe(0x46dd794e)
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, index) => 31 - index))).toBe(0x113fdb5c)
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283)
})

test('no bytes have the checksum 0', () => {
  expect(crc32c(new Uint8Array(0))).toBe(0)
})

test('a text in two pieces has the checksum of the whole', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), fc.uint8Array({ maxLength: 64 }), (head, tail) => {
      expect(crc32c(tail, crc32c(head))).toBe(crc32c(Buffer.concat([head, tail])))
    }),
  )
})
