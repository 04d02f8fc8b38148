/**
 * Artifacts to and from a Git LFS server: what is cut goes on, what is wrong is never kept, and a credential goes to
 * the host it is for and nowhere else.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { sha256Of } from '../../src/base/digest.ts'
import { openHttp } from '../../src/remote/http.ts'
import type { CredentialSource } from '../../src/remote/lfs/lfs-credentials.ts'
import { openLfsStore } from '../../src/remote/lfs/lfs-store.ts'
import type { RetryWorld } from '../../src/remote/retry.ts'
import { storeTransfer } from '../../src/remote/store-transfer.ts'
import { openArtifactStore } from '../../src/store/artifacts/artifact-store.ts'
import { nodeFiles } from '../../src/store/files/node-files.ts'
import { startCuttingProxy } from '../support/cutting-proxy.ts'
import { startLfsServer } from '../support/lfs-server.ts'
import type { LfsFaults, LfsServer } from '../support/lfs-server.ts'
import { refusedWith } from '../support/refusal.ts'
import { temporaryFolder } from '../support/repository.ts'

/** How often uploads are cut: MLV_CUTS=200 for the long form. */
const CUTS = Number(process.env['MLV_CUTS'] ?? 12)

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

const entropy = { randomBytes: (count: number) => crypto.getRandomValues(new Uint8Array(count)) }
const retry = { entropy, clock: { nowMs: () => 0, elapsedMs: () => 0 }, wait: () => Promise.resolve() }
const CONTENT = Buffer.alloc(3_000_000, 'weights')
const OBJECT = { sha256: sha256Of(CONTENT), sizeBytes: CONTENT.length }

test('an object goes to the server once, and comes back to another clone with the same bytes', async () => {
  const server = await start()
  const here = await clone(server)
  expect(await here.transfer.upload([OBJECT], ignore)).toMatchObject({ moved: [OBJECT], present: [], absent: [] })
  expect(await here.transfer.upload([OBJECT], ignore)).toMatchObject({ moved: [], present: [OBJECT] })
  expect(server.requests.filter((line) => line.startsWith('PUT'))).toHaveLength(1)
  const there = await clone(server, { withContent: false })
  expect(await there.transfer.download([OBJECT], ignore)).toMatchObject({ moved: [OBJECT] })
  expect(readFileSync(there.local.path(OBJECT.sha256)).equals(CONTENT)).toBe(true)
})

test('progress ends at all of it, however often an upload was cut', async () => {
  const server = await start({ cut: { afterBytes: 100_000, times: 3 } })
  const here = await clone(server)
  let last = { doneObjects: 0, doneBytes: 0, totalBytes: 0 }
  await here.transfer.upload([OBJECT], (progress) => (last = progress))
  expect(last).toMatchObject({ doneObjects: 1, doneBytes: CONTENT.length, totalBytes: CONTENT.length })
  expect(server.objects.get(OBJECT.sha256)?.equals(CONTENT)).toBe(true)
})

test('a download that is cut goes on after the bytes it has', async () => {
  const server = await start({ cut: { afterBytes: 400_000, times: 4 } })
  server.objects.set(OBJECT.sha256, CONTENT)
  const there = await clone(server, { withContent: false })
  await there.transfer.download([OBJECT], ignore)
  expect(readFileSync(there.local.path(OBJECT.sha256)).equals(CONTENT)).toBe(true)
})

test(
  `uploads through a line that is cut ${CUTS} times arrive, each object whole`,
  async () => {
    const server = await start()
    let connections = 0
    const target = Number(new URL(server.url).port)
    const proxy = await startCuttingProxy(target, {
      nextCut: (cuts) => (cuts < CUTS ? ((connections += 1) * 2_654_435_761) % 700_000 : undefined),
    })
    closing.push(proxy.close)
    // The server sends whoever asks through the proxy there for the bytes too.
    const contents = Array.from({ length: Math.ceil(CUTS / 2) }, (_, index) => Buffer.alloc(250_000, `part ${index};`))
    const objects = contents.map((bytes) => ({ sha256: sha256Of(bytes), sizeBytes: bytes.length }))
    const here = await clone({ ...server, url: server.url.replace(String(target), String(proxy.port)) })
    for (const bytes of contents) await here.local.addBytes(bytes)
    const sending = async (): Promise<boolean> => {
      return here.transfer.upload(objects, ignore).then(
        () => true,
        () => false,
      )
    }
    for (let tries = 0; !(await sending()); tries += 1) if (tries > CUTS) throw new Error('expected it to get through')
    expect(proxy.cuts()).toBeGreaterThan(CUTS / 2)
    for (const { sha256 } of objects) expect(sha256Of(server.objects.get(sha256) ?? '')).toBe(sha256)
  },
  60_000 + CUTS * 1000,
)

test('a byte that was flipped on the way is caught, and a mirror gives the right ones', async () => {
  const [server, mirror] = [await start(), await start()]
  const flipped = Buffer.from(CONTENT)
  flipped[7] = 0
  server.objects.set(OBJECT.sha256, flipped)
  const there = await clone(server, { withContent: false })
  expect(await refusedWith(there.transfer.download([OBJECT], ignore))).toMatchObject({ code: 'digest-mismatch' })
  expect(await there.local.has(OBJECT.sha256)).toBe(false)
  mirror.objects.set(OBJECT.sha256, CONTENT)
  const both = await clone(server, { withContent: false, mirror })
  expect(await both.transfer.download([OBJECT], ignore)).toMatchObject({ moved: [OBJECT] })
})

test('what no store has is told as absent', async () => {
  const there = await clone(await start(), { withContent: false })
  expect(await there.transfer.download([OBJECT], ignore)).toMatchObject({ moved: [], absent: [OBJECT] })
})

test('a server that wants a user gets the one git knows, and it is told whether that works', async () => {
  const server = await start({ credential: 'ana:canary-5c1f' })
  const reports: boolean[] = []
  const credentials = knowing('ana', 'canary-5c1f', reports)
  const here = await clone(server, { credentials })
  await here.transfer.upload([OBJECT], ignore)
  expect(reports).toEqual([true])
  const wrong = await clone(server, { credentials: knowing('ana', 'old', reports) })
  const refusal = await refusedWith(wrong.transfer.has([OBJECT]))
  expect(refusal).toMatchObject({ code: 'remote-refused', data: { status: 401 } })
  expect(reports).toEqual([true, false])
  expect(JSON.stringify(refusal)).not.toContain('old')
})

test('a credential does not follow a redirect to another host', async () => {
  const evil = await start()
  const server = await start({ credential: 'ana:canary-5c1f' })
  const redirecting = await start({
    answer: ({ path }) => (path.endsWith('batch') ? { status: 307, headers: { location: evil.url } } : undefined),
  })
  const here = await clone(redirecting, { credentials: knowing('ana', 'canary-5c1f', []) })
  expect(await here.transfer.has([OBJECT])).toEqual(new Set())
  expect(evil.requests.length).toBeGreaterThan(0)
  expect(evil.requests.every((line) => line.endsWith(' -'))).toBe(true)
  expect(server.requests).toEqual([])
})

const HREF = 'http://127.0.0.1:9/x'
const MANY = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`x-${index}`, 'y']))

test.each<[string, unknown]>([
  ['an object that was not asked for', [{ oid: 'a'.repeat(64), size: 1 }]],
  ['an object twice', [asked(), asked()]],
  ['two hundred thousand objects', Array.from({ length: 200_000 }, () => asked())],
  ['another size', [{ ...asked(), size: 5 }]],
  ['a negative size', [{ ...asked(), size: -1 }]],
  ['no list', {}],
  ['a place that is no URL', [asked({ href: 'http://[' })]],
  ['a place with a NUL', [asked({ href: 'http://x/\u0000' })]],
  ['a place with a line break', [asked({ href: 'http://x/\r\nx' })]],
  ['a place that is a file', [asked({ href: 'file:///etc/passwd' })]],
  ['a place that is a script', [asked({ href: 'javascript:alert(1)' })]],
  ['a place that has expired', [asked({ href: HREF, expires_in: -1 })]],
  ['a header with a line break', [asked({ href: HREF, header: { a: 'b\r\nHost: evil' } })]],
  ['a header whose name has one', [asked({ href: HREF, header: { 'a\r\nhost': 'evil' } })]],
  ['a header outside of a byte', [asked({ href: HREF, header: { a: '\u0142' } })]],
  ['a header of a megabyte', [asked({ href: HREF, header: { a: 'x'.repeat(1_000_000) } })]],
  ['two hundred headers', [asked({ href: HREF, header: MANY })]],
])('S4: an answer with %s is refused, and nothing of it is done', async (_, objects) => {
  const server = await start({ answer: () => ({ status: 200, body: JSON.stringify({ objects }) }) })
  const there = await clone(server, { withContent: false })
  expect(await refusedWith(there.transfer.has([OBJECT]))).toMatchObject({ code: 'lfs-response-invalid' })
  expect(server.requests).toHaveLength(1)
})

test('a busy server is asked again, one that refuses is not', async () => {
  let count = 0
  const busy = await start({ answer: () => ((count += 1) < 4 ? { status: 503 } : undefined) })
  busy.objects.set(OBJECT.sha256, CONTENT)
  const there = await clone(busy, { withContent: false })
  await there.transfer.download([OBJECT], ignore)
  const full = await start({ answer: () => ({ status: 507, body: '{"message": "quota exceeded"}' }) })
  const here = await clone(full)
  expect(await refusedWith(here.transfer.upload([OBJECT], ignore))).toMatchObject({
    code: 'remote-refused',
    data: { status: 507, problem: 'quota exceeded' },
  })
  expect(full.requests).toHaveLength(1)
})

test.each<[number, Readonly<Record<string, string>>, number, readonly number[]]>([
  [413, {}, 1, []],
  [403, {}, 1, []],
  [422, {}, 1, []],
  [501, {}, 1, []],
  [429, { 'retry-after': '3' }, 3, [3000, 3000]],
  [503, { 'retry-after': 'Thu, 01 Jan 1970 00:00:02 GMT' }, 3, [2000, 2000]],
  [429, { 'retry-after': '99999' }, 3, [30_000, 30_000]],
])('K20: a %i with %o is asked %i times, after as long as it says', async (status, headers, asked, waits) => {
  let count = 0
  const server = await start({
    answer: () => ((count += 1) < 3 ? { status, headers, body: '{"message":"no"}' } : undefined),
  })
  server.objects.set(OBJECT.sha256, CONTENT)
  const waited: number[] = []
  const world = { ...retry, wait: (ms: number) => Promise.resolve(void waited.push(ms)) }
  const there = await clone(server, { withContent: false, world })
  const work = there.transfer.has([OBJECT])
  if (asked === 1)
    expect(await refusedWith(work)).toMatchObject({ code: 'remote-refused', data: { status, problem: 'no' } })
  else expect((await work).size).toBe(1)
  expect(server.requests).toHaveLength(asked)
  expect(waited).toEqual(waits)
})

test.each([403, 404, 410])(
  'K20: a place that answers %i has expired: the server is asked for another, once',
  async (status) => {
    let puts = 0
    const expiring = await start({
      answer: ({ method }) => (method === 'PUT' && (puts += 1) === 1 ? { status } : undefined),
    })
    const here = await clone(expiring)
    expect(await here.transfer.upload([OBJECT], ignore)).toMatchObject({ moved: [OBJECT] })
    expect(expiring.requests.filter((line) => line.includes('/batch'))).toHaveLength(3)
    expect(expiring.objects.get(OBJECT.sha256)?.equals(CONTENT)).toBe(true)
    const forbidding = await start({ answer: ({ method }) => (method === 'PUT' ? { status, body: 'no' } : undefined) })
    const there = await clone(forbidding)
    const refusal = await refusedWith(there.transfer.upload([OBJECT], ignore))
    expect(refusal).toMatchObject({ code: 'remote-refused', data: { status } })
    expect(forbidding.requests.filter((line) => line.startsWith('PUT'))).toHaveLength(2)
  },
)

test('K20: a server that took the object and said otherwise is believed the second time', async () => {
  let puts = 0
  const server = await start({
    answer: ({ method }) => {
      if (method !== 'PUT' || (puts += 1) > 1) return undefined
      server.objects.set(OBJECT.sha256, CONTENT)
      return { status: 502 }
    },
  })
  const here = await clone(server)
  let last = { doneBytes: 0 }
  await here.transfer.upload([OBJECT], (progress) => (last = progress))
  expect(puts).toBe(1)
  expect(last.doneBytes).toBe(CONTENT.length)
})

test('K21: clones that send the same object at once all succeed, and it is there once', async () => {
  const server = await start({ cut: { afterBytes: 500_000, times: 2 } })
  const clones = await Promise.all([clone(server), clone(server), clone(server)])
  await Promise.all(clones.map(({ transfer }) => transfer.upload([OBJECT], ignore)))
  expect([...server.objects.keys()]).toEqual([OBJECT.sha256])
  expect(server.objects.get(OBJECT.sha256)?.equals(CONTENT)).toBe(true)
})

test('S4: more bytes than an object has are not taken, whoever reads', async () => {
  const more = 'x'.repeat(OBJECT.sizeBytes + 1_000_000)
  const server = await start({ answer: ({ method }) => (method === 'GET' ? { status: 200, body: more } : undefined) })
  server.objects.set(OBJECT.sha256, CONTENT)
  const there = await clone(server, { withContent: false })
  const taken = await there.transfer.read(OBJECT, { start: 0, end: OBJECT.sizeBytes }, async (chunks) => {
    let count = 0
    for await (const chunk of chunks) count += chunk.length
    return count
  })
  expect(taken).toBe(OBJECT.sizeBytes)
  expect(await refusedWith(there.transfer.download([OBJECT], ignore))).toMatchObject({ code: 'digest-mismatch' })
})

test('a server that is not there is told as unreachable, without user or secret', async () => {
  const server = await start()
  const url = server.url.replace('http://', 'http://ana:canary-5c1f@')
  await server.close()
  const there = await clone({ ...server, url }, { withContent: false })
  const refusal = await refusedWith(there.transfer.has([OBJECT]))
  expect(refusal).toMatchObject({ code: 'remote-unreachable' })
  expect(JSON.stringify(refusal)).not.toContain('canary')
})

function ignore(): void {}

function asked(download?: Readonly<Record<string, unknown>>) {
  const object = { oid: OBJECT.sha256 as string, size: OBJECT.sizeBytes }
  return download === undefined ? object : { ...object, actions: { download } }
}

function knowing(username: string, password: string, reports: boolean[]): CredentialSource {
  return {
    fill: () => Promise.resolve({ username, password }),
    report: (_, __, works) => Promise.resolve(void reports.push(works)),
  }
}

async function start(faults: LfsFaults = {}): Promise<LfsServer> {
  const server = await startLfsServer(faults)
  closing.push(server.close)
  return server
}

async function clone(
  server: LfsServer,
  options: { withContent?: boolean; credentials?: CredentialSource; mirror?: LfsServer; world?: RetryWorld } = {},
) {
  const local = openArtifactStore(join(temporaryFolder(), 'git'), nodeFiles, { kind: 'lfs', entropy })
  if (options.withContent !== false) await local.addBytes(CONTENT)
  const http = openHttp({})
  closing.push(http.close)
  const credentials = options.credentials ?? { fill: () => Promise.resolve(undefined), report: () => Promise.resolve() }
  const open = ({ url }: LfsServer) => {
    const access = () => Promise.resolve({ url: new URL(url), headers: {} })
    return openLfsStore('origin', { http, access, credentials, ref: 'refs/heads/mlv', retry: options.world ?? retry })
  }
  const mirrors = options.mirror === undefined ? [] : [open(options.mirror)]
  return { local, transfer: storeTransfer('lfs', local, [open(server), ...mirrors], retry) }
}
