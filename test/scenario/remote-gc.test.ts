/**
 * Two teams with one store: what is left there of neither goes, in two steps a week apart, and nothing else ever does.
 */
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sha256Of } from '../../src/base/digest.ts'
import { letDaysPass } from '../support/aged-files.ts'
import { temporaryFolder } from '../support/repository.ts'
import { makeSharedWorld } from '../support/shared-world.ts'
import { CHURN, filesIn, LEFT, makeTeams, objectsIn, RANKING, record, said } from '../support/store-teams.ts'

test('what a refused push left behind is marked, set aside a week later, and removed two weeks after that', () => {
  const teams = makeTeams(join(temporaryFolder(), 'store'))
  const { folder, ranking, keeper } = teams
  expect(said(teams, 'gc', '--remote')).toMatchInlineSnapshot(`
    "$ mlv gc --remote
    mlv: store '/mnt/store' is used by '/srv/ranking.git', which this clone does not trust; nothing was removed (store-repository-untrusted)
    why: whoever can write the store can write its list, and git would go wherever it leads
    next: run 'mlv store trust /srv/ranking.git' if you know that repository
    [exit 4]
    "
  `)
  expect(keeper.mlv('store', 'trust', ranking.bare).exitCode).toBe(0)
  expect(said(teams, 'gc', '--remote')).toMatchInlineSnapshot(`
    "$ mlv gc --remote
    store dir:/mnt/store, asked 2 repositories
    young <sha256 1>  20.0 kB  younger than 14 days: its record may be on the way
    would keep 2 objects, 40.0 kB
    would keep as young 1 object, 20.0 kB
    would set aside 0 objects, 0 B
    "
  `)
  letDaysPass(folder, 15)
  expect(said(teams, 'gc', '--remote')).toMatchInlineSnapshot(`
    "$ mlv gc --remote
    store dir:/mnt/store, asked 2 repositories
    mark <sha256 1>  20.0 kB  no record names it; it is set aside when it is still so after 7 days
    would keep 2 objects, 40.0 kB
    would mark as unnamed 1 object, 20.0 kB
    would set aside 0 objects, 0 B
    what is marked may go from <time> UTC on
    'mlv gc --remote --delete' does it
    "
  `)
  expect(said(teams, 'gc', '--remote', '--delete')).toMatchInlineSnapshot(`
    "$ mlv gc --remote --delete
    store dir:/mnt/store, asked 2 repositories
    kept 2 objects, 40.0 kB
    marked as unnamed 1 object, 20.0 kB
    set aside 0 objects, 0 B
    what is marked may go from <time> UTC on
    "
  `)
  letDaysPass(folder, 8)
  expect(said(teams, 'gc', '--remote', '--delete')).toMatchInlineSnapshot(`
    "$ mlv gc --remote --delete
    store dir:/mnt/store, asked 2 repositories
    kept 2 objects, 40.0 kB
    set aside 1 object, 20.0 kB
    'mlv gc --remote --undo' puts back what is set aside, for 14 days
    "
  `)
  expect(objectsIn(folder)).toEqual([CHURN, RANKING].map((bytes) => sha256Of(bytes)).toSorted())
  expect(said(teams, 'gc', '--remote', '--undo')).toMatchInlineSnapshot(`
    "$ mlv gc --remote --undo
    store dir:/mnt/store
    put back 1 object, 20.0 kB
    "
  `)
  expect(objectsIn(folder)).toHaveLength(3)

  letDaysPass(folder, 15)
  for (const days of [8, 15, 0]) {
    keeper.mlv('gc', '--remote', '--delete')
    letDaysPass(folder, days)
  }
  expect(objectsIn(folder)).toHaveLength(2)
  expect(filesIn(folder).filter((name) => name.startsWith('trash'))).toEqual([])
  // Both teams still have all that is theirs.
  for (const { join: joinTeam } of [teams.churn, ranking]) {
    expect(joinTeam('later').mlv('checkout', 'churn@v2').exitCode).toBe(0)
  }
})

test('what was set aside is found, and put back when a record names it, though only the past of a branch does', () => {
  const teams = makeTeams(join(temporaryFolder(), 'store'))
  const { folder, churn, ranking, keeper } = teams
  keeper.mlv('store', 'trust', ranking.bare)
  letDaysPass(folder, 15)
  keeper.mlv('gc', '--remote', '--delete')
  letDaysPass(folder, 8)
  keeper.mlv('gc', '--remote', '--delete')
  expect(objectsIn(folder)).toHaveLength(2)
  // The push that was refused weeks ago goes through by plain git, which uploads nothing.
  rmSync(join(churn.bare, 'hooks', 'pre-receive'))
  churn.ada.git('push', '--quiet', '--no-verify', 'origin', 'mlv')
  const bob = churn.join('bob')
  expect(bob.mlv('checkout', 'churn@v3').exitCode).toBe(0)
  expect(readFileSync(join(bob.folder, 'model/w.bin')).equals(LEFT)).toBe(true)
  keeper.mlv('pull')
  expect(keeper.mlv('gc', '--remote', '--delete').stdout).toContain('put back 1 object')
  expect(objectsIn(folder)).toHaveLength(3)

  // A person takes the versions off the branch by plain git.
  churn.ada.git('worktree', 'add', '--quiet', 'records', 'origin/mlv')
  churn.ada.git('-C', 'records', 'rm', '--quiet', '-r', 'models', 'runs')
  churn.ada.git('-C', 'records', 'commit', '--quiet', '--message=Remove all')
  churn.ada.git('-C', 'records', 'push', '--quiet', '--no-verify', 'origin', 'HEAD:mlv')
  letDaysPass(folder, 15)
  keeper.mlv('pull')
  expect(keeper.mlv('gc', '--remote').stdout).toMatch(/would keep 3 objects/)
})

test('of Git LFS it is told what is unnamed there, and how a host removes it', () => {
  const world = makeSharedWorld()
  record(world.ada, CHURN)
  world.ada.mlv('push')
  world.hook('pre-receive', 'exit 1')
  record(world.ada, LEFT)
  world.ada.mlv('push')
  // What was refused is taken back: nothing names it any more, and it is still here.
  world.ada.git('update-ref', 'refs/heads/mlv', 'refs/remotes/origin/mlv')
  const told = world.ada.mlv('gc', '--remote')
  expect(told.stdout).toContain(`${sha256Of(LEFT)}  20.0 kB`)
  expect(told.stdout).not.toContain(sha256Of(CHURN))
  expect(told.stdout).toContain('orphan_lfs_file_references')
  expect(world.ada.mlv('gc', '--remote', '--delete').exitCode).toBe(2)
})
