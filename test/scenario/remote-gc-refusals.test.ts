/**
 * When a store is not swept: whoever cannot be asked, or may not be, keeps everything in its place.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { letDaysPass } from '../support/aged-files.ts'
import { runGit, temporaryFolder } from '../support/repository.ts'
import { filesIn, makeTeams, record, said } from '../support/store-teams.ts'
import type { Teams } from '../support/store-teams.ts'
import { makeWorld } from '../support/world.ts'

test('nothing changes, and it is told why', () => {
  const teams = makeTeams(join(temporaryFolder(), 'store'))
  const { folder, ranking, keeper } = teams
  keeper.mlv('store', 'trust', ranking.bare)
  letDaysPass(folder, 15)
  const before = filesIn(folder)
  refusesHostileLists(teams)
  refusesUnlisted(teams)

  // A repository that lost its records is not one that names nothing.
  const tip = ranking.git('rev-parse', 'refs/heads/mlv').trim()
  ranking.git('update-ref', '-d', 'refs/heads/mlv')
  expect(keeper.mlv('gc', '--remote', '--delete').stderr).toContain('none of its branches holds records of mlv')
  ranking.git('update-ref', 'refs/heads/mlv', tip)

  rmSync(join(ranking.bare, 'HEAD'))
  const unread = keeper.mlv('gc', '--remote', '--delete')
  expect([unread.exitCode, unread.stderr.includes('store-repository-unread')]).toEqual([6, true])
  expect(unread.stderr).toContain(ranking.bare)
  expect(filesIn(folder)).toEqual(before)
  // Whoever knows that it is gone for good says so.
  expect(keeper.mlv('store', 'forget', ranking.bare).stdout).toContain('took off the list')
  expect(keeper.mlv('gc', '--remote', '--delete').stdout).toContain('marked as unnamed 2 objects')
})

/** Whoever can write the store can write its list. */
function refusesHostileLists({ folder, ranking, keeper }: Teams): void {
  const [entry, trusted] = [
    join(folder, 'repositories', 'evil.json'),
    join(keeper.folder, '.git/mlv/trusted-repositories'),
  ]
  const told = readFileSync(trusted, 'utf8')
  for (const url of ['ext::sh -c id', '-oProxyCommand=id', '--upload-pack=id', 'https://evil.example/x.git']) {
    writeFileSync(entry, JSON.stringify({ format: 1, url, identity: 'a'.repeat(40) }))
    const refused = keeper.mlv('gc', '--remote', '--delete')
    expect([url, refused.exitCode, refused.stderr.includes('store-repository-untrusted')]).toEqual([url, 4, true])
    if (url.startsWith('https')) continue
    // Even someone who is talked into trusting it gets no further.
    expect([url, keeper.mlv('store', 'trust', '--', url).exitCode]).toEqual([url, 4])
    writeFileSync(trusted, `${ranking.bare}\n${url}\n`)
    expect(keeper.mlv('gc', '--remote').stderr).toContain('store-repository-unread')
    writeFileSync(trusted, told)
  }
  for (const text of ['{', '{"format":1}', 'x'.repeat(20_000)]) {
    writeFileSync(entry, text)
    expect(keeper.mlv('gc', '--remote').stderr).toContain('that entry of its list is damaged')
  }
  expect(keeper.mlv('store', 'forget', 'repositories/evil.json').stdout).toContain('took off the list')
}

function refusesUnlisted(teams: Teams): void {
  const { folder, keeper } = teams
  rmSync(join(folder, 'gc', 'complete.json'))
  expect(keeper.mlv('store').stdout).toContain('perhaps others')
  expect(said(teams, 'gc', '--remote', '--delete')).toMatchInlineSnapshot(`
    "$ mlv gc --remote --delete
    mlv: store '/mnt/store' does not know every repository that uses it; nothing was removed (store-unlisted)
    why: it held objects before it kept a list, and one that is not listed would lose them
    next: push from every repository that uses it, then 'mlv gc --remote --list-is-complete'
    [exit 4]
    "
  `)
  expect(keeper.mlv('gc', '--remote', '--list-is-complete').exitCode).toBe(0)
}

test('a path that two machines have is two repositories: what the other one names stays', () => {
  const { folder, churn, ranking } = makeTeams(join(temporaryFolder(), 'store'))
  // On the machine of the second team its remote has the path that the first team's has on its own.
  renameSync(churn.bare, `${churn.bare}-elsewhere`)
  renameSync(ranking.bare, churn.bare)
  const { ada } = ranking
  ada.git('remote', 'set-url', 'origin', churn.bare)
  record(ada, Buffer.alloc(20_000, 'second'))
  expect(ada.mlv('push').exitCode).toBe(0)
  expect(ada.mlv('store', 'forget', ranking.bare).stdout).toContain('took off the list')
  letDaysPass(folder, 15)
  const before = filesIn(folder)
  const refused = ada.mlv('gc', '--remote', '--delete')
  expect([refused.exitCode, refused.stderr.includes('store-repository-unread')]).toEqual([6, true])
  expect(refused.stderr).toContain(`at '${churn.bare}' there is another repository than the one that was listed`)
  expect(filesIn(folder)).toEqual(before)

  // Which of the two is gone cannot be said by their address.
  const [, key = ''] = /mlv store forget ([^ '\n]+)/.exec(refused.stderr) ?? []
  const forgotten = ada.mlv('store', 'forget', churn.bare)
  expect([forgotten.exitCode, forgotten.stderr.includes(key)]).toEqual([2, true])
  expect(filesIn(folder)).toEqual(before)
  expect(ada.mlv('store', 'forget', key).stdout).toContain('took off the list')
  expect(ada.mlv('gc', '--remote', '--delete').stdout).toContain('asked 1 repository')
})

test('an entry that does not say which repository it is, or is fetched in part, lets nothing be removed', () => {
  const { folder, ranking, keeper } = makeTeams(join(temporaryFolder(), 'store'))
  keeper.mlv('store', 'trust', ranking.bare)
  writeFileSync(join(folder, 'repositories', 'old.json'), JSON.stringify({ format: 1, url: ranking.bare }))
  const refused = keeper.mlv('gc', '--remote', '--delete')
  expect([refused.exitCode, refused.stderr.includes('not which repository that is')]).toEqual([6, true])
  expect(keeper.mlv('store', 'forget', 'repositories/old.json').stdout).toContain('took off the list')
  expect(keeper.mlv('gc', '--remote', '--delete').exitCode).toBe(0)

  // Git says that all is well when it leaves out what a shallow repository has.
  const whole = `${ranking.bare}-whole`
  renameSync(ranking.bare, whole)
  runGit(temporaryFolder(), [
    'clone',
    '--quiet',
    '--bare',
    '--depth=1',
    '--branch=mlv',
    `file://${whole}`,
    ranking.bare,
  ])
  const partial = keeper.mlv('gc', '--remote', '--delete')
  expect(partial.stderr).toContain('git did not fetch all of it: refs/heads/mlv')
  expect(partial.exitCode).toBe(6)
})

test('options that say nothing together are refused', () => {
  const world = makeWorld()
  for (const [options, problem] of [
    [['--delete'], '--remote'],
    [['--remote', '--delete', '--undo'], '--delete'],
    [['--remote', '--delete', '--dry-run'], '--delete'],
  ] as const) {
    const refused = world.mlv('gc', ...options)
    expect([options, refused.exitCode, refused.stderr.includes(problem)]).toEqual([options, 2, true])
  }
})
