/**
 * Everything a person can get wrong: the code, the first line, the exit code, and that nothing was written.
 */
import { chmodSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { GIT_VARIABLES } from '../support/repository.ts'
import { fingerprint, makeReadyWorld, makeTrainedWorld, makeWorld, train } from '../support/world.ts'
import type { World } from '../support/world.ts'

test('before mlv init, every command says what to type', () => {
  const world = makeWorld()
  expect(refused(world, 'commit', '--metric', 'auc=1')).toMatchInlineSnapshot(`
    "$ mlv commit --metric auc=1
    mlv: this repository has no branch 'refs/heads/mlv' (branch-not-found)
    why: mlv has not been set up here, or its branch was not fetched
    next: run 'mlv fetch' when others have set it up, else 'mlv init'
    [exit 3]
    "
  `)
  expect(refused(world, 'ls')).toMatchInlineSnapshot(`
    "$ mlv ls
    mlv: this repository has no branch 'refs/heads/mlv' (branch-not-found)
    why: mlv has not been set up here, or its branch was not fetched
    next: run 'mlv fetch' when others have set it up, else 'mlv init'
    [exit 3]
    "
  `)
})

test('with nothing to record, it says what it looked for', () => {
  const world = makeReadyWorld()
  expect(refused(world, 'commit')).toMatchInlineSnapshot(`
    "$ mlv commit
    mlv: there is nothing to record (nothing-to-record)
    why: looked for 'the lists in mlv.yaml', '--params', '--metrics', '--series', '--artifact', '--model', '--dataset'
    next: run 'mlv commit --param lr=0.1 --metric loss=0.3', or name files in mlv.yaml
    [exit 3]
    "
  `)
})

test('an unknown revision names the closest ones', () => {
  const world = committed()
  expect(refused(world, 'show', 'chrun@v1')).toMatchInlineSnapshot(`
    "$ mlv show chrun@v1
    mlv: no model is called 'chrun' (model-not-found)
    why: the closest models are 'churn'
    next: run 'mlv models churn'
    [exit 3]
    "
  `)
  expect(refused(world, 'show', 'churn@v7')).toMatchInlineSnapshot(`
    "$ mlv show churn@v7
    mlv: model 'churn' has no version 'v7' (version-not-found)
    why: the closest versions are 'v1'
    next: run 'mlv models churn' for its versions
    [exit 3]
    "
  `)
  expect(refused(world, 'checkout', 'churn@prodution')).toMatchInlineSnapshot(`
    "$ mlv checkout churn@prodution
    mlv: model 'churn' has no alias 'prodution' (alias-not-found)
    why: there are no aliases with a similar name
    next: run 'mlv models churn' for its aliases
    [exit 3]
    "
  `)
  expect(refused(world, 'show', 'zzzz')).toMatchInlineSnapshot(`
    "$ mlv show zzzz
    mlv: no run matches 'zzzz' (run-not-found)
    why: there are no runs with a similar name
    next: run 'mlv ls' for the runs there are
    [exit 3]
    "
  `)
})

test('an ambiguous prefix lists what it could be', () => {
  const world = committed()
  world.mlv('commit', '--metric', 'auc=0.5', '--new')
  expect(refused(world, 'show', '01')).toContain('revision-ambiguous')
})

test.each([
  ['a missing params file', ['commit', '--params', 'absent.yaml'], 'file-not-found', 3],
  ['an unreadable metric', ['commit', '--metric', 'auc=high'], 'metric-not-number', 4],
  ['NaN where a goal is set', ['commit', '--metric', 'auc=.nan'], 'metric-not-finite', 4],
  ['a glob that matches nothing', ['commit', '--artifact', 'absent/**'], 'glob-unmatched', 3],
  ['a revision that looks like an option', ['show', '--', '--upload-pack=x'], 'argument-option-like', 2],
  ['an alias that is a version', ['promote', 'churn@v1', 'latest'], 'name-invalid', 2],
  ['a filter that cannot be read', ['ls', '--filter', 'metric.auc >'], 'filter-invalid', 2],
  ['an unknown metric', ['show', 'best:acu'], 'metric-not-found', 3],
  ['a run where a version is needed', ['checkout', '@'], 'revision-invalid', 2],
] as const)('%s is refused and nothing is written', (_title, args, code, exitCode) => {
  const world = committed()
  const before = fingerprint(world)
  const outcome = world.mlv(...args)
  expect(outcome.stderr.split('\n')[0]).toContain(`(${code})`)
  expect(outcome.exitCode).toBe(exitCode)
  expect(fingerprint(world)).toBe(before)
})

test('a model path that is a symbolic link is refused', () => {
  const world = committed()
  rmSync(join(world.folder, 'model'), { recursive: true })
  symlinkSync('/etc', join(world.folder, 'model'))
  expect(refused(world, 'commit', '-m', 'x')).toContain('input-symlink')
})

test('a parameter file that cannot be kept exactly is refused with file, line and column', () => {
  const world = committed()
  world.write('params.yaml', 'lr: 0.1\nscale: 1e999\n')
  expect(refused(world, 'commit', '-m', 'x')).toMatchInlineSnapshot(`
    "$ mlv commit -m x
    mlv: <folder>/params.yaml:2:8: 1e999 cannot be kept exactly; quote it (number-not-exact)
    why: a number that changes on the way into the record is a wrong record
    next: put quotes around it at <folder>/params.yaml line 2
    [exit 4]
    "
  `)
  world.write('params.yaml', 'a: &x 1\nb: *x\n')
  expect(refused(world, 'commit', '-m', 'x')).toMatchInlineSnapshot(`
    "$ mlv commit -m x
    mlv: <folder>/params.yaml:1:4: anchors are not accepted (document-feature)
    why: they let a small file expand without bound or mean different things to different readers
    next: write it out in full at <folder>/params.yaml line 1
    [exit 4]
    "
  `)
})

test('without an identity, nothing is recorded', () => {
  const nobody = {
    ...GIT_VARIABLES,
    GIT_AUTHOR_NAME: undefined,
    GIT_AUTHOR_EMAIL: undefined,
    GIT_COMMITTER_NAME: undefined,
    GIT_COMMITTER_EMAIL: undefined,
  }
  const world = makeWorld({ variables: nobody })
  world.git('config', 'user.useConfigOnly', 'true')
  expect(refused(world, 'init')).toContain('identity-missing')
})

test('outside a repository, the folder is named', () => {
  const world = makeWorld()
  const outcome = world.mlv('-C', '/', 'ls')
  expect(outcome.stderr).toContain("no git repository at '/'")
  expect(outcome.exitCode).toBe(3)
})

test('while the branch is checked out somewhere, nothing moves it, and the run is kept', () => {
  const world = committed()
  world.git('worktree', 'add', '--quiet', join(world.folder, '../held'), 'mlv')
  train(world, { lr: 0.5, auc: 0.99, loss: 0.1 })
  const before = world.git('rev-parse', 'mlv')
  expect(world.mlv('commit', '-m', 'kept').stderr).toContain('branch-checked-out')
  expect(world.git('rev-parse', 'mlv')).toBe(before)
  world.git('worktree', 'remove', '--force', join(world.folder, '../held'))
  expect(world.mlv('commit', '--recover').exitCode).toBe(0)
  expect((world.json('ls') as { runs: unknown[] }).runs).toHaveLength(2)
})

test('uncommitted code that looks like a secret is not snapshotted', () => {
  const world = committed()
  world.write('keys.py', `AWS_ACCESS_KEY_ID = "${['AKIA', 'Q3EGRIZKX5VNWLYT'].join('')}"\n`)
  expect(refused(world, 'commit', '-m', 'x')).toContain('secret-found')
})

test.skipIf(process.getuid?.() === 0)('a read-only repository is read, and not written', () => {
  const world = committed()
  chmodSync(join(world.folder, '.git'), 0o555)
  expect(world.mlv('ls').exitCode).toBe(0)
  expect(world.mlv('commit', '-m', 'x').exitCode).toBe(6)
  chmodSync(join(world.folder, '.git'), 0o755)
})

function committed(): World {
  return makeTrainedWorld('one')
}

/** The transcript of a command that must be refused and change nothing. */
function refused(world: World, ...args: readonly string[]): string {
  const before = fingerprint(world)
  const said = world.say(...args)
  expect(said).toMatch(/\[exit [2-6]\]/)
  expect(fingerprint(world)).toBe(before)
  return said
}
