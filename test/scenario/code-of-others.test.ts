/**
 * Code that was never on a branch of the remote, had back by somebody else. Clones are made over git's protocol: one of
 * a folder on the same disk shares every object of it, sent or not.
 */
import { existsSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runGit, temporaryFolder } from '../support/repository.ts'
import { makeSharedWorld, memberOf } from '../support/shared-world.ts'
import type { Member, SharedWorld } from '../support/shared-world.ts'

const TRAIN =
  '#!/bin/sh\nmkdir -p model\necho "{\\"auc\\": 0.9$1}" > metrics.json\ncp metrics.json model/weights.json\n'
const CONFIG = `metrics: [metrics.json]
model: { name: digits, path: model }
goals: { auc: { goal: max } }
`

/** A team whose first member has a training, committed and on the remote. */
function makeTeam(): SharedWorld {
  const world = makeSharedWorld({ variables: { TMPDIR: temporaryFolder() } })
  const { ada } = world
  ada.write('mlv.yaml', CONFIG)
  ada.write('train.sh', TRAIN)
  ada.write('.gitignore', 'model/\nmetrics.json\n')
  ada.git('add', '.')
  ada.git('commit', '--quiet', '--message=Train')
  ada.git('push', '--quiet', 'origin', 'main')
  return world
}

function cloneOf({ ada, bare }: SharedWorld): Member {
  const folder = join(temporaryFolder(), 'bob')
  runGit('/', ['clone', '--quiet', '--no-local', `file://${bare}`, folder])
  return memberOf(ada, folder)
}

function recordAndPush({ ada }: SharedWorld): void {
  expect(ada.mlv('run', '--', 'sh', 'train.sh', '7').exitCode).toBe(0)
  expect(ada.mlv('push').exitCode).toBe(0)
}

test('code that was not committed comes with the command that needs it, and is told', () => {
  const team = makeTeam()
  team.ada.write('train.sh', TRAIN.replace('0.9', '0.8'))
  team.ada.write('helper.py', 'print("untracked")\n')
  recordAndPush(team)
  const bob = cloneOf(team)
  expect(bob.say('status').replace(/store .*/, 'store')).toMatchInlineSnapshot(`
    "$ mlv status
    branch mlv at <commit1>, up to date with origin/mlv
    2 runs, 2 models
    store
    the code of 2 runs is not here: <id1>, <id2>
      it is fetched when it is needed; 'mlv fetch --code' fetches what was sent now
    "
  `)
  expect(bob.say('checkout', 'digits@v1', '--worktree', '../v1').replace(/\/\S+\/v1/g, '<v1>')).toMatchInlineSnapshot(`
    "$ mlv checkout digits@v1 --worktree ../v1
    digits@v1: 2 files, 43 B, verified, in <v1>
    code of <commit1> with what was not committed, 5 files, fetched from origin, in <v1>
    "
  `)
  const worktree = join(bob.folder, '..', 'v1')
  expect(readFileSync(join(worktree, 'helper.py'), 'utf8')).toBe('print("untracked")\n')
  expect(readFileSync(join(worktree, 'train.sh'), 'utf8')).toContain('0.8')
  // Of the recorded commit, which the remote has, so git shows what was uncommitted then as uncommitted now.
  expect(runGit(worktree, ['status', '--porcelain'])).toBe(' M train.sh\n?? helper.py')
  expect(bob.mlv('status').stdout).not.toContain('is not here')
  expect(bob.say('checkout', '@', '--worktree', '../again')).not.toContain('fetched')
})

test('a commit that was never pushed comes back by its files, and its run is reproduced', () => {
  const team = makeTeam()
  team.ada.write('train.sh', TRAIN.replace('0.9', '0.8'))
  team.ada.git('commit', '--quiet', '--all', '--message=Private')
  recordAndPush(team)
  const bob = cloneOf(team)
  expect(() => runGit(bob.folder, ['cat-file', '-e', team.ada.git('rev-parse', 'HEAD')])).toThrow()
  expect(bob.say('rerun', 'digits@v1', '--verify', '--allow-foreign')).toMatchInlineSnapshot(`
    "$ mlv rerun digits@v1 --verify --allow-foreign
    reproduced: run <id1> repeats digits@v1 (run <id2>)
    metrics
      auc  0.8700  same
    receipt <id3> beside digits@v1
    "
  `)
  // The remote has that code: the record of the repetition brings no second copy of it.
  const before = team.git('rev-parse', 'refs/mlv/code')
  expect(bob.mlv('push').stdout).not.toContain('sent the code')
  expect(team.git('rev-parse', 'refs/mlv/code')).toBe(before)
  // And whoever comes third has it by the name the repetition gave it.
  const eve = cloneOf(team)
  expect(eve.mlv('rerun', '@', '--verify', '--allow-foreign').stdout).toContain('reproduced')
})

test('files that git stores in another form come back byte for byte', () => {
  const team = makeTeam()
  team.ada.write('.gitattributes', '*.txt text=auto\n')
  team.ada.write('mixed.txt', 'a\r\nb\nc\n')
  recordAndPush(team)
  const bob = cloneOf(team)
  expect(bob.mlv('checkout', '@', '--worktree', '../v1')).toMatchObject({ exitCode: 0, stderr: '' })
  expect(readFileSync(join(bob.folder, '..', 'v1', 'mixed.txt'), 'utf8')).toBe('a\r\nb\nc\n')
})

test('exact files that somebody else put in their place are not taken', () => {
  const team = makeTeam()
  const { ada, bare } = team
  ada.write('.gitattributes', '*.txt text=auto\n')
  ada.write('mixed.txt', 'a\r\nb\nc\n')
  recordAndPush(team)
  const sent = team.git('rev-list', '--max-parents=0', 'refs/mlv/code').split('\n')
  const exact = sent.find((commit) => team.git('show', '-s', '--format=%B', commit).includes('Mlv-Code-Commit'))
  expect(exact).toBeDefined()
  const message = team.git('show', '-s', '--format=%B', exact ?? 'HEAD')
  const tree = ada.git('rev-parse', 'HEAD^{tree}')
  runGit(bare, ['config', 'user.name', 'Eve'])
  runGit(bare, ['config', 'user.email', 'eve@example.org'])
  const forged = team.git('commit-tree', '-m', message, tree)
  const others = sent.filter((commit) => commit !== exact).flatMap((commit) => ['-p', commit])
  team.git('update-ref', 'refs/mlv/code', team.git('commit-tree', '-m', 'keep', '-p', forged, ...others, tree))
  const bob = cloneOf(team)
  expect(bob.say('checkout', '@', '--worktree', '../v1')).toMatchInlineSnapshot(`
    "$ mlv checkout @ --worktree ../v1
    mlv: code commit '<commit1>' is not on this machine (object-missing)
    why: it was recorded, but its bytes are not in any store this clone can read
    next: run 'mlv push' in the clone where it was recorded; where mlv.yaml says 'code: {push: none}' it stays there
    [exit 4]
    "
  `)
})

test('a commit that a branch has got since is fetched by its name', () => {
  const team = makeTeam()
  const bob = cloneOf(team)
  team.ada.write('train.sh', TRAIN.replace('0.9', '0.8'))
  team.ada.git('commit', '--quiet', '--all', '--message=Better')
  team.ada.git('push', '--quiet', 'origin', 'main')
  recordAndPush(team)
  const before = runGit(bob.folder, ['rev-parse', 'refs/remotes/origin/main'])
  expect(bob.mlv('pull').exitCode).toBe(0)
  expect(bob.mlv('rerun', '@', '--verify', '--allow-foreign').stdout).toContain('reproduced')
  expect(runGit(bob.folder, ['rev-parse', 'refs/remotes/origin/main'])).toBe(before)
})

test('without a network the refusal says what to do, and code that was fetched before needs none', () => {
  const team = makeTeam()
  team.ada.write('train.sh', TRAIN.replace('0.9', '0.8'))
  recordAndPush(team)
  const bob = cloneOf(team)
  renameSync(team.bare, `${team.bare}.away`)
  expect(bob.say('checkout', '@', '--worktree', '../v1').replaceAll(team.bare, '<bare>')).toMatchInlineSnapshot(`
    "$ mlv checkout @ --worktree ../v1
    mlv: 'origin' cannot be reached (remote-unreachable)
    why: '<bare>' does not appear to be a git repository; Could not read from remote repository.
    next: repeat it when the remote answers; 'mlv pull --artifacts --code' brings beforehand what it needs
    [exit 6]
    "
  `)
  expect(existsSync(join(bob.folder, '..', 'v1'))).toBe(false)
  renameSync(`${team.bare}.away`, team.bare)
  expect(bob.say('fetch', '--code')).toMatchInlineSnapshot(`
    "$ mlv fetch --code
    fetched the code of runs from origin
    "
  `)
  expect(bob.say('pull', '--code')).toMatchInlineSnapshot(`
    "$ mlv pull --code
    origin has nothing new
    "
  `)
  renameSync(team.bare, `${team.bare}.away`)
  expect(bob.mlv('rerun', '@', '--verify', '--allow-foreign').stdout).toContain('reproduced')
})

test('code that stayed where it was recorded is told as such', () => {
  const team = makeTeam()
  team.ada.write('mlv.yaml', `${CONFIG}code: { push: none }\n`)
  recordAndPush(team)
  const bob = cloneOf(team)
  expect(bob.say('rerun', '@', '--allow-foreign')).toMatchInlineSnapshot(`
    "$ mlv rerun @ --allow-foreign
    mlv: code commit '<commit1>' is not on this machine (object-missing)
    why: it was recorded, but its bytes are not in any store this clone can read
    next: run 'mlv push' in the clone where it was recorded; where mlv.yaml says 'code: {push: none}' it stays there
    [exit 4]
    "
  `)
})
