/**
 * Row S4: answers of servers that lie. More of them are in test/remote/lfs-store.test.ts.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { expectRefused, serve, batchAnswer, asked, OID, WEIGHTS } from '../support/lying-server.ts'
import { runGit } from '../support/repository.ts'

test('S4: headers of the connection are not for a server to set', async () => {
  const seen: Readonly<Record<string, unknown>>[] = []
  const header = {
    Host: 'evil.example',
    'Transfer-Encoding': 'x',
    Connection: 'close',
    Upgrade: 'x',
    Expect: 'x',
    'x-a': 'b',
  }
  const { bob, server } = await asked({
    onRequest: (headers, path) => {
      if (!path.endsWith('/batch')) seen.push(headers)
    },
    answer: (request) => batchAnswer({ download: { href: `${server.url}/${OID}`, header } })(request),
  })
  server.objects.set(OID, WEIGHTS)
  expect(await bob.start('checkout', 'churn@v2')).toMatchObject({ exitCode: 0, stderr: '' })
  expect(seen.map(({ host }) => host)).toEqual([new URL(server.url).host])
  expect(Object.keys(seen[0] ?? {}).toSorted()).toEqual(['connection', 'host', 'x-a'])
})

test('S4: an answer that cannot be used, and other bytes than the digest says, leave nothing', async () => {
  const { bob, server } = await asked({})
  const liar = await serve({ answer: batchAnswer({ download: { href: 'javascript:alert(1)' } }) })
  runGit(bob.folder, ['config', 'lfs.url', liar.url])
  expectRefused(await bob.start('checkout', 'churn@v2', '--to', 'placed'), 4, 'lfs-response-invalid')
  expect(liar.requests).toHaveLength(1)
  runGit(bob.folder, ['config', 'lfs.url', server.url])
  server.objects.set(OID, Buffer.alloc(WEIGHTS.length, 'evil'))
  expectRefused(await bob.start('checkout', 'churn@v2', '--to', 'placed'), 4, 'digest-mismatch')
  expect(existsSync(join(bob.folder, 'placed'))).toBe(false)
  expect(existsSync(join(bob.folder, '.git/mlv/objects', OID.slice(0, 2), OID.slice(2, 4), OID))).toBe(false)
})
