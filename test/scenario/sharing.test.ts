/**
 * Two people and a remote: what each types, and what they see. Stock git is the judge of what the remote holds.
 */
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runGit, temporaryFolder } from '../support/repository.ts'
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

test('a protected registry holds back no record', () => {
  const { ada, git, hook } = makeSharedWorld({ layout: 'split' })
  hook('update', '[ "$1" != refs/heads/mlv ] || { printf "no\\033[2J promotions\\n" >&2; exit 1; }')
  const ours = memberOf(ada, ada.folder)
  // Equal code that is recorded within one second is one snapshot, and sent already.
  ada.write('train.py', 'print("second")\n')
  ours.train('second', 0.95)
  ours.mlv('promote', 'churn@v2', 'production')
  const pushed = ada.mlv('push')
  expect(pushed.exitCode).toBe(5)
  expect(scrub(pushed.stdout, ada.folder)).toMatchInlineSnapshot(`
    "sent the code of runs to origin: 1 commit
    pushed 1 operation (mlv-runs) to origin
    refused mlv on origin: hook declined (no\\x1b[2J promotions; error: hook declined to update refs/heads/mlv)
    "
  `)
  expect(git('log', '--format=%s', '-1', 'mlv-runs')).toBe('churn v2: second')
  expect(git('log', '--format=%s', '-1', 'mlv')).not.toContain('promote')
  // Nothing but the registry is left: then it is the whole answer.
  expect(ada.say('push')).toMatchInlineSnapshot(`
    "$ mlv push
    mlv: remote 'origin' refused 'refs/heads/mlv': hook declined (no\\x1b[2J promotions; error: hook declined to update refs/heads/mlv) (push-refused)
    why: what was recorded is kept here; nothing was forced
    next: ask whoever looks after the repository, then repeat the command
    [exit 5]
    "
  `)
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

test('clone takes the records and nothing else', () => {
  const { ada, bare } = makeSharedWorld({ layout: 'split' })
  const folder = join(temporaryFolder(), 'records')
  expect(scrub(ada.say('clone', bare, folder).replaceAll(bare, '<bare>').replaceAll(folder, '<clone>'), ada.folder))
    .toMatchInlineSnapshot(`
    "$ mlv clone <bare> <clone>
    cloned into <clone>: 1 run, 1 model
    "
  `)
  expect(runGit(folder, ['for-each-ref', '--format=%(refname)'])).toBe(
    'refs/remotes/origin/mlv\nrefs/remotes/origin/mlv-runs',
  )
  expect(runGit(folder, ['rev-list', '--all', '--count'])).toBe(ada.git('rev-list', '--count', 'mlv', 'mlv-runs'))
  const carol = memberOf(ada, folder)
  expect(carol.train('from a clone', 0.97).exitCode).toBe(0)
  expect(carol.mlv('push').stdout).toContain('pushed 1 operation (mlv-runs) to origin')
})

test('clone leaves nothing behind when it is refused', () => {
  const { ada, bare } = makeSharedWorld()
  const folder = temporaryFolder()
  const refusal = (...args: readonly string[]): string => ada.mlv('clone', ...args).stderr.split('\n')[0] ?? ''
  writeFileSync(join(folder, 'file'), '')
  expect(refusal(bare, folder)).toContain('destination-occupied')
  expect(refusal(`${bare}-gone`, join(folder, 'new'))).toContain('remote-unreachable')
  const empty = join(folder, 'empty.git')
  runGit('/', ['init', '--quiet', '--bare', empty])
  expect(refusal(empty, join(folder, 'new'))).toContain('branch-not-found')
  for (const url of [
    'ext::sh -c touch% /tmp/pwned',
    'fd::3',
    'gopher://host/x',
    'javascript://host/x',
    '-oProxyCommand=x:y',
    'ssh://-oProxyCommand=x/y',
    'user@-host:path',
    'https://host?x@y/z',
    'https:///evil',
    'https://host/a%0ab',
    'https://ada:hunter2@host/x',
    'https://host/a\u202eb',
  ]) {
    const told = ada.mlv('clone', '--', url, join(folder, 'new')).stderr
    expect(told, url).toContain('remote-url-invalid')
    expect(told).not.toContain('hunter2')
  }
  expect(readdirSync(folder).sort()).toEqual(['empty.git', 'file'])
})

test('code that nobody was shown goes as snapshots, told before; with push: none it stays here', () => {
  const { ada, git, join: joinTeam } = makeSharedWorld()
  ada.write('secret-plan.md', 'not yet\n')
  ada.git('add', '.')
  ada.git('commit', '--quiet', '--message=Private')
  ada.write('secret-plan.md', 'maybe\n')
  memberOf(ada, ada.folder).train('dirty', 0.93)
  const { stdout, stderr } = ada.mlv('push')
  expect(stderr).toMatchInlineSnapshot(`""`)
  expect(stdout).toContain('sent the code of runs to origin: 1 commit\n')
  expect(git('show', 'refs/mlv/code^2:secret-plan.md')).toBe('maybe')
  expect(git('rev-list', '--max-parents=0', '--count', 'refs/mlv/code')).toBe('2')
  expect(() => git('cat-file', '-e', ada.git('rev-parse', 'HEAD'))).toThrow()
  // Of two clones the second joins what the first one sent.
  const bob = joinTeam('bob')
  writeFileSync(join(bob.folder, 'train.py'), 'print("bob")\n')
  bob.train('by bob', 0.94)
  expect(bob.mlv('push').stdout).toContain('sent the code of runs to origin')
  expect(git('rev-list', '--count', 'refs/mlv/code')).toBe('6')
  ada.write('mlv.yaml', 'code: {push: none}\n')
  ada.write('train.py', 'print("again")\n')
  memberOf(ada, ada.folder).train('kept here', 0.95)
  expect(ada.mlv('push').stdout).not.toContain('code of runs')
  expect(git('rev-list', '--count', 'refs/mlv/code')).toBe('6')
})

test('of a history that nobody was shown, only the commit that ran is sent', () => {
  const { ada, git } = makeSharedWorld({ pushed: false })
  for (const number of [1, 2, 3]) {
    ada.write('train.py', `print(${number})\n`)
    ada.git('commit', '--quiet', '--all', `--message=Private ${number}`)
  }
  // Behind the first code that is kept comes its own history.
  ada.git('update-ref', '-d', 'refs/mlv/code')
  memberOf(ada, ada.folder).train('third', 0.93)
  expect(ada.mlv('push').stdout).toContain('sent the code of runs to origin: 1 commit\n')
  expect(git('rev-list', '--max-parents=0', '--count', 'refs/mlv/code')).toBe('1')
  expect(git('grep', '-h', 'print', 'refs/mlv/code^1')).toBe('print(3)')
})

test('no hook of the repository runs, and what the remote says is shown, not obeyed', () => {
  const { ada, hook } = makeSharedWorld()
  const canary = join(temporaryFolder(), 'canary')
  writeFileSync(join(ada.folder, '.git/hooks/pre-push'), `#!/bin/sh\ntouch ${canary}\n`, { mode: 0o755 })
  hook('pre-receive', 'printf "\\033]52;c;Y2FuYXJ5\\007::add-mask::x\\n" >&2; exit 1')
  memberOf(ada, ada.folder).train('second', 0.95)
  const { stderr } = ada.mlv('push')
  expect(stderr).toContain('push-refused')
  expect(stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
  expect(existsSync(canary)).toBe(false)
})

test('a push whose answer was lost has lost nothing: the next one ends the work', () => {
  const { ada, git } = makeSharedWorld()
  memberOf(ada, ada.folder).train('second', 0.95)
  // The remote has taken it when the answer is lost.
  const tracked = ada.git('rev-parse', 'refs/remotes/origin/mlv')
  expect(ada.mlv('push').exitCode).toBe(0)
  ada.git('update-ref', 'refs/remotes/origin/mlv', tracked)
  expect(ada.mlv('push').stdout).toContain('pushed 1 operation (mlv) to origin')
  expect(git('rev-list', '--count', 'mlv')).toBe('3')
})

test('six clones push at once: everything arrives in one line, and nothing is forced', async () => {
  const { ada, join: joinTeam, git, hook } = makeSharedWorld()
  const log = join(temporaryFolder(), 'pushes')
  hook('update', `echo "$1 $2 $3" >> ${log}; [ -z "$(git rev-list "$2" "^$3" 2>/dev/null)" ]`)
  const members = Array.from({ length: 6 }, (_, index) => joinTeam(`member${index}`))
  for (const [index, member] of members.entries()) member.train(`by ${index}`, 0.9 + index / 100)
  const outcomes = await Promise.all(members.map(({ start }) => start('push', '--json')))
  expect(outcomes.map(({ exitCode, stderr }) => `${exitCode} ${stderr}`)).toEqual(members.map(() => '0 '))
  expect(git('rev-list', '--count', 'mlv')).toBe('8')
  expect(git('rev-list', '--min-parents=2', '--count', 'mlv')).toBe('0')
  const versions = git('ls-tree', '--name-only', 'mlv:models/churn/versions').split('\n')
  expect(versions.map(Number)).toEqual([1, 2, 3, 4, 5, 6, 7])
  expect(ada.mlv('pull').exitCode).toBe(0)
  expect(ada.mlv('fsck').exitCode).toBe(0)
})
