/**
 * Row S1: servers that would send this machine to what is inside its network. The look-up of names is in
 * test/remote/network-guard.test.ts.
 */
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { expectRefused, serve, batchAnswer, withWeights, OID, WEIGHTS } from '../support/lying-server.ts'
import { runGit, temporaryFolder } from '../support/repository.ts'

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
