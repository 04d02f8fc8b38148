/**
 * Pack indexes are read as git reads them: every object is found where git says it is, and nothing else is found.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { present } from '../../../src/base/assert.ts'
import { openPackIndex } from '../../../src/store/git/pack-index.ts'
import type { PackIndex } from '../../../src/store/git/pack-index.ts'
import { commit, embeddedOnDisk, oidOf, put } from '../../support/git-worlds.ts'

/** An object as `git verify-pack` lists it. */
interface Listed {
  readonly oid: string
  readonly offset: number
}

/** Hundreds of objects, so that some names share their first byte and some bytes start none; and some are deltas. */
async function packOfManyObjects(): Promise<{ readonly bytes: Buffer; readonly listed: readonly Listed[] }> {
  const world = await embeddedOnDisk()
  await commit(
    world,
    Array.from({ length: 300 }, (_, at) => put(`f${at}`, `content ${at}`)),
  )
  world.git('repack', '-adf', '--quiet')
  const folder = join(world.place.gitDir, 'objects', 'pack')
  const path = join(
    folder,
    present(
      readdirSync(folder).find((name) => name.endsWith('.idx')),
      'an index',
    ),
  )
  const rows = world.git('verify-pack', '-v', path).matchAll(/^([0-9a-f]{40}) \w+ +\d+ \d+ (\d+)/gm)
  const listed = [...rows].map(([, oid, offset]) => ({ oid: oid ?? '', offset: Number(offset) }))
  return { bytes: readFileSync(path), listed }
}

function open(bytes: Uint8Array): PackIndex {
  return present(openPackIndex(bytes), 'an index that git wrote')
}

test('every object is found where git finds it, and only those', async () => {
  const { bytes, listed } = await packOfManyObjects()
  const index = open(bytes)

  expect(index.count).toBe(listed.length)
  expect(listed.length).toBeGreaterThan(300)
  for (const { oid, offset } of listed) expect(index.offsetOf(oidOf(oid)), oid).toBe(offset)
  const isThere = new Set(listed.map(({ oid }) => oid))
  for (const { oid } of listed) {
    for (const digit of ['0', '8', 'f']) {
      const near = `${oid.slice(0, 39)}${digit}`
      if (!isThere.has(near)) expect(index.offsetOf(oidOf(near)), near).toBeUndefined()
    }
  }
  expect(index.offsetOf(oidOf('0'.repeat(40)))).toBeUndefined()
  expect(index.offsetOf(oidOf('f'.repeat(40)))).toBeUndefined()
})

test('names are found by how they start, sorted', async () => {
  const { bytes, listed } = await packOfManyObjects()
  const index = open(bytes)
  const sorted = listed.map(({ oid }) => oid).sort()
  for (const length of [1, 2, 3, 7, 40]) {
    for (const prefix of new Set(sorted.map((oid) => oid.slice(0, length)))) {
      expect(index.startingWith(prefix), prefix).toEqual(sorted.filter((oid) => oid.startsWith(prefix)))
    }
  }
  expect(index.startingWith('')).toEqual(sorted)
})

test('what is cut short, or is something else, is no index', async () => {
  const { bytes } = await packOfManyObjects()
  for (const length of [0, 7, 8, 1031, 1032, 1072, bytes.length >> 1, bytes.length - 1]) {
    expect(openPackIndex(bytes.subarray(0, length)), `${length} bytes`).toBeUndefined()
  }
  expect(openPackIndex(Buffer.from(bytes).fill(0, 0, 4))).toBeUndefined()
})
