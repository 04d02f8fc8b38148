/**
 * The audit on histories that hosts and teams make: merges, signatures, numbers that moved, and records that somebody
 * edited.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
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

function change(path: string, found: RegExp, replacement: string): void {
  const text = readFileSync(path, 'utf8')
  expect(text).toMatch(found)
  writeFileSync(path, text.replace(found, replacement))
}
