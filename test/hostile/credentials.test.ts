/**
 * Row S5: secrets. A word of its own is put everywhere a credential can be, every verb that shares is run, also where
 * it fails, and the word is looked for in all that is printed, all that is written, and the arguments of processes.
 */
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { serveGit } from '../support/git-http-server.ts'
import { startLfsServer } from '../support/lfs-server.ts'
import { runGit, temporaryFolder } from '../support/repository.ts'
import { makeSharedWorld } from '../support/shared-world.ts'
import { MLV, WORLD_VARIABLES } from '../support/world.ts'
import type { Outcome } from '../support/world.ts'
import { expectRefused, withWeights } from '../support/lying-server.ts'

const CANARY = 'c4n4ry'
/** One word a place, so that what is found says where it came from. */
const IN_URL = `${CANARY}-url`
const IN_HELPER = `${CANARY}-helper`

test('S5: a secret is in no output, no file, no record and no argument, whatever fails', async () => {
  const home = temporaryFolder()
  const seen = watchProcesses()
  const { bare, ada } = makeSharedWorld()
  const byUrl = await serveGit(dirname(bare), IN_URL)
  const byHelper = await serveGit(dirname(bare), IN_HELPER)
  const lfs = await startLfsServer({
    credential: `ada:${IN_HELPER}`,
    header: { Authorization: `Bearer ${CANARY}-lfs` },
  })
  onTestFinished(lfs.close)
  const git = spiedGit()
  const variables = {
    ...WORLD_VARIABLES,
    ...git.variables,
    HOME: home,
    GIT_CONFIG_GLOBAL: join(home, 'gitconfig'),
    GIT_TRACE: '1',
    GIT_TRACE_CURL: '1',
    GIT_TRACE_PACKET: '1',
    AWS_ACCESS_KEY_ID: `${CANARY}-aws-id`,
    AWS_SECRET_ACCESS_KEY: `${CANARY}-aws`,
    AWS_SESSION_TOKEN: `${CANARY}-aws-token`,
    https_proxy: `http://ada:${CANARY}-proxy@127.0.0.1:9`,
    no_proxy: '127.0.0.1',
  }
  writeFileSync(join(home, '.netrc'), `machine 127.0.0.1 login ada password ${CANARY}-netrc\n`, { mode: 0o600 })
  const helper = join(home, 'helper')
  writeFileSync(join(home, 'answer'), `username=ada\npassword=${IN_HELPER}\n`)
  writeFileSync(helper, `#!/bin/sh\ncat '${join(home, 'answer')}'\n`, { mode: 0o755 })
  const config = `[credential]\n\thelper = "${helper}"\n[http]\n\textraHeader = "X-Token: ${CANARY}-header"\n`
  writeFileSync(join(home, 'gitconfig'), config)

  ada.git('remote', 'add', 'helped', `${byHelper.origin}/team.git`)
  ada.git('remote', 'set-url', 'origin', `${byUrl.origin.replace('//', `//ada:${IN_URL}@`)}/team.git`)
  ada.git('config', 'lfs.url', lfs.url)
  const outcomes: Outcome[] = []
  const mlv = async (...args: readonly string[]): Promise<Outcome> => {
    const ended = await start(ada.folder, variables, args)
    outcomes.push(ended)
    return ended
  }
  ada.write('model/w.bin', Buffer.alloc(300_000, 'weights;'))
  expect(await mlv('commit', '-m', 'x', '--metric', 'auc=0.95', '--model', 'churn=model')).toMatchObject({
    exitCode: 0,
  })
  expect((await mlv('push')).stderr).toBe('')
  expect(await mlv('push', 'helped', '--json')).toMatchObject({ exitCode: 0 })
  expect(await mlv('pull', '--artifacts', '--code')).toMatchObject({ exitCode: 0 })
  for (const verb of [
    ['sync', 'helped'],
    ['fetch', '--json'],
    ['status', '--json'],
    ['doctor'],
    ['doctor', '--json'],
  ]) {
    await mlv(...verb)
  }
  expect(lfs.objects.size).toBe(1)
  expect(await mlv('clone', `${byHelper.origin}/team.git`, 'cloned')).toMatchObject({ exitCode: 0 })
  expect(await mlv('clone', `${byUrl.origin}/team.git`, 'refused')).toMatchObject({ exitCode: 6 })

  // And where every one of them fails.
  ada.write('model/w.bin', Buffer.alloc(300_000, 'other;'))
  await mlv('commit', '-m', 'y', '--metric', 'auc=0.96', '--model', 'churn=model')
  ada.git('config', 'lfs.url', lfs.url.replace(/:\d+/, ':9'))
  for (const status of [401, 500]) {
    byUrl.fail = status
    for (const verb of [['fetch'], ['pull', '--json'], ['sync']]) {
      expect((await mlv(...verb)).exitCode).not.toBe(0)
    }
  }
  ada.git('config', 'lfs.url', `http://ada:${IN_URL}-lfs@127.0.0.1:9/%0a`)
  expectRefused(await mlv('push'), 4, 'remote-url-invalid')
  await mlv('status')
  seen.stop()

  for (const { stdout, stderr } of outcomes) expect(stdout + stderr).not.toContain(CANARY)
  expect(git.calls()).not.toContain(CANARY)
  // Git itself hands the address of a remote to its own helpers as an argument, as it does without mlv.
  const ofGit = /git[- ](?:remote-https?|send-pack|fetch-pack) /
  expect(seen.arguments().filter((line) => line.includes(CANARY) && !ofGit.test(line))).toEqual([])
  const written = [ada.folder, bare].flatMap(filesBelow).filter(({ text }) => text.includes(CANARY))
  // Where this test, as a user would, wrote them itself.
  expect(written.map(({ path }) => path)).toEqual([join(ada.folder, '.git/config')])
  expect(ada.git('log', '--all', '-p')).not.toContain(CANARY)
}, 120_000)

test('S5: a value with a line break is never given to a credential helper, nor taken from one', async () => {
  const shared = withWeights()
  shared.ada.mlv('push')
  const server = await startLfsServer({ credential: 'ada:x' })
  onTestFinished(server.close)
  const bob = shared.join('bob')
  const folder = temporaryFolder()
  const helper = (answer: string): void => {
    const line = `!f() { cat >>${folder}/asked; printf '${answer}'; }; f`
    runGit(bob.folder, ['config', 'credential.helper', line])
  }
  helper('username=ada\\npassword=x\\n')
  const { origin } = new URL(server.url)
  for (const url of [`${origin}/a%0ahost=evil`, `${origin}/a%00b`, origin.replace('//', '//a%0dhost=evil@')]) {
    runGit(bob.folder, ['config', 'lfs.url', url])
    expectRefused(await bob.start('checkout', 'churn@v2'), 4, 'remote-url-invalid')
  }
  runGit(bob.folder, ['config', '--unset', 'lfs.url'])
  const ssh = join(folder, 'ssh')
  writeFileSync(ssh, `#!/bin/sh\necho '{"href": "${origin}/a%0ahost=evil.example"}'\n`, { mode: 0o755 })
  runGit(bob.folder, ['config', 'core.sshCommand', ssh])
  runGit(bob.folder, ['remote', 'set-url', 'origin', 'git@127.0.0.1:team/churn.git'])
  expectRefused(await bob.start('checkout', 'churn@v2'), 4, 'credential-invalid')
  expect(readdirSync(folder)).toEqual(['ssh'])
  helper('username=ada\\npassword=x\\ry\\n')
  runGit(bob.folder, ['config', 'lfs.url', server.url])
  // Newer gits do not pass such an answer on, so that there is none.
  expect((await bob.start('checkout', 'churn@v2')).exitCode).not.toBe(0)
  expect(server.requests.every((line) => line.endsWith(' -'))).toBe(true)
})

function start(folder: string, env: NodeJS.ProcessEnv, args: readonly string[]): Promise<Outcome> {
  const child = spawn(process.execPath, [MLV, ...args], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  return new Promise((done) => child.on('close', (exitCode) => done({ exitCode: exitCode ?? -1, stdout, stderr })))
}

/** Looks at the arguments of all processes again and again. */
function watchProcesses() {
  const lines = new Set<string>()
  const look = (): void => {
    for (const id of readdirSync('/proc')) {
      if (!/^[0-9]+$/.test(id)) continue
      try {
        lines.add(readFileSync(`/proc/${id}/cmdline`, 'utf8').replaceAll('\0', ' '))
      } catch {
        // It has ended meanwhile.
      }
    }
  }
  const timer = setInterval(look, 10)
  const stop = (): void => clearInterval(timer)
  onTestFinished(stop)
  return { stop, arguments: (): readonly string[] => [...lines] }
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
    calls: () => readFileSync(log, 'utf8'),
  }
}

function filesBelow(folder: string): readonly { readonly path: string; readonly text: string }[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  const paths = names.map((name) => join(folder, name)).filter((path) => statSync(path).isFile())
  return paths.map((path) => ({ path, text: readFileSync(path, 'latin1') }))
}
