/**
 * Folding packs: few remain, each object stays readable at every moment whoever is killed, and what is git's is left to
 * git.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { present } from '../../../src/base/assert.ts'
import { rootPath } from '../../../src/domain/tree-path.ts'
import type { Files } from '../../../src/store/files/files.ts'
import { openEmbeddedEngine } from '../../../src/store/git/embedded-engine.ts'
import { foldOwnPacks, PACKS_BEFORE_FOLDING, packsToFold } from '../../../src/store/git/fold-own-packs.ts'
import type { SizedPack } from '../../../src/store/git/fold-own-packs.ts'
import { objectName } from '../../../src/store/git/object-name.ts'
import type { GitObject } from '../../../src/store/git/object-name.ts'
import { storePack } from '../../../src/store/git/pack-writer.ts'
import { countingFiles, faultyFiles, FAULTS } from '../../support/faulty-files.ts'
import type { Fault } from '../../support/faulty-files.ts'
import { commit, embeddedInMemory, embeddedOnDisk, MLV, put, updateOf, writeFile } from '../../support/git-worlds.ts'
import { fsck, makeMemoryRepository, SIGNATURES } from '../../support/repository.ts'
import type { MemoryRepository } from '../../support/repository.ts'

describe('which packs are folded', () => {
  test('as many as it takes that every pack left is twice all smaller ones', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1_000_000 }), { maxLength: 60 }), (sizes) => {
        const packs = sizes.map((sizeBytes, index): SizedPack => ({ name: String(index), sizeBytes }))
        const folded = new Set(packsToFold(packs))
        const whole = sum([...folded])
        const left = packs.filter((pack) => !folded.has(pack)).sort((one, other) => one.sizeBytes - other.sizeBytes)
        left.forEach((pack, index) => {
          expect(pack.sizeBytes).toBeGreaterThanOrEqual(2 * (whole + sum(left.slice(0, index))))
        })
      }),
    )
  })

  test('ten thousand commits are written about log n times each, and few packs are left', () => {
    let packs: readonly SizedPack[] = []
    let written = 0
    for (let at = 0; at < 10_000; at += 1) {
      packs = [...packs, { name: `c${at}`, sizeBytes: 1000 + ((at * 7919) % 3000) }]
      const chosen = new Set(packsToFold(packs))
      if (chosen.size < PACKS_BEFORE_FOLDING) continue
      const sizeBytes = sum([...chosen])
      packs = [...packs.filter((pack) => !chosen.has(pack)), { name: `f${at}`, sizeBytes }]
      written += sizeBytes
    }
    expect(packs.length).toBeLessThan(PACKS_BEFORE_FOLDING + 14)
    expect(written / sum(packs)).toBeLessThan(14)
  })
})

test('many commits leave few packs, and git reads every one of them', async () => {
  const world = await embeddedOnDisk()
  const count = 3 * PACKS_BEFORE_FOLDING
  for (let at = 0; at < count; at += 1) await commit(world, [put(`runs/${at}`, `run ${at}`)])

  expect((await packsOf(world)).length).toBeLessThan(PACKS_BEFORE_FOLDING + 2)
  expect(world.git('rev-list', '--count', 'mlv')).toBe(String(count))
  expect(world.git('show', `mlv~${count - 1}:runs/0`)).toBe('run 0')
  expect(fsck(world)).toBe('')
  expect(world.git('count-objects', '-v')).toMatch(/^garbage: 0$/m)
})

test('a reader with an old list of packs goes on', async () => {
  const world = await embeddedInMemory()
  const first = await commit(world, [put('a', 'first')])
  const reader = await openEmbeddedEngine(world.place, world.files)
  await reader.readCommit(first)
  for (let at = 1; at < 2 * PACKS_BEFORE_FOLDING; at += 1) await commit(world, [put('a', `${at}`)])
  const entry = present(await reader.entryAt(first, rootPath('a')), 'the file')

  expect(Buffer.from(await reader.readBlob(entry.oid)).toString()).toBe('first')
})

describe('left to git', () => {
  test('packs it keeps, has bitmaps for, or indexes together', async () => {
    for (const companion of ['pack-NAME.keep', 'pack-NAME.bitmap', 'pack-NAME.promisor', 'multi-pack-index']) {
      const world = await manyPacks()
      const folder = folderOf(world)
      for (const pack of await packsOf(world)) {
        const path = `${folder}/${companion.replace('pack-NAME', pack.replace('.pack', ''))}`
        await writeFile(world.files, path, 'git\n')
      }
      const before = await packsOf(world)
      await foldOwnPacks(world.place.commonDir, world.files)
      expect(await packsOf(world), companion).toEqual(before)
    }
  })

  test('packs with deltas, while the others are folded', async () => {
    const world = await embeddedOnDisk()
    const lines = Array.from({ length: 500 }, (_, line) => `line ${line}`).join('\n')
    for (const text of ['1', '2', '3']) await commit(world, [put('long', `${lines}${text}`)])
    world.git('repack', '-adf', '--quiet')
    const [deltified] = await packsOf(world)
    expect(world.git('verify-pack', '-v', `${folderOf(world)}/${deltified ?? ''}`)).toMatch(/chain length/)
    for (let at = 0; at < PACKS_BEFORE_FOLDING; at += 1) await commit(world, [put(`f${at}`, `${at}`)])

    const packs = await packsOf(world)
    expect(packs).toContain(deltified)
    expect(packs.length).toBeLessThan(4)
    expect(fsck(world)).toBe('')
  })

  test('a pack that is damaged', async () => {
    const world = await manyPacks()
    await storeBlob(world, 'one more')
    const [torn = ''] = await packsOf(world)
    const path = `${folderOf(world)}/${torn}`
    const bytes = Buffer.from(await world.files.readFile(path))
    bytes[20] = (bytes[20] ?? 0) ^ 1
    await writeFile(world.files, path, bytes)
    await foldOwnPacks(world.place.commonDir, world.files)

    expect((await packsOf(world)).length).toBe(2)
    expect(Buffer.from(await world.files.readFile(path)).equals(bytes)).toBe(true)
  })
})

describe('a fold that goes wrong', () => {
  test.each(FAULTS)('loses nothing by %s at any call, and the next commit clears up', async (fault) => {
    const template = await manyPacks()
    const counting = countingFiles(copyOf(template).files)
    await foldOwnPacks(template.place.commonDir, counting)
    expect(counting.calls.length).toBeGreaterThan(3 * PACKS_BEFORE_FOLDING)
    for (let at = 1; at <= counting.calls.length; at += 1) await failAt(copyOf(template), { at, fault })
  })
})

async function failAt(world: MemoryRepository, plan: { readonly at: number; readonly fault: Fault }): Promise<void> {
  const files = faultyFiles(world.files, plan)
  await foldOwnPacks(world.place.commonDir, files).catch(() => undefined)
  const where = `${plan.fault} at call ${plan.at}, ${files.calls[plan.at - 1] ?? 'none'}`
  expect(await readable(world), where).toBe(PACKS_BEFORE_FOLDING)
  // Git is slow to start, so it is asked now and then; the engine held every object against its name.
  if (plan.at % 8 === 0) expect(fsck(world), where).toBe('')

  await commitOn(world, 'after')
  expect(await readable(world), where).toBe(PACKS_BEFORE_FOLDING + 1)
  expect(await strays(world), where).toEqual([])
}

/** As many packs as are folded, not folded yet: the last holds a file that no commit has. */
async function manyPacks(): Promise<MemoryRepository> {
  const repository = makeMemoryRepository()
  for (let at = 1; at < PACKS_BEFORE_FOLDING; at += 1) await commitOn(repository, `${at}`)
  await storeBlob(repository, 'alone')
  expect((await packsOf(repository)).length).toBe(PACKS_BEFORE_FOLDING)
  return repository
}

async function storeBlob({ place, files }: MemoryRepository, content: string): Promise<void> {
  const blob: GitObject = { kind: 'blob', bytes: Buffer.from(content) }
  await (await storePack(place.commonDir, files, new Map([[objectName(blob), blob]]))).release()
}

function copyOf(template: MemoryRepository): MemoryRepository {
  const repository = makeMemoryRepository()
  repository.volume.fromJSON(template.volume.toJSON(undefined, {}, false, true))
  return repository
}

async function commitOn({ place, files }: MemoryRepository, content: string): Promise<void> {
  const engine = await openEmbeddedEngine(place, files)
  const expected = await engine.readRef(MLV)
  await engine.commitRefs([updateOf({ expected, edits: [put(`f${content}`, content)] })], SIGNATURES)
}

/** How many files can be read, by a process that has read nothing before. */
async function readable({ place, files }: MemoryRepository): Promise<number> {
  const engine = await openEmbeddedEngine(place, files)
  const tip = present(await engine.readRef(MLV), 'the branch')
  const texts = new Set<string>()
  for (const { oid } of await engine.log(tip, {})) {
    for (const entry of await engine.readTree(oid)) {
      texts.add(Buffer.from(await engine.readBlob(entry.oid)).toString())
    }
  }
  const alone = objectName({ kind: 'blob', bytes: Buffer.from('alone') })
  texts.add(Buffer.from(await engine.readBlob(alone)).toString())
  return texts.size
}

/** Files that no finished write leaves: laid aside, kept, or half of a pack. */
async function strays(world: Placed): Promise<readonly string[]> {
  const names = new Set((await world.files.readFolder(folderOf(world))).map(({ name }) => name))
  return [...names].filter((name) => {
    const [, pack, extension] = /^(pack-[0-9a-f]+)\.(pack|idx)$/.exec(name) ?? []
    return pack === undefined || !names.has(`${pack}.${extension === 'pack' ? 'idx' : 'pack'}`)
  })
}

/** Where packs are, and how to look at them. */
interface Placed {
  readonly place: { readonly commonDir: string }
  readonly files: Files
}

async function packsOf(world: Placed): Promise<readonly string[]> {
  const names = (await world.files.readFolder(folderOf(world))).map(({ name }) => name)
  return names.filter((name) => name.endsWith('.pack'))
}

function folderOf({ place }: Placed): string {
  return `${place.commonDir}/objects/pack`
}

function sum(packs: readonly SizedPack[]): number {
  return packs.reduce((total, { sizeBytes }) => total + sizeBytes, 0)
}
