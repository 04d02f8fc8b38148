/**
 * What mlv wrote, read by tools that know nothing of it: stock git and stock git-lfs are the oracles.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fsck, GIT_VARIABLES, runGit, temporaryFolder } from '../support/repository.ts'
import { makeChurnWorld, train } from '../support/world.ts'
import type { World } from '../support/world.ts'

const ALIAS = 'models/churn/aliases/production.yaml'

test('a promotion is a one-file diff of version, previous, metrics, by, at and reason', () => {
  const world = twoPromotions()
  expect(world.git('diff', '--name-only', 'mlv~1', 'mlv')).toBe(ALIAS)
  const changed = world
    .git('diff', '--unified=0', 'mlv~1', 'mlv')
    .split('\n')
    .filter((line) => /^[+-](?![+-])/.test(line))
    .map((line) => line.slice(1).replace(/:.*/, '').trim())
  const known = ['at', 'by', 'auc', 'loss', 'previous', 'previousUid', 'reason', 'uid', 'version']
  expect(new Set(changed)).toEqual(new Set(known.filter((key) => changed.includes(key))))
  expect(changed).toContain('version')
  expect(changed).toContain('auc')
})

test('the log of the branch reads as sentences, and every object passes git fsck', () => {
  const world = twoPromotions()
  expect(world.git('log', '--format=%s', '--first-parent', 'mlv')).toMatchInlineSnapshot(`
    "churn: promote v2 to production (auc 0.91 -> 0.93, loss 0.4 -> 0.3)
    churn v2: two
    churn: promote v1 to production
    churn v1: one
    mlv: start the branch"
  `)
  expect(fsck(world.repository)).toBe('')
})

test("git revert of the newest promotion by README's recipe is a valid rollback", () => {
  const world = twoPromotions()
  const earlier = world.git('show', `mlv~2:${ALIAS}`)
  for (const args of recipe()) world.git(...args)
  expect(world.git('show', `mlv:${ALIAS}`)).toBe(earlier)
  expect(world.json('show', 'churn@production')).toMatchObject({ version: { number: 1 } })
  expect(world.mlv('fsck').exitCode).toBe(0)
  expect(world.mlv('log').stdout).toContain('Revert')

  const twin = twoPromotions()
  const before = twin.git('show', `mlv~2:${ALIAS}`)
  twin.mlv('rollback', 'churn')
  expect(twin.git('show', `mlv:${ALIAS}`)).toBe(before)
})

test('a fresh clone reads the registry from its remote and checks inline files out', () => {
  const world = twoPromotions()
  const clone = join(temporaryFolder(), 'clone')
  runGit('/', ['clone', '--quiet', world.folder, clone])
  const shown = spawnSync(process.execPath, [join(import.meta.dirname, '../../dist/mlv.cjs'), 'models', '--json'], {
    cwd: clone,
    env: GIT_VARIABLES,
    encoding: 'utf8',
  })
  expect(shown.status).toBe(0)
  expect(shown.stdout).toContain('churn')
})

const hasLfs = spawnSync('git', ['lfs', 'version']).status === 0
if (!hasLfs) console.log('skipped: git-lfs is not installed')

test.skipIf(!hasLfs)('stock git lfs lists and smudges a version with no mlv involved', () => {
  const world = twoPromotions()
  const weights = readFileSync(join(world.folder, 'model/weights.bin'))
  const listed = world.git('lfs', 'ls-files', '--name-only', 'mlv')
  expect(listed).toContain('models/churn/versions/2/files/weights.bin')
  const pointer = world.git('show', 'mlv:models/churn/versions/2/files/weights.bin')
  const smudged = execFileSync('git', ['lfs', 'smudge'], {
    cwd: world.folder,
    env: GIT_VARIABLES,
    input: `${pointer}\n`,
    maxBuffer: 1 << 28,
  })
  expect(smudged.equals(weights)).toBe(true)
})

function twoPromotions(): World {
  const world = makeChurnWorld()
  train(world, { lr: 0.1, auc: 0.91, loss: 0.4 })
  world.mlv('commit', '-m', 'one')
  world.mlv('promote', 'churn@v1', 'production', '--reason', 'first')
  train(world, { lr: 0.2, auc: 0.93, loss: 0.3 })
  world.mlv('commit', '-m', 'two')
  world.mlv('promote', 'churn@v2', 'production', '--reason', 'better')
  return world
}

/** The commands as README gives them, with the worktree beside the repository. */
function recipe(): readonly (readonly string[])[] {
  const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8')
  const lines = readme.split('\n').filter((line) => /^\s*git (?:worktree|-C \.\.\/mlv-revert) /.test(line))
  expect(lines.length).toBeGreaterThanOrEqual(6)
  const beside = join(temporaryFolder(), 'revert')
  return lines.map((line) =>
    line
      .trim()
      .slice('git '.length)
      .split(' ')
      .map((word) => word.replaceAll("'", '').replace('../mlv-revert', beside)),
  )
}
