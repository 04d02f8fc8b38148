/**
 * Very many objects at a stroke: the promise of batches, which both engines keep.
 */
import { expect, test } from 'vitest'
import { present } from '../../src/base/assert.ts'
import type { TreeEntry } from '../../src/store/git/engine.ts'
import * as worlds from '../support/git-worlds.ts'
import { commit, oidOf, put } from '../support/git-worlds.ts'

const ENGINES = [
  { name: 'the system engine', makeWorld: worlds.systemOnDisk },
  { name: 'the embedded engine on disk', makeWorld: worlds.embeddedOnDisk },
  { name: 'the embedded engine in memory', makeWorld: worlds.embeddedInMemory },
]

test.each(ENGINES)(
  '$name: very many objects come in batches, whole and in order, and one that is not there is told',
  async ({ makeWorld }) => {
    const world = worlds.closing(await makeWorld())
    const names = Array.from({ length: 1500 }, (_, index) => `d${index}/file`)
    const long = 'x'.repeat(200_000)
    const textOf = (index: number): string => (index % 500 === 7 ? `${index} ${long}` : `${index}\n`)
    const tip = await commit(
      world,
      names.map((name, index) => put(name, textOf(index))),
    )
    const folders = await world.engine.readTree(tip)
    const indexes = folders.map(({ name }) => Number(name.slice(1)))
    const trees: (readonly TreeEntry[])[] = []
    for await (const batch of world.engine.readTreeBatches(folders.map(({ oid }) => oid))) trees.push(...batch)
    expect(trees.map((entries) => entries.map(({ name }) => name))).toEqual(names.map(() => ['file']))

    const oids = trees.flatMap((entries) => entries.map(({ oid }) => oid))
    const texts: string[] = []
    for await (const batch of world.engine.readBlobBatches(oids)) {
      expect(batch.length).toBeGreaterThan(0)
      texts.push(...batch.map((bytes) => Buffer.from(bytes).toString()))
    }
    expect(texts.length).toBe(1500)
    expect(texts.every((text, place) => text === textOf(present(indexes[place], 'an index')))).toBe(true)

    const absent = oidOf(`${'00'.repeat(19)}01`)
    const [one, other] = [await worlds.writeLoose(world, 'blob', Buffer.from('one')), 'other']
    const swapped = await worlds.writeLoose(world, 'blob', Buffer.from(other))
    const bytes = await world.files.readFile(worlds.looseFile(world, swapped))
    await worlds.writeFile(world.files, worlds.looseFile(world, one), bytes)
    for (const [odd, code] of [
      [absent, 'object-missing'],
      [oidOf(one), 'object-damaged'],
    ] as const) {
      let read = 0
      const reading = async (): Promise<void> => {
        const asked = [...oids.slice(0, 1200), odd, ...oids.slice(1200)]
        for await (const batch of world.engine.readBlobBatches(asked)) read += batch.length
      }
      await expect(reading()).rejects.toMatchObject({ code })
      expect(read).toBeGreaterThan(1000)
      expect(read).toBeLessThanOrEqual(1200)
    }
    // Who has seen enough leaves nothing running.
    for await (const batch of world.engine.readBlobBatches(oids)) {
      expect(batch.length).toBeGreaterThan(0)
      break
    }
    await expect(
      (async () => {
        for await (const batch of world.engine.readTreeBatches(oids)) trees.push(...batch)
      })(),
    ).rejects.toMatchObject({ code: 'tree-invalid' })
  },
)
