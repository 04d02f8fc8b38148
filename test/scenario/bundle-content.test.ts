/** What is in a bundle: which files and which code go along, who can read it, and what is refused. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { GIT_VARIABLES, runGit, temporaryFolder } from '../support/repository.ts'
import { memberOf } from '../support/shared-world.ts'
import { fingerprint, makeChurnWorld, scrub, train } from '../support/world.ts'
import type { World } from '../support/world.ts'

const LARGE = Buffer.alloc(900_000, 'weights of v1;')

/** A repository with two versions, and a folder that stands for the stick. */
function makeField(): { readonly world: World; readonly stick: string } {
  const world = makeChurnWorld()
  train(world, { lr: 0.1, auc: 0.9, loss: 0.3 })
  world.write('model/weights.bin', LARGE)
  world.mlv('commit', '-m', 'first')
  world.mlv('promote', 'churn@v1', 'production')
  return { world, stick: temporaryFolder() }
}

/** Runs mlv with the folders that differ called by their names. */
function say(world: World, stick: string, ...args: readonly string[]): string {
  const text = world.say(...args).replaceAll(stick, '<stick>')
  return scrub(text, world.folder).replace(/[0-9.]+ [kM]B; /, '<size>; ')
}

test('tar, git and sha256sum read a bundle', () => {
  const { world, stick } = makeField()
  const { artifacts } = world.json('bundle', join(stick, 'churn.mlv')) as { artifacts: { count: number } }
  const sh = (command: string): string =>
    execFileSync('sh', ['-ec', command], { cwd: stick, env: { ...GIT_VARIABLES, GIT_LFS_SKIP_SMUDGE: '1' } }).toString()
  sh('tar -xf churn.mlv')
  expect(sh('sha256sum --check SHA256SUMS').match(/: OK$/gm)).toHaveLength(2 + artifacts.count)
  sh('git clone --quiet --branch mlv history.bundle records 2>/dev/null')
  const pointer = readFileSync(join(stick, 'records/models/churn/versions/1/files/weights.bin'), 'utf8')
  const sha256 = /sha256:([0-9a-f]{64})/.exec(pointer)?.[1] ?? ''
  expect(readFileSync(join(stick, 'objects', sha256.slice(0, 2), sha256.slice(2, 4), sha256)).equals(LARGE)).toBe(true)
})

test('whose files go along is said on the command line', () => {
  const { world, stick } = makeField()
  world.write('out.bin', Buffer.alloc(400_000, 'an output'))
  world.mlv('commit', '-m', 'a run alone', '--artifact', 'out.bin', '--metric', 'auc=0.5')
  const count = (...args: readonly string[]): number => {
    const report = world.json('bundle', join(stick, 'x.mlv'), '--force', ...args) as { artifacts: { count: number } }
    return report.artifacts.count
  }
  const sizes = { models: count(), all: count('--all-artifacts'), none: count('--artifacts', 'none'), run: count('@') }
  expect(sizes.none).toBe(0)
  expect(sizes.all).toBeGreaterThan(sizes.models)
  expect(sizes.run).toBeGreaterThan(0)
  expect(count('churn@production')).toBe(1)
  expect(world.mlv('bundle', join(stick, 'x.mlv')).stderr).toContain('destination-changed')
  expect(world.mlv('bundle', join(stick, 'y.mlv'), '--artifacts', 'some').exitCode).toBe(2)
  expect(existsSync(join(stick, 'y.mlv'))).toBe(false)
})

test('equal repositories make equal bundles, and a bundle leaves the repository as it was', () => {
  const { world, stick } = makeField()
  world.mlv('bundle', join(stick, 'a.mlv'))
  const before = fingerprint(world)
  world.mlv('bundle', join(stick, 'b.mlv'))
  expect(readFileSync(join(stick, 'a.mlv')).equals(readFileSync(join(stick, 'b.mlv')))).toBe(true)
  expect(fingerprint(world)).toBe(before)
})

test('the code of a run comes by the bundle, and stays at home when it is told to', () => {
  const { world, stick } = makeField()
  world.mlv('bundle', join(stick, 'code.mlv'))
  world.mlv('unbundle', join(stick, 'code.mlv'), '--into', join(stick, 'with'))
  const field = memberOf(world, join(stick, 'with'))
  expect(field.mlv('checkout', 'churn@v1', '--worktree', 'code').exitCode).toBe(0)
  expect(readFileSync(join(field.folder, 'code/train.py'), 'utf8')).toBe('print("training")\n')
  // Further on, too: what came by a bundle goes along in the next.
  field.mlv('bundle', join(stick, 'on.mlv'))
  world.mlv('unbundle', join(stick, 'on.mlv'), '--into', join(stick, 'third'))
  expect(world.mlv('-C', join(stick, 'third'), 'checkout', 'churn@v1', '--worktree', 'code').exitCode).toBe(0)
  world.mlv('bundle', join(stick, 'bare.mlv'), '--no-code')
  world.mlv('unbundle', join(stick, 'bare.mlv'), '--into', join(stick, 'without'))
  expect(world.mlv('-C', join(stick, 'without'), 'checkout', 'churn@v1', '--worktree', 'code').exitCode).not.toBe(0)
})

test('an empty folder becomes a repository, one with other things in it does not', () => {
  const { world, stick } = makeField()
  world.mlv('bundle', join(stick, 'x.mlv'))
  mkdirSync(join(stick, 'empty'))
  expect(world.mlv('-C', join(stick, 'empty'), 'unbundle', '../x.mlv').exitCode).toBe(0)
  expect(world.mlv('-C', join(stick, 'empty'), 'models').stdout).toContain('churn')
  mkdirSync(join(stick, 'full'))
  writeFileSync(join(stick, 'full/notes.txt'), 'mine')
  expect(world.mlv('-C', join(stick, 'full'), 'unbundle', '../x.mlv').stderr).toContain('repository-not-found')
  expect(existsSync(join(stick, 'full/.git'))).toBe(false)
})

test('an artifact that is lost is told, and one that was named is refused', () => {
  const { world, stick } = makeField()
  rmSync(join(world.folder, '.git/mlv/objects'), { recursive: true })
  rmSync(join(world.folder, '.git/lfs'), { recursive: true })
  expect(say(world, stick, 'bundle', join(stick, 'x.mlv'))).toContain('left out 1 artifact')
  expect(world.mlv('bundle', join(stick, 'y.mlv'), 'churn@v1').stderr).toContain('object-missing')
  expect(existsSync(join(stick, 'y.mlv'))).toBe(false)
})

test('an artifact that is damaged here does not leave under its name', () => {
  const { world, stick } = makeField()
  const object = execFileSync('find', ['.git/mlv/objects', '-type', 'f'], { cwd: world.folder }).toString().trim()
  execFileSync('chmod', ['u+w', object], { cwd: world.folder })
  writeFileSync(join(world.folder, object), Buffer.alloc(LARGE.length, 'x'))
  expect(world.mlv('bundle', join(stick, 'x.mlv')).stderr).toContain('object-damaged')
  expect(execFileSync('ls', { cwd: stick }).toString()).toBe('')
})

test('what a bundle left out is absent where it was taken in, not damaged, whatever the bundle is called', () => {
  const { world, stick } = makeField()
  world.write('out.bin', Buffer.alloc(400_000, 'an output'))
  world.mlv('commit', '-m', 'a run alone', '--artifact', 'out.bin', '--metric', 'auc=0.5')
  // As what stays of all bundles is called, and nearly as long as a name of a file can be.
  for (const [at, name] of ['bundles', 'x'.repeat(220)].entries()) {
    const file = join(stick, `${name}.mlv`)
    world.mlv('bundle', file)
    const field = memberOf(world, join(stick, `field ${at}`))
    expect(field.mlv('-C', stick, 'unbundle', file, '--into', field.folder)).toMatchObject({ exitCode: 0, stderr: '' })
    const { exitCode, stdout } = field.mlv('fsck')
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('absent here: 1 object (400 kB)')])
    // Fetching is another matter: nobody has it here.
    expect(field.mlv('fsck', '--full').exitCode).toBe(4)
    const kept = runGit(field.folder, ['for-each-ref', '--format=%(refname)', 'refs/mlv/remotes', 'refs/remotes'])
    expect(kept.trim().split('\n')).toEqual(['refs/mlv/remotes/bundles/code', 'refs/mlv/remotes/bundles/records'])
  }
  // What was recorded here and is lost is damage all the same.
  for (const path of ['.git/mlv/objects', '.git/lfs', 'out.bin']) rmSync(join(world.folder, path), { recursive: true })
  expect(world.mlv('fsck').exitCode).toBe(4)
})
