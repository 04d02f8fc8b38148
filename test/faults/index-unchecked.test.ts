/**
 * That the test of the damaged index can fail: without checksums the same damages change answers. Only here are they
 * switched off, by a stand-in for the function of Node that computes them.
 */
import { syncBuiltinESMExports } from 'node:module'
import zlib from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import { damagesOf } from '../support/damage.ts'
import { everything, INDEX, makeIndexWorld } from '../support/index-world.ts'

test('without checksums, damage of the index gets into answers', async () => {
  const { crc32 } = zlib
  onTestFinished(() => {
    zlib.crc32 = crc32
    syncBuiltinESMExports()
  })
  zlib.crc32 = () => 0
  syncBuiltinESMExports()
  const world = await makeIndexWorld(12)
  const expected = textOf(await everything(world.files, 'never'))
  expect(textOf(await everything(world.files, 'always')) === expected).toBe(true)
  const whole = Buffer.from(world.volume.readFileSync(INDEX) as Buffer)
  let wrong = 0
  for (const { bytes } of damagesOf(whole, 20)) {
    world.volume.writeFileSync(INDEX, bytes)
    const found = await everything(world.files, 'always').catch(() => 'failed')
    wrong += textOf(found) === expected ? 0 : 1
  }
  expect(wrong).toBeGreaterThan(10)
}, 60_000)

/** The same text for equal values, whatever the order of their members. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) => {
    if (member instanceof Map) return [...member]
    if (typeof member === 'bigint' || typeof member === 'number') return String(member)
    if (typeof member !== 'object' || member === null || Array.isArray(member)) return member
    return Object.fromEntries(Object.entries(member).sort(([left], [right]) => (left < right ? -1 : 1)))
  })
}
