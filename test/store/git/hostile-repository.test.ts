/**
 * A repository somebody else made must not run anything of theirs (rows C1, C2): each program its config could name is
 * a canary that leaves a file behind.
 */
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { present } from '../../../src/base/assert.ts'
import { nodeFiles } from '../../../src/store/files/node-files.ts'
import type { GitEngine, Signatures } from '../../../src/store/git/engine.ts'
import { findGit, gitFailure, runGit } from '../../../src/store/git/git-command.ts'
import { readSignatures } from '../../../src/store/git/identity.ts'
import { openEngine } from '../../../src/store/git/open-engine.ts'
import { probeRepository } from '../../../src/store/git/probe.ts'
import { withWriterLock } from '../../../src/store/git/writer-lock.ts'
import { environmentWith, lockOptions } from '../../support/git-environment.ts'
import { MLV, put, updateOf } from '../../support/git-worlds.ts'
import { makeRepository, SIGNATURES, temporaryFolder } from '../../support/repository.ts'
import type { TestRepository } from '../../support/repository.ts'

/** Settings that name a program git may run. */
const PROGRAM_SETTINGS = [
  'core.fsmonitor',
  'core.pager',
  'core.editor',
  'core.sshCommand',
  'core.askPass',
  'core.gitProxy',
  'core.alternateRefsCommand',
  'credential.helper',
  'diff.external',
  'filter.lfs.clean',
  'filter.lfs.smudge',
  'filter.lfs.process',
  'gpg.program',
  'gpg.ssh.program',
  'gpg.ssh.defaultKeyCommand',
  'sequence.editor',
  'uploadpack.packObjectsHook',
  'pager.rev-list',
  'alias.rev-list',
  'alias.fast-import',
  'alias.cat-file',
]

const HOOKS = ['reference-transaction', 'pre-commit', 'post-commit', 'post-index-change', 'pre-auto-gc', 'post-rewrite']

interface HostileRepository extends TestRepository {
  readonly folder: string
  /** Names of the canaries that ran. */
  readonly ran: () => readonly string[]
  readonly canary: (name: string) => string
}

function makeHostile(): HostileRepository {
  const repository = makeRepository()
  const folder = present(repository.place.worktree, 'a worktree')
  const nest = temporaryFolder()
  const canary = (name: string): string => {
    const path = join(nest, `${name}.sh`)
    writeFileSync(path, `#!/bin/sh\ntouch '${join(nest, `${name}.ran`)}'\nexit 1\n`)
    chmodSync(path, 0o755)
    return path
  }
  writeFileSync(join(folder, 'file'), 'content\n')
  writeFileSync(join(folder, '.gitattributes'), '* filter=lfs diff=lfs\n')
  repository.git('add', '.')
  repository.git('commit', '--quiet', '--message', 'first')
  for (const setting of PROGRAM_SETTINGS) {
    const isAlias = setting.startsWith('alias.') || setting === 'credential.helper'
    repository.git('config', setting, `${isAlias ? '!' : ''}${canary(setting)}`)
  }
  const hooks = join(nest, 'hooks')
  mkdirSync(hooks)
  for (const hook of HOOKS) {
    for (const target of [hooks, join(folder, '.git', 'hooks')]) {
      mkdirSync(target, { recursive: true })
      writeFileSync(join(target, hook), `#!/bin/sh\ntouch '${join(nest, `${hook}.ran`)}'\nexit 1\n`, { mode: 0o755 })
    }
  }
  repository.git('config', 'core.hooksPath', hooks)
  const ran = () => readdirSync(nest).filter((name) => name.endsWith('.ran'))
  return { ...repository, folder, ran, canary }
}

async function open(folder: string): Promise<GitEngine> {
  const environment = environmentWith()
  const engine = await openEngine(
    await probeRepository(nodeFiles, folder, environment),
    nodeFiles,
    environment,
    'system',
  )
  onTestFinished(() => engine.close())
  return engine
}

async function commitWith(engine: GitEngine, signatures: Signatures = SIGNATURES): Promise<string | undefined> {
  const update = updateOf({ expected: await engine.readRef(MLV), edits: [put('a', '1')] })
  return (await engine.commitRefs([update], signatures))[0]
}

test('nothing a config or hook names is run by probing, reading and committing', async () => {
  const hostile = makeHostile()
  const environment = environmentWith({
    GIT_AUTHOR_NAME: 'Ada',
    GIT_AUTHOR_EMAIL: 'a@example.com',
    EMAIL: 'a@example.com',
  })
  const place = await probeRepository(nodeFiles, hostile.folder, environment)
  const engine = await open(hostile.folder)
  hostile.git('config', 'user.name', 'Ada')
  await readSignatures(place, nodeFiles, environment)
  const tip = await withWriterLock(place, nodeFiles, lockOptions(), () => commitWith(engine))
  const head = present(await engine.resolveCommit('HEAD'), 'a HEAD')
  await engine.readTree(head)
  await engine.log(head, {})
  await engine.isAncestor(head, head)
  for (let index = 0; index < 50; index += 1) await commitWith(engine)

  expect(hostile.ran()).toEqual([])
  // The canaries do sing: git itself runs the hook for the same move of a ref.
  expect(() => hostile.git('update-ref', 'refs/heads/other', present(tip, 'a tip'))).toThrow()
  expect(hostile.ran()).toEqual(['reference-transaction.ran'])
})

test("signing is done by the user's program, never by one the repository names", async () => {
  const hostile = makeHostile()
  const engine = await open(hostile.folder)
  await expect(commitWith(engine, { ...SIGNATURES, sign: true })).rejects.toMatchObject({ code: 'git-failed' })
  hostile.git('config', 'gpg.format', 'ssh')
  await expect(commitWith(engine, { ...SIGNATURES, sign: true })).rejects.toMatchObject({ code: 'git-failed' })

  expect(hostile.ran()).toEqual([])
  expect(await engine.readRef(MLV)).toBeUndefined()
  expect(hostile.git('for-each-ref', 'refs/mlv/')).toBe('')
})

test('text that looks like an option is refused, or is only text', async () => {
  const hostile = makeHostile()
  const engine = await open(hostile.folder)
  const written = join(hostile.folder, 'written')
  const attempts = ['--upload-pack=x', '--upl=x', '-uX', '-fuX', `--output=${written}`, '--exec=x', '--all', '-']
  for (const attempt of attempts) {
    await expect(engine.resolveCommit(attempt), attempt).rejects.toMatchObject({ code: 'argument-option-like' })
  }
  for (const attempt of ['HEAD --output=x', 'HEAD\nHEAD', 'HEAD\0', '', ' ', '^HEAD', '..', 'x'.repeat(100_000)]) {
    expect(await engine.resolveCommit(attempt), attempt).toBeUndefined()
  }

  expect(await engine.resolveCommit('HEAD')).toBe(hostile.git('rev-parse', 'HEAD'))
  expect(existsSync(written)).toBe(false)
  expect(hostile.ran()).toEqual([])
})

test('git is taken from the search path only, never from the folder mlv is in', async () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'git'), '#!/bin/sh\n', { mode: 0o755 })
  const found = (path: string) => findGit(nodeFiles, environmentWith({ PATH: path }))

  expect(await found(['', '.', 'bin'].join(delimiter))).toBeUndefined()
  expect(await found(`.${delimiter}${folder}`)).toMatchObject({ path: join(folder, 'git') })
  chmodSync(join(folder, 'git'), 0o644)
  expect(await found(folder)).toBeUndefined()
})

test('a hook that runs mlv does not point it at another repository', async () => {
  const [here, other] = [makeRepository(), makeRepository()]
  const variables = {
    GIT_DIR: other.place.gitDir,
    GIT_INDEX_FILE: '/nonexistent',
    GIT_OBJECT_DIRECTORY: '/nonexistent',
  }
  const git = present(await findGit(nodeFiles, environmentWith(variables)), 'a git')
  const { stdout } = await runGit(git, ['rev-parse', '--absolute-git-dir'], { cwd: here.place.gitDir })

  expect(Buffer.from(stdout).toString('utf8').trim()).toBe(here.place.gitDir)
})

test.each([
  ['fatal: write error: No space left on device', 'disk-full'],
  ['error: unable to create temporary file: Read-only file system', 'repository-read-only'],
  ['fatal: Input/output error', 'disk-failed'],
  ['error: insufficient permission for adding an object to repository database', 'permission-denied'],
  ['fatal: Unable to open: Too many open files', 'too-many-open-files'],
  ['fatal: something else', 'git-failed'],
])("git's complaint '%s' is told as %s", (stderr, code) => {
  expect(gitFailure('fast-import', { exitCode: 128, stderr }, '/repository').code).toBe(code)
})
