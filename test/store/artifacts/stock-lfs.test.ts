/**
 * Stock git and git-lfs as the consumers they are: our pointers and attributes make a branch that `git lfs` finds
 * nothing wrong with, checks out whole, and pushes.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sha256Of } from '../../../src/base/digest.ts'
import { rootPath } from '../../../src/domain/tree-path.ts'
import { openArtifactStore } from '../../../src/store/artifacts/artifact-store.ts'
import { collectFiles } from '../../../src/store/artifacts/collect.ts'
import { parsePointer, pointerText } from '../../../src/store/artifacts/pointer.ts'
import { fileEdits, recordFiles } from '../../../src/store/artifacts/record-files.ts'
import { nodeFiles } from '../../../src/store/files/node-files.ts'
import { GIT_VARIABLES, temporaryFolder } from '../../support/repository.ts'
import { entropy, listing, writeReal } from './artifact-world.ts'

const hasLfs = spawnSync('git', ['lfs', 'version']).status === 0
if (!hasLfs) process.stdout.write('stock-lfs.test.ts: skipped, git-lfs is not installed\n')

const CONTENTS: Readonly<Record<string, string | Uint8Array>> = {
  'm/weights.bin': Buffer.alloc(300_000, 7),
  'm/with space [1] #x é.bin': 'named to confuse',
  'm/empty.bin': '',
  'm/config.json': '{"a": 1}\n',
  'm/crlf.txt': 'one\r\ntwo\r\n',
  'm/pointer.txt': pointerText('lfs', { sha256: sha256Of('elsewhere'), sizeBytes: 9 }),
}

test.skipIf(!hasLfs)('git lfs fetches, checks out and verifies what we committed', async () => {
  const { repository, git } = await committed()

  // Every pointer is well formed, every object is here, and no file that is none looks like one.
  expect(git('lfs', 'fsck')).toContain('Git LFS fsck OK')
  expect(git('lfs', 'ls-files', '--name-only').split('\n').sort()).toEqual([
    'run/files/m/pointer.txt',
    'run/files/m/weights.bin',
    'run/files/m/with space [1] #x é.bin',
  ])
  const clone = join(temporaryFolder(), 'clone')
  const remote = join(temporaryFolder(), 'remote.git')
  execFileSync('git', ['init', '--quiet', '--bare', remote], { env: VARIABLES })
  git('push', '--quiet', `file://${remote}`, 'HEAD:refs/heads/mlv')
  execFileSync('git', [...FILTERS, 'clone', '--quiet', '--branch', 'mlv', `file://${remote}`, clone], {
    env: VARIABLES,
  })
  for (const [path, content] of Object.entries(CONTENTS)) {
    expect(readFileSync(join(clone, 'run/files', path)).equals(Buffer.from(content))).toBe(true)
  }
  expect(existsSync(join(repository, '.git/mlv/objects'))).toBe(true)
  expect(listing(remote).filter((line) => line.startsWith('lfs/objects/') && !line.endsWith('/'))).toHaveLength(3)
})

test.skipIf(!hasLfs)('git shows nothing as modified after a checkout through git-lfs', async () => {
  const { repository, git } = await committed()
  git('read-tree', '-u', '--reset', 'HEAD')
  // git-lfs cannot tell a file whose bytes are a pointer from its own pointer; nothing else may show.
  const modified = git('status', '--porcelain').split('\n')
  expect(modified.filter((line) => line !== '' && !line.endsWith('/pointer.txt'))).toEqual([])
  expect(readFileSync(join(repository, 'run/files/m/crlf.txt'), 'utf8')).toBe('one\r\ntwo\r\n')
})

test.skipIf(!hasLfs)('git lfs writes the same pointer for the same bytes', () => {
  const file = join(temporaryFolder(), 'file')
  writeReal(file, 'bytes')
  const pointer = execFileSync('git', ['lfs', 'pointer', `--file=${file}`], { stdio: 'pipe' })
  const object = { sha256: sha256Of('bytes'), sizeBytes: 5 }
  expect(pointer.toString()).toBe(pointerText('lfs', object))
  expect(parsePointer(pointer)).toEqual({ kind: 'lfs', ...object })
})

test.skipIf(!hasLfs)('what git lfs drops from its own store is still in ours, and is lent again', async () => {
  const { store, git, repository } = await committed()
  rmSync(join(repository, '.git/lfs/objects'), { recursive: true })
  expect(await store.verify(sha256Of(Buffer.alloc(300_000, 7)), 300_000)).toBe('ok')

  const pointers = Object.keys(CONTENTS).filter((path) => /weights|space|pointer/.test(path))
  await store.addFiles(pointers.map((path) => join(repository, 'work', path)))
  expect(git('lfs', 'fsck')).toContain('Git LFS fsck OK')
})

/** The filters `git lfs install` sets up, without touching the machine's configuration. */
const FILTERS = [
  ['filter.lfs.clean', 'git-lfs clean -- %f'],
  ['filter.lfs.smudge', 'git-lfs smudge -- %f'],
  ['filter.lfs.process', 'git-lfs filter-process'],
  ['filter.lfs.required', 'true'],
  ['core.autocrlf', 'true'],
].flatMap(([key, value]) => ['-c', `${key ?? ''}=${value ?? ''}`])

const VARIABLES = { ...GIT_VARIABLES, HOME: '/nonexistent', GIT_LFS_SKIP_SMUDGE: undefined }

/** A repository whose one commit holds what `recordFiles` made of a folder, put there by stock git plumbing. */
async function committed() {
  const repository = temporaryFolder()
  const git = (...args: readonly string[]) =>
    execFileSync('git', [...FILTERS, '-C', repository, ...args], { env: VARIABLES, stdio: 'pipe' })
      .toString()
      .trimEnd()
  git('init', '--quiet', '--initial-branch=mlv')
  git('lfs', 'install', '--local')
  for (const [path, content] of Object.entries(CONTENTS)) writeReal(join(repository, 'work', path), content)
  const store = openArtifactStore(join(repository, '.git'), nodeFiles, { kind: 'lfs', entropy })
  const collected = await collectFiles(nodeFiles, join(repository, 'work'), ['m'])
  const { files, inline } = await recordFiles(store, collected)
  mkdirSync(join(repository, 'staging'))
  const edits = [
    ...fileEdits(rootPath('run'), files, inline, 'lfs'),
    { kind: 'put', path: '.gitattributes', bytes: Buffer.from('* -text\n') } as const,
  ]
  for (const [index, edit] of edits.entries()) {
    if (edit.kind !== 'put') continue
    const file = join(repository, 'staging', String(index))
    writeReal(file, edit.bytes)
    const oid = git('hash-object', '-w', '--no-filters', file)
    git('update-index', '--add', '--cacheinfo', `100644,${oid},${edit.path}`)
  }
  git('commit', '--quiet', '-m', 'one run')
  rmSync(join(repository, 'staging'), { recursive: true })
  writeReal(join(repository, '.git/info/exclude'), 'work/\n')
  return { repository, git, store }
}
