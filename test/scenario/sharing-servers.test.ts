/**
 * Sharing over real transports: `git http-backend` behind a password, and OpenSSH where there is a server.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { serveGit } from '../support/git-http-server.ts'
import { runGit, temporaryFolder } from '../support/repository.ts'
import { makeSharedWorld, memberOf } from '../support/shared-world.ts'

/** Where it is, or where `MLV_TEST_SSHD` says. */
const SSHD = [process.env['MLV_TEST_SSHD'] ?? '', '/usr/sbin/sshd'].find((path) => path !== '' && existsSync(path))
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

test.skipIf(SSHD === undefined)('over ssh: git starts ssh as the user configured it (needs sshd)', async () => {
  const { ada, bare } = makeSharedWorld()
  const { port, command } = await serveSsh(SSHD ?? '')
  const url = `ssh://${userInfo().username}@127.0.0.1:${port}${bare}`
  runGit(ada.folder, ['config', 'core.sshCommand', command])
  runGit(ada.folder, ['remote', 'set-url', 'origin', url])
  memberOf(ada, ada.folder).train('over ssh', 0.93)
  const { stdout, stderr } = await ada.start('push')
  expect(stdout + stderr).toContain('pushed 1 operation (mlv) to origin')
})

if (SSHD === undefined) console.log('skipped: sharing over ssh: no sshd on this machine')

/** An sshd of this user on a loopback port, with a throwaway key. */
async function serveSsh(program: string): Promise<{ readonly port: number; readonly command: string }> {
  const folder = temporaryFolder()
  const port = await freePort()
  for (const key of ['host', 'user'])
    spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, key)])
  const authorized = join(folder, 'authorized_keys')
  writeFileSync(authorized, readFileSync(join(folder, 'user.pub')))
  chmodSync(authorized, 0o600)
  // Only where it starts as root it wants an empty folder of its own.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true })
  const settings = [
    `Port=${port}`,
    'ListenAddress=127.0.0.1',
    `HostKey=${join(folder, 'host')}`,
    `AuthorizedKeysFile=${authorized}`,
    'StrictModes=no',
    'UsePAM=no',
    'PasswordAuthentication=no',
    `PidFile=${join(folder, 'pid')}`,
  ].flatMap((setting) => ['-o', setting])
  const child = spawn(program, ['-D', '-e', '-f', '/dev/null', ...settings], { stdio: ['ignore', 'ignore', 'pipe'] })
  onTestFinished(() => void child.kill())
  await once(child.stderr, 'data')
  const options = ['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '-o', 'LogLevel=ERROR']
  return { port, command: ['ssh', '-i', join(folder, 'user'), '-o', 'IdentitiesOnly=yes', ...options].join(' ') }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  return typeof address === 'object' && address !== null ? address.port : 0
}
