/**
 * Imports that start over: the pack of a later try is never taken for one that a `git repack -ad` has begun to remove.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseRefName } from '../../../src/domain/ref-name.ts'
import { nodeFiles } from '../../../src/store/files/node-files.ts'
import { startFastImport } from '../../../src/store/git/fast-import.ts'
import { findGit } from '../../../src/store/git/git-command.ts'
import { environmentWith } from '../../support/git-environment.ts'
import { put, updateOf } from '../../support/git-worlds.ts'
import { fsck, GIT_VARIABLES, makeRepository, SIGNATURES } from '../../support/repository.ts'
import type { TestRepository } from '../../support/repository.ts'

test('the same commits make the same pack, unless a stray object tells them apart', async () => {
  const repository = makeRepository()
  const first = await importInto(repository, 'one', undefined)
  const again = await importInto(repository, 'two', undefined)
  const third = await importInto(repository, 'three', '01m7zcapa2s43qpv6hrwjg89vb')
  expect(again).toEqual({ commits: first.commits, packs: first.packs })
  expect(third.commits).toEqual(first.commits)
  expect(third.packs).toHaveLength(first.packs.length + 1)
  expect(fsck(repository)).toBe('')
})

async function importInto({ place }: TestRepository, name: string, stray: string | undefined) {
  const git = await findGit(nodeFiles, environmentWith(GIT_VARIABLES))
  if (git === undefined) throw new Error('there is no git')
  const importer = startFastImport(git, place)
  const branch = parseRefName(`refs/mlv/tmp/${name}`)
  const commits = await importer.commit([updateOf({ edits: [put('a', '1')] })], [branch], SIGNATURES, stray)
  await importer.finish()
  const packs = readdirSync(join(place.commonDir, 'objects', 'pack')).filter((file) => file.endsWith('.pack'))
  return { commits, packs }
}
