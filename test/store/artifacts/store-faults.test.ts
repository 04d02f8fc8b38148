/**
 * Every call that changes the disk fails once, in every way a disk fails, and once the process dies there. Afterwards
 * the store holds whole objects only, the destination is as it was or as it should be, and the next command succeeds.
 */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseSha256, sha256Of } from '../../../src/base/digest.ts'
import { Failure } from '../../../src/domain/failure.ts'
import { openArtifactStore } from '../../../src/store/artifacts/artifact-store.ts'
import { placeFiles } from '../../../src/store/artifacts/checkout-files.ts'
import type { Files } from '../../../src/store/files/files.ts'
import { countingFiles, faultyFiles, FAULTS, Killed } from '../../support/faulty-files.ts'
import { diskWorld, entropy, inline, listing, memoryWorld, stored } from './artifact-world.ts'
import type { ArtifactWorld } from './artifact-world.ts'

const SMALL = 'small'
const LARGE = Buffer.alloc(1024 * 1024 + 3, 5)

/** What a fault may be told as; anything else is a bug dressed as a disk. */
const TOLD = ['disk-failed', 'disk-full', 'repository-read-only', 'too-many-open-files']

test.each(FAULTS)('adding files survives %s at every step', async (fault) => {
  const steps = await countSteps((files, world) => add(world, files))
  expect(steps).toBeGreaterThan(15)
  for (let at = 1; at <= steps; at += 1) {
    const world = await withInputs()
    const faulty = faultyFiles(world.files, { at, fault })
    await failing(add(world, faulty))
    await everyObjectIsWhole(world)
    // What the disk itself would not let go stays until it is a day old.
    const isCleaned = fault !== 'kill' && faulty.calls[at - 1]?.startsWith('remove ') === false
    if (isCleaned) expect(await names(world.files, join(world.git, 'mlv/tmp'))).toEqual([])

    expect((await add(world, world.files)).map(({ sha256 }) => sha256)).toEqual([sha256Of(SMALL), sha256Of(LARGE)])
    expect(await world.reopen().verify(sha256Of(LARGE), LARGE.length, { rehash: true })).toBe('ok')
  }
})

// Objects from 8 MiB on are also remembered, and what cannot be remembered is no failure.
test.each(['EROFS', 'kill'] as const)('remembering a large object survives %s at every step', async (fault) => {
  const huge = Buffer.alloc(8 * 1024 * 1024, 6)
  const take = async (world: ArtifactWorld, files: Files) => {
    await world.write('huge', huge)
    return world.reopen(files).addFile(join(world.work, 'huge'))
  }
  const steps = await countSteps((files, world) => take(world, files))
  for (let at = 1; at <= steps; at += 1) {
    const world = await memoryWorld()
    await failing(take(world, faultyFiles(world.files, { at, fault })))
    expect(await world.reopen().addFile(join(world.work, 'huge'))).toMatchObject({ sha256: sha256Of(huge) })
  }
})

test.each(FAULTS)('a checkout into a folder that is there survives %s at every step', async (fault) => {
  const steps = await countSteps((files, world) => checkOut(world, files, world.work))
  expect(steps).toBeGreaterThan(15)
  for (let at = 1; at <= steps; at += 1) {
    const world = await withInputs()
    const before = await contents(world.files, join(world.work, 'models'))
    const told = await failing(checkOut(world, faultyFiles(world.files, { at, fault })))
    const after = await contents(world.files, join(world.work, 'models'))
    // A kill between two renames leaves some files old and some new, each of them whole; an error takes them back.
    if (fault === 'kill') expect(after.every((line) => [...before, ...AFTER].includes(line))).toBe(true)
    else if (told === 'nothing') expect(after).toEqual(AFTER)
    else expect(after).toEqual(before)

    await checkOut(world, world.files)
    expect(await contents(world.files, join(world.work, 'models'))).toEqual(AFTER)
  }
})

// On the real disk files are placed through open folders, and so they are taken back.
test('on the real disk too, an error takes back every file and folder a checkout had placed', async () => {
  const inputs = async () => {
    const world = await diskWorld()
    await world.write('models/config.json', '{"old":1}')
    await world.write('models/old.bin', 'old')
    return world
  }
  const counted = await inputs()
  const counting = countingFiles(counted.files)
  await checkOut(counted, counting)
  for (let at = 1; at <= counting.calls.length; at += 1) {
    const world = await inputs()
    const told = await failing(checkOut(world, faultyFiles(world.files, { at, fault: 'EIO' })))
    expect(await contents(world.files, join(world.work, 'models'))).toEqual(told === 'nothing' ? AFTER : BEFORE)
    expect(listing(join(world.work, 'models'))).toHaveLength(told === 'nothing' ? 5 : 2)
  }
})

test.each(FAULTS)('a checkout into a new folder appears whole or not at all, with %s at every step', async (fault) => {
  const fresh = (world: ArtifactWorld) => join(world.work, 'fresh/folder')
  const steps = await countSteps((files, world) => checkOut(world, files, fresh(world)))
  for (let at = 1; at <= steps; at += 1) {
    const world = await withInputs()
    await failing(checkOut(world, faultyFiles(world.files, { at, fault }), fresh(world)))
    const found = await contents(world.files, join(fresh(world), 'models'))
    expect(found.length === 0 || found.join() === AFTER.join()).toBe(true)
    await checkOut(world, world.files, fresh(world))
    expect(await contents(world.files, join(fresh(world), 'models'))).toEqual(AFTER)
  }
})

const BEFORE = [`config.json ${sha256Of('{"old":1}').slice(0, 8)}`, `old.bin ${sha256Of('old').slice(0, 8)}`]

const AFTER = [
  `config.json ${sha256Of('{"new":1}').slice(0, 8)}`,
  `deep/er/large.bin ${sha256Of(LARGE).slice(0, 8)}`,
  `old.bin ${sha256Of(SMALL).slice(0, 8)}`,
]

async function withInputs(): Promise<ArtifactWorld> {
  const world = await memoryWorld()
  await world.write('small', SMALL)
  await world.write('large', LARGE)
  await world.write('models/config.json', '{"old":1}')
  await world.write('models/old.bin', 'old')
  return world
}

async function countSteps(action: (files: Files, world: ArtifactWorld) => Promise<unknown>): Promise<number> {
  const world = await withInputs()
  const files = countingFiles(world.files)
  await action(files, world)
  return files.calls.length
}

function add(world: ArtifactWorld, files: Files) {
  return world.reopen(files).addFiles([join(world.work, 'small'), join(world.work, 'large')])
}

async function checkOut(world: ArtifactWorld, files: Files, destination = world.work): Promise<unknown> {
  const store = world.reopen()
  const plan = [
    inline('models/config.json', '{"new":1}'),
    await stored(store, 'models/deep/er/large.bin', LARGE.toString('latin1')),
    await stored(store, 'models/old.bin', SMALL),
  ]
  const faulty = openArtifactStore(world.git, files, { kind: 'lfs', entropy })
  return placeFiles(faulty, files, plan, destination, { force: true, entropy })
}

/** What was told; fails when it was neither a kill nor the disk. */
async function failing(action: Promise<unknown>): Promise<string> {
  try {
    await action
    return 'nothing'
  } catch (caught) {
    if (caught instanceof Killed) return 'killed'
    if (!(caught instanceof Failure)) throw caught
    expect(TOLD).toContain(caught.code)
    return caught.code
  }
}

async function everyObjectIsWhole(world: ArtifactWorld): Promise<void> {
  for (const root of ['mlv/objects', 'lfs/objects']) {
    for (const line of await contents(world.files, join(world.git, root))) {
      const [path = '', digest = ''] = line.split(' ')
      const sha256 = parseSha256(path.split('/').at(-1) ?? '')
      // What git-lfs has no name for is a link half made; it never looks at it.
      if (sha256 !== undefined) expect(sha256.slice(0, 8)).toBe(digest)
    }
  }
}

/** Every file below a folder with the start of its digest. */
async function contents(files: Files, folder: string, below = ''): Promise<readonly string[]> {
  const lines: string[] = []
  for (const { name, kind } of await files.readFolder(join(folder, below))) {
    const path = join(below, name)
    if (kind === 'folder') lines.push(...(await contents(files, folder, path)))
    else lines.push(`${path} ${sha256Of(await files.readFile(join(folder, path))).slice(0, 8)}`)
  }
  return lines
}

async function names(files: Files, folder: string): Promise<readonly string[]> {
  return (await files.readFolder(folder)).map(({ name }) => name)
}
