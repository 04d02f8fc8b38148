/** A file read by its path in one question is the file that is found folder by folder. */
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseOid } from '../../../src/domain/oid.ts'
import { rootPath, treePath } from '../../../src/domain/tree-path.ts'
import { present } from '../../../src/base/assert.ts'
import { readPath } from '../../../src/store/branch/snapshot.ts'
import { openForTest } from '../../support/open-repository.ts'
import { makeWorld } from '../../support/world.ts'

test('files are read, and what is absent, a folder or behind a file is not', async () => {
  const world = makeWorld()
  world.write('a/b/file.txt', 'here')
  world.write('a/größe.txt', 'wide')
  symlinkSync('b/file.txt', join(world.folder, 'a', 'link'))
  world.git('add', '.')
  world.git('commit', '--quiet', '--message=Files')
  const { engine } = (await openForTest(world.folder)).context
  const tip = present(parseOid(world.git('rev-parse', 'HEAD').trim()), 'a commit')
  const readAt = present(engine.readAt, 'an engine that reads by path')
  const text = async (path: string): Promise<string | undefined> => {
    const bytes = await readAt(tip, treePath(rootPath('a'), path))
    return bytes === undefined ? undefined : Buffer.from(bytes).toString()
  }
  expect(await Promise.all(['b/file.txt', 'größe.txt', 'link'].map(text))).toEqual(['here', 'wide', 'b/file.txt'])
  expect(await Promise.all(['b', 'none', 'b/file.txt/x', 'none/x', 'b/'].map(text))).toEqual(Array.from({ length: 5 }))
  const path = treePath(rootPath('a'), 'b/file.txt')
  expect(await readAt(tip, path)).toEqual(await readPath(engine, tip, path))
})
