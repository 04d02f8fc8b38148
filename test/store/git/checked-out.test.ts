/**
 * A branch that a worktree has checked out, or will come back to, is found from wherever one looks.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { present } from '../../../src/base/assert.ts'
import { nodeFiles } from '../../../src/store/files/node-files.ts'
import { worktreeHolding } from '../../../src/store/git/checked-out.ts'
import { probeRepository } from '../../../src/store/git/probe.ts'
import { environmentWith } from '../../support/git-environment.ts'
import { MLV } from '../../support/git-worlds.ts'
import { makeRepository, runGit, temporaryFolder } from '../../support/repository.ts'

function withBranch(): { readonly folder: string; readonly git: (...args: readonly string[]) => string } {
  const { place, git } = makeRepository()
  const folder = present(place.worktree, 'a worktree')
  writeFileSync(join(folder, 'file'), '1')
  git('add', 'file')
  git('commit', '--quiet', '--message', 'first')
  git('branch', 'mlv')
  return { folder, git }
}

async function holderSeenFrom(folder: string): Promise<string | undefined> {
  return worktreeHolding(await probeRepository(nodeFiles, folder, environmentWith()), nodeFiles, MLV)
}

test('a branch nobody has checked out is free', async () => {
  const { folder } = withBranch()
  expect(await holderSeenFrom(folder)).toBeUndefined()
})

test('the main worktree and a linked one are found from each other', async () => {
  const { folder, git } = withBranch()
  const linked = join(temporaryFolder(), 'linked')
  git('worktree', 'add', '--quiet', linked, 'mlv')
  expect([await holderSeenFrom(folder), await holderSeenFrom(linked)]).toEqual([linked, linked])

  runGit(linked, ['checkout', '--quiet', '--detach'])
  expect(await holderSeenFrom(folder)).toBeUndefined()
  git('checkout', '--quiet', 'mlv')
  expect([await holderSeenFrom(folder), await holderSeenFrom(linked)]).toEqual([folder, folder])
})

test('the HEAD of a bare repository is no checkout, a worktree of it is one', async () => {
  const { folder } = withBranch()
  const bare = join(temporaryFolder(), 'bare.git')
  runGit(folder, ['clone', '--quiet', '--bare', folder, bare])
  runGit(bare, ['symbolic-ref', 'HEAD', MLV])
  expect(await holderSeenFrom(bare)).toBeUndefined()

  const linked = join(temporaryFolder(), 'linked')
  runGit(bare, ['worktree', 'add', '--quiet', '--detach', linked])
  expect(await holderSeenFrom(linked)).toBeUndefined()
  runGit(linked, ['symbolic-ref', 'HEAD', MLV])
  expect([await holderSeenFrom(bare), await holderSeenFrom(linked)]).toEqual([linked, linked])
})

test('a branch in the middle of a rebase is held, although HEAD is detached', async () => {
  const { folder, git } = withBranch()
  git('checkout', '--quiet', 'mlv')
  writeFileSync(join(folder, 'file'), '2')
  git('commit', '--quiet', '--all', '--message', 'on mlv')
  git('checkout', '--quiet', 'main')
  writeFileSync(join(folder, 'file'), '3')
  git('commit', '--quiet', '--all', '--message', 'on main')
  expect(() => git('rebase', '--quiet', 'main', 'mlv')).toThrow()

  expect(await holderSeenFrom(folder)).toBe(folder)
  git('rebase', '--abort')
})
