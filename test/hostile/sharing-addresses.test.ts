/**
 * Row S2: addresses that would run a program of this machine or lead elsewhere, at every door that takes one.
 */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { expectRefused, withWeights } from '../support/lying-server.ts'
import { runGit } from '../support/repository.ts'
import { makeSharedWorld } from '../support/shared-world.ts'
import { forgeBranch } from '../support/hostile-branch.ts'

/** Addresses that would run a program, ask another machine, or be read in two ways. */
const HOSTILE_URLS = [
  'javascript:alert(1)',
  'http:evil.example/x',
  'gopher://evil.example/x',
  'ext::sh -c "touch ran"',
  'fd::3',
  'ssh://-oProxyCommand=touch%20ran/x',
  'ssh://-u@git.example/x',
  'git@-oProxyCommand=touch:x',
  'https://git.example?x@evil.example/y',
  'https:///evil',
  'https://git.example/%0ahost=evil.example',
  'https://git.example/\u202ex',
  'https://ada:c4n4ry@git.example/x',
  'file://evil.example/share/x',
]

test('S2: an address is refused where it is typed, and nothing is made or run', () => {
  const { ada } = makeSharedWorld()
  const before = readdirSync(ada.folder)
  for (const url of HOSTILE_URLS) {
    const refused = ada.mlv('clone', '--', url, 'made')
    expectRefused(refused, 4, 'remote-url-invalid')
    expect(refused.stderr).not.toContain('c4n4ry')
  }
  for (const url of HOSTILE_URLS.slice(3, 6)) {
    expectRefused(ada.mlv('get', '--', `${url}#churn@v1`), 4, 'remote-url-invalid')
  }
  expect(readdirSync(ada.folder)).toEqual(before)
  expectRefused(ada.mlv('clone', '--', '--upload-pack=touch ran', 'made'), 4, 'remote-url-invalid')
})

test('S2: a remote of the configuration with such an address runs nothing, at every verb', () => {
  const { ada } = withWeights()
  const before = ada.git('for-each-ref')
  // Git itself judges these; those it would only look up on the network are left out.
  const run = [`ext::sh -c "touch ${ada.folder}/ran"`, `ssh://-oProxyCommand=touch%20${ada.folder}/ran/x`, 'fd::3']
  for (const url of run) {
    ada.git('config', 'remote.evil.url', url)
    for (const verb of ['push', 'pull', 'fetch', 'sync']) {
      const refused = ada.mlv(verb, 'evil')
      expect([verb, url, refused.exitCode === 4 || refused.exitCode === 6]).toEqual([verb, url, true])
      expect(refused.stdout).toBe('')
    }
  }
  ada.git('config', 'remote.evil.url', 'helper-of-mine')
  ada.git('config', 'remote.evil.vcs', 'ext')
  expect(ada.mlv('fetch', 'evil').exitCode).toBe(6)
  expect(existsSync(join(ada.folder, 'ran'))).toBe(false)
  expect(ada.git('for-each-ref')).toBe(before)
})

test('S2: a server of the configuration, of .lfsconfig or of mlv.json with such an address is refused', () => {
  const shared = withWeights()
  shared.ada.mlv('push')
  const bob = shared.join('bob')
  // git-lfs takes a password in an address, and a path as a server has it.
  const lfs = HOSTILE_URLS.filter((url) => !/^https:\/\/(?:ada|git.example\/)/.test(url))
  for (const url of lfs) {
    runGit(bob.folder, ['config', 'lfs.url', url])
    expectRefused(bob.mlv('checkout', 'churn@v2'), 4, 'remote-url-invalid')
  }
  runGit(bob.folder, ['config', '--unset', 'lfs.url'])
  for (const url of lfs.slice(-3)) {
    runGit(bob.folder, ['config', '--file', '.lfsconfig', 'lfs.url', url])
    expectRefused(bob.mlv('checkout', 'churn@v2'), 4, 'remote-url-invalid')
    expectRefused(bob.mlv('remote', 'trust'), 4, 'remote-url-invalid')
  }
  const stores = [
    'dir:relative',
    'dir:/srv/../etc',
    'dir://evil.example/share',
    'file:///etc',
    's3://bucket?endpoint=file:///etc',
    's3://bucket?endpoint=https://evil.example/path',
    's3://key:secret@bucket',
    's3://bucket/../other',
    's3://bucket?region=eu.evil.example/',
    'https://evil.example',
  ]
  const { ada } = shared
  const settings = JSON.parse(ada.git('show', 'mlv:mlv.json')) as object
  for (const [index, address] of stores.entries()) {
    const named = { [index % 2 === 0 ? 'stores' : 'mirrors']: [address] }
    const undo = forgeBranch(ada, [{ path: 'mlv.json', content: JSON.stringify({ ...settings, ...named }) }])
    const refused = ada.mlv('checkout', 'churn@v2')
    expect([address, refused.exitCode]).toEqual([address, 4])
    expect(refused.stderr).not.toContain('secret')
    undo()
  }
})
