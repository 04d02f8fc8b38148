/**
 * What every store of artifacts promises, whatever is behind it. Servers that nobody here wrote take part where they
 * are installed.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { sha256Of } from '../../src/base/digest.ts'
import { parseStoreAddress } from '../../src/domain/store-address.ts'
import type { StoreAddress } from '../../src/domain/store-address.ts'
import { openCompactStore } from '../../src/remote/compact/compact-store.ts'
import { openFolderStore } from '../../src/remote/folder-store.ts'
import { openHttp } from '../../src/remote/http.ts'
import { openKeyedFolder } from '../../src/remote/keyed-folder.ts'
import { openLfsStore } from '../../src/remote/lfs/lfs-store.ts'
import type { ObjectSource, ObjectStore } from '../../src/remote/object-store.ts'
import { openKeyedBucket } from '../../src/remote/s3/keyed-bucket.ts'
import { openS3Store } from '../../src/remote/s3/s3-store.ts'
import { nodeFiles } from '../../src/store/files/node-files.ts'
import { startLfsServer } from '../support/lfs-server.ts'
import { refusedWith } from '../support/refusal.ts'
import { hasServer, makeBucket, S3_USER, startServer } from '../support/servers.ts'

interface Opened {
  readonly store: ObjectStore
  readonly close: () => Promise<void>
}

const entropy = { randomBytes: (count: number) => crypto.getRandomValues(new Uint8Array(count)) }
const retry = { entropy, clock: { nowMs: () => 0, elapsedMs: () => 0 }, wait: () => Promise.resolve() }

const STORES: readonly { readonly name: string; readonly isHere: boolean; readonly open: () => Promise<Opened> }[] = [
  { name: 'a folder', isHere: true, open: openFolder },
  { name: 'Git LFS', isHere: true, open: openMemoryLfs },
  { name: 'Git LFS by giftless', isHere: hasServer('lfs', 'object-store.test.ts'), open: openGiftless },
  { name: 'S3', isHere: hasServer('s3', 'object-store.test.ts'), open: openBucket },
  { name: 'a compact folder', isHere: true, open: openCompactFolder },
  { name: 'compact S3', isHere: hasServer('s3', 'object-store.test.ts'), open: openCompactBucket },
]

describe.each(STORES.filter(({ isHere }) => isHere))('$name', ({ open }) => {
  let opened: Opened | undefined
  beforeAll(async () => {
    for (const [name, value] of Object.entries(S3_USER)) vi.stubEnv(name, value)
    opened = await open()
  })
  afterAll(async () => {
    await opened?.close()
    vi.unstubAllEnvs()
  })

  test('what was put is there, and comes back whole', async () => {
    const object = objectOf('one', 70_000)
    expect(await present(object)).toBe(false)
    expect(await put(object)).toEqual({ stored: [object.sha256], bytes: object.sizeBytes })
    expect(await present(object)).toBe(true)
    expect((await get(object)).equals(object.bytes)).toBe(true)
  })

  test('what is there is not sent again', async () => {
    const object = objectOf('twice', 10_000)
    await put(object)
    expect(await put({ ...object, source: refusing })).toEqual({ stored: [object.sha256], bytes: object.sizeBytes })
  })

  test('any range can be read', async () => {
    const object = objectOf('ranges', 50_000)
    await put(object)
    for (const [start, end] of [
      [0, 1],
      [1, 50_000],
      [49_999, 50_000],
      [16_383, 32_769],
    ] as const) {
      expect((await get(object, start, end)).equals(object.bytes.subarray(start, end))).toBe(true)
    }
  })

  test('what is not there is missing, with its name', async () => {
    const object = objectOf('never put', 5)
    expect(await refusedWith(get(object))).toMatchObject({ code: 'object-missing', data: { id: object.sha256 } })
  })

  test('many objects go at once, each told when it is there', async () => {
    const objects = Array.from({ length: 25 }, (_, index) => objectOf(`many ${index}`, 1000 + index))
    const stored: string[] = []
    await store().put(objects, { onBytes: () => undefined, onStored: ({ sha256 }) => stored.push(sha256) })
    expect(stored.toSorted()).toEqual(objects.map(({ sha256 }) => sha256).toSorted())
    expect((await store().present([...objects, objectOf('another', 3)])).size).toBe(25)
  })

  test('an object of several parts comes back whole', async () => {
    const object = objectOf('large', 18_000_000)
    await put(object)
    expect((await get(object)).equals(object.bytes)).toBe(true)
    expect((await get(object, 8_388_600, 8_388_620)).equals(object.bytes.subarray(8_388_600, 8_388_620))).toBe(true)
  })

  function store(): ObjectStore {
    if (opened === undefined) throw new Error('expected a store to be open')
    return opened.store
  }

  function present(object: TestObject): Promise<boolean> {
    return store()
      .present([object])
      .then((found) => found.has(object.sha256))
  }

  async function put(object: TestObject): Promise<{ readonly stored: readonly string[]; readonly bytes: number }> {
    const stored: string[] = []
    let bytes = 0
    await store().put([object], {
      onBytes: (count) => (bytes += count),
      onStored: ({ sha256 }) => stored.push(sha256),
    })
    return { stored, bytes }
  }

  async function get(object: TestObject, start = 0, end = object.sizeBytes): Promise<Buffer> {
    const chunks: Uint8Array[] = []
    for await (const chunk of await store().get(object, { start, end })) chunks.push(chunk)
    return Buffer.concat(chunks)
  }
})

describe.each(STORES.filter(({ name, isHere }) => isHere && name !== 'Git LFS by giftless'))('$name', ({ open }) => {
  test('bytes that are not the object never get its name', async () => {
    for (const [name, value] of Object.entries(S3_USER)) vi.stubEnv(name, value)
    const { store, close } = await open()
    for (const size of [9000, 9_000_000]) {
      const object = objectOf('rotten', size)
      const rotten = Buffer.from(object.bytes)
      rotten[size - 1] = 0
      const events = { onBytes: () => undefined, onStored: () => undefined }
      await expect(store.put([{ ...object, source: sourceOf(rotten) }], events)).rejects.toThrow()
      expect((await store.present([object])).size).toBe(0)
    }
    await close()
    vi.unstubAllEnvs()
  })
})

type TestObject = ReturnType<typeof objectOf>

function objectOf(text: string, sizeBytes: number) {
  const bytes = Buffer.alloc(sizeBytes, `${text};`)
  return { sha256: sha256Of(bytes), sizeBytes, bytes, source: sourceOf(bytes) }
}

function sourceOf(bytes: Uint8Array): ObjectSource {
  return {
    read: async function* ({ start, end }) {
      for (let at = start; at < end; at += 65_536) {
        yield await Promise.resolve(bytes.subarray(at, Math.min(end, at + 65_536)))
      }
    },
  }
}

const refusing: ObjectSource = {
  read: () => {
    throw new Error('it was read again')
  },
}

function openFolder(): Promise<Opened> {
  const folder = mkdtempSync(join(tmpdir(), 'mlv-store-'))
  const store = openFolderStore(join(folder, 'store'), { files: nodeFiles, entropy })
  const close = () => Promise.resolve(rmSync(folder, { recursive: true, force: true }))
  return Promise.resolve({ store, close })
}

const noCopy = () => Promise.resolve(undefined)

function openCompactFolder(): Promise<Opened> {
  const folder = mkdtempSync(join(tmpdir(), 'mlv-store-'))
  const plain = openFolderStore(join(folder, 'objects'), { files: nodeFiles, entropy })
  const place = openKeyedFolder(folder, { files: nodeFiles, clock: retry.clock })
  const store = openCompactStore(plain, { place, isCompact: true, near: noCopy })
  return Promise.resolve({ store, close: () => Promise.resolve(rmSync(folder, { recursive: true, force: true })) })
}

async function openMemoryLfs(): Promise<Opened> {
  const server = await startLfsServer()
  return openLfs(server.url, server.close)
}

async function openGiftless(): Promise<Opened> {
  const server = await startServer('lfs')
  return openLfs(`${server.origin}/team/churn.git/info/lfs`, server.close)
}

function openLfs(url: string, stop: () => Promise<void>): Opened {
  const http = openHttp({})
  const access = () => Promise.resolve({ url: new URL(url), headers: {} })
  const credentials = { fill: () => Promise.resolve(undefined), report: () => Promise.resolve() }
  const store = openLfsStore('origin', { http, access, credentials, ref: 'refs/heads/mlv', retry })
  const close = async () => {
    await http.close()
    await stop()
  }
  return { store, close }
}

function openBucket(): Promise<Opened> {
  return openBucketAs('whole')
}

function openCompactBucket(): Promise<Opened> {
  return openBucketAs('compact')
}

async function openBucketAs(form: 'whole' | 'compact'): Promise<Opened> {
  const server = await startServer('s3')
  await makeBucket(server.origin, 'models')
  const address: StoreAddress = parseStoreAddress(`s3://models/team/churn?endpoint=${server.origin}`)
  if (address.kind !== 's3') throw new Error('expected a bucket')
  const options = { retry, variables: {}, trustedHosts: new Set([server.origin]) }
  const { store, close } = openS3Store(address, options)
  const { place, close: closePlace } = openKeyedBucket(address, options)
  return {
    store: form === 'whole' ? store : openCompactStore(store, { place, isCompact: true, near: noCopy }),
    close: async () => {
      await close()
      await closePlace()
      await server.close()
    },
  }
}
