/**
 * Git LFS over HTTP, from the command line: on a server that nobody here wrote, with stock git-lfs as the other client;
 * and on one that wants a password, which is seen nowhere.
 */
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { sha256Of } from '../../src/base/digest.ts'
import { startLfsServer } from '../support/lfs-server.ts'
import { GIT_VARIABLES, runGit, temporaryFolder } from '../support/repository.ts'
import { hasServer, startServer } from '../support/servers.ts'
import { makeSharedWorld } from '../support/shared-world.ts'

const WEIGHTS = Buffer.alloc(300_000, 'weights;')
const CANARY = 'c4n4ry-p4ssw0rd'
const hasLfs = spawnSync('git', ['lfs', 'version']).status === 0

test.skipIf(!hasLfs || !hasServer('lfs', 'lfs-servers.test.ts'))(
  'mlv and stock git-lfs share a server, both ways',
  async () => {
    const server = await startServer('lfs')
    onTestFinished(server.close)
    const url = `${server.origin}/team/churn.git/info/lfs`
    const { ada, bare, join: joinTeam } = withWeights()
    ada.git('config', 'lfs.url', url)
    expect(ada.mlv('push').stdout).toContain('uploaded 1 artifact, 300 kB')
    expect(existsSync(join(bare, 'lfs'))).toBe(false)

    // One who has git and git-lfs alone.
    const stock = join(temporaryFolder(), 'stock')
    stockGit('/', 'clone', '--quiet', '--branch', 'mlv', '--single-branch', bare, stock)
    stockGit(stock, 'config', 'lfs.url', url)
    stockGit(stock, 'lfs', 'install', '--local')
    stockGit(stock, 'lfs', 'pull', '--include', 'models/churn/versions/2/**')
    expect(readFileSync(join(stock, 'models/churn/versions/2/files/w.bin')).equals(WEIGHTS)).toBe(true)

    // What git-lfs sends is read by mlv.
    const others = Buffer.alloc(200_000, 'of another;')
    ada.write('model/w.bin', others)
    ada.mlv('commit', '-m', 'third', '--metric', 'auc=0.96', '--model', 'churn=model')
    stockGit(ada.folder, 'lfs', 'push', bare, 'mlv')
    stockGit(ada.folder, 'push', '--quiet', '--no-verify', bare, 'mlv')
    const bob = joinTeam('bob')
    runGit(bob.folder, ['config', 'lfs.url', url])
    expect(bob.mlv('checkout', 'churn@v3')).toMatchObject({ exitCode: 0, stderr: '' })
    expect(sha256Of(readFileSync(join(bob.folder, 'model/w.bin')))).toBe(sha256Of(others))
  },
)

test.skipIf(!hasServer('lfs', 'lfs-servers.test.ts'))(
  'half of a file, left on a server by a cut, is sent again',
  async () => {
    const server = await startServer('lfs')
    onTestFinished(server.close)
    const { ada } = withWeights()
    ada.git('config', 'lfs.url', `${server.origin}/team/churn.git/info/lfs`)
    const object = join(server.folder, 'objects', 'team', 'churn', sha256Of(WEIGHTS))
    mkdirSync(dirname(object), { recursive: true })
    writeFileSync(object, WEIGHTS.subarray(0, 100_000))
    expect(ada.mlv('push').stdout).toContain('uploaded 1 artifact, 300 kB')
    expect(readFileSync(object).equals(WEIGHTS)).toBe(true)
  },
)

test('a password is in no output, no file and no argument of a program', async () => {
  const server = await startLfsServer({ credential: `ada:${CANARY}` })
  onTestFinished(server.close)
  const { variables, argumentsOfGit } = spiedGit()
  const { ada, bare, join: joinTeam } = withWeights({ variables })
  const secrets = join(temporaryFolder(), 'gitconfig')
  writeFileSync(secrets, `[credential]\n\thelper = "!f() { echo username=ada; echo password=${CANARY}; }; f"\n`)
  for (const folder of [ada.folder]) configure(folder)
  const pushed = await ada.start('push')
  expect(pushed).toMatchObject({ exitCode: 0, stderr: '' })
  const bob = joinTeam('bob')
  configure(bob.folder)
  const got = await bob.start('checkout', 'churn@v2')
  expect(got).toMatchObject({ exitCode: 0, stderr: '' })
  expect(readFileSync(join(bob.folder, 'model/w.bin')).equals(WEIGHTS)).toBe(true)

  // With a wrong one, and without any, the refusal tells the server and not the secret.
  writeFileSync(secrets, `[credential]\n\thelper = "!f() { echo username=ada; echo password=old-${CANARY}; }; f"\n`)
  const eve = joinTeam('eve')
  configure(eve.folder)
  const refused = await eve.start('checkout', 'churn@v2', '--json')
  expect(refused.exitCode).toBe(6)
  expect(refused.stderr).toContain('remote-refused')

  // An address with a password in it, as a machine is given one, works and is not told either.
  const secretUrl = server.url.replace('http://', `http://ada:${CANARY}@`)
  const cloned = joinTeam('machine')
  runGit(cloned.folder, ['config', 'lfs.url', secretUrl])
  const out = await cloned.start('checkout', 'churn@v2')
  expect(out).toMatchObject({ exitCode: 0, stderr: '' })
  const outputs = [pushed, got, refused, out].flatMap(({ stdout, stderr }) => [stdout, stderr])
  const files = [bare, ada.folder, bob.folder, eve.folder].flatMap(filesBelow)
  expect(argumentsOfGit()).toContain('credential fill')
  for (const text of [...outputs, ...files, argumentsOfGit()]) expect(text).not.toContain(CANARY)

  function configure(folder: string): void {
    runGit(folder, ['config', 'include.path', secrets])
    runGit(folder, ['config', 'lfs.url', server.url])
  }
})

test('a remote over ssh is asked there for its server, and the header it gives goes to that server', async () => {
  const server = await startLfsServer()
  onTestFinished(server.close)
  server.objects.set(sha256Of(WEIGHTS), WEIGHTS)
  const { ada, join: joinTeam } = withWeights()
  ada.mlv('push')
  const bob = joinTeam('bob')
  const folder = temporaryFolder()
  const answer = JSON.stringify({ href: server.url, header: { Authorization: `RemoteAuth ${CANARY}` } })
  writeFileSync(join(folder, 'answer'), answer)
  const ssh = join(folder, 'ssh')
  // The name is one of the user's own ssh configuration, which ssh tells the host behind.
  const told = `[ "$1" = -G ] && { echo 'hostname 127.0.0.1'; exit; }`
  const answering = `printf '%s\\n' "$@" >'${folder}/asked'\ncat '${folder}/answer'`
  writeFileSync(ssh, `#!/bin/sh\n${told}\n${answering}\n`, { mode: 0o755 })
  runGit(bob.folder, ['config', 'core.sshCommand', ssh])
  runGit(bob.folder, ['remote', 'set-url', 'origin', "ssh://git@git.example:2222/team/it's churn.git"])
  const got = await bob.start('checkout', 'churn@v2')
  expect(got).toMatchObject({ exitCode: 0, stderr: '' })
  expect(readFileSync(join(bob.folder, 'model/w.bin')).equals(WEIGHTS)).toBe(true)
  const asked = readFileSync(join(folder, 'asked'), 'utf8').trim().split('\n')
  expect(asked).toEqual(['-p', '2222', 'git@git.example', `git-lfs-authenticate '/team/it'\\''s churn.git' download`])
  expect(server.requests.filter((line) => line.includes('batch'))).toEqual([
    'POST /team/churn.git/info/lfs/objects/batch authorized',
  ])
  // A server that says no is told in its own words.
  writeFileSync(ssh, `#!/bin/sh\necho 'no such repository' >&2\nexit 1\n`)
  const eve = joinTeam('eve')
  runGit(eve.folder, ['config', 'core.sshCommand', ssh])
  runGit(eve.folder, ['remote', 'set-url', 'origin', 'git@git.example:team/churn.git'])
  const refused = await eve.start('checkout', 'churn@v2')
  expect(refused.exitCode).toBe(6)
  expect(refused.stderr).toContain('no such repository')
  for (const { stdout, stderr } of [got, refused]) expect(stdout + stderr).not.toContain(CANARY)
})

/** A team whose first user has `churn@v2` with a large file, not pushed yet. */
function withWeights(options: Parameters<typeof makeSharedWorld>[0] = {}) {
  const shared = makeSharedWorld(options)
  shared.ada.write('model/w.bin', WEIGHTS)
  expect(shared.ada.mlv('commit', '-m', 'second', '--metric', 'auc=0.95', '--model', 'churn=model').exitCode).toBe(0)
  return shared
}

/** A `git` before the real one, which writes down what it was called with. */
function spiedGit() {
  const folder = temporaryFolder()
  const real = spawnSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).stdout.trim()
  const log = join(folder, 'log')
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  writeFileSync(join(bin, 'git'), `#!/bin/sh\necho "$*" >>'${log}'\nexec '${real}' "$@"\n`)
  chmodSync(join(bin, 'git'), 0o755)
  return {
    variables: { PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}` },
    argumentsOfGit: () => readFileSync(log, 'utf8'),
  }
}

function filesBelow(folder: string): readonly string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  const paths = names.map((name) => join(folder, name)).filter((path) => statSync(path).isFile())
  return paths.map((path) => readFileSync(path, 'latin1'))
}

function stockGit(folder: string, ...args: readonly string[]): void {
  const env = { ...GIT_VARIABLES, GIT_LFS_SKIP_SMUDGE: '1' }
  const { status, stderr } = spawnSync('git', args, { cwd: folder, env, encoding: 'utf8' })
  if (status !== 0) throw new Error(`git ${args.join(' ')} failed: ${stderr}`)
}
