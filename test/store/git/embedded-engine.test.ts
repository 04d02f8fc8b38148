/**
 * What only the embedded engine has to answer for: formats it must not touch, worktrees it shares, torn objects that
 * hide good ones, and a codec that must never write.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { present } from '../../../src/base/assert.ts'
import { nodeFiles } from '../../../src/store/files/node-files.ts'
import { openEmbeddedEngine } from '../../../src/store/git/embedded-engine.ts'
import { isomorphicFiles } from '../../../src/store/git/isomorphic-files.ts'
import type { RepositoryPlace } from '../../../src/store/git/probe.ts'
import {
  commit,
  embeddedInMemory,
  embeddedOnDisk,
  looseFile,
  MLV,
  oidOf,
  put,
  updateOf,
} from '../../support/git-worlds.ts'
import type { GitWorld } from '../../support/git-worlds.ts'
import { writeFile, writeLoose } from '../../support/git-worlds.ts'
import { fsck, makeMemoryRepository, placeOf, runGit, SIGNATURES, temporaryFolder } from '../../support/repository.ts'

describe('formats it cannot read', () => {
  test.each<Partial<RepositoryPlace>>([
    { objectFormat: 'sha256' },
    { refFormat: 'reftable' },
    { alternates: true },
    { partialClone: true },
  ])('are refused when the repository is opened: %o', async (format) => {
    const { place, files } = makeMemoryRepository()
    const opening = openEmbeddedEngine({ ...place, ...format }, files)
    await expect(opening).rejects.toMatchObject({ code: 'repository-format' })
  })

  test('signing needs git, so a commit that must be signed is refused', async () => {
    const world = await embeddedInMemory()
    const committing = world.engine.commitRefs([updateOf({})], { ...SIGNATURES, sign: true })
    await expect(committing).rejects.toMatchObject({ code: 'git-missing' })
    expect(await world.engine.readRef(MLV)).toBeUndefined()
  })
})

describe('where a repository keeps things elsewhere', () => {
  test('a commit from a linked worktree lands in the common folder and is seen everywhere', async () => {
    const world = await embeddedOnDisk()
    await writeFile(nodeFiles, join(present(world.place.worktree, 'a worktree'), 'code.py'), '1\n')
    world.git('add', '.')
    world.git('commit', '--quiet', '--message', 'code')
    const linked = join(temporaryFolder(), 'linked')
    world.git('worktree', 'add', '--quiet', linked)
    const gitDir = join(world.place.gitDir, 'worktrees', 'linked')
    const engine = await openEmbeddedEngine({ ...world.place, worktree: linked, gitDir }, nodeFiles)
    const [tip] = await engine.commitRefs([updateOf({ edits: [put('a', '1')] })], SIGNATURES)

    expect(await world.engine.readRef(MLV)).toBe(tip)
    expect(await engine.resolveCommit('HEAD')).toBe(runGit(linked, ['rev-parse', 'HEAD']))
    expect(readdirSync(gitDir)).not.toContain('objects')
    expect(fsck(world)).toBe('')
  })

  test('a history ends quietly where a shallow clone was cut', async () => {
    const world = await embeddedOnDisk()
    for (const text of ['1', '2', '3']) await commit(world, [put('a', text)])
    const clone = join(temporaryFolder(), 'clone')
    world.git('clone', '--quiet', '--bare', '--depth=2', '--branch=mlv', `file://${world.place.gitDir}`, clone)
    const place = { ...placeOf(clone), gitDir: clone, commonDir: clone, shallow: true }
    const engine = await openEmbeddedEngine(place, nodeFiles)
    const tip = present(await engine.readRef(MLV), 'the branch')

    expect((await engine.log(tip, {})).map((found) => found.oid)).toEqual(
      runGit(clone, ['rev-list', 'mlv']).split('\n'),
    )
    expect(await engine.isAncestor(oidOf('1'.repeat(40)), tip)).toBe(false)
  })
})

describe('damaged objects', () => {
  // Git keeps a torn loose object for ever, and isomorphic-git looks at loose ones first.
  test('a torn loose object does not hide a good packed one', async () => {
    const world = await embeddedInMemory()
    const torn = await writeLoose(world, 'blob', Buffer.from('content'))
    const whole = await world.files.readFile(looseFile(world, torn))
    for (const length of [0, 1, 8, whole.length >> 1]) {
      await writeFile(world.files, looseFile(world, torn), whole.subarray(0, length))
      const before = await world.engine.readBlob(torn).catch((error: unknown) => error)
      expect(before).toMatchObject({ code: 'object-damaged' })
    }
    await commit(world, [put('a', 'content')])

    expect(Buffer.from(await world.engine.readBlob(torn)).toString()).toBe('content')
  })

  test('a flipped byte anywhere in a pack never gives other bytes, and is told where an object has it', async () => {
    const world = await embeddedInMemory()
    const tip = await commit(world, [put('a', 'content of a file')])
    const folder = `${world.place.commonDir}/objects/pack`
    const name = present(
      (await world.files.readFolder(folder)).find((entry) => entry.name.endsWith('.pack')),
      'a pack',
    ).name
    const good = await world.files.readFile(`${folder}/${name}`)
    let unharmed = 0
    for (let at = 0; at < good.length; at += 1) {
      const bad = Uint8Array.from(good)
      bad[at] = (bad[at] ?? 0) ^ 0x10
      await writeFile(world.files, `${folder}/${name}`, bad)
      const found = await readAll(world, tip)
      if (found === 'content of a file') unharmed += 1
      else expect(found, `byte ${at}`).toMatchObject({ code: 'object-damaged' })
    }
    // The checksums of the pack and of each deflated object, and the header: no bytes of an object.
    expect(unharmed).toBeLessThanOrEqual(12 + 20 + 3 * 4)
    await writeFile(world.files, `${folder}/${name}`, good)
    expect(await readAll(world, tip)).toBe('content of a file')
  })

  test.each([true, false])('deltas are followed by offset (%s) or by name', async (byOffset) => {
    const world = await embeddedOnDisk()
    const lines = Array.from({ length: 20_000 }, (_, line) => `line ${line * 7919}`)
    const texts = ['1', '2', '3', '4'].map((round) => [...lines, round, ...lines.slice(0, 5000)].join('\n'))
    const tips = []
    for (const text of texts) tips.push(await commit(world, [put('long', text)]))
    world.git('-c', `repack.useDeltaBaseOffset=${byOffset}`, 'repack', '-adf', '--quiet')
    const [index] = readdirSync(join(world.place.gitDir, 'objects', 'pack')).filter((name) => name.endsWith('.idx'))
    expect(world.git('verify-pack', '-v', join(world.place.gitDir, 'objects', 'pack', index ?? ''))).toMatch(/chain/)
    const engine = await openEmbeddedEngine(world.place, nodeFiles)
    for (const [round, tip] of tips.entries()) {
      const file = present((await engine.readTree(tip)).at(0), 'the file')
      expect(Buffer.from(await engine.readBlob(file.oid)).toString()).toBe(texts[round])
    }
  })

  test('a pack too large to be read whole is read object by object', async () => {
    const world = await embeddedOnDisk()
    const tips = []
    for (const text of ['1', '2', '3']) tips.push(await commit(world, [put('a', `${text}${'x'.repeat(5000)}`)]))
    world.git('repack', '-adf', '--quiet')
    const read: string[] = []
    const files = {
      ...nodeFiles,
      stat: async (path: string) => {
        const found = await nodeFiles.stat(path)
        return found === undefined || !path.endsWith('.pack') ? found : { ...found, sizeBytes: 2 ** 31 }
      },
      readFile: (path: string) => nodeFiles.readFile(path).finally(() => read.push(path)),
    }
    const engine = await openEmbeddedEngine(world.place, files)
    for (const [at, tip] of tips.entries()) {
      const file = present((await engine.readTree(tip)).at(0), 'the file')
      expect(Buffer.from(await engine.readBlob(file.oid)).toString()).toBe(`${at + 1}${'x'.repeat(5000)}`)
    }

    expect(read.filter((path) => path.endsWith('.pack'))).toEqual([])
  })

  test('a failing disk is told as such, not as damage', async () => {
    const world = await embeddedInMemory()
    const tip = await commit(world, [put('a', '1')])
    const readFile = () => Promise.reject(Object.assign(new Error('EIO'), { code: 'EIO' }))
    const engine = await openEmbeddedEngine(world.place, { ...world.files, readFile })

    await expect(engine.readCommit(tip)).rejects.toMatchObject({ code: 'disk-failed' })
  })
})

describe('isomorphic-git', () => {
  test('cannot write, whatever it tries', async () => {
    const { files } = makeMemoryRepository()
    const { promises } = isomorphicFiles(files)
    const { writeFile: write, mkdir, rmdir, unlink, symlink, rm } = promises
    for (const attempt of [write, mkdir, rmdir, unlink, symlink, rm]) {
      await expect(attempt()).rejects.toThrow('never to write')
    }
  })
})

/** Reads as a new process would, without anything remembered. */
async function readAll(world: GitWorld, tip: ReturnType<typeof oidOf>): Promise<unknown> {
  const engine = await openEmbeddedEngine(world.place, world.files)
  try {
    const [file] = await engine.readTree(tip)
    return Buffer.from(await engine.readBlob(present(file, 'a file').oid)).toString()
  } catch (error) {
    return error
  }
}
