/**
 * A bucket whose server is busy, slow to agree with itself, or somebody else's: what passes is waited for, what does
 * not is told, and nothing follows it elsewhere. The server is a few lines, so that it can misbehave.
 */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { sha256Of } from '../../src/base/digest.ts'
import { openS3Store } from '../../src/remote/s3/s3-store.ts'
import { refusedWith } from '../support/refusal.ts'
import { S3_USER } from '../support/servers.ts'

const CONTENT = Buffer.alloc(50_000, 'checkpoint;')
const OBJECT = {
  sha256: sha256Of(CONTENT),
  sizeBytes: CONTENT.length,
  source: {
    read: async function* ({ start, end }: { readonly start: number; readonly end: number }) {
      yield await Promise.resolve(CONTENT.subarray(start, end))
    },
  },
}

beforeEach(() => {
  for (const [name, value] of Object.entries(S3_USER)) vi.stubEnv(name, value)
})
afterEach(() => {
  vi.unstubAllEnvs()
})

/** What the server says instead of its own answer. */
interface Fault {
  readonly status: number
  /** The name S3 gives it. */
  readonly name?: string
  readonly location?: string
}

test.each<[string, readonly Fault[]]>([
  [
    'is asked to slow down',
    [
      { status: 503, name: 'SlowDown' },
      { status: 503, name: 'SlowDown' },
    ],
  ],
  ['meets an error inside', [{ status: 500, name: 'InternalError' }]],
  ['waited too long', [{ status: 400, name: 'RequestTimeout' }]],
  ['met another upload', [{ status: 409, name: 'ConditionalRequestConflict' }]],
  ['is behind a gateway that has nobody', [{ status: 502 }, { status: 504 }]],
])('K20: an upload that %s arrives', async (_, faults) => {
  const bucket = await startBucket()
  bucket.faults.PUT.push(...faults)
  await put(bucket)
  expect(bucket.waited).toHaveLength(faults.length)
  expect([...bucket.objects.values()].map((bytes) => bytes.equals(CONTENT))).toEqual([true])
})

test.each<[string, Fault]>([
  ['is not allowed', { status: 403, name: 'AccessDenied' }],
  ['is too large', { status: 400, name: 'EntityTooLarge' }],
  ['finds a wrong clock', { status: 403, name: 'RequestTimeTooSkewed' }],
  ['finds no bucket', { status: 404, name: 'NoSuchBucket' }],
])('K20: an upload that %s is refused at once, in the words of the server', async (_, fault) => {
  const bucket = await startBucket()
  bucket.faults.PUT.push(fault)
  const refusal = await refusedWith(put(bucket))
  expect(refusal).toMatchObject({ code: 'remote-refused', data: { status: fault.status } })
  expect(JSON.stringify(refusal)).toContain(fault.name)
  expect(bucket.waited).toEqual([])
})

test('K20: an object that is not seen yet after another clone wrote it is sent again, and kept', async () => {
  const bucket = await startBucket()
  bucket.objects.set(bucket.key, CONTENT)
  // The question says it is not there, the upload that it is.
  bucket.faults.HEAD.push({ status: 404 })
  await put(bucket)
  expect(bucket.requests).toEqual(['HEAD', 'PUT', 'HEAD'])
})

test('S1: a bucket leads nowhere else: no redirect is followed, and nothing signed goes with one', async () => {
  const [bucket, evil] = [await startBucket(), await startBucket()]
  for (const status of [301, 302, 307, 308]) {
    const location = `${evil.origin}/models/x`
    bucket.faults.GET.push({ status, location })
    const read = open(bucket).get(OBJECT, { start: 0, end: OBJECT.sizeBytes })
    expect((await refusedWith(read)).code).toBe('remote-refused')
    bucket.faults.PUT.push({ status, location })
    expect((await refusedWith(put(bucket))).code).toBe('remote-refused')
  }
  expect(evil.requests).toEqual([])
})

type Bucket = Awaited<ReturnType<typeof startBucket>>

function open(bucket: Bucket) {
  const entropy = { randomBytes: (count: number) => new Uint8Array(count) }
  const clock = { nowMs: () => 0, elapsedMs: () => 0 }
  const retry = { entropy, clock, wait: (ms: number) => Promise.resolve(void bucket.waited.push(ms)) }
  const address = { kind: 's3', bucket: 'models', prefix: '', endpoint: bucket.origin } as const
  const { store, close } = openS3Store(address, { retry, variables: {}, trustedHosts: new Set([bucket.origin]) })
  onTestFinished(close)
  return store
}

function put(bucket: Bucket): Promise<void> {
  return open(bucket).put([OBJECT], { onBytes: () => undefined, onStored: () => undefined })
}

async function startBucket() {
  const objects = new Map<string, Buffer>()
  const faults = { HEAD: [] as Fault[], PUT: [] as Fault[], GET: [] as Fault[] }
  const requests: string[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const method = request.method === 'PUT' || request.method === 'HEAD' ? request.method : 'GET'
      const key = (request.url ?? '').replace(/\?.*$/, '')
      requests.push(method)
      const fault = faults[method].shift()
      const kept = objects.get(key)
      if (fault !== undefined) {
        const location = fault.location === undefined ? {} : { location: fault.location }
        const body = fault.name === undefined ? '<html>no</html>' : `<Error><Code>${fault.name}</Code></Error>`
        response.writeHead(fault.status, location).end(method === 'HEAD' ? undefined : body)
      } else if (method === 'PUT' && kept !== undefined && request.headers['if-none-match'] === '*') {
        response.writeHead(412).end('<Error><Code>PreconditionFailed</Code></Error>')
      } else if (method === 'PUT') {
        objects.set(key, Buffer.concat(chunks))
        response.writeHead(200, { etag: createHash('md5').digest('hex') }).end()
      } else if (kept === undefined) response.writeHead(404).end()
      else response.writeHead(200, { 'content-length': kept.length }).end(method === 'HEAD' ? undefined : kept)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { sha256 } = OBJECT
  const key = `/models/objects/${sha256.slice(0, 2)}/${sha256.slice(2, 4)}/${sha256}`
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { origin, key, objects, faults, requests, waited: [] as number[] }
}
