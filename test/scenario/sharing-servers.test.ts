/**
 * Sharing over http as a host may answer it: behind a password, and failing. What a team does on hosts that nobody here
 * wrote is in `team-http.test.ts` and `team-ssh.test.ts`.
 */
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { serveGit } from '../support/git-http-server.ts'
import { runGit, temporaryFolder } from '../support/repository.ts'
import { makeSharedWorld, memberOf } from '../support/shared-world.ts'

const CANARY = 'c4n4ry-p4ssw0rd'

test('over http: a credential helper of the user answers, and its password is seen nowhere', async () => {
  const { ada, bare, join: joinTeam } = makeSharedWorld()
  const server = await serveGit(dirname(bare), CANARY)
  const url = `${server.origin}/team.git`
  const helper = `!f() { echo username=ada; echo password=${CANARY}; }; f`
  const config = join(temporaryFolder(), 'gitconfig')
  writeFileSync(config, `[credential]\n\thelper = "${helper}"\n`)
  const bob = joinTeam('bob')
  bob.train('by bob', 0.92)
  runGit(bob.folder, ['remote', 'set-url', 'origin', url])
  runGit(bob.folder, ['config', 'include.path', config])
  const pushed = await bob.start('push')
  expect(pushed).toMatchObject({ exitCode: 0, stderr: '' })
  expect(pushed.stdout).toContain('pushed 1 operation (mlv) to origin')
  expect(server.requests.some((request) => request.includes('git-receive-pack'))).toBe(true)

  // Nobody answers for a clone without the helper: it is refused at once, not asked for on a terminal.
  const refused = await ada.start('clone', url, join(temporaryFolder(), 'records'))
  expect(refused.exitCode).toBe(6)
  expect(refused.stderr).toContain('remote-unreachable')
  server.fail = 503
  bob.train('again', 0.93)
  const failed = await bob.start('push', '--json')
  expect(failed.exitCode).toBe(6)
  for (const { stdout, stderr } of [pushed, refused, failed]) {
    expect(stdout + stderr).not.toContain(CANARY)
    expect(stdout + stderr).not.toContain('\u001b')
  }
  server.fail = undefined
  expect((await bob.start('sync')).stdout).toContain('pushed 1 operation')
})

test('over http: what a server refuses is told with its status, kept here, and goes with the next push', async () => {
  const { ada, bare } = makeSharedWorld()
  const server = await serveGit(dirname(bare))
  ada.git('remote', 'set-url', 'origin', `${server.origin}/team.git`)
  memberOf(ada, ada.folder).train('kept', 0.92)
  for (const status of [403, 413, 429, 500, 503]) {
    server.fail = status
    const refused = await ada.start('push')
    expect([status, refused.exitCode, refused.stdout]).toEqual([status, 6, ''])
    expect(refused.stderr).toContain(String(status))
    expect(refused.stderr).not.toContain('\u001b')
  }
  server.fail = undefined
  expect((await ada.start('push')).stdout).toContain('pushed 1 operation (mlv) to origin')
})

test('over http: a clone has the branch and no code', async () => {
  const { ada, bare } = makeSharedWorld()
  const server = await serveGit(dirname(bare))
  const folder = join(temporaryFolder(), 'records')
  expect(await ada.start('clone', `${server.origin}/team.git`, folder)).toMatchObject({ exitCode: 0 })
  expect(runGit(folder, ['for-each-ref', '--format=%(refname)'])).toBe('refs/remotes/origin/mlv')
  const carol = memberOf(ada, folder)
  carol.train('from afar', 0.94)
  expect((await carol.start('push')).stdout).toContain('pushed 1 operation (mlv) to origin')
})
