/**
 * A kill at any write of a compact store: what was there is there, and an object is whole or absent, never a third.
 */
import { describe, expect, test } from 'vitest'
import type { Files } from '../../src/store/files/files.ts'
import { compactWorld, safetensors, seededFloats } from '../support/compact-world.ts'
import { memoryFiles } from '../support/memory-files.ts'

/** A disk that ends for good at one of the steps that change it. */
function dyingFiles(files: Files, lastStep: number): { readonly files: Files; readonly steps: () => number } {
  let steps = 0
  const step = (): void => {
    steps += 1
    if (steps > lastStep) throw Object.assign(new Error('killed'), { code: 'EIO' })
  }
  return {
    steps: () => steps,
    files: {
      ...files,
      open: async (path, mode, permissions) => {
        if (mode === 'read') return files.open(path, mode)
        step()
        const file = await files.open(path, mode, permissions)
        return {
          ...file,
          write: async (bytes) => {
            step()
            // Half of it arrives: what a kill leaves.
            await file.write(steps === lastStep ? bytes.subarray(0, bytes.length >> 1) : bytes)
          },
        }
      },
      rename: async (from, to) => {
        step()
        await files.rename(from, to)
      },
      link: async (from, to) => {
        step()
        await files.link(from, to)
      },
      remove: async (path) => {
        step()
        await files.remove(path)
      },
    },
  }
}

const values = seededFloats('kill', 60_000)
const before = safetensors({ weight: values })
const after = safetensors({ weight: values.map((value) => value * (1 + 1e-6)) })

async function putInto(files: Files, lastStep: number) {
  const calm = compactWorld(files)
  await calm.put(calm.object(before))
  const dying = dyingFiles(files, lastStep)
  const world = compactWorld(dying.files)
  const old = world.object(before)
  const next = world.object(after, [old])
  const outcome = await world.put(next).then(
    () => 'put' as const,
    () => 'killed' as const,
  )
  return { outcome, steps: dying.steps(), calm, old, next }
}

describe('a difference', () => {
  test('is whole or absent after a kill at any step, and the next put makes it whole', async () => {
    const { steps, outcome } = await putInto(memoryFiles(), Infinity)
    expect(outcome).toBe('put')
    expect(steps).toBeGreaterThan(4)
    for (let lastStep = 0; lastStep < steps; lastStep += 1) {
      const { calm, old, next } = await putInto(memoryFiles(), lastStep)
      expect((await calm.get(old)).equals(old.bytes)).toBe(true)
      const isThere = (await calm.stranger.present([next])).has(next.sha256)
      if (isThere) expect((await calm.get(next)).equals(next.bytes)).toBe(true)
      await calm.put(calm.object(after, [old]))
      expect(await calm.formOf(next)).toBe('delta')
      expect((await calm.get(next)).equals(next.bytes)).toBe(true)
    }
  })
})
