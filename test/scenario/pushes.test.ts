/** What a push meets: rules of the host, hooks, answers that are lost, and others who push at the same moment. */
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../support/repository.ts'
import { makeSharedWorld, memberOf } from '../support/shared-world.ts'
import { scrub } from '../support/world.ts'

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

test('four clones push at once: everything arrives in one line, and nothing is forced', async () => {
  const { ada, join: joinTeam, git, hook } = makeSharedWorld()
  const log = join(temporaryFolder(), 'pushes')
  hook('update', `echo "$1 $2 $3" >> ${log}; [ -z "$(git rev-list "$2" "^$3" 2>/dev/null)" ]`)
  const members = Array.from({ length: 4 }, (_, index) => joinTeam(`member${index}`))
  for (const [index, member] of members.entries()) member.train(`by ${index}`, 0.9 + index / 100)
  const outcomes = await Promise.all(members.map(({ start }) => start('push', '--json')))
  expect(outcomes.map(({ exitCode, stderr }) => `${exitCode} ${stderr}`)).toEqual(members.map(() => '0 '))
  expect(git('rev-list', '--count', 'mlv')).toBe('6')
  expect(git('rev-list', '--min-parents=2', '--count', 'mlv')).toBe('0')
  const versions = git('ls-tree', '--name-only', 'mlv:models/churn/versions').split('\n')
  expect(versions.map(Number)).toEqual([1, 2, 3, 4, 5])
  expect(ada.mlv('pull').exitCode).toBe(0)
  expect(ada.mlv('fsck').exitCode).toBe(0)
})
