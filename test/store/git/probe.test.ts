/**
 * Finding a repository and telling its kind, against what stock git says of the same folder.
 */
import { execFileSync } from 'node:child_process'
import { chownSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { nodeFiles } from '../../../src/store/files/node-files.ts'
import { probeRepository } from '../../../src/store/git/probe.ts'
import type { RepositoryPlace } from '../../../src/store/git/probe.ts'
import { environmentWith } from '../../support/git-environment.ts'
import { GIT_VARIABLES, makeRepository, runGit, temporaryFolder } from '../../support/repository.ts'

function probe(folder: string, variables: Readonly<Record<string, string>> = {}): Promise<RepositoryPlace> {
  return probeRepository(nodeFiles, folder, environmentWith(variables))
}

/** What stock git says of a folder, in the same words. */
function askGit(folder: string, variables: Readonly<Record<string, string>> = {}): Partial<RepositoryPlace> {
  const say = (...args: readonly string[]) =>
    execFileSync('git', ['rev-parse', '--path-format=absolute', ...args], {
      cwd: folder,
      env: { ...GIT_VARIABLES, ...variables },
    })
      .toString('utf8')
      .trim()
  const isBare = say('--is-bare-repository') === 'true'
  return {
    ...(isBare ? {} : { worktree: say('--show-toplevel') }),
    gitDir: say('--absolute-git-dir'),
    commonDir: say('--git-common-dir'),
    bare: isBare,
  }
}

function committed(): { readonly folder: string; readonly git: (...args: readonly string[]) => string } {
  const { place, git } = makeRepository()
  const folder = place.worktree ?? ''
  git('commit', '--quiet', '--allow-empty', '--message', 'first')
  return { folder, git }
}

test('a folder deep in a worktree belongs to the repository around it', async () => {
  const { folder } = committed()
  const deep = join(folder, 'a', 'b')
  mkdirSync(deep, { recursive: true })

  expect(await probe(deep)).toMatchObject(askGit(deep))
  expect(await probe(deep)).toMatchObject({
    objectFormat: 'sha1',
    refFormat: 'files',
    shallow: false,
    alternates: false,
    partialClone: false,
  })
})

test('a folder reached through a symbolic link is the folder it leads to', async () => {
  const { folder } = committed()
  const link = join(temporaryFolder(), 'link')
  symlinkSync(folder, link)

  expect((await probe(link)).worktree).toBe(folder)
})

test('a linked worktree shares the common folder, also when the main repository is bare', async () => {
  const { folder, git } = committed()
  const linked = join(temporaryFolder(), 'linked')
  git('worktree', 'add', '--quiet', linked)
  expect(await probe(linked)).toMatchObject({ ...askGit(linked), commonDir: join(folder, '.git') })

  const bare = join(temporaryFolder(), 'bare.git')
  runGit(folder, ['clone', '--quiet', '--bare', folder, bare])
  expect(await probe(bare)).toMatchObject({ gitDir: bare, commonDir: bare, bare: true })
  const fromBare = join(temporaryFolder(), 'from-bare')
  runGit(bare, ['worktree', 'add', '--quiet', fromBare])
  expect(await probe(fromBare)).toMatchObject({ ...askGit(fromBare), worktree: fromBare, bare: false })
})

test('a submodule is a repository of its own', async () => {
  const { folder } = committed()
  const outer = committed()
  outer.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', folder, 'inner')
  const inner = join(outer.folder, 'inner')

  expect(await probe(inner)).toMatchObject({ ...askGit(inner), worktree: inner })
  expect((await probe(inner)).gitDir).toBe(join(outer.folder, '.git', 'modules', 'inner'))
})

test('shallow, partial and shared clones and SHA-256 are told apart', async () => {
  const { folder, git } = committed()
  git('commit', '--quiet', '--allow-empty', '--message', 'second')
  git('config', 'uploadpack.allowFilter', 'true')
  const clone = (...args: readonly string[]) => {
    const target = join(temporaryFolder(), 'clone')
    runGit(folder, ['clone', '--quiet', ...args, target])
    return probe(target)
  }

  expect(await clone('--depth=1', `file://${folder}`)).toMatchObject({ shallow: true, partialClone: false })
  expect(await clone('--filter=blob:none', `file://${folder}`)).toMatchObject({ shallow: false, partialClone: true })
  expect(await clone('--shared', folder)).toMatchObject({ alternates: true })
  const sha256 = makeRepository('--object-format=sha256')
  expect(await probe(sha256.place.worktree ?? '')).toMatchObject({ objectFormat: 'sha256' })
})

test('GIT_DIR, GIT_WORK_TREE and GIT_CEILING_DIRECTORIES mean what they mean to git', async () => {
  const { folder } = committed()
  const elsewhere = temporaryFolder()
  const named = { GIT_DIR: join(folder, '.git'), GIT_WORK_TREE: elsewhere }
  expect(await probe(elsewhere, named)).toMatchObject(askGit(elsewhere, named))

  const deep = join(folder, 'a', 'b')
  mkdirSync(deep, { recursive: true })
  await expect(probe(deep, { GIT_CEILING_DIRECTORIES: folder })).rejects.toMatchObject({ code: 'repository-not-found' })
  expect(await probe(folder, { GIT_CEILING_DIRECTORIES: folder })).toMatchObject({ worktree: folder })
  await expect(probe(deep, { GIT_DIR: elsewhere })).rejects.toMatchObject({ code: 'repository-not-found' })
})

test('a folder outside every repository, or absent, is refused', async () => {
  const folder = temporaryFolder()
  const expected = { code: 'repository-not-found', message: `no git repository at '${folder}' or above it` }
  await expect(probe(folder)).rejects.toMatchObject(expected)
  await expect(probe(join(folder, 'absent'))).rejects.toMatchObject({ code: 'repository-not-found' })
})

test('a format mlv does not know is refused by name, before anything is read', async () => {
  const refusalWith = async (...settings: readonly (readonly [string, string])[]) => {
    const { folder, git } = committed()
    for (const [key, value] of settings) git('config', '--file', join(folder, '.git', 'config'), key, value)
    const caught: unknown = await probe(folder).catch((error: unknown) => error)
    return caught instanceof Error ? `${caught.message} (${'why' in caught ? String(caught.why) : ''})` : 'accepted'
  }
  const format1 = ['core.repositoryFormatVersion', '1'] as const

  expect(await refusalWith(format1, ['extensions.shiny', 'true'])).toBe(
    "this repository uses the extension 'shiny' (reading it needs a newer mlv)",
  )
  expect(await refusalWith(format1, ['extensions.refStorage', 'reftable'])).toMatch(
    /^this repository uses the extension 'refstorage' \(reading it needs git 2\.45|^accepted/,
  )
  expect(await refusalWith(['core.repositoryFormatVersion', '2'])).toMatch(/^this repository uses repository format 2/)
  expect(await refusalWith(format1, ['extensions.objectFormat', 'md5'])).toMatch(/the object format 'md5'/)
  expect(await refusalWith(format1, ['extensions.noop', 'true'], ['extensions.preciousObjects', 'true'])).toBe(
    'accepted',
  )
  // Format 0 is older than extensions: git ignores the ones it does not know.
  expect(await refusalWith(['extensions.shiny', 'true'])).toBe('accepted')
})

test('reftable without any git says which git it needs', async () => {
  const { folder, git } = committed()
  git('config', 'core.repositoryFormatVersion', '1')
  execFileSync('git', ['config', '--file', join(folder, '.git', 'config'), 'extensions.refStorage', 'reftable'])
  await expect(probe(folder, { PATH: '/nonexistent' })).rejects.toMatchObject({
    code: 'repository-format',
    why: 'reading it needs git 2.45 or newer',
  })
})

test.runIf(process.getuid?.() === 0)(
  "another user's repository is refused until safe.directory allows it",
  async () => {
    const { folder } = committed()
    chownSync(join(folder, '.git'), 12_345, 12_345)
    const expected = { code: 'repository-owner', message: `repository '${folder}' is owned by user 12345` }
    await expect(probe(folder)).rejects.toMatchObject(expected)

    const config = join(temporaryFolder(), 'config')
    writeFileSync(config, `[safe]\n\tdirectory = ${folder}\n`)
    expect(await probe(folder, { GIT_CONFIG_GLOBAL: config })).toMatchObject({ worktree: folder })
    writeFileSync(config, `[safe]\n\tdirectory = ${folder}\n\tdirectory =\n`)
    await expect(probe(folder, { GIT_CONFIG_GLOBAL: config })).rejects.toMatchObject({ code: 'repository-owner' })
    // Its own configuration does not count: it would vouch for itself.
    runGit(folder, ['config', '--file', join(folder, '.git', 'config'), 'safe.directory', '*'])
    await expect(probe(folder)).rejects.toMatchObject({ code: 'repository-owner' })
    expect(await probe(folder, { SUDO_UID: '12345' })).toMatchObject({ worktree: folder })
  },
)
