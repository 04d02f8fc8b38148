/**
 * Uploads to a bucket that are cut again and again: they go on after the parts the server has, and end with the bytes
 * that were meant. Runs where an S3 server is installed.
 */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { sha256Of } from '../../src/base/digest.ts'
import { openS3Store } from '../../src/remote/s3/s3-store.ts'
import type { ObjectSource } from '../../src/remote/object-store.ts'
import { startCuttingProxy } from '../support/cutting-proxy.ts'
import { refusedWith } from '../support/refusal.ts'
import { hasServer, makeBucket, S3_USER, startServer } from '../support/servers.ts'
import type { RunningServer } from '../support/servers.ts'

const PART_BYTES = 8 * 1024 * 1024
/** How often an upload is cut: MLV_CUTS=200 for the long form. */
const CUTS = Number(process.env['MLV_CUTS'] ?? 12)
/** A part lands on every fifth connection. */
const PARTS = Math.ceil(CUTS / 4) + 1

const entropy = { randomBytes: (count: number) => crypto.getRandomValues(new Uint8Array(count)) }
const retry = { entropy, clock: { nowMs: () => 0, elapsedMs: () => 0 }, wait: () => Promise.resolve() }
const CONTENT = Buffer.alloc(PART_BYTES * PARTS, 'checkpoint;')
const OBJECT = { sha256: sha256Of(CONTENT), sizeBytes: CONTENT.length, source: sourceOf(CONTENT) }

test('a server that only the branch names gets no request', () => {
  const address = { kind: 's3', bucket: 'models', prefix: '', endpoint: 'https://evil.example' } as const
  const options = { retry, variables: {}, trustedHosts: new Set<string>() }
  expect(() => openS3Store(address, options)).toThrow('which this clone was not told to trust')
  const variables = { AWS_ENDPOINT_URL_S3: 'https://evil.example/' }
  expect(() => openS3Store(address, { ...options, variables })).not.toThrow()
})

describe.skipIf(!hasServer('s3', 's3-store.test.ts'))('a bucket', () => {
  let server: RunningServer | undefined
  let buckets = 0

  beforeAll(async () => {
    for (const [name, value] of Object.entries(S3_USER)) vi.stubEnv(name, value)
    server = await startServer('s3')
  })
  afterAll(async () => {
    await server?.close()
    vi.unstubAllEnvs()
  })

  test(
    `an upload that is cut ${CUTS} times ends whole, with at most one part sent again for each cut`,
    async () => {
      let [bytes, connections] = [0, 0]
      const world = await bucketBehind((cuts) => {
        connections += 1
        if (cuts >= CUTS) return undefined
        // Every fifth connection lets one part land; the others are cut anywhere before its end.
        if (connections % 5 === 0) return PART_BYTES + 30_000
        return (connections * 2_654_435_761) % (PART_BYTES - 50_000)
      })
      const onBytes = (count: number): void => void (bytes += count)
      const stored: string[] = []
      for (let tries = 0; stored.length === 0; tries += 1) {
        if (tries > CUTS) throw new Error('expected the upload to get through')
        // Eight cuts in a row without getting further end a command; the next one goes on.
        const events = { onBytes, onStored: () => stored.push(OBJECT.sha256) }
        await world.store.put([OBJECT], events).catch(() => (bytes = stored.length === 0 ? 0 : bytes))
      }
      expect(world.proxy.cuts()).toBeGreaterThanOrEqual(CUTS - 1)
      expect(bytes).toBe(OBJECT.sizeBytes)
      const allowance = (CUTS + 1) * PART_BYTES + CUTS * 100_000
      expect(world.proxy.sentBytes()).toBeLessThan(OBJECT.sizeBytes + allowance)
      expect(sha256Of(await world.bytes())).toBe(OBJECT.sha256)
      await world.close()
    },
    60_000 + CUTS * 2000,
  )

  test('another try sends only the parts the server lacks', async () => {
    const world = await bucketBehind(() => undefined)
    const events = { onBytes: () => undefined, onStored: () => undefined }
    const early = { ...OBJECT, source: endingAfter(CONTENT, PART_BYTES * 2) }
    await expect(world.store.put([early], events)).rejects.toThrow()
    const before = world.proxy.sentBytes()
    await world.store.put([OBJECT], events)
    expect(world.proxy.sentBytes() - before).toBeLessThan(OBJECT.sizeBytes - 2 * PART_BYTES + PART_BYTES / 2)
    expect(sha256Of(await world.bytes())).toBe(OBJECT.sha256)
    await world.close()
  })

  test(
    `a download over connections that are cut ${CUTS} times comes whole, going on after what came`,
    async () => {
      let connections = 0
      const world = await bucketBehind((cuts) => {
        connections += 1
        return cuts < CUTS ? (connections * 2_654_435_761) % (PART_BYTES / 2) : undefined
      })
      await world.put()
      const chunks: Uint8Array[] = []
      const receivedBytes = (): number => chunks.reduce((sum, chunk) => sum + chunk.length, 0)
      for (let tries = 0; receivedBytes() < OBJECT.sizeBytes; tries += 1) {
        if (tries > CUTS) throw new Error('expected the download to get through')
        try {
          const rest = { start: receivedBytes(), end: OBJECT.sizeBytes }
          for await (const chunk of await world.store.get(OBJECT, rest)) chunks.push(chunk)
        } catch (caught) {
          expect(caught).toMatchObject({ code: 'remote-unreachable' })
        }
      }
      expect(sha256Of(Buffer.concat(chunks))).toBe(OBJECT.sha256)
      expect(world.proxy.cuts()).toBeGreaterThanOrEqual(CUTS - 1)
      await world.close()
    },
    60_000 + CUTS * 2000,
  )

  test('of many objects it lists what it has, whatever else is in the bucket', async () => {
    const world = await bucketBehind(() => undefined)
    const small = Array.from({ length: 60 }, (_, index) => smallObject(`object ${index}`))
    const [there, absent] = [small.slice(0, 40), small.slice(40)]
    const events = { onBytes: () => undefined, onStored: () => undefined }
    await world.store.put(there, events)
    const requests = world.proxy.sentBytes()
    const found = await world.store.present([...absent, ...there])
    expect([...found].toSorted()).toEqual(there.map(({ sha256 }) => sha256).toSorted())
    // One request, not sixty.
    expect(world.proxy.sentBytes() - requests).toBeLessThan(3000)
    const wrong = there.map((object) => ({ ...object, sizeBytes: object.sizeBytes + 1 }))
    expect((await world.store.present(wrong)).size).toBe(0)
    await world.close()
  })

  test('two clones that send the same object at once both succeed', async () => {
    const world = await bucketBehind(() => undefined)
    const events = { onBytes: () => undefined, onStored: () => undefined }
    await Promise.all([world.store.put([OBJECT], events), world.store.put([OBJECT], events)])
    expect(sha256Of(await world.bytes())).toBe(OBJECT.sha256)
    await world.close()
  })

  test('a wrong secret is refused with the words of the server, and told to nobody', async () => {
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'canary-9d1e')
    const world = await bucketBehind(() => undefined)
    const refusal = await refusedWith(world.store.present([OBJECT]))
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', S3_USER.AWS_SECRET_ACCESS_KEY)
    expect(refusal).toMatchObject({ code: 'remote-refused', data: { status: 403 } })
    expect(JSON.stringify(refusal)).not.toContain('canary')
    await world.close()
  })

  /** A bucket of its own, reached through a proxy. */
  async function bucketBehind(nextCut: (cuts: number) => number | undefined) {
    if (server === undefined) throw new Error('expected a server')
    const bucket = `models-${(buckets += 1)}`
    await makeBucket(server.origin, bucket)
    const proxy = await startCuttingProxy(server.port, { nextCut })
    const address = { kind: 's3', bucket, prefix: 'team' } as const
    const open = (endpoint: string) =>
      openS3Store({ ...address, endpoint }, { retry, variables: {}, trustedHosts: new Set([endpoint]) })
    const [through, direct] = [open(proxy.origin), open(server.origin)]
    return {
      proxy,
      store: through.store,
      /** Puts the object past the proxy. */
      put: () => direct.store.put([OBJECT], { onBytes: () => undefined, onStored: () => undefined }),
      bytes: async () => {
        const chunks: Uint8Array[] = []
        const whole = { start: 0, end: OBJECT.sizeBytes }
        for await (const chunk of await direct.store.get(OBJECT, whole)) chunks.push(chunk)
        return Buffer.concat(chunks)
      },
      close: async () => {
        await through.close()
        await direct.close()
        await proxy.close()
      },
    }
  }
})

function smallObject(text: string) {
  const bytes = Buffer.from(text)
  return { sha256: sha256Of(bytes), sizeBytes: bytes.length, source: sourceOf(bytes) }
}

function sourceOf(bytes: Uint8Array): ObjectSource {
  return {
    read: async function* ({ start, end }) {
      for (let at = start; at < end; at += 262_144) {
        yield await Promise.resolve(bytes.subarray(at, Math.min(end, at + 262_144)))
      }
    },
  }
}

/** A disk that fails after so many bytes, as a killed command leaves an upload. */
function endingAfter(bytes: Uint8Array, limit: number): ObjectSource {
  return {
    read: (range) => {
      if (range.end > limit) throw new Error('killed')
      return sourceOf(bytes).read(range)
    },
  }
}
