/**
 * Packs and their indexes are git's own format, to the byte: git makes the same index of the pack, and finds it sound.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Oid } from '../../../src/domain/oid.ts'
import { objectName } from '../../../src/store/git/object-name.ts'
import type { GitObject } from '../../../src/store/git/object-name.ts'
import { encodePack } from '../../../src/store/git/pack-encoding.ts'
import { runGit, temporaryFolder } from '../../support/repository.ts'

function blobs(...contents: readonly Uint8Array[]): ReadonlyMap<Oid, GitObject> {
  const objects = contents.map((bytes): GitObject => ({ kind: 'blob', bytes }))
  return new Map(objects.map((object) => [objectName(object), object]))
}

/** Sizes on both sides of where the header of an entry grows by a byte. */
const SIZES = [0, 1, 15, 16, 17, 2047, 2048, 2049, 262_143, 262_144, 300_000]

test.each([
  ['nothing', blobs()],
  ['one object', blobs(Buffer.from('one'))],
  ['every length of header', blobs(...SIZES.map((size) => new Uint8Array(size).fill(size % 251)))],
  ['many objects', blobs(...Array.from({ length: 1000 }, (_, index) => Buffer.from(`object ${index}`)))],
])('git makes the same index of a pack of %s', (_, objects) => {
  const folder = temporaryFolder()
  const encoded = encodePack(objects)
  writeFileSync(join(folder, 'ours.pack'), encoded.pack)
  const said = runGit(folder, ['index-pack', '--strict', '-o', 'theirs.idx', 'ours.pack'])

  expect(said).toBe(encoded.name)
  expect(readFileSync(join(folder, 'theirs.idx')).equals(encoded.index)).toBe(true)
})
