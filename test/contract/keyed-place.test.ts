/**
 * What every keyed place promises, in a folder or a bucket of a server that nobody here wrote.
 */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { parseStoreAddress } from '../../src/domain/store-address.ts'
import { openKeyedFolder } from '../../src/remote/keyed-folder.ts'
import { MOST_WRITE_BYTES, parsePlaceKey, placeKey, readSmall } from '../../src/remote/keyed-place.ts'
import type { KeyedPlace, PlaceKey } from '../../src/remote/keyed-place.ts'
import { openKeyedBucket } from '../../src/remote/s3/keyed-bucket.ts'
import { nodeFiles } from '../../src/store/files/node-files.ts'
import { refusedWith } from '../support/refusal.ts'
import { hasServer, makeBucket, S3_USER, startServer } from '../support/servers.ts'

interface Opened {
  readonly place: KeyedPlace
  /** Makes everything that is there older. */
  readonly age: (key: PlaceKey, byMs: number) => void
  readonly close: () => Promise<void>
}

const DAY_MS = 24 * 60 * 60 * 1000
const clock = { nowMs: () => Date.now(), elapsedMs: () => 0 }
const entropy = { randomBytes: (count: number) => crypto.getRandomValues(new Uint8Array(count)) }

const PLACES: readonly { readonly name: string; readonly isHere: boolean; readonly open: () => Promise<Opened> }[] = [
  { name: 'a folder', isHere: true, open: openFolder },
  { name: 'a bucket', isHere: hasServer('s3', 'keyed-place.test.ts'), open: openBucket },
]

describe.each(PLACES.filter(({ isHere }) => isHere))('$name', ({ open }) => {
  let opened: Opened | undefined
  beforeAll(async () => {
    for (const [name, value] of Object.entries(S3_USER)) vi.stubEnv(name, value)
    opened = await open()
  })
  afterAll(async () => {
    await opened?.close()
    vi.unstubAllEnvs()
  })

  test('what was written is there, whole and in parts', async () => {
    const key = placeKey('a', 'b', 'one.bin')
    expect(await place().head(key)).toBeUndefined()
    expect(await place().write(key, bytesOf('hello world'), 'only-if-absent')).toBe('written')
    expect(await place().head(key)).toMatchObject({ sizeBytes: 11 })
    expect(await text(key)).toBe('hello world')
    expect(await text(key, { start: 4, end: 7 })).toBe('o w')
    expect(await text(key, { start: 0, end: 0 })).toBe('')
  })

  test('an empty key is a key', async () => {
    const key = placeKey('empty')
    await place().write(key, new Uint8Array(), 'replace')
    expect(await place().head(key)).toMatchObject({ sizeBytes: 0 })
    expect(await readSmall(place(), key, 10)).toEqual(Buffer.alloc(0))
  })

  test('of many who write a key that must be absent, one does', async () => {
    const key = placeKey('locks', 'one')
    const tries = Array.from({ length: 6 }, (_, at) => place().write(key, bytesOf(`${at}`), 'only-if-absent'))
    const outcomes = await Promise.all(tries)
    expect(outcomes.toSorted()).toEqual(['there', 'there', 'there', 'there', 'there', 'written'])
    expect(await text(key)).toBe(String(outcomes.indexOf('written')))
  })

  test('a key is replaced when that is meant', async () => {
    const key = placeKey('again')
    await place().write(key, bytesOf('first'), 'replace')
    expect(await place().write(key, bytesOf('second'), 'replace')).toBe('written')
    expect(await text(key)).toBe('second')
  })

  test('what is not there is missing, with its key', async () => {
    const key = placeKey('nowhere', 'at-all')
    const missing = { code: 'object-missing', data: { id: key } }
    expect(await refusedWith(place().read(key))).toMatchObject(missing)
    expect(await refusedWith(place().touch(key))).toMatchObject(missing)
    expect(await refusedWith(place().move(key, placeKey('x')))).toMatchObject(missing)
    expect(await place().head(placeKey('x'))).toBeUndefined()
    await place().remove([key])
  })

  test('a listing has every key below its prefix and no other', async () => {
    const keys = ['list/a/1', 'list/a/2', 'list/ab/1', 'list/b', 'listing/c'].map((key) => placeKey(key))
    for (const key of keys) await place().write(key, bytesOf(key), 'replace')
    expect(await listed('list/')).toEqual(keys.slice(0, 4))
    expect(await listed('list/a')).toEqual(keys.slice(0, 3))
    expect(await listed('list/a/')).toEqual(keys.slice(0, 2))
    expect(await listed('list')).toEqual(keys)
    expect(await listed('list/none/')).toEqual([])
    expect(await listed('../')).toEqual([])
  })

  test('a touch makes a key young and leaves its bytes', async () => {
    const key = placeKey('young')
    await place().write(key, bytesOf('bytes'), 'replace')
    opened?.age(key, 20 * DAY_MS)
    expect(await ageMs(key)).toBeGreaterThan(19 * DAY_MS)
    await place().touch(key)
    expect(await ageMs(key)).toBeLessThan(60_000)
    expect(await text(key)).toBe('bytes')
  })

  test('a move takes the bytes along, replaces, and makes young', async () => {
    const [from, to] = [placeKey('here', 'it-is'), placeKey('there', 'it', 'goes')]
    for (const key of [from, to]) await place().write(key, bytesOf(key), 'replace')
    opened?.age(from, 20 * DAY_MS)
    await place().move(from, to)
    expect(await place().head(from)).toBeUndefined()
    expect(await text(to)).toBe(from)
    expect(await ageMs(to)).toBeLessThan(60_000)
  })

  test('many keys are removed at once', async () => {
    const keys = Array.from({ length: 30 }, (_, at) => placeKey('many', String(at)))
    await Promise.all(keys.map((key) => place().write(key, bytesOf(key), 'replace')))
    await place().remove([...keys.slice(1), placeKey('many', 'absent')])
    expect(await listed('many/')).toEqual(keys.slice(0, 1))
  })

  test('what is too much for memory is refused', async () => {
    const write = () => place().write(placeKey('large'), new Uint8Array(MOST_WRITE_BYTES + 1), 'replace')
    expect(await refusedWith(Promise.resolve().then(write))).toMatchObject({ code: 'limit-exceeded' })
    await place().write(placeKey('large'), bytesOf('123456'), 'replace')
    expect(await refusedWith(readSmall(place(), placeKey('large'), 5))).toMatchObject({ code: 'limit-exceeded' })
  })

  function place(): KeyedPlace {
    if (opened === undefined) throw new Error('expected a place to be open')
    return opened.place
  }

  async function text(key: PlaceKey, range?: { readonly start: number; readonly end: number }): Promise<string> {
    const chunks: Uint8Array[] = []
    for await (const chunk of await place().read(key, range)) chunks.push(chunk)
    return Buffer.concat(chunks).toString()
  }

  async function listed(prefix: string): Promise<readonly string[]> {
    const keys: string[] = []
    for await (const { key } of place().list(prefix)) keys.push(key)
    return keys.toSorted()
  }

  async function ageMs(key: PlaceKey): Promise<number> {
    return Date.now() - ((await place().head(key))?.modifiedMs ?? 0)
  }
})

test('a key never leaves its store', () => {
  for (const text of ['', '/', '/a', 'a/', 'a//b', '..', 'a/../b', './a', '.git/x', '-a', 'a/-b', 'a\\b', 'a\0']) {
    expect(parsePlaceKey(text)).toBeUndefined()
  }
  expect(parsePlaceKey('x'.repeat(513))).toBeUndefined()
  expect(() => placeKey('objects', '..')).toThrow()
})

test('a folder lists no links, no files that are half written, and nothing through a link', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mlv-keyed-'))
  const outside = mkdtempSync(join(tmpdir(), 'mlv-keyed-'))
  writeFileSync(join(outside, 'secret'), '')
  mkdirSync(join(folder, 'in'))
  writeFileSync(join(folder, 'in', '.one.mlv-123'), '')
  writeFileSync(join(folder, 'in', 'one'), '')
  symlinkSync(outside, join(folder, 'in', 'link'))
  symlinkSync(join(outside, 'secret'), join(folder, 'in', 'file'))
  const place = openKeyedFolder(folder, { files: nodeFiles, clock })
  const keys: string[] = []
  for await (const { key } of place.list('')) keys.push(key)
  expect(keys).toEqual(['in/one'])
  expect(await place.head(placeKey('in', 'file'))).toBeUndefined()
  for (const made of [folder, outside]) rmSync(made, { recursive: true })
})

function bytesOf(text: string): Uint8Array {
  return Buffer.from(text)
}

function makeOlder(path: string, byMs: number): void {
  const at = (Date.now() - byMs) / 1000
  utimesSync(path, at, at)
}

function openFolder(): Promise<Opened> {
  const folder = mkdtempSync(join(tmpdir(), 'mlv-keyed-'))
  const root = join(folder, 'store')
  return Promise.resolve({
    place: openKeyedFolder(root, { files: nodeFiles, clock }),
    age: (key, byMs) => makeOlder(join(root, key), byMs),
    close: () => Promise.resolve(rmSync(folder, { recursive: true, force: true })),
  })
}

async function openBucket(): Promise<Opened> {
  const server = await startServer('s3')
  await makeBucket(server.origin, 'models')
  const address = parseStoreAddress(`s3://models/team/churn?endpoint=${server.origin}`)
  if (address.kind !== 's3') throw new Error('expected a bucket')
  const retry = { entropy, clock, wait: () => Promise.resolve() }
  const { place, close } = openKeyedBucket(address, {
    retry,
    variables: {},
    trustedHosts: new Set([server.origin]),
  })
  return {
    place,
    // The server keeps objects as files, whose times are what it tells.
    age: (key, byMs) => makeOlder(join(server.folder, 'models', 'team', 'churn', key), byMs),
    close: async () => {
      await close()
      await server.close()
    },
  }
}
