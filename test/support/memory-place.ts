/**
 * A keyed place in memory with a clock of its own, that stops before every call: for tests that order two writers step
 * by step, or kill one at a step.
 */
import { refuse } from '../../src/domain/failure.ts'
import type { KeyedPlace, PlacedKey, PlaceKey } from '../../src/remote/keyed-place.ts'

/** What a bucket holds. */
export interface MemoryBucket {
  readonly keys: Map<PlaceKey, { readonly bytes: Uint8Array; readonly modifiedMs: number }>
  nowMs: number
}

/** An empty bucket at a moment. */
export function memoryBucket(nowMs: number): MemoryBucket {
  return { keys: new Map(), nowMs }
}

/** A way into a bucket; `before` is awaited before each call, and may throw to kill whoever calls. */
export function memoryPlace(bucket: MemoryBucket, before: (call: string) => Promise<void> = calm): KeyedPlace {
  const { keys } = bucket
  const there = (key: PlaceKey) => {
    const found = keys.get(key)
    if (found === undefined) throw refuse('object-missing', { what: 'key', id: key })
    return found
  }
  return {
    label: 'memory',
    head: async (key) => {
      await before(`head ${key}`)
      const found = keys.get(key)
      return found === undefined ? undefined : { sizeBytes: found.bytes.length, modifiedMs: found.modifiedMs }
    },
    read: async (key, range) => {
      await before(`read ${key}`)
      const { bytes } = there(key)
      return chunksOf(bytes.subarray(range?.start, range?.end))
    },
    write: async (key, bytes, how) => {
      await before(`write ${key}`)
      if (how === 'only-if-absent' && keys.has(key)) return 'there'
      keys.set(key, { bytes, modifiedMs: bucket.nowMs })
      return 'written'
    },
    list: (prefix) => listed(bucket, prefix, before),
    remove: async (removed) => {
      for (const key of removed) {
        await before(`remove ${key}`)
        keys.delete(key)
      }
    },
    touch: async (key) => {
      await before(`touch ${key}`)
      keys.set(key, { ...there(key), modifiedMs: bucket.nowMs })
    },
    // As a bucket does it: in two steps.
    move: async (from, to) => {
      await before(`copy ${from}`)
      keys.set(to, { ...there(from), modifiedMs: bucket.nowMs })
      await before(`remove ${from}`)
      keys.delete(from)
    },
  }
}

async function* listed(
  { keys }: MemoryBucket,
  prefix: string,
  before: (call: string) => Promise<void>,
): AsyncIterable<PlacedKey> {
  await before(`list ${prefix}`)
  const found = [...keys].filter(([key]) => key.startsWith(prefix))
  for (const [key, { bytes, modifiedMs }] of found) yield { key, sizeBytes: bytes.length, modifiedMs }
}

async function* chunksOf(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield await Promise.resolve(bytes)
}

function calm(): Promise<void> {
  return Promise.resolve()
}
