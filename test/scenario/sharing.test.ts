/**
 * Two people and a remote: what each types, and what they see. Stock git is the judge of what the remote holds.
 */
import { expect, test } from 'vitest'
import { runGit } from '../support/repository.ts'
import { makeSharedWorld, memberOf } from '../support/shared-world.ts'
import { scrub } from '../support/world.ts'

test('a first push makes the branch, a second has nothing to do, and status tells where it stands', () => {
  const { ada, git } = makeSharedWorld({ pushed: false })
  expect(ada.say('push')).toMatchInlineSnapshot(`
    "$ mlv push
    sent the code of runs to origin: 1 commit
    pushed 2 operations (mlv) to origin
    sending the code of 1 commit that origin does not have, as snapshots without history; to keep it here, write 'code: {push: none}' in mlv.yaml
    "
  `)
  expect(ada.say('push')).toMatchInlineSnapshot(`
    "$ mlv push
    nothing to push: origin has all of it
    "
  `)
  expect(git('rev-parse', 'mlv')).toBe(ada.git('rev-parse', 'mlv'))
  expect(ada.mlv('status').stdout).toContain('up to date with origin/mlv')
  expect(ada.mlv('note', '@', '--tag', 'kept').exitCode).toBe(0)
  expect(ada.mlv('status').stdout).toContain('1 ahead of origin/mlv')
})

test('both sides add runs, versions and promotions: all arrives, numbers resolve, what was lost is told', () => {
  const { ada, join: joinTeam, git } = makeSharedWorld()
  const bob = joinTeam('bob')
  const ours = memberOf(ada, ada.folder)
  ours.train('by ada', 0.91)
  ours.mlv('promote', 'churn@v2', 'production')
  bob.train('by bob', 0.92)
  bob.mlv('promote', 'churn@v2', 'production')
  bob.mlv('promote', 'churn@v2', 'champion')
  bob.mlv('note', '@', '--tag', 'bobs')
  expect(ada.mlv('push').exitCode).toBe(0)
  expect(bob.say('push')).toMatchInlineSnapshot(`
    "$ mlv push
    fetched 2 operations (mlv) from origin
    put 3 operations of this clone on top of those of origin
    pushed 3 operations (mlv) to origin
    churn v2 is now v3: the remote had a v2 already
    not done: churn@production stays v2, it was to go to v3: the remote moved it meanwhile
      to do it all the same: mlv promote churn@v3 production
    "
  `)
  expect(ada.say('pull')).toMatchInlineSnapshot(`
    "$ mlv pull
    fetched 3 operations (mlv) from origin
    "
  `)
  expect(ada.say('models', 'churn')).toMatchInlineSnapshot(`
    "$ mlv models churn
    version	created	aliases	state	auc	message
    v3	<time>	champion		0.92	by bob
    v2	<time>	production		0.91	by ada
    v1	<time>			0.9	first
    "
  `)
  expect(ada.mlv('show', 'churn@v3').stdout).toContain('by bob')
  const subjects = git('log', '--format=%s', 'mlv')
  expect(scrub(subjects, ada.folder).split('\n')).toMatchInlineSnapshot(`
    [
      "run <id1>: tag bobs",
      "churn: promote v3 to champion",
      "churn v3: by bob",
      "churn: promote v2 to production",
      "churn v2: by ada",
      "churn v1: first",
      "mlv: start the branch",
    ]
  `)
  expect(git('rev-list', '--min-parents=2', '--count', 'mlv')).toBe('0')
  expect(git('fsck', '--full', '--strict')).toBe('')
  expect(ada.mlv('fsck').exitCode).toBe(0)
  expect(ada.git('rev-parse', 'mlv')).toBe(runGit(bob.folder, ['rev-parse', 'mlv']))
})

test('the same in two branches: records and registry each in their own line', () => {
  const { ada, join: joinTeam, git } = makeSharedWorld({ layout: 'split' })
  const bob = joinTeam('bob')
  memberOf(ada, ada.folder).train('by ada', 0.91)
  bob.train('by bob', 0.92)
  bob.mlv('promote', 'churn@v2', 'champion')
  expect(ada.mlv('push').exitCode).toBe(0)
  expect(bob.mlv('sync').stdout).toContain('churn v2 is now v3')
  expect(git('show', 'mlv:models/churn/aliases/champion.yaml')).toMatch(/^version: 3$/m)
  expect(git('show', 'mlv-runs:models/churn/versions/3/version.yaml')).toMatch(/^was: 2$/m)
  expect(git('log', '-1', '--format=%s%n%b', 'mlv')).toMatch(/promote v3 to champion[^]*Mlv-Version: v3 /)
  expect(bob.mlv('fsck').exitCode).toBe(0)
})

test('a history that was replaced on the remote is told, and nothing of it is taken', () => {
  const { ada, git } = makeSharedWorld()
  git('update-ref', 'refs/heads/mlv', git('commit-tree', '-m', 'other', git('rev-parse', 'mlv^{tree}')))
  const before = ada.git('for-each-ref')
  expect(ada.say('pull')).toMatchInlineSnapshot(`
    "$ mlv pull
    mlv: 'refs/heads/mlv' on remote 'origin' no longer has commits it had (remote-rewound)
    why: someone replaced its history; this clone still has all of it and was left as it is
    next: ask who did it; to take theirs as the base, run 'git fetch origin +mlv:refs/remotes/origin/mlv'
    [exit 5]
    "
  `)
  expect(ada.git('for-each-ref')).toBe(before)
})

test('pull says what it takes in when it was fetched before', () => {
  const { ada, join: joinTeam } = makeSharedWorld()
  const bob = joinTeam('bob')
  bob.train('by bob', 0.92)
  expect(bob.mlv('push').exitCode).toBe(0)
  ada.git('fetch', '--quiet', 'origin')
  expect(ada.mlv('pull').stdout).toBe('took in 1 operation (mlv) of origin, fetched before\n')
  expect(ada.mlv('pull').stdout).toBe('origin has nothing new\n')
  bob.train('again', 0.93)
  expect(bob.mlv('push').exitCode).toBe(0)
  expect(ada.mlv('fetch').stdout).toBe('fetched 1 operation (mlv) from origin\n')
  memberOf(ada, ada.folder).train('by ada', 0.94)
  expect(ada.mlv('sync').stdout).toContain('took in 1 operation (mlv) of origin, fetched before\n')
})

test('without a network everything stays, and goes with the next push', () => {
  const { ada, bare } = makeSharedWorld()
  ada.git('remote', 'set-url', 'origin', `${bare}-gone`)
  memberOf(ada, ada.folder).train('offline', 0.93)
  expect(scrub(ada.say('push').replaceAll(bare, '<bare>'), ada.folder)).toMatchInlineSnapshot(`
    "$ mlv push
    mlv: 'origin' cannot be reached (remote-unreachable)
    why: '<bare>-gone' does not appear to be a git repository; Could not read from remote repository.
    next: try again when the network is back; what is recorded waits
    [exit 6]
    "
  `)
  expect(ada.mlv('status').stdout).toContain('1 ahead of origin/mlv')
  ada.git('remote', 'set-url', 'origin', bare)
  expect(ada.mlv('push').stdout).toContain('pushed 1 operation (mlv) to origin')
})

test('clones that were each set up by themselves become one', () => {
  const { ada, bare, git } = makeSharedWorld()
  const eve = makeSharedWorld({ pushed: false })
  eve.ada.git('remote', 'set-url', 'origin', bare)
  const pushed = eve.ada.mlv('push')
  expect(pushed.stdout).toContain('churn v1 is now v2')
  expect(git('log', '--format=%s', 'mlv').split('\n')).toEqual([
    'churn v2: first',
    'churn v1: first',
    'mlv: start the branch',
  ])
  expect(ada.mlv('pull').exitCode).toBe(0)
})
