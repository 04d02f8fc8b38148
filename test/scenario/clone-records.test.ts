/** `mlv clone`: the records of a team without its code, whole or not at all. */
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runGit, temporaryFolder } from '../support/repository.ts'
import { makeSharedWorld, memberOf } from '../support/shared-world.ts'
import { scrub } from '../support/world.ts'

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
