/**
 * Promotion by review: asked for on a branch, checked, merged by a host that squashes, rolled back by it, and told by
 * the audit.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeHostedWorld, squash } from '../support/hosted-world.ts'
import { runGit, temporaryFolder } from '../support/repository.ts'
import { memberOf } from '../support/shared-world.ts'
import { MLV, WORLD_VARIABLES } from '../support/world.ts'

test('a promotion is asked for, checked, merged by the host, rolled back by the host, and told by the audit', () => {
  const hosted = makeHostedWorld()
  const { ada, git, host } = hosted
  const before = git('rev-parse', 'mlv')
  expect(ada.say('promote', 'churn@v4', 'production', '--request', '-r', 'newest')).toMatchInlineSnapshot(`
    "$ mlv promote churn@v4 production --request -r newest
    asked for churn@production to be v4, now v2
      auc ↑  0.9200 -> 0.9100  (-0.0100, worse)
    pushed mlv-promote/churn-production-1 to origin
    next: open a pull request from mlv-promote/churn-production-1 into mlv
    "
  `)
  expect(git('rev-parse', 'mlv')).toBe(before)
  expect(ada.git('rev-parse', 'mlv')).toBe(before)
  expect(ada.git('for-each-ref', 'refs/heads/mlv-promote')).toBe('')
  expect(ada.say('check', 'mlv-promote/churn-production-1')).toMatchInlineSnapshot(`
    "$ mlv check mlv-promote/churn-production-1
    mlv-promote/churn-production-1 into origin/mlv
      failed  gate       churn@production  auc ↑ no worse, is worse by 0.01 (no repeats tell how much is chance)
      passed  files                        1 file, which a request may change
      passed  records                      no version or run was edited
      passed  version    churn@production  v4 exists and is in use
      passed  previous   churn@production  follows on v2 of the base
      passed  metrics    churn@production  those of v4
      passed  artifacts  churn@v4          the store has 1 object
      passed  gate       churn@production  runs at least 1, is 1
    failed: 1 of 8
    [exit 1]
    "
  `)
  // Fixed: another request, for a version that is better.
  expect(ada.mlv('promote', 'churn@v3', 'production', '--request', '-r', 'better on all')).toMatchObject({
    exitCode: 0,
  })
  const diff = git('diff', '-U0', 'mlv', 'mlv-promote/churn-production-2')
  expect(diff.split('\n').filter((line) => /^[-+] *(?:version|previous|auc|reason):/.test(line)))
    .toMatchInlineSnapshot(`
    [
      "-  auc: 0.92",
      "-reason: "the first"",
      "-version: 2",
      "+  auc: 0.93",
      "+previous: 2",
      "+reason: "better on all"",
      "+version: 3",
    ]
  `)
  expect(ada.say('check', 'mlv-promote/churn-production-2')).toMatchInlineSnapshot(`
    "$ mlv check mlv-promote/churn-production-2
    mlv-promote/churn-production-2 into origin/mlv
      passed  files                        1 file, which a request may change
      passed  records                      no version or run was edited
      passed  version    churn@production  v3 exists and is in use
      passed  previous   churn@production  follows on v2 of the base
      passed  metrics    churn@production  those of v3
      passed  artifacts  churn@v3          the store has 1 object
      passed  gate       churn@production  runs at least 1, is 1
      passed  gate       churn@production  auc ↑ no worse, is no worse
    passed: all of 8
    "
  `)
  expect(ada.say('status')).toMatchInlineSnapshot(`
    "$ mlv status
    branch mlv at <commit1>, up to date with origin/mlv
    4 runs, 1 model
    store 3 objects, 120 kB; git engine system
    promotions that wait for a review:
      mlv-promote/churn-production-1: churn@production to v4 by Ada Example <ada@example.com>
      mlv-promote/churn-production-2: churn@production to v3 by Ada Example <ada@example.com>
    "
  `)
  squash(hosted, 'mlv-promote/churn-production-2', 'Promote churn v3 (#12)')
  expect(ada.mlv('pull')).toMatchObject({ exitCode: 0 })
  expect(ada.mlv('models', 'churn').stdout).toMatch(/^v3\t\S+\tproduction\t/m)
  expect(ada.mlv('status').stdout).toMatch(/production-1: churn@production to v4 by .*, outdated/)
  expect(ada.mlv('check', 'mlv-promote/churn-production-1').stdout).toContain('follows on v2, and the base has v3')
  host('revert', '--no-edit', 'HEAD')
  host('push', '--quiet', 'origin', 'HEAD:refs/heads/mlv', ':refs/heads/mlv-promote/churn-production-1')
  expect(ada.mlv('pull')).toMatchObject({ exitCode: 0 })
  expect(ada.mlv('status').stdout).not.toContain('mlv-promote')
  expect(ada.mlv('models', 'churn').stdout).toMatch(/^v2\t\S+\tproduction\t/m)
  expect(ada.mlv('checkout', 'churn@production', '--to', 'out')).toMatchObject({ exitCode: 0 })
  expect(ada.read('out/config.json')).toContain('"auc":0.92')
  ada.mlv('retire', 'churn@v3', '-r', 'leaked labels')
  expect(ada.say('audit', '--since', '2000-01-01')).toMatchInlineSnapshot(`
    "$ mlv audit --since 2000-01-01
    <time> registered churn@v1
      by Ada Example <ada@example.com> in <commit1>, not signed
      reason: first
      run <id1>, code <commit2> with changes, never repeated
    <time> registered churn@v2
      by Ada Example <ada@example.com> in <commit3>, not signed
      auc 0.92
      reason: good
      run <id2>, code <commit2> with changes, never repeated
    <time> registered churn@v3
      by Ada Example <ada@example.com> in <commit4>, not signed
      auc 0.93
      reason: better
      run <id3>, code <commit2> with changes, never repeated
    <time> registered churn@v4
      by Ada Example <ada@example.com> in <commit5>, not signed
      auc 0.91
      reason: worse
      run <id4>, code <commit2> with changes, never repeated
    <time> promoted churn@production v2
      by Ada Example <ada@example.com> in <commit6>, not signed
      auc 0.92
      reason: the first
      run <id2>, code <commit2> with changes, never repeated
    <time> promoted churn@production v2 -> v3 (#12)
      by Ada Example <ada@example.com> in <commit7>, by a host or plain git, not signed
      auc 0.92 -> 0.93
      reason: better on all
      run <id3>, code <commit2> with changes, never repeated
    <time> rolled back churn@production v3 -> v2
      by Ada Example <ada@example.com> in <commit8>, by a host or plain git, not signed
      auc 0.93 -> 0.92
      reason: Revert "Promote churn v3 (#12)"
      run <id2>, code <commit2> with changes, never repeated
    <time> retired churn@v3
      by Ada Example <ada@example.com> in <commit9>, not signed
      reason: leaked labels
      run <id3>, code <commit2> with changes, never repeated
    nothing was edited: 8 commits, 4 versions, 4 runs
    "
  `)
  expect(ada.mlv('fsck')).toMatchObject({ exitCode: 0 })
  expect(ada.git('fsck', '--full', '--strict', '--no-dangling')).toBe('')
})

test('in two branches a request is one file, and merged with its trailers it is an operation of mlv', () => {
  const hosted = makeHostedWorld('split')
  const { ada, git } = hosted
  expect(ada.mlv('promote', 'churn@latest', 'production', '--request')).toMatchObject({ exitCode: 0 })
  expect(ada.mlv('promote', 'churn@v3', 'production', '--request')).toMatchObject({ exitCode: 0 })
  const branch = 'mlv-promote/churn-production-2'
  expect(git('diff', '--name-status', 'mlv', branch)).toBe('M\tmodels/churn/aliases/production.yaml')
  // The clone of a job: one commit of one branch, and nothing of what the other holds.
  const job = join(temporaryFolder(), 'job')
  runGit('/', ['clone', '--quiet', '--depth=1', `--branch=${branch}`, `file://${hosted.bare}`, job])
  const refs = runGit(job, ['for-each-ref', '--format=%(refname)', 'refs/heads'])
  expect(memberOf(ada, job).say('check')).toMatchInlineSnapshot(`
    "$ mlv check
    HEAD into origin/mlv
      passed  files                        1 file, which a request may change
      passed  records                      no version or run was edited
      passed  version    churn@production  v3 exists and is in use
      passed  previous   churn@production  follows on v2 of the base
      passed  metrics    churn@production  those of v3
      passed  artifacts  churn@v3          the store has 1 object
      passed  gate       churn@production  runs at least 1, is 1
      passed  gate       churn@production  auc ↑ no worse, is no worse
    passed: all of 8
    "
  `)
  expect(runGit(job, ['for-each-ref', '--format=%(refname)', 'refs/heads'])).toBe(refs)
  expect(runGit(job, ['status', '--porcelain'])).toBe('')
  const event = {
    pull_request: { number: 7, base: { sha: git('rev-parse', 'mlv') }, head: { sha: git('rev-parse', branch) } },
  }
  writeFileSync(join(job, '../event.json'), JSON.stringify(event))
  const { status, stdout } = spawnSync(process.execPath, [MLV, 'check', '--summary', '--format', 'markdown'], {
    cwd: job,
    encoding: 'utf8',
    env: {
      ...WORLD_VARIABLES,
      GITHUB_ACTIONS: 'true',
      GITHUB_REPOSITORY: 'acme/churn',
      GITHUB_EVENT_PATH: join(job, '../event.json'),
      GITHUB_STEP_SUMMARY: join(job, '../summary.md'),
    },
  })
  expect(status).toBe(0)
  expect(readFileSync(join(job, '../summary.md'), 'utf8')).toBe(stdout)
  expect(stdout).toMatch(/^### ✅ may be merged: `[0-9a-f]{40}` into `origin\/mlv`$/m)
  const message = git('log', '-1', '--format=%B', branch).trim()
  squash(hosted, branch, ...message.split('\n\n'))
  expect(ada.mlv('pull')).toMatchObject({ exitCode: 0 })
  const told = ada.json('audit', '--alias', 'production') as { readonly events: readonly unknown[] }
  expect(told.events.at(-1)).toMatchObject({
    kind: 'promoted',
    trailers: true,
    from: { number: 2 },
    version: { number: 3 },
    metrics: [{ key: 'auc', before: 0.92, after: 0.93 }],
  })
})

test('what cannot be asked for leaves nothing: not published, in production already, refused by the remote', () => {
  const { ada, hook } = makeHostedWorld()
  memberOf(ada, ada.folder).train('not pushed', 0.99)
  const before = ada.git('for-each-ref')
  expect(ada.say('promote', 'churn@v5', 'production', '--request')).toMatchInlineSnapshot(`
    "$ mlv promote churn@v5 production --request
    mlv: 'origin' has no 'churn@v5' (version-unpublished)
    why: a request is about what others have, and this version was not pushed
    next: mlv push origin
    [exit 3]
    "
  `)
  expect(ada.say('promote', 'churn@v2', 'production', '--request')).toMatchInlineSnapshot(`
    "$ mlv promote churn@v2 production --request
    churn@production names v2 already on origin
    "
  `)
  hook('update', '[ "$1" = "${1#refs/heads/mlv-promote/}" ]')
  const refused = ada.mlv('promote', 'churn@v3', 'production', '--request')
  expect(refused).toMatchObject({ exitCode: 5, stdout: '' })
  expect(refused.stderr).toContain('(push-refused)')
  expect(ada.git('for-each-ref')).toBe(before)
})
