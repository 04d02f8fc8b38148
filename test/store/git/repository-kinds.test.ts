/**
 * The system engine in every kind of repository: a commit lands where stock git sees it, from all worktrees.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { present } from '../../../src/base/assert.ts'
import { parseRefName } from '../../../src/domain/ref-name.ts'
import { nodeFiles } from '../../../src/store/files/node-files.ts'
import type { GitEngine } from '../../../src/store/git/engine.ts'
import { openEngine } from '../../../src/store/git/open-engine.ts'
import { probeRepository } from '../../../src/store/git/probe.ts'
import { withWriterLock } from '../../../src/store/git/writer-lock.ts'
import { faultyFiles } from '../../support/faulty-files.ts'
import { environmentWith, lockOptions } from '../../support/git-environment.ts'
import { MLV, put, updateOf } from '../../support/git-worlds.ts'
import { makeRepository, runGit, SIGNATURES, temporaryFolder } from '../../support/repository.ts'

async function open(folder: string, variables: Readonly<Record<string, string>> = {}): Promise<GitEngine> {
  const environment = environmentWith(variables)
  const engine = await openEngine(await probeRepository(nodeFiles, folder, environment), nodeFiles, environment, 'auto')
  onTestFinished(() => engine.close())
  return engine
}

async function commitOne(engine: GitEngine, name = 'a'): Promise<string> {
  const expected = await engine.readRef(MLV)
  const [tip] = await engine.commitRefs([updateOf({ expected, edits: [put(`runs/${name}`, 'x')] })], SIGNATURES)
  return present(tip, 'one update to make one commit')
}

function sourceRepository(): { readonly folder: string; readonly git: (...args: readonly string[]) => string } {
  const { place, git } = makeRepository()
  const folder = place.worktree ?? ''
  writeFileSync(join(folder, 'file'), 'content\n')
  git('add', 'file')
  git('commit', '--quiet', '--message', 'first')
  git('commit', '--quiet', '--allow-empty', '--message', 'second')
  return { folder, git }
}

/** Commits twice through a fresh engine in a folder; stock git there must find both, sound and in line. */
async function expectCommitsIn(folder: string): Promise<void> {
  const engine = await open(folder)
  const first = await commitOne(engine, 'a')
  const second = await commitOne(engine, 'b')

  expect(runGit(folder, ['rev-list', 'mlv'])).toBe(`${second}\n${first}`)
  expect(runGit(folder, ['ls-tree', '-r', '--name-only', 'mlv'])).toBe('runs/a\nruns/b')
  expect(runGit(folder, ['fsck', '--full', '--strict', '--no-dangling', '--no-progress'])).toBe('')
  expect(await engine.readRef(MLV)).toBe(second)
  expect(runGit(folder, ['for-each-ref', 'refs/mlv/'])).toBe('')
}

test('a linked worktree: the commit is there from the main one, and stays when the worktree goes', async () => {
  const { folder, git } = sourceRepository()
  const linked = join(temporaryFolder(), 'linked')
  git('worktree', 'add', '--quiet', linked)
  await expectCommitsIn(linked)

  git('worktree', 'remove', linked)
  expect(git('rev-list', '--count', 'mlv')).toBe('2')
  expect(existsSync(join(folder, '.git', 'mlv', 'lock'))).toBe(false)
})

test('a bare repository and a worktree of one', async () => {
  const { folder } = sourceRepository()
  const bare = join(temporaryFolder(), 'bare.git')
  runGit(folder, ['clone', '--quiet', '--bare', folder, bare])
  await expectCommitsIn(bare)
  const linked = join(temporaryFolder(), 'linked')
  runGit(bare, ['worktree', 'add', '--quiet', linked])
  expect(await (await open(linked)).readRef(MLV)).toBe(runGit(bare, ['rev-parse', 'mlv']))
})

test('a submodule', async () => {
  const { folder } = sourceRepository()
  const outer = sourceRepository()
  outer.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', folder, 'inner')
  await expectCommitsIn(join(outer.folder, 'inner'))
})

test('shared, shallow and partial clones', async () => {
  const { folder, git } = sourceRepository()
  git('config', 'uploadpack.allowFilter', 'true')
  for (const args of [
    ['--shared', folder],
    ['--depth=1', `file://${folder}`],
    ['--filter=blob:none', `file://${folder}`],
  ]) {
    const clone = join(temporaryFolder(), 'clone')
    runGit(folder, ['clone', '--quiet', ...args, clone])
    await expectCommitsIn(clone)
    const engine = await open(clone)
    const head = present(await engine.resolveCommit('HEAD'), 'a clone to have a HEAD')
    expect((await engine.log(head, {})).length).toBe(args[0] === '--depth=1' ? 1 : 2)
  }
})

test('a repository with SHA-256 names', async () => {
  const { place, git } = makeRepository('--object-format=sha256')
  const folder = place.worktree ?? ''
  git('commit', '--quiet', '--allow-empty', '--message', 'first')
  await expectCommitsIn(folder)
  const engine = await open(folder)
  const tip = present(await engine.readRef(MLV), 'a tip')
  expect(tip).toHaveLength(64)
  expect((await engine.readTree(tip)).map(({ name }) => name)).toEqual(['runs'])
})

test('an unborn, detached or rebasing HEAD is no matter to mlv', async () => {
  const { place } = makeRepository()
  await expectCommitsIn(place.worktree ?? '')
  const { folder, git } = sourceRepository()
  git('checkout', '--quiet', '--detach')
  await expectCommitsIn(folder)
  expect(git('rev-parse', '--abbrev-ref', 'HEAD')).toBe('HEAD')
})

test('a repository whose folder has a space, a quote and no ASCII in its name', async () => {
  const folder = join(temporaryFolder(), "Ada's Dåta 実験")
  mkdirSync(folder)
  runGit(folder, ['init', '--quiet', '--initial-branch=main'])
  await expectCommitsIn(folder)
})

test('a ref that stands in the way by name or case is told before anything is written', async () => {
  const { folder, git } = sourceRepository()
  const engine = await open(folder)
  git('branch', 'exp')
  git('branch', 'Tests/one')
  const conflictOf = (ref: string) => engine.commitRefs([updateOf({ ref: parseRefName(ref) })], SIGNATURES)
  const objects = git('count-objects', '-v')

  await expect(conflictOf('refs/heads/exp/a')).rejects.toMatchObject({
    code: 'ref-name-conflict',
    message: "'refs/heads/exp/a' cannot be made beside 'refs/heads/exp'",
  })
  await expect(conflictOf('refs/heads/Tests')).rejects.toMatchObject({ code: 'ref-name-conflict' })
  await expect(conflictOf('refs/heads/EXP')).rejects.toMatchObject({ code: 'ref-name-conflict' })
  expect(git('count-objects', '-v')).toBe(objects)
  await expect(conflictOf('refs/heads/tests/two')).resolves.toHaveLength(1)
  await expect(conflictOf('refs/heads/tests/ONE')).rejects.toMatchObject({ code: 'ref-name-conflict' })
  expect(git('for-each-ref', '--format=%(refname)', 'refs/heads')).toBe(
    'refs/heads/Tests/one\nrefs/heads/exp\nrefs/heads/main\nrefs/heads/tests/two',
  )
})

test('a branch whose file vanished is not started anew', async () => {
  const { folder, git } = sourceRepository()
  const engine = await open(folder)
  const tip = await commitOne(engine)
  await nodeFiles.remove(join(folder, '.git', MLV))

  await expect(commitOne(engine)).rejects.toMatchObject({
    code: 'history-vanished',
    message: `ref 'refs/heads/mlv' is gone but was at ${tip}`,
  })
  git('update-ref', MLV, tip)
  expect(await commitOne(engine, 'b')).toBe(git('rev-parse', 'mlv'))
  // Removed on purpose, through git, it may begin again.
  git('update-ref', '-d', MLV)
  await expect(commitOne(engine)).resolves.toHaveLength(40)
})

test('on a read-only disk everything can be read, and a write says so', async () => {
  const { folder } = sourceRepository()
  const engine = await open(folder)
  const tip = await commitOne(engine)
  const place = await probeRepository(nodeFiles, folder, environmentWith())
  const locked = withWriterLock(place, faultyFiles(nodeFiles, { at: 1, fault: 'EROFS' }), lockOptions(), () =>
    Promise.resolve('written'),
  )

  await expect(locked).rejects.toMatchObject({ code: 'repository-read-only' })
  expect(await engine.readRef(MLV)).toBe(tip)
})

test('fifty small packs become few, and nothing is lost on the way', async () => {
  const { folder, git } = sourceRepository()
  const engine = await open(folder)
  for (let index = 0; index < 52; index += 1) await commitOne(engine, String(index))

  const packs = (await nodeFiles.readFolder(join(folder, '.git/objects/pack'))).filter(({ name }) =>
    /\.pack$/.test(name),
  )
  expect(packs.length).toBeLessThan(10)
  expect(git('rev-list', '--count', 'mlv')).toBe('52')
  expect((await engine.log(present(await engine.readRef(MLV), 'a tip'), {})).length).toBe(52)
})
