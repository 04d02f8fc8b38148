/**
 * The wire format of Protocol Buffers: the examples of its specification, and bytes that are no message.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { doubleOf, floatOf, int64Of, textOf, visitFields, visitPacked } from '../../src/base/protobuf.ts'
import type { WireField } from '../../src/base/protobuf.ts'

function fields(hex: string): { readonly isWhole: boolean; readonly fields: readonly string[] } {
  const found: string[] = []
  const isWhole = visitFields(Buffer.from(hex.replaceAll(' ', ''), 'hex'), (field) => found.push(told(field)))
  return { isWhole, fields: found }
}

function told(field: WireField): string {
  if (field.wire === 'varint') return `${field.number} varint ${int64Of(field)}`
  return `${field.number} ${field.wire} ${Buffer.from(field.bytes).toString('hex')}`
}

describe('messages', () => {
  test('the examples of the specification', () => {
    expect(fields('08 9601')).toEqual({ isWhole: true, fields: ['1 varint 150'] })
    expect(fields('12 07 74657374696e67')).toEqual({ isWhole: true, fields: ['2 bytes 74657374696e67'] })
    expect(fields('08 feffffffffffffffff01')).toEqual({ isWhole: true, fields: ['1 varint -2'] })
    expect(fields('09 0000000000000040 15 0000c03f')).toEqual({
      isWhole: true,
      fields: ['1 fixed64 0000000000000040', '2 fixed32 0000c03f'],
    })
  })

  test('numbers of fixed size, text, and packed lists', () => {
    expect(doubleOf(Buffer.from('9a9999999999b93f', 'hex'))).toBe(0.1)
    expect(floatOf(Buffer.from('0000c03f', 'hex'))).toBe(1.5)
    expect([doubleOf(new Uint8Array(7)), floatOf(new Uint8Array(3))]).toEqual([NaN, NaN])
    expect([textOf(Buffer.from('ü')), textOf(Buffer.from([0xff]))]).toEqual(['ü', undefined])
    const numbers: (number | undefined)[] = []
    expect(visitPacked(Buffer.from('038e029ea705', 'hex'), (value) => numbers.push(int64Of(value)))).toBe(true)
    expect(numbers).toEqual([3, 270, 86_942])
  })

  test('integers keep every digit up to 2^53, and beyond it are none', () => {
    expect(int64Of({ high: 0x1fffff, low: 0xffffffff })).toBe(Number.MAX_SAFE_INTEGER)
    expect(int64Of({ high: 0x200000, low: 0 })).toBeUndefined()
    expect(int64Of({ high: 0xffffffff, low: 0xffffffff })).toBe(-1)
  })
})

describe('what is no message', () => {
  test.each([
    ['a length beyond the end', '12 07 7465'],
    ['a length of almost four gigabytes', '12 ffffffff0f 00'],
    ['a length of more than 2^53', '12 ffffffffffffffffff01 00'],
    ['a number that does not end', '08 ffff'],
    ['a number of eleven bytes', '08 ffffffffffffffffffff01'],
    ['a number of more than 64 bits', '08 ffffffffffffffffff02'],
    ['field number 0', '00 01'],
    ['a group', '0b 0c'],
    ['a kind that does not exist', '0e 00'],
    ['half a double', '09 00000000'],
  ])('%s', (_, hex) => {
    expect(fields(hex)).toEqual({ isWhole: false, fields: [] })
  })

  test('no bytes at all make it throw or read outside them', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        let seen = 0
        visitFields(bytes, (field) => {
          if (field.wire !== 'varint') seen += field.bytes.length
        })
        expect(seen).toBeLessThanOrEqual(bytes.length)
      }),
    )
  })
})
