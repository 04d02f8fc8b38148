/**
 * Laws of compact stores: whatever is put comes back, whole and in any range, in whatever form it was stored.
 */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compactWorld, safetensors, seededBytes, seededFloats } from '../../support/compact-world.ts'

const MIB = 1024 * 1024

describe('forms', () => {
  test('the next checkpoint is the difference to the one before', async () => {
    const world = compactWorld()
    const first = seededFloats('weights', MIB / 4)
    const old = world.object(safetensors({ weight: first }))
    const next = world.object(safetensors({ weight: first.map((value) => value * (1 + 1e-6)) }), [old])
    await world.put(old, next)
    expect(await world.formOf(old)).toBe('planes')
    expect(await world.formOf(next)).toBe('delta')
    expect((await world.get(next)).equals(next.bytes)).toBe(true)
    expect(await world.storedBytes()).toBeLessThan(0.7 * (old.sizeBytes + next.sizeBytes))
  })

  test('a table that grew is stored once', async () => {
    const world = compactWorld()
    const numbers = seededFloats('table', 66_000)
    const rows = (count: number) =>
      Buffer.from(Array.from(numbers.slice(0, count), (value, row) => `${row},${value}\n`).join(''))
    const old = world.object(rows(60_000))
    const grown = world.object(rows(66_000), [old])
    await world.put(old)
    const before = await world.storedBytes()
    await world.put(grown)
    expect(await world.formOf(grown)).toBe('chunks')
    expect((await world.get(grown)).equals(grown.bytes)).toBe(true)
    expect((await world.storedBytes()) - before).toBeLessThan(0.3 * before)
  })

  test('what cannot be compressed is stored whole, and what follows it takes its bytes from there', async () => {
    const world = compactWorld()
    const noise = seededBytes('noise', MIB)
    const old = world.object(noise)
    const appended = world.object(Buffer.concat([noise, seededBytes('more', 200_000)]), [old])
    await world.put(old, appended)
    expect(await world.formOf(old)).toBe('whole')
    expect(['chunks', 'delta']).toContain(await world.formOf(appended))
    expect((await world.get(appended)).equals(appended.bytes)).toBe(true)
    expect(await world.storedBytes()).toBeLessThan(old.sizeBytes + 600_000)
  })

  test('five differences follow on one another, and then comes a full one', async () => {
    const world = compactWorld()
    let values = seededFloats('chain', 100_000)
    let before = world.object(safetensors({ weight: values }))
    await world.put(before)
    const depths: (number | undefined)[] = []
    for (let step = 0; step < 7; step += 1) {
      values = values.map((value) => value * (1 + 1e-6))
      const next = world.object(safetensors({ weight: values }), [before])
      await world.put(next)
      expect((await world.get(next)).equals(next.bytes)).toBe(true)
      depths.push((await world.manifestOf(next))?.depth)
      before = next
    }
    expect(depths).toEqual([1, 2, 3, 4, 5, 0, 1])
  })
})

test('any range of any form is what was put', async () => {
  const world = compactWorld()
  const values = seededFloats('ranges', 700_000)
  const old = world.object(safetensors({ one: values, two: values.slice(0, 1001) }))
  const next = world.object(safetensors({ two: values.slice(0, 1001), one: values.map((v) => v + 1e-7) }), [old])
  await world.put(old, next)
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(old, next),
      fc.nat(old.sizeBytes - 1),
      fc.nat(50_000),
      async (object, start, length) => {
        const end = Math.min(object.sizeBytes, start + length + 1)
        expect((await world.get(object, { start, end })).equals(object.bytes.subarray(start, end))).toBe(true)
      },
    ),
    { numRuns: 60 },
  )
})

test('decode after encode gives the bytes back, whatever file follows whatever parent', async () => {
  const file = fc.tuple(
    fc.constantFrom('noise', 'floats', 'text', 'zeros'),
    fc.integer({ min: 65_536, max: 400_000 }),
    fc.nat(3),
  )
  await fc.assert(
    fc.asyncProperty(file, file, fc.nat(65_535), async (left, right, shift) => {
      const world = compactWorld()
      const old = world.object(bytesOf(left))
      const next = world.object(Buffer.concat([bytesOf(right), old.bytes.subarray(shift)]), [old])
      await world.put(old, next)
      expect((await world.get(old)).equals(old.bytes)).toBe(true)
      expect((await world.get(next)).equals(next.bytes)).toBe(true)
    }),
    { numRuns: 12 },
  )
})

function bytesOf([kind, length, seed]: readonly [string, number, number]): Buffer {
  if (kind === 'zeros') return Buffer.alloc(length)
  if (kind === 'text') return Buffer.alloc(length, `row ${seed}, some text that repeats\n`)
  if (kind === 'noise') return seededBytes(`noise ${seed}`, length)
  return Buffer.from(seededFloats(`floats ${seed}`, Math.ceil(length / 4)).buffer).subarray(0, length)
}
