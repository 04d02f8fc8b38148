/**
 * Bundles that are cut, flipped or made to do harm: each is refused with words and nothing changes. The bytes are those
 * of a true bundle, changed in one way.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Volume } from 'memfs'
import { beforeEach, expect, test } from 'vitest'
import { sha256Of } from '../../src/base/digest.ts'
import { TAR_END, tarHeader, tarPadding } from '../../src/base/tar-header.ts'
import { isFailure } from '../../src/domain/failure.ts'
import { surveyBundle } from '../../src/remote/bundle/read-bundle.ts'
import { memoryFiles } from '../support/memory-files.ts'
import { temporaryFolder } from '../support/repository.ts'
import { fingerprint, makeChurnWorld, train } from '../support/world.ts'

interface Entry {
  readonly path: string
  readonly bytes: Buffer
}

let made: Buffer | undefined
/** A true bundle, whole. */
let bundle: Buffer
/** What is in it. */
let entries: readonly Entry[]

beforeEach(() => {
  bundle = made ??= makeBundle()
  entries = entriesOf(bundle)
})

function makeBundle(): Buffer {
  const world = makeChurnWorld()
  train(world, { lr: 0.1, auc: 0.9, loss: 0.3 })
  world.write('model/weights.bin', Buffer.alloc(3000, 'w'))
  world.write('model/large.bin', Buffer.from(Array.from({ length: 17_000 }, (_, at) => (at * 7919) % 251)))
  world.mlv('commit', '-m', 'first')
  const path = join(temporaryFolder(), 'true.mlv')
  world.mlv('bundle', path, '--all-artifacts')
  return readFileSync(path)
}

test('a true bundle passes', async () => {
  const { manifest, objects } = await survey(bundle)
  expect([...manifest.refs.keys()]).toEqual(['refs/heads/mlv', 'refs/mlv/code'])
  expect(objects.size).toBeGreaterThan(0)
  expect(entries.map(({ path }) => path.split('/')[0])).toEqual([
    'mlv-bundle.json',
    'history.bundle',
    ...Array.from({ length: objects.size }, () => 'objects'),
    'SHA256SUMS',
  ])
})

test('a flipped bit anywhere is found', async () => {
  const second = bundle.indexOf('history.bundle', 512, 'latin1')
  const object = bundle.indexOf('objects/', second + 512, 'latin1')
  const sums = bundle.indexOf('SHA256SUMS', object, 'latin1')
  const positions = Array.from({ length: bundle.length }, (_, at) => at).filter((at) => {
    // Every byte of the headers, and some of what is between them, which is all digested alike.
    const isHeader = [0, second, object, sums].some((start) => at >= start && at < start + 512)
    return isHeader || at % 997 === 0 || (at > sums && at % 7 === 0)
  })
  for (const at of positions) {
    const flipped = Buffer.from(bundle)
    flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8))
    expect(await refusal(flipped), `byte ${at}`).toBe('bundle-invalid')
  }
})

test('a bundle that is cut anywhere is found', async () => {
  const lengths = [
    ...Array.from({ length: Math.ceil(bundle.length / 512) }, (_, block) => block * 512),
    bundle.length - 1,
  ]
  for (const length of lengths.flatMap((at) => [at, at + 1]).filter((at) => at < bundle.length)) {
    expect(await refusal(bundle.subarray(0, length)), `${length} bytes`).toBe('bundle-invalid')
  }
})

/** How a bundle was made to do harm, and what is told of it. */
const HARM: readonly (readonly [name: string, make: () => Buffer, told: string])[] = [
  ['is no tar file', () => Buffer.from('PK\u0003\u0004 something else'.repeat(100)), 'damaged'],
  ['is empty', () => Buffer.alloc(0), 'cut off'],
  ['is only zeros', () => Buffer.alloc(4096), 'does not begin'],
  ['has an entry outside of it', () => renamed('objects', '../../../.ssh/authorized_keys'), 'no bundle has an entry'],
  ['has an absolute entry', () => renamed('objects', '/etc/passwd'), 'no bundle has an entry'],
  ['has a name with a dot segment', () => renamed('objects', 'objects/../objects/x'), 'no bundle has an entry'],
  ['has an artifact with the digest of another', () => swappedNames(), 'other bytes'],
  ['has an artifact in the wrong folder', () => renamed('objects', `objects/00/00/${'a'.repeat(64)}`), 'no bundle has'],
  ['has an artifact twice', () => archive(twice()), 'twice or out of order'],
  ['has its artifacts out of order', () => archive(reversed()), 'twice or out of order'],
  ['has no sums', () => archive(entries.slice(0, -1)), 'ends without'],
  ['has something behind its end', () => Buffer.concat([bundle, Buffer.alloc(512)]), 'follows its end'],
  [
    'has one artifact less than it says',
    () => archive(withSums(entries.filter(isNotFirstObject))),
    'not those it says',
  ],
  ['has no history where it says it has', () => archive(withSums(entries.filter(isNotHistory))), 'missing'],
  ['has a symbolic link', () => withType('2'), 'a symbolic link'],
  ['has a hard link', () => withType('1'), 'a hard link'],
  ['has a device', () => withType('3'), 'a device'],
  ['has a folder', () => withType('5'), 'a folder'],
  ['says that an artifact is a terabyte', () => withSize(2 ** 33 - 1), 'cut off'],
  ['says so in an extended header', () => extended(2 ** 45), 'cut off'],
  ['says it is larger than numbers go', () => extendedText('30 size=99999999999999999999\n'), 'damaged'],
  ['has an endless extended header', () => extendedText('9'.repeat(600)), 'longer than any'],
  ['renames by an extended header', () => extendedText('26 path=../../etc/passwd\n\n'), 'damaged'],
  ['has a manifest that is too large', () => withManifest(Buffer.alloc(2 ** 21, ' ')), 'too large'],
  ['has a manifest with a key twice', () => withManifest(Buffer.from('{"format":1,"format":1}')), 'appears'],
  ['has a manifest of something else', () => withManifest(Buffer.from('{"format":1,"refs":[]}')), 'expected a mapping'],
  ['has a manifest with a ref that git refuses', () => changed('refs/mlv/code', 'refs/mlv/..'), 'refs/mlv/..'],
]

test.each(HARM)('a bundle that %s is refused', async (_, make, told) => {
  const failure = await survey(make()).catch((caught: unknown) => caught)
  if (!isFailure(failure, 'bundle-invalid')) throw failure
  expect(failure.message).toContain(told)
})

test('a bundle of a newer format says so', async () => {
  expect(await refusal(changed('"format": 1', '"format": 2'))).toBe('format-newer')
})

/** Harm that only shows where the git half is read. */
const FALSE_WORDS: readonly (readonly [name: string, make: () => Buffer, told: string])[] = [
  ['moves a branch of the user', () => changed('refs/heads/mlv', 'refs/heads/main'), 'no branch of mlv'],
  ['moves a tag', () => changed('refs/mlv/code', 'refs/tags/v1'), 'no branch of mlv'],
  ['names a commit that its history lacks', () => otherCommit(), 'its history lacks'],
  ['has a history that is none', () => withHistory(Buffer.from('# v2 git bundle\nnonsense\n')), 'git cannot read'],
]

test.each(FALSE_WORDS)('a bundle that %s changes nothing', (_, make, told) => {
  const world = makeChurnWorld()
  const path = join(temporaryFolder(), 'bad.mlv')
  writeFileSync(path, make())
  const before = fingerprint(world)
  const { exitCode, stderr } = world.mlv('unbundle', path)
  expect(stderr).toContain(told)
  expect(stderr).toContain('next: ')
  expect(exitCode).toBe(4)
  expect(fingerprint(world)).toBe(before)
})

test('a damaged bundle makes no repository', () => {
  const folder = temporaryFolder()
  const path = join(folder, 'bad.mlv')
  writeFileSync(path, bundle.subarray(0, bundle.length - 600))
  const world = makeChurnWorld()
  expect(world.mlv('-C', folder, 'unbundle', 'bad.mlv', '--into', 'new').stderr).toContain('bundle-invalid')
  expect(() => readFileSync(join(folder, 'new', '.git', 'HEAD'))).toThrow('ENOENT')
})

function survey(bytes: Buffer) {
  const volume = Volume.fromJSON({ '/b/x.mlv': '' })
  volume.writeFileSync('/b/x.mlv', bytes)
  return surveyBundle(memoryFiles(volume), '/b/x.mlv', () => undefined)
}

async function refusal(bytes: Buffer): Promise<string> {
  return survey(bytes).then(
    () => 'taken',
    (caught: unknown) => (caught instanceof Error && 'code' in caught ? String(caught.code) : String(caught)),
  )
}

function entriesOf(tar: Buffer): readonly Entry[] {
  const found: Entry[] = []
  for (let at = 0; tar[at] !== 0;) {
    const path = tar.toString('latin1', at, at + 100).replace(/\0.*$/s, '')
    const size = Number.parseInt(tar.toString('latin1', at + 124, at + 135), 8)
    found.push({ path, bytes: tar.subarray(at + 512, at + 512 + size) })
    at += 512 + size + tarPadding(size)
  }
  return found
}

function archive(files: readonly Entry[]): Buffer {
  const parts = files.flatMap(({ path, bytes }) => {
    return [tarHeader({ path, sizeBytes: bytes.length }), bytes, new Uint8Array(tarPadding(bytes.length))]
  })
  return Buffer.concat([...parts, TAR_END])
}

/** The same entries with sums that are true. */
function withSums(files: readonly Entry[]): readonly Entry[] {
  const rest = files.filter(({ path }) => path !== 'SHA256SUMS')
  const sums = rest.map(({ path, bytes }) => `${sha256Of(bytes)}  ${path}\n`).join('')
  return [...rest, { path: 'SHA256SUMS', bytes: Buffer.from(sums) }]
}

const isObject = ({ path }: Entry): boolean => path.startsWith('objects/')
const isNotHistory = ({ path }: Entry): boolean => path !== 'history.bundle'
const isNotFirstObject = (entry: Entry): boolean => entry !== entries.find(isObject)

function renamed(_: 'objects', to: string): Buffer {
  const [first] = entries.filter(isObject)
  return archive(withSums(entries.map((entry) => (entry === first ? { ...entry, path: to } : entry))))
}

function swappedNames(): Buffer {
  const first = entries.find(isObject)
  const other = { path: first?.path ?? '', bytes: Buffer.from('other bytes') }
  return archive(withSums(entries.map((entry) => (entry === first ? other : entry))))
}

function twice(): readonly Entry[] {
  return withSums(entries.flatMap((entry) => (isObject(entry) ? [entry, entry] : [entry])))
}

function reversed(): readonly Entry[] {
  const objects = entries.filter(isObject)
  const more = { path: `objects/00/00/${'0'.repeat(64)}`, bytes: Buffer.alloc(1) }
  return withSums([...entries.filter((entry) => !isObject(entry)), ...objects, more])
}

/** The first artifact as something else than a file, under a header that is whole. */
function withType(type: string): Buffer {
  return patchedHeader((header) => header.write(type, 156, 'latin1'))
}

function withSize(sizeBytes: number): Buffer {
  return patchedHeader((header) => header.write(sizeBytes.toString(8).padStart(11, '0'), 124, 'latin1'))
}

function patchedHeader(patch: (header: Buffer) => void): Buffer {
  const copy = Buffer.from(bundle)
  const first = entries.find(isObject)
  const header = copy.subarray(copy.indexOf(first?.path ?? '', 0, 'latin1')).subarray(0, 512)
  patch(header)
  header.fill(' ', 148, 156)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return copy
}

function extended(sizeBytes: number): Buffer {
  const path = entries.find(isObject)?.path ?? ''
  return Buffer.concat([archive(entries.slice(0, 2)).subarray(0, -1024), tarHeader({ path, sizeBytes })])
}

function extendedText(text: string): Buffer {
  const path = entries.find(isObject)?.path ?? ''
  const header = Buffer.from(tarHeader({ path: 'PaxHeaders/mlv', sizeBytes: text.length }))
  header.write('x', 156, 'latin1')
  const parts = [header, Buffer.from(text), Buffer.alloc(tarPadding(text.length)), tarHeader({ path, sizeBytes: 0 })]
  return Buffer.concat([archive(entries.slice(0, 2)).subarray(0, -1024), ...parts, TAR_END])
}

function withManifest(bytes: Buffer): Buffer {
  return archive(withSums([{ path: 'mlv-bundle.json', bytes }, ...entries.slice(1)]))
}

function changed(from: string, to: string): Buffer {
  const text = entries[0]?.bytes.toString() ?? ''
  expect(text).toContain(from)
  return withManifest(Buffer.from(text.replace(from, to)))
}

function otherCommit(): Buffer {
  const text = entries[0]?.bytes.toString() ?? ''
  return withManifest(Buffer.from(text.replace(/("refs\/heads\/mlv": ")[0-9a-f]{8}/, '$1deadbeef')))
}

function withHistory(bytes: Buffer): Buffer {
  const text = entries[0]?.bytes.toString() ?? ''
  const history = `"history": {\n    "sha256": "${sha256Of(bytes)}",\n    "sizeBytes": ${bytes.length}\n  }`
  const manifest = Buffer.from(text.replace(/"history": \{[^}]*\}/, history))
  const rest = entries.slice(2)
  return archive(withSums([{ path: 'mlv-bundle.json', bytes: manifest }, { path: 'history.bundle', bytes }, ...rest]))
}
