/**
 * Rows S1 and S2: addresses that would send this machine, or a program of it, elsewhere, at every door that takes one.
 * The look-up of names is in test/remote/network-guard.test.ts.
 */
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { expectRefused, serve, batchAnswer, withWeights, OID, WEIGHTS } from '../support/lying-server.ts'
import { runGit, temporaryFolder } from '../support/repository.ts'
import { makeSharedWorld } from '../support/shared-world.ts'
import { forgeBranch } from '../support/hostile-branch.ts'

/** What asks the machine itself, however it is spelled; 169.254.169.254 is where clouds keep secrets. */
const MACHINE_SERVICES = [
  'http://169.254.169.254/latest/meta-data/',
  'http://a@2852039166/',
  'http://[::ffff:a9fe:a9fe]/',
]

test('S1: a server cannot send a download to the machine itself', async () => {
  const shared = withWeights()
  shared.ada.mlv('push')
  const bob = shared.join('bob')
  for (const href of MACHINE_SERVICES) {
    const server = await serve({ answer: batchAnswer({ download: { href } }) })
    runGit(bob.folder, ['config', 'lfs.url', server.url])
    expectRefused(await bob.start('checkout', 'churn@v2', '--to', 'placed'), 4, 'address-private')
  }
  // A redirect is another hop, and judged again: of the question, of the bytes, and of a dataset's headers.
  const away = { status: 302, headers: { location: MACHINE_SERVICES[0] ?? '' } }
  for (const part of ['/objects/batch', `/objects/${OID}`]) {
    const server = await serve({ answer: ({ path }) => (path.endsWith(part) ? away : undefined) })
    server.objects.set(OID, WEIGHTS)
    runGit(bob.folder, ['config', 'lfs.url', server.url])
    expectRefused(await bob.start('pull', '--artifacts'), 4, 'address-private')
    const uri = `${new URL(server.url).origin}/data${part}`
    expectRefused(await bob.start('commit', '--metric', 'auc=1', '--pin-urls', '--dataset', uri), 4, 'address-private')
  }
  expect(existsSync(join(bob.folder, 'placed'))).toBe(false)
})

test('S1: a server cannot send an upload or its confirmation to the machine itself, and the branch stays', async () => {
  const shared = withWeights()
  const before = shared.git('for-each-ref')
  const href = MACHINE_SERVICES[0] ?? ''
  const server = await serve({ answer: batchAnswer({ upload: { href } }) })
  shared.ada.git('config', 'lfs.url', server.url)
  expectRefused(await shared.ada.start('push'), 4, 'address-private')
  const verifying = await serve({
    answer: ({ path, method }) => {
      if (method === 'PUT') return { status: 200 }
      if (!path.endsWith('/batch')) return undefined
      return batchAnswer({ upload: { href: `${verifying.url}/put` }, verify: { href } })({ path })
    },
  })
  shared.ada.git('config', 'lfs.url', verifying.url)
  expectRefused(await shared.ada.start('push'), 4, 'address-private')
  expect(shared.git('for-each-ref')).toBe(before)
})

test('S1: an ssh remote cannot name a server inside, unless it is inside itself or the server is trusted', async () => {
  const shared = withWeights()
  shared.ada.mlv('push')
  const server = await serve()
  server.objects.set(OID, WEIGHTS)
  const bob = shared.join('bob')
  const ssh = join(temporaryFolder(), 'ssh')
  const answer = JSON.stringify({ href: server.url })
  writeFileSync(ssh, `#!/bin/sh\n[ "$1" = -G ] && exit 1\necho '${answer}'\n`, { mode: 0o755 })
  runGit(bob.folder, ['config', 'core.sshCommand', ssh])
  runGit(bob.folder, ['remote', 'set-url', 'origin', 'git@203.0.113.9:team/churn.git'])
  const refused = await bob.start('checkout', 'churn@v2')
  expectRefused(refused, 4, 'address-private')
  const { origin } = new URL(server.url)
  expect(refused.stderr).toContain(`next: run 'mlv remote trust --host ${origin}' if you know that server`)
  expect(server.requests).toEqual([])
  const trusted = await bob.start('remote', 'trust', '--host', origin)
  expect(trusted.stdout).toBe(`trusted ${origin}, which the server of origin may name\n`)
  expect(await bob.start('checkout', 'churn@v2')).toMatchObject({ exitCode: 0, stderr: '' })
})

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
