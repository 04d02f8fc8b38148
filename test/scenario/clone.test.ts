/**
 * A colleague's clone: it has the remote-tracking branches and no artifact, and must be as good as the original.
 */
import { cpSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runGit, temporaryFolder } from '../support/repository.ts'
import { makeWorld } from '../support/world.ts'
import type { World } from '../support/world.ts'

const WEIGHTS = Buffer.alloc(40_000, 'w')

test('a first write starts the local branch from the remote one, area by area', () => {
  const { world, clone } = cloned('split')
  const refs = (): string => runGit(clone, ['for-each-ref', '--format=%(refname)', 'refs/heads'])
  expect(refs()).toBe('refs/heads/main')
  expect(world.mlv('-C', clone, 'promote', 'churn@v1', 'production').exitCode).toBe(0)
  expect(refs()).toBe('refs/heads/main\nrefs/heads/mlv')
  expect(runGit(clone, ['rev-parse', 'mlv~1'])).toBe(runGit(clone, ['rev-parse', 'origin/mlv']))
  expect(world.mlv('-C', clone, 'note', '@', '--tag', 'kept').exitCode).toBe(0)
  expect(runGit(clone, ['rev-parse', 'mlv-runs~1'])).toBe(runGit(clone, ['rev-parse', 'origin/mlv-runs']))
  expect(runGit(clone, ['fsck', '--full', '--strict', '--no-dangling', '--no-progress'])).toBe('')
})

test('a checkout takes what git lfs fetched, and without it leaves no half-made worktree behind', () => {
  const { world, clone } = cloned('single')
  runGit(clone, ['remote', 'set-url', 'origin', join(clone, '../empty.git')])
  runGit('/', ['init', '--quiet', '--bare', join(clone, '../empty.git')])
  const beside = join(clone, '../beside')
  const refused = world.mlv('-C', clone, 'checkout', 'churn@v1', '--worktree', beside)
  expect(refused.stderr).toContain('object-missing')
  expect(existsSync(beside)).toBe(false)
  expect(runGit(clone, ['worktree', 'list', '--porcelain'])).not.toContain(beside)

  // What 'git lfs fetch origin mlv' does, without a server.
  cpSync(join(world.folder, '.git/lfs/objects'), join(clone, '.git/lfs/objects'), { recursive: true })
  expect(world.mlv('-C', clone, 'checkout', 'churn@v1', '--worktree', beside).exitCode).toBe(0)
  expect(readFileSync(join(beside, 'model/w.bin')).equals(WEIGHTS)).toBe(true)
  expect(world.mlv('-C', clone, 'fsck').exitCode).toBe(0)
})

test('a bare repository is read and written, and takes no configuration from the folders around it', () => {
  const { world, clone } = cloned('single')
  const bare = join(clone, '../shared/store.git')
  runGit('/', ['clone', '--quiet', '--bare', world.folder, bare])
  expect(world.mlv('-C', bare, 'promote', 'churn@v1', 'production').exitCode).toBe(0)
  expect(world.json('-C', bare, 'commit', '--metric', 'auc=0.5')).toMatchObject({ run: { code: { kind: 'none' } } })
  expect(world.mlv('-C', bare, 'checkout', 'churn@v1').stderr).toContain('--to DIR')
})

/** A world with one version of a model, and a fresh clone of it. */
function cloned(layout: 'single' | 'split'): { readonly world: World; readonly clone: string } {
  const world = makeWorld()
  world.mlv('init', '--layout', layout)
  world.write('model/w.bin', WEIGHTS)
  world.mlv('commit', '-m', 'one', '--metric', 'auc=0.9', '--model', 'churn=model')
  const clone = join(temporaryFolder(), 'clone')
  runGit('/', ['clone', '--quiet', world.folder, clone])
  return { world, clone }
}
