/**
 * The audit on histories that hosts and teams make: merges, signatures, numbers that moved, and records that somebody
 * edited.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { editOnHost, makeHostedWorld } from '../support/hosted-world.ts'
import { temporaryFolder } from '../support/repository.ts'
import { makeSharedWorld, memberOf } from '../support/shared-world.ts'
import type { World } from '../support/world.ts'

interface Audit {
  readonly events: readonly { readonly kind: string; readonly request?: number; readonly signature: string }[]
  readonly problems: readonly { readonly id: string; readonly problem: string }[]
}

function audit(world: World): Audit {
  return JSON.parse(world.mlv('audit', '--json').stdout) as Audit
}

test('merge commits tell their request, and what was merged is told once', () => {
  const { ada, host } = makeHostedWorld()
  // What a user has git leave out of a log is in the history all the same.
  ada.git('config', 'log.diffMerges', 'off')
  for (const [version, message] of [
    ['v3', 'Merge pull request #14 from acme/mlv-promote'],
    ['v4', "Merge branch 'mlv-promote' into 'mlv'\n\nPromote\n\nSee merge request acme/churn!15"],
  ] as const) {
    ada.mlv('promote', `churn@${version}`, 'production', '--request')
    host('fetch', '--quiet')
    host('switch', '--quiet', '--detach', 'origin/mlv')
    host('merge', '--quiet', '--no-ff', `--message=${message}`, 'origin/mlv-promote/churn-production-1')
    host('push', '--quiet', 'origin', 'HEAD:refs/heads/mlv', ':refs/heads/mlv-promote/churn-production-1')
    expect(ada.mlv('pull').exitCode).toBe(0)
  }
  const promoted = audit(ada).events.filter(({ kind }) => kind === 'promoted')
  expect(promoted.map(({ request }) => request)).toEqual([undefined, 14, 15])
  expect(ada.mlv('fsck').exitCode).toBe(0)
})

test('a version that got another number when two clones met was not edited', () => {
  const { ada, join: joinTeam } = makeSharedWorld()
  const bob = joinTeam('bob')
  memberOf(ada, ada.folder).train('by ada', 0.91)
  bob.train('by bob', 0.92)
  bob.mlv('promote', 'churn@v2', 'production')
  expect(ada.mlv('push').exitCode).toBe(0)
  expect(bob.mlv('push').stdout).toContain('churn v2 is now v3')
  expect(ada.mlv('pull').exitCode).toBe(0)
  expect(ada.mlv('audit').stdout).toMatch(
    /promoted churn@production v3\n[^]*nothing was edited: 4 commits, 3 versions, 3 runs/,
  )
})

test('clones that were set up apart have one beginning once they met', () => {
  const { ada, join: joinTeam } = makeSharedWorld({ pushed: false })
  const bob = joinTeam('bob')
  expect(bob.mlv('init').exitCode).toBe(0)
  bob.train('by bob', 0.92)
  expect([ada.mlv('push').exitCode, bob.mlv('push').exitCode, ada.mlv('pull').exitCode]).toEqual([0, 0, 0])
  expect(ada.mlv('audit').stdout).toContain('nothing was edited')
})

test('records that were edited, taken away or lied about are named with who did it', () => {
  const hosted = makeHostedWorld()
  const { ada } = hosted
  editOnHost(hosted, 'mlv', (folder) => {
    change(join(folder, 'models/churn/versions/1/version.yaml'), /message: .*/, 'message: "other"')
    change(join(folder, 'models/churn/aliases/production.yaml'), /auc: .*/, 'auc: 0.999')
    hosted.host('rm', '-r', '--quiet', 'models/churn/versions/4')
    const run = hosted.host('ls-files', 'runs/*/run.yaml').split('\n')[0] ?? ''
    change(join(folder, run), /status: .*/, 'status: failed')
  })
  expect(ada.mlv('pull').exitCode).toBe(0)
  const told = ada.mlv('audit')
  expect(told.exitCode).toBe(4)
  const problems = audit(ada).problems.map(({ id, problem }) => `${id.replace(/^01.*/, '<run>')}: ${problem}`)
  expect(problems).toMatchInlineSnapshot(`
    [
      "churn@v1: its version.yaml was edited",
      "churn@v4: its version.yaml was removed",
      "<run>: its run.yaml was edited",
      "churn@production: it says auc 0.999 of v2, which measured 0.92",
    ]
  `)
  const csv = ada.mlv('audit', '--format', 'csv').stdout.trim().split('\n')
  expect(new Set(csv.map((line) => line.replace(/"[^"]*"/g, '').split(',').length)).size).toBe(1)
})

test('who promoted a version is not accused of what somebody edited later', () => {
  const hosted = makeHostedWorld()
  const { ada } = hosted
  editOnHost(hosted, 'mlv', (folder) => {
    change(join(folder, 'models/churn/versions/2/version.yaml'), /0\.92/g, '0.99')
  })
  expect(ada.mlv('pull').exitCode).toBe(0)
  const { problems } = JSON.parse(ada.mlv('audit', '--json').stdout) as {
    readonly problems: readonly { readonly id: string; readonly problem: string; readonly commit?: string }[]
  }
  expect(problems.map(({ id, problem, commit }) => [id, problem, commit !== undefined])).toEqual([
    ['churn@v2', 'its version.yaml was edited', true],
    ['churn@production', 'it says auc 0.92 of v2, which measured 0.99', false],
  ])
})

test('bytes of a version that were swapped for those of another are told, and never placed', () => {
  const hosted = makeHostedWorld()
  const { ada, bare } = hosted
  expect(ada.mlv('audit').exitCode).toBe(0)
  editOnHost(hosted, 'mlv', swapContent)
  expect(ada.mlv('pull').exitCode).toBe(0)
  expect(ada.mlv('audit').exitCode).toBe(4)
  expect(audit(ada).problems.map(({ id, problem }) => `${id}: ${problem}`)).toMatchInlineSnapshot(`
    [
      "churn@v2: its files.yaml was edited, and 2 more of its files",
    ]
  `)
  for (const command of [
    ['checkout', 'churn@production', '--to', 'out'],
    ['get', `${bare}#churn@production`, '--to', 'out'],
    ['get', `${bare}#churn@production`, '--to', 'out', '--file', 'weights.bin'],
  ]) {
    const refused = ada.mlv(...command)
    expect(refused.exitCode).toBe(4)
    expect(refused.stderr).toMatch(/^mlv: 'churn@v2' has digest mlv1:.*\(digest-mismatch\)/)
    expect(existsSync(join(ada.folder, 'out'))).toBe(false)
  }
  expect(ada.mlv('checkout', 'churn@v3', '--to', 'out').exitCode).toBe(0)
})

test.each(['of its own', 'of before'])('a history %s that a merge puts first hides no edit', (kind) => {
  const hosted = makeHostedWorld()
  const { ada, host, hostFolder } = hosted
  const tip = host('rev-parse', 'HEAD').trim()
  swapContent(hostFolder)
  host('add', '--all')
  const tree = host('write-tree').trim()
  const parent = kind === 'of before' ? ['-p', host('rev-parse', 'HEAD~1').trim()] : []
  const other = host('commit-tree', ...parent, '-m', 'Other', tree).trim()
  const merge = host('commit-tree', '-p', other, '-p', tip, '-m', 'Merge', tree).trim()
  host('push', '--quiet', 'origin', `${merge}:refs/heads/mlv`)
  expect(ada.mlv('pull').exitCode).toBe(0)
  expect(ada.mlv('audit').exitCode).toBe(4)
  const problems = audit(ada).problems.map(({ id, problem }) => `${id}: ${problem.replace(/: .*/, '')}`)
  expect(problems).toContain('churn@v2: its files.yaml was edited, and 2 more of its files')
  expect(problems.includes('history: has 2 beginnings')).toBe(kind === 'of its own')
})

test('signatures: good, none, and one that cannot be checked here', ({ skip }) => {
  const folder = temporaryFolder()
  const key = join(folder, 'key')
  if (spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]).status !== 0) skip('there is no ssh-keygen')
  const { ada } = makeSharedWorld()
  const promote = (version: string): string => ada.mlv('promote', `churn@${version}`, 'production').stdout
  for (const [name, value] of [
    ['gpg.format', 'ssh'],
    ['user.signingkey', key],
    ['commit.gpgsign', 'true'],
  ] as const) {
    ada.git('config', name, value)
  }
  promote('v1')
  const states = (): readonly string[] => audit(ada).events.map(({ signature }) => signature)
  expect(states()).toEqual(['none', 'unchecked'])
  writeFileSync(join(folder, 'allowed'), `ada@example.com ${readFileSync(`${key}.pub`, 'utf8')}`)
  ada.git('config', 'gpg.ssh.allowedSignersFile', join(folder, 'allowed'))
  expect(states()).toEqual(['none', 'good'])
  // A program that the repository's own configuration names to judge signatures is not started.
  const program = join(folder, 'judge')
  writeFileSync(program, `#!/bin/sh\ntouch ${join(folder, 'started')}\n`, { mode: 0o755 })
  ada.git('config', 'gpg.ssh.program', program)
  expect(states()).toEqual(['none', 'good'])
  expect(execFileSync('ls', [folder]).toString()).not.toContain('started')
})

/** Gives v2 what v4 has. */
function swapContent(folder: string): void {
  const versions = join(folder, 'models/churn/versions')
  for (const part of ['files', 'files.yaml'])
    cpSync(join(versions, '4', part), join(versions, '2', part), { recursive: true })
}

function change(path: string, found: RegExp, replacement: string): void {
  const text = readFileSync(path, 'utf8')
  expect(text).toMatch(found)
  writeFileSync(path, text.replace(found, replacement))
}
