/**
 * A compact store in memory, and objects to put into it.
 */
import { createCipheriv, createHash } from 'node:crypto'
import { sha256Of } from '../../src/base/digest.ts'
import { manifestKey } from '../../src/remote/compact/compact-keys.ts'
import type { CompactForm, CompactManifest } from '../../src/remote/compact/compact-manifest.ts'
import { compactReader } from '../../src/remote/compact/compact-reader.ts'
import { openCompactStore } from '../../src/remote/compact/compact-store.ts'
import { openZstd } from '../../src/remote/compact/zstd.ts'
import { openFolderStore } from '../../src/remote/folder-store.ts'
import { openKeyedFolder } from '../../src/remote/keyed-folder.ts'
import type { ByteRange, ObjectId, ObjectSource, ObjectStore, PutObject } from '../../src/remote/object-store.ts'
import type { Files } from '../../src/store/files/files.ts'
import { memoryFiles } from './memory-files.ts'

/** An object with its bytes. */
export interface TestObject extends PutObject {
  readonly bytes: Buffer
}

/** The root of the store on its disk. */
export const STORE_ROOT = '/store'

const entropy = { randomBytes: (count: number) => crypto.getRandomValues(new Uint8Array(count)) }
const clock = { nowMs: () => 0, elapsedMs: () => 0 }

/**
 * A compact store on a disk in memory; the clone has every object that was made with `object`, unless told otherwise.
 */
export function compactWorld(files: Files = memoryFiles(), { isCompact = true, hasParents = true } = {}) {
  const made = new Map<string, TestObject>()
  const place = openKeyedFolder(STORE_ROOT, { files, clock })
  const near = ({ sha256 }: ObjectId) => Promise.resolve(hasParents ? made.get(sha256)?.source : undefined)
  const open = (options: { readonly isCompact: boolean; readonly hasParents: boolean }): ObjectStore => {
    const plain = openFolderStore(`${STORE_ROOT}/objects`, { files, entropy })
    const noCopy = () => Promise.resolve(undefined)
    return openCompactStore(plain, { place, isCompact: options.isCompact, near: options.hasParents ? near : noCopy })
  }
  const store = open({ isCompact, hasParents })
  const stranger = open({ isCompact: false, hasParents: false })
  const manifestOf = (object: ObjectId): Promise<CompactManifest | undefined> => {
    return compactReader({ place, zstd: openZstd, near: () => Promise.resolve(undefined) }).manifest(object.sha256)
  }
  const events = { onBytes: () => undefined, onStored: () => undefined }
  return {
    files,
    place,
    store,
    /** Another clone, which has nothing and knows of no flag. */
    stranger,
    manifestOf,
    object: (bytes: Uint8Array, parents: readonly ObjectId[] = []): TestObject => {
      const object = objectOf(bytes, parents)
      made.set(object.sha256, object)
      return object
    },
    put: (...objects: readonly TestObject[]) => store.put(objects, events),
    /** Reads as a stranger does. */
    get: async (object: ObjectId, range: ByteRange = { start: 0, end: object.sizeBytes }): Promise<Buffer> => {
      const chunks: Uint8Array[] = []
      for await (const chunk of await stranger.get(object, range)) chunks.push(Buffer.from(chunk))
      return Buffer.concat(chunks)
    },
    formOf: async (object: ObjectId): Promise<CompactForm | 'whole' | 'absent'> => {
      const manifest = await manifestOf(object)
      if (manifest !== undefined) return manifest.form
      return (await stranger.present([object])).has(object.sha256) ? 'whole' : 'absent'
    },
    keys: async (): Promise<readonly string[]> => {
      const keys: string[] = []
      for await (const { key } of place.list('')) keys.push(key)
      return keys.sort()
    },
    storedBytes: async (): Promise<number> => {
      let sum = 0
      for await (const { sizeBytes } of place.list('')) sum += sizeBytes
      return sum
    },
    manifestPath: ({ sha256 }: ObjectId): string => `${STORE_ROOT}/${manifestKey(sha256)}`,
  }
}

/** An object of these bytes. */
export function objectOf(bytes: Uint8Array, parents: readonly ObjectId[] = []): TestObject {
  const copy = Buffer.from(bytes)
  return {
    sha256: sha256Of(copy),
    sizeBytes: copy.length,
    bytes: copy,
    source: sourceOf(copy),
    parents: parents.map(({ sha256, sizeBytes }) => ({ sha256, sizeBytes })),
  }
}

/** Bytes as a source, in pieces that fit nothing. */
export function sourceOf(bytes: Uint8Array): ObjectSource {
  return {
    read: async function* ({ start, end }) {
      for (let at = start; at < end; at += 100_003) {
        yield await Promise.resolve(bytes.subarray(at, Math.min(end, at + 100_003)))
      }
    },
  }
}

/** Noise, the same for the same seed: a stream cipher over zeros. */
export function seededBytes(seed: string, length: number): Buffer {
  const key = createHash('sha256').update(seed).digest()
  return createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(length))
}

/** Weights as networks have them: small, around zero. */
export function seededFloats(seed: string, count: number): Float32Array {
  const noise = new Uint32Array(seededBytes(seed, count * 4).buffer.slice(0))
  return Float32Array.from({ length: count }, (_, at) => ((noise[at] ?? 0) / 2 ** 32 - 0.5) * 0.05)
}

/** A safetensors file of float32 tensors, in this order. */
export function safetensors(tensors: Readonly<Record<string, Float32Array>>): Buffer {
  let at = 0
  const entries = Object.entries(tensors).map(([name, values]) => {
    const offsets = [at, (at += values.byteLength)]
    return [name, { dtype: 'F32', shape: [values.length], data_offsets: offsets }] as const
  })
  const text = JSON.stringify(Object.fromEntries(entries))
  const header = Buffer.from(text.padEnd(Math.ceil(text.length / 8) * 8))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(header.length))
  const data = Object.values(tensors).map((values) => Buffer.from(values.buffer, values.byteOffset, values.byteLength))
  return Buffer.concat([length, header, ...data])
}
