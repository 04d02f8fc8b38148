/**
 * A compact store is anyone's bytes: whatever is wrong with it is refused as damage, and takes no more memory than what
 * was asked for.
 */
import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { sha256Of } from '../../../src/base/digest.ts'
import { isFailure } from '../../../src/domain/failure.ts'
import { manifestKey, packKey } from '../../../src/remote/compact/compact-keys.ts'
import { encodeCompactManifest, MOST_MANIFEST_BYTES } from '../../../src/remote/compact/compact-manifest.ts'
import type { CompactManifest } from '../../../src/remote/compact/compact-manifest.ts'
import { packBuilder } from '../../../src/remote/compact/pack-format.ts'
import { openZstd } from '../../../src/remote/compact/zstd.ts'
import type { ObjectId } from '../../../src/remote/object-store.ts'
import { compactWorld, safetensors, seededFloats } from '../../support/compact-world.ts'

const KIB = 1024
const content = Buffer.alloc(200 * KIB, 'the same again, ')
const object: ObjectId = { sha256: sha256Of(content), sizeBytes: content.length }

let world: ReturnType<typeof compactWorld>
let source: {
  readonly kind: 'pack'
  readonly sha256: CompactManifest['sha256']
  readonly sizeBytes: number
  readonly frames: number
}
let packBytes: Uint8Array

beforeAll(async () => {
  world = compactWorld()
  const zstd = await openZstd()
  const builder = packBuilder()
  builder.add(zstd.compress(content), content)
  ;({ source, bytes: packBytes } = builder.finish())
})

/** A manifest that is right, but for what is said here. */
function manifest(change: Partial<CompactManifest> = {}): CompactManifest {
  const runs = [{ source: 0, at: 0, lengthBytes: content.length, width: 1 as const }]
  return { ...object, form: 'planes', depth: 0, sources: [source], runs, ...change }
}

async function refusalOf(bytes: Uint8Array, pack: Uint8Array = packBytes): Promise<string> {
  await world.place.write(packKey(source.sha256), pack, 'replace')
  await world.place.write(manifestKey(object.sha256), bytes, 'replace')
  try {
    const read = await world.get(object)
    return read.equals(content) ? 'the object' : 'other bytes'
  } catch (caught) {
    return isFailure(caught, 'object-damaged') || isFailure(caught, 'object-missing') ? caught.code : String(caught)
  }
}

const withRuns = (...runs: CompactManifest['runs']) => encodeCompactManifest(manifest({ runs }))
const text = (value: object) => Buffer.from(JSON.stringify({ ...plain(), ...value }))
const plain = () => JSON.parse(Buffer.from(encodeCompactManifest(manifest())).toString('utf8')) as object

test('the manifest that the others are twisted from is read', async () => {
  expect(await refusalOf(encodeCompactManifest(manifest()))).toBe('the object')
})

describe('manifests', () => {
  const whole = { source: 0, at: 0, lengthBytes: content.length, width: 1 as const }
  test.each<readonly [string, () => Uint8Array]>([
    ['no JSON', () => Buffer.from('{')],
    ['cut', () => encodeCompactManifest(manifest()).subarray(0, 60)],
    ['of another object', () => text({ sha256: '0'.repeat(64) })],
    ['of another size', () => text({ sizeBytes: 5 })],
    ['of a later format', () => text({ format: 2 })],
    ['with a size beyond all numbers', () => text({ sizeBytes: 2 ** 60 })],
    ['with runs that come to less', () => withRuns({ ...whole, lengthBytes: 5 })],
    ['with runs that come to more', () => withRuns(whole, whole)],
    ['with a run of nothing', () => withRuns(whole, { ...whole, lengthBytes: 0 })],
    ['with a frame that is not there', () => withRuns({ ...whole, at: 7 })],
    ['with a source that is not there', () => withRuns({ ...whole, source: 7 })],
    [
      'with a run that ends inside a frame',
      () => withRuns({ ...whole, lengthBytes: 5 }, { ...whole, lengthBytes: content.length - 5 }),
    ],
    ['with elements of three bytes', () => text({ runs: [[0, 0, content.length, 3]] })],
    ['with a negative place', () => text({ runs: [[0, -1, content.length]] })],
    ['with a parent it does not name', () => withRuns({ ...whole, parentAt: 0 })],
    [
      'with a parent that is too short',
      () => encodeCompactManifest(manifest({ parent: { ...object, sizeBytes: 5 }, runs: [{ ...whole, parentAt: 0 }] })),
    ],
    ['with a pack of a terabyte', () => text({ sources: [{ pack: source.sha256, sizeBytes: 2 ** 40, frames: 1 }] })],
    [
      'with more frames than its pack has room for',
      () => text({ sources: [{ pack: source.sha256, sizeBytes: source.sizeBytes, frames: 2 ** 30 }] }),
    ],
    [
      'that is its own parent',
      () => encodeCompactManifest(manifest({ form: 'delta', parent: object, runs: [{ ...whole, parentAt: 0 }] })),
    ],
    ['larger than any', () => Buffer.alloc(MOST_MANIFEST_BYTES + 1, ' ')],
  ])('%s', async (_, bytes) => {
    expect(await refusalOf(bytes())).toBe('object-damaged')
  })

  test('without its pack', async () => {
    const other = { ...source, sha256: sha256Of('never written') }
    expect(await refusalOf(encodeCompactManifest(manifest({ sources: [other] })))).toBe('object-missing')
  })
})

describe('packs', () => {
  const end = 40 + 16
  const twisted = (twist: (bytes: Buffer) => void) => {
    const bytes = Buffer.from(packBytes)
    twist(bytes)
    return bytes
  }
  test.each<readonly [string, () => Uint8Array]>([
    ['cut at the end', () => packBytes.subarray(0, packBytes.length - 1)],
    ['empty', () => Buffer.alloc(0)],
    ['without the word at its end', () => twisted((bytes) => bytes.fill(0, bytes.length - 8))],
    ['with another number of frames', () => twisted((bytes) => bytes.writeUInt32LE(9, bytes.length - 16))],
    ['with a frame longer than itself', () => twisted((bytes) => bytes.writeUInt32LE(2 ** 31, bytes.length - end))],
    [
      'with a frame of four gigabytes inside',
      () => twisted((bytes) => bytes.writeUInt32LE(2 ** 32 - 1, bytes.length - end + 4)),
    ],
    ['with a frame that is cut', () => twisted((bytes) => bytes.fill(0, 20, 40))],
    [
      'with a frame that claims another size',
      () => twisted((bytes) => bytes.writeUInt32LE(content.length - 1, bytes.length - end + 4)),
    ],
    ['with no frame but noise', () => twisted((bytes) => bytes.fill(7, 0, bytes.length - end))],
  ])('%s', async (_, bytes) => {
    expect(await refusalOf(encodeCompactManifest(manifest()), bytes())).toBe('object-damaged')
  })

  test('a frame that grows a thousand times is not grown', async () => {
    const zstd = await openZstd()
    const bomb = zstd.compress(Buffer.alloc(300 * 1024 * KIB))
    const builder = packBuilder()
    builder.add(bomb, content)
    const pack = builder.finish()
    await world.place.write(packKey(pack.source.sha256), pack.bytes, 'replace')
    const before = process.memoryUsage().rss
    expect(await refusalOf(encodeCompactManifest(manifest({ sources: [pack.source] })))).toBe('object-damaged')
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * KIB)
  })
})

test('bytes of another parent are not the object, and its digest tells', async () => {
  const here = compactWorld(undefined, { hasParents: true })
  const values = seededFloats('parent', 50_000)
  const old = here.object(safetensors({ weight: values }))
  const next = here.object(safetensors({ weight: values.map((value) => value * (1 + 1e-6)) }), [old])
  const other = here.object(safetensors({ weight: seededFloats('other', 50_000) }))
  await here.put(old, next, other)
  const told = await here.manifestOf(next)
  if (told === undefined) throw new Error('expected a difference')
  const { sha256, sizeBytes } = other
  await here.place.write(
    manifestKey(next.sha256),
    encodeCompactManifest({ ...told, parent: { sha256, sizeBytes } }),
    'replace',
  )
  const read = await here.get(next)
  expect(createHash('sha256').update(read).digest('hex')).not.toBe(next.sha256)
})

test('a chain of ten thousand parents ends after a few', async () => {
  const names = Array.from({ length: 10_000 }, (_, index) => sha256Of(`link ${index}`))
  const runs = [{ source: 0, at: 0, lengthBytes: content.length, width: 1 as const, parentAt: 0 }]
  await world.place.write(packKey(source.sha256), packBytes, 'replace')
  for (const [index, sha256] of names.slice(0, 20).entries()) {
    const parent = { sha256: names[index + 1] ?? sha256, sizeBytes: content.length }
    const link = { ...manifest({ form: 'delta', parent, runs, depth: 10_000 - index }), sha256 }
    await world.place.write(manifestKey(sha256), encodeCompactManifest(link), 'replace')
  }
  const [first] = names
  if (first === undefined) throw new Error('expected a link')
  await expect(world.get({ sha256: first, sizeBytes: content.length })).rejects.toMatchObject({
    code: 'object-damaged',
  })
})
