/**
 * Frames keep what was written whole and cut what was not, at whatever byte a write was torn.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeFrames, encodeFrames } from '../../../src/store/journal/frames.ts'

const PAYLOADS = fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { maxLength: 8 })

test('what was written is read back', () => {
  fc.assert(
    fc.property(PAYLOADS, (payloads) => {
      const { payloads: read, tornBytes, isDamaged } = decodeFrames(encodeFrames(payloads))
      expect(read.map((payload) => [...payload])).toEqual(payloads.map((payload) => [...payload]))
      expect({ tornBytes, isDamaged }).toEqual({ tornBytes: 0, isDamaged: false })
    }),
  )
})

test('torn at every byte, every whole frame before the tear is kept and the rest is counted', () => {
  const payloads = ['one', 'and two', 'three'].map((text) => Buffer.from(text))
  const bytes = encodeFrames(payloads)
  for (let length = 0; length <= bytes.length; length += 1) {
    const frames = decodeFrames(bytes.subarray(0, length))
    const whole = encodeFrames(frames.payloads).length
    expect(frames.payloads).toEqual(payloads.slice(0, frames.payloads.length))
    expect(frames.tornBytes).toBe(length - whole)
    expect(frames.isDamaged).toBe(false)
  }
})

test('a flipped bit before the last frame is damage, not a torn write', () => {
  const bytes = Buffer.from(encodeFrames([Buffer.from('first payload'), Buffer.from('second')]))
  for (let index = 8; index < 21; index += 1) {
    const flipped = Buffer.from(bytes)
    flipped.writeUInt8(flipped.readUInt8(index) ^ 0x10, index)
    expect(decodeFrames(flipped)).toMatchObject({ payloads: [], isDamaged: true })
  }
})

test('a page of zeros, as a power cut leaves, is a torn end', () => {
  const bytes = Buffer.concat([encodeFrames([Buffer.from('kept')]), Buffer.alloc(4096)])
  expect(decodeFrames(bytes)).toMatchObject({ tornBytes: 4096, isDamaged: false })
})
