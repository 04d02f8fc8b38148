/**
 * Packs: which files go into which, that stock tar reads them, that files come out as they went in, and that what has
 * not changed is not read again.
 */
import { execFileSync } from 'node:child_process'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareText } from '../../../src/base/order.ts'
import { TAR_END, tarHeader } from '../../../src/base/tar-header.ts'
import { parseArtifactPath } from '../../../src/domain/artifact-path.ts'
import { isFailure } from '../../../src/domain/failure.ts'
import type { PackedObject, PackInput } from '../../../src/store/artifacts/add-packs.ts'
import { placeFiles } from '../../../src/store/artifacts/checkout-files.ts'
import type { PlannedFile } from '../../../src/store/artifacts/checkout-plan.ts'
import { collectFiles } from '../../../src/store/artifacts/collect.ts'
import { planPacks } from '../../../src/store/artifacts/pack-plan.ts'
import type { PackableFile } from '../../../src/store/artifacts/pack-plan.ts'
import { removeTree } from '../../../src/store/artifacts/remove-tree.ts'
import { recordFiles } from '../../../src/store/artifacts/record-files.ts'
import type { Files } from '../../../src/store/files/files.ts'
import { countingFiles, faultyFiles, FAULTS, Killed } from '../../support/faulty-files.ts'
import { temporaryFolder } from '../../support/repository.ts'
import { diskWorld, entropy, listing, memoryWorld, refusal, untilClockMoves } from './artifact-world.ts'
import type { ArtifactWorld } from './artifact-world.ts'

const MODEL = parseArtifactPath('model')

test('few files, large files and files of no model stay what they were', () => {
  const sizes = (plans: readonly (readonly PackableFile[])[]) => plans.flat().length
  expect(sizes(planPacks(filesIn('data', 200), undefined))).toBe(0)
  expect(sizes(planPacks(filesIn('data', 201), undefined))).toBe(201)
  expect(sizes(planPacks(filesIn('data', 500, 256 * 1024), undefined))).toBe(0)
  // Counted apart, and never in one pack.
  const both = [...filesIn('data', 300), ...filesIn('model', 150)]
  expect(planPacks(both, MODEL).flat()).toEqual(planPacks(filesIn('data', 300), undefined).flat())
  const many = planPacks([...filesIn('data', 300), ...filesIn('model', 300)], MODEL)
  expect(sizes(many)).toBe(600)
  for (const plan of many) expect(new Set(plan.map(({ path }) => path.split('/')[0])).size).toBe(1)
})

test('a file more or less changes the pack it is in, and no other', () => {
  const files = filesIn('data', 2000)
  const plans = planPacks(files, undefined).map(namesOf)
  expect(plans.length).toBeGreaterThan(4)
  for (const at of [0, 700, 1999]) {
    const less = planPacks(files.toSpliced(at, 1), undefined).map(namesOf)
    expect(less.filter((names) => !plans.includes(names)).length).toBeLessThanOrEqual(1)
    const more = planPacks([...files, fileAt(`data/${at}-more.bin`, 8192)], undefined).map(namesOf)
    expect(more.filter((names) => !plans.includes(names)).length).toBeLessThanOrEqual(2)
  }
})

test('no pack is longer than the limit, and the order files came in leaves no trace', () => {
  const files = filesIn('data', 500, 4000)
  const limit = 100_000
  const plans = planPacks(files, undefined, limit)
  for (const plan of plans) {
    const bytes = plan.reduce((sum, { sizeBytes }) => sum + 512 + Math.ceil(sizeBytes / 512) * 512, TAR_END.length)
    expect(bytes).toBeLessThanOrEqual(limit)
  }
  expect(planPacks(files.toReversed(), undefined, limit)).toEqual(plans)
})

const NAMES = [
  'plain.bin',
  'x'.repeat(100),
  'y'.repeat(101),
  `${'deep/'.repeat(40)}end`,
  'ünïcode 字.bin',
  "odd 'name' #1",
]

test('stock tar lists a pack and gives its files back, long names and others than ASCII too', async () => {
  const world = await diskWorld()
  for (const [index, name] of NAMES.entries()) await world.write(`in/${name}`, Buffer.alloc(index * 300 + 1, name))
  const packed = await addAll(
    world,
    NAMES.map((name) => `in/${name}`),
  )
  const [pack] = new Set([...packed.values()].map((object) => world.store.path(object.pack.sha256)))
  const listed = execFileSync('tar', ['-tf', pack ?? ''], { env: { LC_ALL: 'C.UTF-8', PATH: process.env['PATH'] } })
  // GNU tar quotes what is not ASCII in listings; what it extracts tells.
  expect(listed.toString().trim().split('\n')).toHaveLength(NAMES.length)
  const out = temporaryFolder()
  execFileSync('tar', ['-xf', pack ?? '', '-C', out])
  expect(listing(join(out, 'in'))).toEqual(listing(join(world.work, 'in')))
})

test('the same files are the same pack, whenever and by whomever they were written', async () => {
  const digests = new Set<string>()
  for (const mode of [0o600, 0o755]) {
    const world = await diskWorld()
    for (const name of ['a', 'b', 'c']) chmodSync(await world.write(`in/${name}`, name.repeat(700)), mode)
    const packed = await addAll(world, ['in/a', 'in/b', 'in/c'])
    for (const { pack } of packed.values()) digests.add(pack.sha256)
  }
  expect(digests.size).toBe(1)
})

const anyName = fc
  .array(fc.string({ minLength: 1, maxLength: 90, unit: 'grapheme' }), { minLength: 1, maxLength: 5 })
  .map((parts) => parts.join('/'))
  .filter(isPath)

test('law: what goes into a pack comes out of it, whatever its name and length', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.tuple(anyName, fc.uint8Array({ maxLength: 3000 })), {
        minLength: 1,
        maxLength: 12,
        selector: ([name]) => name.toLowerCase().split('/')[0],
      }),
      async (contents) => {
        const world = await memoryWorld()
        const sorted = contents.toSorted(([left], [right]) => compareText(left, right))
        for (const [name, bytes] of sorted) await world.write(name, bytes)
        const packed = await addAll(
          world,
          sorted.map(([name]) => name),
        )
        await placeFiles(world.store, world.files, [...packed].map(planned), '/world/out', { force: false, entropy })
        for (const [name, bytes] of sorted) {
          expect(Buffer.from(await world.files.readFile(join('/world/out', name)))).toEqual(Buffer.from(bytes))
        }
        expect(tarOf(sorted)).toEqual(await packBytes(world, packed))
      },
    ),
    { numRuns: 40 },
  )
})

test('many files are few objects, in three or four packs, and the list names their places', async () => {
  const world = await withFiles(600)
  const { files } = await record(world)
  expect(files.map(({ path }) => path)).toEqual(files.map(({ path }) => path).toSorted(compareText))
  const packs = new Set(files.map(({ storage }) => (storage.kind === 'packed' ? storage.pack.sha256 : storage.kind)))
  expect(packs.size).toBeLessThan(8)
  expect((await world.store.totals()).count).toBe(packs.size)
})

test('a folder that has not changed is not read again, and one changed file makes one pack new', async () => {
  const world = await withFiles(600)
  const first = await record(world)
  await untilClockMoves(world.files, join(world.work, 'data/0.bin'))
  const read: string[] = []
  const spying: Files = {
    ...world.files,
    readFile: (path) => {
      if (path.startsWith(join(world.work, 'data/'))) read.push(path)
      return world.files.readFile(path)
    },
  }
  expect(await record({ ...world, store: world.reopen(spying), files: spying })).toEqual(first)
  expect(read).toEqual([])

  await world.write('data/7.bin', Buffer.alloc(9000, 'new'))
  const second = await record({ ...world, store: world.reopen(spying), files: spying })
  const changed = second.files.filter((file, index) => file.sha256 !== first.files[index]?.sha256)
  expect(changed.map(({ path }) => path)).toEqual(['data/7.bin'])
  const [before, after] = [packsIn(first), packsIn(second)]
  expect(after.filter((pack) => !before.includes(pack))).toHaveLength(1)
  expect(read.length).toBeLessThan(600)
})

test.each([
  ['is cut', (text: string) => text.slice(0, -80)],
  ['has another digest', (text: string) => text.replace(/\n[0-9a-f]{8}/, '\n00000000')],
  ['is no text of ours', () => 'nonsense'],
])('an entry of the cache that %s is not believed', async (_, damage) => {
  const world = await withFiles(300)
  const first = await record(world)
  const folder = join(world.git, 'mlv/pack-cache')
  for (const { name } of await world.files.readFolder(folder)) {
    const path = join(folder, name)
    writeFileSync(path, damage(readFileSync(path, 'latin1')), 'latin1')
  }
  expect(await record({ ...world, store: world.reopen() })).toEqual(first)
})

test('a damaged pack and a wrong place are told apart, and nothing is placed', async () => {
  const world = await withFiles(300)
  const { files } = await record(world)
  const plan = files.map(({ path, sha256, sizeBytes, storage }): PlannedFile => {
    return { path, sha256, sizeBytes, source: storage.kind === 'packed' ? storage : { kind: 'store' } }
  })
  const destination = join(world.work, 'out')
  const place = (wanted: readonly PlannedFile[]) =>
    refusal(placeFiles(world.reopen(), world.files, wanted, destination, { force: false, entropy }))
  const [first] = plan
  if (first?.source.kind !== 'packed') throw new Error('expected a packed file')
  const moved = { ...first, source: { ...first.source, offset: first.source.offset + 512 } }
  expect(await place([moved])).toMatch(/^digest-mismatch/)

  const path = world.store.path(first.source.pack.sha256)
  const bytes = readFileSync(path)
  bytes[first.source.offset + 3] = (bytes[first.source.offset + 3] ?? 0) ^ 1
  chmodSync(path, 0o644)
  writeFileSync(path, bytes)
  expect(await place(plan)).toMatch(/^object-damaged/)
  writeFileSync(path, bytes.subarray(0, first.source.offset + 100))
  expect(await place(plan)).toMatch(/^object-damaged/)
  await world.files.remove(path)
  expect(await place(plan)).toMatch(/^object-missing/)
  expect(await world.files.lstat(destination)).toBeUndefined()
})

test.each(FAULTS)('packing survives %s at every step', async (fault) => {
  const counted = await withThree()
  const counting = countingFiles(counted.files)
  await packIn(counted, counting)
  const steps = counting.calls.length
  // A few more where the clock has moved on, and the pack is remembered.
  expect(steps).toBeGreaterThan(15)
  for (let at = 1; at <= steps; at += 1) {
    const world = await withThree()
    const faulty = faultyFiles(world.files, { at, fault })
    await packIn(world, faulty).catch((caught: unknown) => {
      if (caught instanceof Killed) return
      const codes = ['disk-failed', 'disk-full', 'repository-read-only', 'too-many-open-files'] as const
      expect(codes.some((code) => isFailure(caught, code))).toBe(true)
    })
    const packed = await packIn(world, world.files)
    for (const { pack } of packed.values()) {
      expect(await world.reopen().verify(pack.sha256, pack.sizeBytes, { rehash: true })).toBe('ok')
    }
    expect(await world.reopen().totals()).toMatchObject({ count: 1 })
  }
})

test.each(FAULTS)('a checkout out of a pack appears whole or not at all, with %s at every step', async (fault) => {
  const world = await withThree()
  const plan = [...(await packIn(world, world.files))].map(planned)
  const destination = join(world.work, 'out')
  const place = (files: Files) => placeFiles(world.reopen(files), files, plan, destination, { force: false, entropy })
  const counting = countingFiles(world.files)
  await place(counting)
  const steps = counting.calls.length
  expect(steps).toBeGreaterThan(8)
  for (let at = 1; at <= steps; at += 1) {
    await removeTree(world.files, destination)
    await place(faultyFiles(world.files, { at, fault })).catch(() => undefined)
    const placed = (await world.files.readFolder(join(destination, 'in'))).map(({ name }) => name)
    expect([[], ['a', 'b', 'c']]).toContainEqual(placed)
  }
})

function filesIn(folder: string, count: number, sizeBytes = 8192): readonly PackableFile[] {
  return Array.from({ length: count }, (_, index) => fileAt(`${folder}/${index}.bin`, sizeBytes))
}

function fileAt(path: string, sizeBytes: number): PackableFile {
  return { path: parseArtifactPath(path), absolute: `/nowhere/${path}`, sizeBytes }
}

function namesOf(plan: readonly PackableFile[]): string {
  return plan.map(({ path }) => path).join('\n')
}

function isPath(name: string): boolean {
  try {
    parseArtifactPath(name)
    return true
  } catch (caught) {
    if (isFailure(caught, 'path-escape') || isFailure(caught, 'limit-exceeded')) return false
    if (isFailure(caught, 'path-absolute') || isFailure(caught, 'path-git-control')) return false
    if (isFailure(caught, 'path-not-portable') || isFailure(caught, 'path-hidden-character')) return false
    throw caught
  }
}

/** Packs files of the worktree together. */
async function addAll(
  world: Pick<ArtifactWorld, 'files' | 'store' | 'work'>,
  paths: readonly string[],
): Promise<ReadonlyMap<ReturnType<typeof parseArtifactPath>, PackedObject>> {
  const inputs: PackInput[] = []
  for (const path of paths.toSorted(compareText)) {
    const absolute = join(world.work, path)
    const stat = await world.files.stat(absolute)
    if (stat === undefined) throw new Error(`${path} is not there`)
    inputs.push({ path: parseArtifactPath(path), absolute, stat, sizeBytes: stat.sizeBytes })
  }
  const [first, ...rest] = inputs
  return first === undefined ? new Map() : world.store.addPacks([[first, ...rest]])
}

function planned([path, object]: readonly [PlannedFile['path'], PackedObject]): PlannedFile {
  const { sha256, sizeBytes, pack, offset } = object
  return { path, sha256, sizeBytes, source: { kind: 'packed', pack, offset } }
}

async function packBytes(
  world: ArtifactWorld,
  packed: ReadonlyMap<unknown, PackedObject>,
): Promise<Buffer | undefined> {
  for (const { pack } of packed.values()) return Buffer.from(await world.files.readFile(world.store.path(pack.sha256)))
  return undefined
}

/** A pack made another way, in memory. */
function tarOf(contents: readonly (readonly [string, Uint8Array])[]): Buffer {
  const members = contents.map(([name, bytes]) => {
    const padding = Buffer.alloc(Math.ceil(bytes.length / 512) * 512 - bytes.length)
    return Buffer.concat([tarHeader({ path: name, sizeBytes: bytes.length }), bytes, padding])
  })
  return Buffer.concat([...members, TAR_END])
}

/** A world with many files, all different, that no inlining takes. */
async function withFiles(count: number): Promise<ArtifactWorld> {
  const world = await diskWorld()
  for (let index = 0; index < count; index += 1) {
    await world.write(`data/${index}.bin`, Buffer.alloc(1000 + index, `file ${index} `))
  }
  await untilClockMoves(world.files, join(world.work, `data/${count - 1}.bin`))
  return world
}

async function record(world: Pick<ArtifactWorld, 'files' | 'store' | 'work'>) {
  const collected = await collectFiles(world.files, world.work, ['data/*.bin'])
  return recordFiles(world.store, collected, {})
}

function packsIn({ files }: Awaited<ReturnType<typeof record>>): readonly string[] {
  return [...new Set(files.flatMap(({ storage }) => (storage.kind === 'packed' ? [storage.pack.sha256] : [])))]
}

async function withThree(): Promise<ArtifactWorld> {
  const world = await memoryWorld()
  for (const name of ['a', 'b', 'c']) await world.write(`in/${name}`, name.repeat(700))
  return world
}

function packIn(world: ArtifactWorld, files: Files): ReturnType<typeof addAll> {
  return addAll({ ...world, files, store: world.reopen(files) }, ['in/a', 'in/b', 'in/c'])
}
