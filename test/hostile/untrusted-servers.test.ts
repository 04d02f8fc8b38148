/**
 * Row S3: servers that the repository names, which would get credentials, bytes or branches.
 */
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { expectRefused, serve, withWeights, OID, WEIGHTS } from '../support/lying-server.ts'
import { forgeBranch } from '../support/hostile-branch.ts'
import { runGit, temporaryFolder } from '../support/repository.ts'
import { makeSharedWorld } from '../support/shared-world.ts'

test('S3: a server that the repository names gets no request before it is trusted, at every verb', async () => {
  const shared = withWeights()
  shared.ada.mlv('push')
  const server = await serve()
  server.objects.set(OID, WEIGHTS)
  const bob = shared.join('bob')
  runGit(bob.folder, ['config', '--file', '.lfsconfig', 'lfs.url', server.url])
  bob.train('third', 0.97)
  writeFileSync(join(bob.folder, 'model/w.bin'), Buffer.alloc(300_000, 'third'))
  bob.mlv('commit', '-m', 'fourth', '--metric', 'auc=0.98', '--model', 'churn=model')
  for (const verb of [['push'], ['checkout', 'churn@v2', '--to', 'x'], ['pull', '--artifacts']]) {
    expectRefused(await bob.start(...verb), 4, 'lfs-host-untrusted')
  }
  expect((await bob.start('fsck', '--full')).exitCode).toBe(4)
  expect(server.requests).toEqual([])
  // Trusted, it is used; and it is no other clone's, nor another port's.
  expect((await bob.start('remote', 'trust')).stdout).toContain('trusted ')
  expect(await bob.start('checkout', 'churn@v2', '--to', 'x')).toMatchObject({ exitCode: 0, stderr: '' })
  const other = await serve()
  runGit(bob.folder, ['config', '--file', '.lfsconfig', 'lfs.url', other.url])
  expectRefused(await bob.start('push'), 4, 'lfs-host-untrusted')
  expect(other.requests).toEqual([])
})

test('S3: a folder that .lfsconfig names is another repository, and is neither read nor written', () => {
  const shared = withWeights()
  const other = join(temporaryFolder(), 'other.git')
  runGit('/', ['init', '--quiet', '--bare', other])
  shared.ada.write('.lfsconfig', `[lfs]\n\turl = ${other}\n`)
  expectRefused(shared.ada.mlv('push'), 4, 'lfs-host-untrusted')
  expect(existsSync(join(other, 'lfs'))).toBe(false)
  // The remote itself may be named.
  shared.ada.write('.lfsconfig', `[lfs]\n\turl = ${shared.bare}\n`)
  expect(shared.ada.mlv('push').exitCode).toBe(0)
})

test('S3: headers and passwords stay with the server they are for, over redirects and hrefs', async () => {
  const shared = withWeights()
  shared.ada.mlv('push')
  const seen: string[] = []
  const evil = await serve({ onRequest: (headers) => void seen.push(JSON.stringify(headers)) })
  evil.objects.set(OID, WEIGHTS)
  const server = await serve({
    credential: 'ada:c4n4ry',
    answer: ({ path }) => {
      return path === `/objects/${OID}` ? { status: 307, headers: { location: evilObject() } } : undefined
    },
  })
  server.objects.set(OID, WEIGHTS)
  const bob = shared.join('bob')
  const helper = '!f() { echo username=ada; echo password=c4n4ry; }; f'
  runGit(bob.folder, ['config', 'credential.helper', helper])
  runGit(bob.folder, ['config', 'lfs.url', server.url])
  expect(await bob.start('checkout', 'churn@v2')).toMatchObject({ exitCode: 0, stderr: '' })
  expect(seen).toHaveLength(1)
  // Neither the password nor the server's own token for its own URL.
  expect(seen.join()).not.toMatch(/authorization|x-token|cookie|referer/i)

  function evilObject(): string {
    return `${new URL(evil.url).origin}/objects/${OID}`
  }
})

test('S3: settings that somebody pushed do not have other branches pushed, moved or deleted', () => {
  const { ada, git, join: joinTeam } = makeSharedWorld()
  const bob = joinTeam('bob')
  bob.mlv('pull')
  runGit(bob.folder, ['branch', 'secret'])
  runGit(bob.folder, ['tag', 'v1'])
  const settings = JSON.parse(ada.git('show', 'mlv:mlv.json')) as object
  for (const records of ['refs/heads/secret', 'refs/heads/main', 'refs/tags/v1', 'refs/mlv/code', 'refs/heads/mlv-x']) {
    const areas = { records, registry: 'refs/heads/mlv' }
    forgeBranch(ada, [{ path: 'mlv.json', content: JSON.stringify({ ...settings, areas, layout: 'split' }) }])
    ada.git('push', '--quiet', '--force', 'origin', 'mlv')
    const before = [git('for-each-ref'), runGit(bob.folder, ['for-each-ref', 'refs/heads', 'refs/tags'])]
    const pulled = bob.mlv('pull')
    expect([records, pulled.exitCode]).toEqual([records, 4])
    expect(pulled.stderr).toContain('areas.records')
    bob.mlv('push')
    expect([git('for-each-ref'), runGit(bob.folder, ['for-each-ref', 'refs/heads', 'refs/tags'])]).toEqual(before)
  }
})
