/**
 * The git port's promises, held to every engine on every disk. Stock git is the oracle: what an engine writes, git
 * must read and find sound; what git writes, an engine must read alike.
 */
import { describe, expect, test } from 'vitest'
import { parseInstant } from '../../src/base/clock.ts'
import { present } from '../../src/base/assert.ts'
import { parseRefName } from '../../src/domain/ref-name.ts'
import { rootPath } from '../../src/domain/tree-path.ts'
import { fsck, SIGNATURES, signaturesAt } from '../support/repository.ts'
import type { GitWorld } from '../support/git-worlds.ts'
import * as worlds from '../support/git-worlds.ts'
import { commit, copy, filesOf, MLV, oidOf, put, rawEntry, RECORDS, remove, updateOf } from '../support/git-worlds.ts'

const EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904'
const EMPTY_BLOB = 'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391'

describeEngine('the system engine', worlds.systemOnDisk)
describeEngine('the embedded engine on disk', worlds.embeddedOnDisk)
describeEngine('the embedded engine in memory', worlds.embeddedInMemory)

function describeEngine(name: string, makeWorld: () => Promise<GitWorld>): void {
  const open = async () => worlds.closing(await makeWorld())
  describe(name, () => {
    describeCommits(open)
    describeEdits(open)
    describeMoves(open)
    describeReads(open)
    describeHistory(open)
    describeDamage(open)
  })
}

function describeCommits(open: () => Promise<GitWorld>): void {
  test('the first commit starts the branch, and reads back as it was written', async () => {
    const world = await open()
    const tip = await commit(world, [put('mlv.json', '{}\n')], { message: 'set up\n\nMlv-Op: init\n' })

    expect(await world.engine.readRef(MLV)).toBe(tip)
    expect(await world.engine.readCommit(tip)).toMatchObject({
      oid: tip,
      parents: [],
      ...SIGNATURES,
      message: 'set up\n\nMlv-Op: init\n',
    })
    expect(world.git('log', '--format=%an <%ae> %at %cn %ct%n%B', 'mlv')).toMatchInlineSnapshot(`
      "Ada Example <ada@example.com> 1795165200 Ada Example 1795165200
      set up

      Mlv-Op: init
      "
    `)
    expect(fsck(world)).toBe('')
  })

  test('later commits continue the branch, and git walks the same history', async () => {
    const world = await open()
    const tips = []
    for (const name of ['a', 'b', 'c'])
      tips.unshift(await commit(world, [put(name, name)], { message: `add ${name}\n` }))

    expect(world.git('rev-list', 'mlv').split('\n')).toEqual(tips)
    expect((await world.engine.log(present(tips[0], 'a tip'), {})).map((found) => found.message)).toEqual([
      'add c\n',
      'add b\n',
      'add a\n',
    ])
    expect(fsck(world)).toBe('')
  })

  test('every move is in the reflog, which leads back from a lost tip', async () => {
    const world = await open()
    const first = await commit(world, [put('a', '1')], { message: 'first\n' })
    const second = await commit(world, [put('a', '2')], { message: 'second\n' })

    const lines = world.git('reflog', 'show', '--format=%H', 'refs/heads/mlv').split('\n')
    expect(lines).toEqual([second, first])
  })

  test('an update can add parents after the expected one', async () => {
    const world = await open()
    const side = await commit(world, [put('s', 's')], { ref: parseRefName('refs/heads/side') })
    const first = await commit(world, [], { ref: parseRefName('refs/mlv/code'), alsoParents: [side] })
    const other = await commit(world, [put('o', 'o')], { ref: parseRefName('refs/heads/side') })
    const second = await commit(world, [], { ref: parseRefName('refs/mlv/code'), alsoParents: [other] })

    expect((await world.engine.readCommit(first)).parents).toEqual([side])
    expect((await world.engine.readCommit(second)).parents).toEqual([first, other])
    expect(fsck(world)).toBe('')
  })

  test('a new branch can begin from a commit that another ref holds', async () => {
    const world = await open()
    const remote = await commit(world, [put('a', '1')], { ref: parseRefName('refs/remotes/origin/mlv') })
    const tip = await commit(world, [put('b', '2')], { base: remote, expected: undefined })

    expect((await world.engine.readCommit(tip)).parents).toEqual([remote])
    expect(await filesOf(world, tip)).toEqual(['a: 1', 'b: 2'])
  })

  test("a name or address cannot forge a header of git's", async () => {
    const world = await open()
    const mallory = { name: 'Mal\nparent <x>', email: 'm>\n@x', atSeconds: 1, zone: '-0130' }
    const updates = [updateOf({ edits: [put('a', '1')] })]
    const [tip] = await world.engine.commitRefs(updates, { author: mallory, committer: mallory })

    expect((await world.engine.readCommit(present(tip, 'a tip'))).parents).toEqual([])
    expect(world.git('log', '--format=%an|%ae|%ad', '--date=raw', 'mlv')).toBe('Malparent x|m@x|1 -0130')
    expect(fsck(world)).toBe('')
  })
}

function describeEdits(open: () => Promise<GitWorld>): void {
  test('bytes come back as they went in: none, many, not text', async () => {
    const world = await open()
    const noise = Uint8Array.from({ length: 300_000 }, (_, index) => (index * 7919) % 251)
    const tip = await commit(world, [put('empty', ''), put('newlines', '\r\n\n'), put('noise', noise)])

    const entries = await world.engine.readTree(tip)
    expect(entries.find((entry) => entry.name === 'empty')?.oid).toBe(EMPTY_BLOB)
    const blobs: Buffer[] = []
    for await (const bytes of world.engine.readBlobs(entries.map((entry) => entry.oid))) blobs.push(Buffer.from(bytes))
    expect(blobs.slice(0, 2).map(String)).toEqual(['', '\r\n\n'])
    expect(Buffer.from(noise).equals(present(blobs[2], 'the noise'))).toBe(true)
    expect(fsck(world)).toBe('')
  })

  test('paths keep their Unicode form, spaces, quotes and backslashes', async () => {
    const world = await open()
    const names = ['é', 'e\u0301', 'データ/モデル.bin', '🙂', '\uffee', ' a  b ', 'say "hi"', 'back\\slash', "it's"]
    const tip = await commit(
      world,
      names.map((name) => put(name, name)),
    )

    const listed = world.git('ls-tree', '-r', '-z', '--name-only', tip).split('\0').slice(0, -1)
    expect([...listed].sort()).toEqual([...names].sort())
    expect((await world.engine.readTree(tip)).map((entry) => entry.name)).toEqual(
      world.git('ls-tree', '-z', '--name-only', tip).split('\0').slice(0, -1),
    )
    expect(fsck(world)).toBe('')
  })

  test('later edits win over earlier ones, also where a file becomes a folder and back', async () => {
    const world = await open()
    const first = await commit(world, [put('a', '1'), put('a', '2'), put('f', 'x'), put('f/g', 'y'), put('d/e', 'z')])
    const second = await commit(world, [put('d', 'file'), remove('a'), put('a', '3'), put('f/h', 'h')])

    expect(await filesOf(world, first)).toEqual(['a: 2', 'd/e: z', 'f/g: y'])
    expect(await filesOf(world, second)).toEqual(['a: 3', 'd: file', 'f/g: y', 'f/h: h'])
  })

  test('a copy is the same file or folder object, as edited so far, and lives on its own', async () => {
    const world = await open()
    await commit(world, [put('runs/1/files/model/w', 'w'), put('runs/1/files/model/deep/v', 'v')])
    const tip = await commit(world, [
      put('runs/1/files/model/x', 'x'),
      copy('runs/1/files/model', 'models/m/versions/1/files'),
      copy('runs/1/files/model/w', 'w'),
      copy('models/m/versions/1/files', 'later'),
      put('later/w', 'changed'),
    ])

    const at = (path: string) => world.engine.entryAt(tip, rootPath(path))
    expect(await at('models/m/versions/1/files')).toMatchObject({ kind: 'tree' })
    expect((await at('models/m/versions/1/files'))?.oid).toBe((await at('runs/1/files/model'))?.oid)
    expect((await at('w'))?.oid).toBe((await at('runs/1/files/model/w'))?.oid)
    expect((await world.engine.listFiles(tip, rootPath('later'))).map((file) => file.path)).toEqual([
      'deep/v',
      'w',
      'x',
    ])
    expect(await filesOf(world, tip)).toContain('later/w: changed')
    expect(await filesOf(world, tip)).toContain('runs/1/files/model/w: w')
    expect(fsck(world)).toBe('')
  })

  test('a copy of what is not there is refused, and the branch stays', async () => {
    const world = await open()
    const tip = await commit(world, [put('a', '1')])

    await expect(commit(world, [copy('absent', 'b')])).rejects.toMatchObject({ code: 'object-missing' })
    expect(await world.engine.readRef(MLV)).toBe(tip)
  })

  test('removing the last entry of a folder removes the folder, up to the root', async () => {
    const world = await open()
    await commit(world, [put('a/b/c/d', '1'), put('a/x', '2')])
    const nested = await commit(world, [remove('a/b/c/d')])
    const whole = await commit(world, [remove('a')])

    expect(world.git('ls-tree', '-r', '-t', '--name-only', nested).split('\n')).toEqual(['a', 'a/x'])
    expect((await world.engine.readCommit(whole)).tree).toBe(EMPTY_TREE)
    expect(await world.engine.readTree(whole)).toEqual([])
    expect(fsck(world)).toBe('')
  })

  test('edits that change nothing keep the tree: same bytes, absent paths, there and back', async () => {
    const world = await open()
    const before = await commit(world, [put('a/b', '1'), put('c', '2')])
    const { tree } = await world.engine.readCommit(before)
    for (const edits of [
      [],
      [put('a/b', '1')],
      [remove('absent'), remove('a/absent'), remove('c/below-a-file')],
      [put('a/b', 'other'), put('a/b', '1')],
      [remove('a'), put('a/b', '1')],
      [copy('c', 'c'), copy('a', 'a')],
      [put('new/file', 'x'), remove('new/file')],
    ]) {
      const tip = await commit(world, edits)
      expect((await world.engine.readCommit(tip)).tree, JSON.stringify(edits)).toBe(tree)
    }
    expect(fsck(world)).toBe('')
  })

  test('a new ref without edits has the empty tree', async () => {
    const world = await open()
    const tip = await commit(world, [])

    expect((await world.engine.readCommit(tip)).tree).toBe(EMPTY_TREE)
    expect(world.git('ls-tree', tip)).toBe('')
    expect(fsck(world)).toBe('')
  })

  test('a folder of 5,000 entries is read whole and changed in one place', async () => {
    const world = await open()
    const names = Array.from({ length: 5000 }, (_, index) => `run-${String(index).padStart(4, '0')}`)
    await commit(
      world,
      names.map((name) => put(`runs/${name}`, name)),
    )
    const tip = await commit(world, [put('runs/run-2500', 'changed'), remove('runs/run-0000')])

    const files = await world.engine.listFiles(tip, rootPath('runs'))
    expect(files.map((file) => file.path)).toEqual(names.slice(1))
    const changed = present(files[2499], 'the changed entry')
    expect(Buffer.from(await world.engine.readBlob(changed.oid)).toString()).toBe('changed')
    expect(fsck(world)).toBe('')
  })

  test.each(['.git/hooks/pre-commit', 'a/.GIT/config', 'a/../b', 'a//b', './a'])(
    'a path that git would refuse, %j, reaches no tree',
    async (path) => {
      const world = await open()
      const tip = await commit(world, [put('a/x', '1')])

      await expect(commit(world, [put(path, 'x')])).rejects.toMatchObject({ code: 'tree-invalid' })
      expect(await world.engine.readRef(MLV)).toBe(tip)
    },
  )
}

function describeMoves(open: () => Promise<GitWorld>): void {
  const codeOf = (world: GitWorld, ...updates: Parameters<typeof updateOf>[0][]) =>
    world.engine.commitRefs(updates.map(updateOf), SIGNATURES).then(
      () => 'moved',
      (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
    )

  test('a ref that is not where it is expected is not moved', async () => {
    const world = await open()
    const first = await commit(world, [put('a', '1')])
    const second = await commit(world, [put('a', '2')])
    const absent = parseRefName('refs/heads/absent')

    expect(await codeOf(world, { expected: undefined })).toBe('branch-moved')
    expect(await codeOf(world, { expected: first })).toBe('branch-moved')
    expect(await codeOf(world, { ref: absent, expected: second })).toBe('branch-moved')
    expect(await world.engine.listRefs('refs/')).toEqual([{ ref: MLV, oid: second }])
    expect(fsck(world)).toBe('')
  })

  // The second commit is the same object as the first: taking its pack back would take the first one's too.
  test('repeating an operation that already happened leaves its commit whole', async () => {
    const world = await open()
    const update = { edits: [put('a', '1')] }
    const tip = await commit(world, update.edits)

    expect(await codeOf(world, update)).toBe('branch-moved')
    expect(await world.engine.readRef(MLV)).toBe(tip)
    expect(await filesOf(world, tip)).toEqual(['a: 1'])
    expect(fsck(world)).toBe('')
  })

  test('several refs move together', async () => {
    const world = await open()
    const [registry, records] = await world.engine.commitRefs(
      [
        updateOf({ edits: [put('models/m/model.yaml', 'm')], message: 'registry\n' }),
        updateOf({ ref: RECORDS, edits: [put('runs/r/run.yaml', 'r')], message: 'records\n' }),
      ],
      SIGNATURES,
    )
    const moved = await world.engine.commitRefs(
      [updateOf({ expected: registry }), updateOf({ ref: RECORDS, expected: records, edits: [put('runs/s', 's')] })],
      SIGNATURES,
    )

    expect((await world.engine.readCommit(present(registry, 'a tip'))).message).toBe('registry\n')
    expect([await world.engine.readRef(MLV), await world.engine.readRef(RECORDS)]).toEqual(moved)
    expect(world.git('rev-parse', 'mlv', 'mlv-runs').split('\n')).toEqual(moved)
    expect(world.git('reflog', 'show', '--format=%H', 'refs/heads/mlv-runs').split('\n')).toEqual([moved[1], records])
    expect(fsck(world)).toBe('')
  })

  test('one ref out of place keeps all of them where they are', async () => {
    const world = await open()
    const mlv = await commit(world, [put('a', '1')])
    const old = await commit(world, [put('b', '1')], { ref: RECORDS })
    const records = await commit(world, [put('b', '2')], { ref: RECORDS })

    expect(await codeOf(world, { expected: mlv }, { ref: RECORDS, expected: old })).toBe('branch-moved')
    expect(await codeOf(world, { ref: RECORDS, expected: old }, { expected: mlv })).toBe('branch-moved')
    expect([await world.engine.readRef(MLV), await world.engine.readRef(RECORDS)]).toEqual([mlv, records])
    expect(fsck(world)).toBe('')
  })

  test('refs move again by themselves after they moved together, and the other way round', async () => {
    const world = await open()
    const both = async () => {
      const expected = [await world.engine.readRef(MLV), await world.engine.readRef(RECORDS)]
      const updates = [updateOf({ expected: expected[0] }), updateOf({ ref: RECORDS, expected: expected[1] })]
      return await world.engine.commitRefs(updates, SIGNATURES)
    }
    await both()
    await commit(world, [put('a', '1')])
    await both()
    const mlv = await commit(world, [put('a', '2')])
    const [, records] = await both()

    expect(world.git('rev-list', '--count', 'mlv')).toBe('5')
    expect(world.git('rev-list', '--count', 'mlv-runs')).toBe('3')
    expect(world.git('rev-parse', 'mlv~1', 'mlv-runs').split('\n')).toEqual([mlv, records])
    expect(fsck(world)).toBe('')
  })

  test('a ref cannot be made where another is a folder of its name', async () => {
    const world = await open()
    const tip = await commit(world, [put('a', '1')])
    const below = parseRefName('refs/heads/mlv/below')
    const above = parseRefName('refs/heads/team')
    await commit(world, [], { ref: parseRefName('refs/heads/team/mlv') })

    expect(await codeOf(world, { ref: below })).toBe('ref-name-conflict')
    expect(await codeOf(world, { ref: above })).toBe('ref-name-conflict')
    expect(await world.engine.readRef(MLV)).toBe(tip)
  })

  test('a lock that another program left is told, not broken', async () => {
    const world = await open()
    const tip = await commit(world, [put('a', '1')])
    const lock = `${world.place.commonDir}/refs/heads/mlv.lock`
    await worlds.writeFile(world.files, lock, '')

    expect(await codeOf(world, { expected: tip })).toBe('ref-locked')
    expect(await world.engine.readRef(MLV)).toBe(tip)
    await world.files.remove(lock)
    expect(await codeOf(world, { expected: tip })).toBe('moved')
  })

  // The same content at the same second is the same commit, so both were one pack.
  test('a commit that fails takes nothing from an equal one on another ref', async () => {
    const world = await open()
    const tip = await commit(world, [put('a', '1')], { ref: RECORDS })
    await worlds.writeFile(world.files, `${world.place.commonDir}/refs/heads/mlv.lock`, '')

    expect(await codeOf(world, { edits: [put('a', '1')] })).toBe('ref-locked')
    expect(await filesOf(world, tip)).toEqual(['a: 1'])
    expect(world.git('cat-file', '-t', tip)).toBe('commit')
  })

  test('no lock and nothing but refs is left below refs/', async () => {
    const world = await open()
    await commit(world, [put('a', '1')])
    await codeOf(world, { expected: undefined })

    const names = (await world.files.readFolder(`${world.place.commonDir}/refs/heads`)).map((entry) => entry.name)
    expect(names).toEqual(['mlv'])
    const top = (await world.files.readFolder(world.place.commonDir)).map((entry) => entry.name)
    expect(top.filter((name) => name.includes('lock') || name.startsWith('packed-refs.'))).toEqual([])
    const packs = (await world.files.readFolder(`${world.place.commonDir}/objects/pack`)).map((entry) => entry.name)
    expect(packs.filter((name) => !/\.(?:pack|idx|rev)$/.test(name))).toEqual([])
  })
}

function describeReads(open: () => Promise<GitWorld>): void {
  test('a folder lists its files as git ls-tree does', async () => {
    const world = await open()
    const names = ['a.b', 'a/z', 'a/b/c', 'a-b', 'a0', 'B', 'ab']
    const tip = await commit(
      world,
      names.map((name) => put(`top/${name}`, name)),
    )
    const { tree } = await world.engine.readCommit(tip)

    const expected = world.git('ls-tree', '-r', '--name-only', `${tip}:top`).split('\n')
    expect((await world.engine.listFiles(tip, rootPath('top'))).map((file) => file.path)).toEqual(expected)
    expect((await world.engine.listFiles(tree, rootPath('top/a'))).map((file) => file.path)).toEqual(['b/c', 'z'])
    expect(await world.engine.listFiles(tip, rootPath('absent'))).toEqual([])
    expect(await world.engine.listFiles(tip, rootPath('top/B'))).toEqual([])
  })

  test('a path leads to its entry below a commit or a tree, or to nothing', async () => {
    const world = await open()
    const tip = await commit(world, [put('a/b/c', '1')])
    const { tree } = await world.engine.readCommit(tip)

    expect(await world.engine.entryAt(tip, rootPath('a/b/c'))).toMatchObject({ name: 'c', kind: 'file' })
    expect(await world.engine.entryAt(tree, rootPath('a/b'))).toMatchObject({ name: 'b', kind: 'tree' })
    expect(await world.engine.entryAt(tip, rootPath('a/x'))).toBeUndefined()
    expect(await world.engine.entryAt(tip, rootPath('a/b/c/d'))).toBeUndefined()
  })

  test('refs are listed below a prefix, sorted, loose and packed alike', async () => {
    const world = await open()
    await commit(world, [], { ref: parseRefName('refs/mlv/z') })
    await commit(world, [], { ref: parseRefName('refs/mlv/code') })
    await world.engine.commitRefs(
      ['refs/mlv/b', 'refs/mlv/a/deep'].map((name) => updateOf({ ref: parseRefName(name) })),
      SIGNATURES,
    )
    await commit(world, [])

    const names = (await world.engine.listRefs('refs/mlv/')).map((found) => found.ref)
    expect(names).toEqual(['refs/mlv/a/deep', 'refs/mlv/b', 'refs/mlv/code', 'refs/mlv/z'])
    expect(await world.engine.listRefs('refs/nothing/')).toEqual([])
    expect(await world.engine.readRef(parseRefName('refs/mlv/a'))).toBeUndefined()
  })

  test('a revision names the commit that git says it names', async () => {
    const world = await open()
    const first = await commit(world, [put('a', '1')], { message: 'one\n' })
    const side = await commit(world, [put('s', '1')], { ref: parseRefName('refs/heads/side') })
    const merge = await commit(world, [put('a', '2')], { message: 'two\n', alsoParents: [side] })
    const names = ['mlv', 'heads/mlv', 'refs/heads/mlv', 'mlv~', 'mlv~1', 'mlv^', 'mlv^1', 'mlv^2', 'mlv^0', 'mlv~0']
    const oids = [merge, merge.slice(0, 8), first.slice(0, 12), `${merge.slice(0, 9)}^2~0`, merge.toUpperCase()]
    for (const revision of [...names, ...oids]) {
      const expected = world.git('rev-parse', '--verify', `${revision}^{commit}`)
      expect(await world.engine.resolveCommit(revision), revision).toBe(expected)
    }
  })

  test('what names no commit resolves to nothing', async () => {
    const world = await open()
    const tip = await commit(world, [put('a', '1')])
    const blob = present(await world.engine.entryAt(tip, rootPath('a')), 'the file').oid
    const names = ['HEAD', 'absent', '', 'mlv~9', 'mlv^2', 'mlv:a', 'mlv..mlv', 'a b', '\0', '..']
    for (const revision of [...names, blob, blob.slice(0, 10), '0'.repeat(40), 'abcd', 'mlv.lock', 'main']) {
      expect(await world.engine.resolveCommit(revision), JSON.stringify(revision)).toBeUndefined()
    }
  })
}

function describeHistory(open: () => Promise<GitWorld>): void {
  const at = (text: string) => present(parseInstant(text), 'an instant')

  test('a log is the first-parent history, newest first, at most so many', async () => {
    const world = await open()
    const side = await commit(world, [put('s', '1')], { ref: parseRefName('refs/heads/side') })
    const one = await commit(world, [put('a', '1')])
    const two = await commit(world, [], { alsoParents: [side] })
    const three = await commit(world, [put('b', '1')])
    const log = async (limit?: number) =>
      (await world.engine.log(three, limit === undefined ? {} : { limit })).map((found) => found.oid)

    expect(await log()).toEqual([three, two, one])
    expect(await log()).toEqual(world.git('rev-list', '--first-parent', 'mlv').split('\n'))
    expect(await log(2)).toEqual([three, two])
    expect(await log(0)).toEqual([])
  })

  test('a log by path has the commits that change the file, or anything below the folder', async () => {
    const world = await open()
    const made = await commit(world, [put('d/a', '1'), put('other', '1')], { message: 'made\n' })
    await commit(world, [put('other', '2')], { message: 'elsewhere\n' })
    const changed = await commit(world, [put('d/a', '2')], { message: 'changed\n' })
    const beside = await commit(world, [put('d/b/c', '1')], { message: 'beside\n' })
    const removed = await commit(world, [remove('d/a')], { message: 'removed\n' })
    const tip = await commit(world, [put('d2', '1')], { message: 'similar name\n' })
    const log = async (path: string, limit = 99) =>
      (await world.engine.log(tip, { path: rootPath(path), limit })).map((found) => found.oid)

    expect(await log('d/a')).toEqual([removed, changed, made])
    expect(await log('d')).toEqual([removed, beside, changed, made])
    expect(await log('d/a', 2)).toEqual([removed, changed])
    expect(await log('never')).toEqual([])
    expect(await log('d')).toEqual(world.git('log', '--first-parent', '--format=%H', 'mlv', '--', 'd').split('\n'))
  })

  test('a date leads to the newest commit made by then', async () => {
    const world = await open()
    const tips = []
    let expected
    for (const atSeconds of [1000, 2000, 3000]) {
      const [tip] = await world.engine.commitRefs([updateOf({ expected })], signaturesAt(atSeconds))
      expected = tip
      tips.push(present(tip, 'a tip'))
    }
    const [first, second, third] = tips
    const tip = present(third, 'the last tip')

    expect(await world.engine.commitAt(tip, at('1970-01-01T00:16:39.999Z'))).toBeUndefined()
    expect(await world.engine.commitAt(tip, at('1970-01-01T00:16:40.000Z'))).toBe(first)
    expect(await world.engine.commitAt(tip, at('1970-01-01T00:33:20.500Z'))).toBe(second)
    expect(await world.engine.commitAt(tip, at('2026-01-01T00:00:00.000Z'))).toBe(third)
  })

  test('ancestry goes through all parents, and a commit is its own ancestor', async () => {
    const world = await open()
    const side = await commit(world, [put('s', '1')], { ref: parseRefName('refs/heads/side') })
    const one = await commit(world, [put('a', '1')])
    const two = await commit(world, [put('b', '1')], { alsoParents: [side] })

    expect(await world.engine.isAncestor(one, two)).toBe(true)
    expect(await world.engine.isAncestor(side, two)).toBe(true)
    expect(await world.engine.isAncestor(two, two)).toBe(true)
    expect(await world.engine.isAncestor(two, one)).toBe(false)
    expect(await world.engine.isAncestor(one, side)).toBe(false)
  })
}

function describeDamage(open: () => Promise<GitWorld>): void {
  test('an empty ref file is damage, not an older packed value', async () => {
    const world = await open()
    const old = await commit(world, [put('a', '1')])
    await worlds.writeFile(world.files, `${world.place.commonDir}/packed-refs`, `${old} refs/heads/mlv\n`)
    const ref = `${world.place.commonDir}/refs/heads/mlv`
    for (const content of ['', old, `${old.slice(0, 39)}\n`, `x${old}\n`, `${old}\n\n`, 'ref: ../../config\n']) {
      await worlds.writeFile(world.files, ref, content)
      await expect(world.engine.readRef(MLV), JSON.stringify(content)).rejects.toMatchObject({ code: 'ref-damaged' })
    }
  })

  test.each([
    ['twice', [rawEntry('100644', 'a', EMPTY_BLOB), rawEntry('40000', 'a', EMPTY_TREE)]],
    ['twice', [rawEntry('100644', 'a', EMPTY_BLOB), rawEntry('100644', 'a', EMPTY_BLOB)]],
    ['.git', [rawEntry('40000', '.git', EMPTY_TREE)]],
    ['.git', [rawEntry('40000', '.GiT', EMPTY_TREE)]],
    ['.git', [rawEntry('40000', '.g\u200cit', EMPTY_TREE)]],
    ['.git', [rawEntry('40000', 'git~1', EMPTY_TREE)]],
    ['..', [rawEntry('40000', '..', EMPTY_TREE)]],
    ['slash', [rawEntry('100644', 'a/b', EMPTY_BLOB)]],
    ['without a name', [rawEntry('100644', '', EMPTY_BLOB)]],
    ['mode', [rawEntry('100666', 'a', EMPTY_BLOB)]],
    ['mode', [rawEntry('104755', 'a', EMPTY_BLOB)]],
    ['order', [rawEntry('100644', 'b', EMPTY_BLOB), rawEntry('100644', 'a', EMPTY_BLOB)]],
    ['order', [rawEntry('40000', 'a', EMPTY_TREE), rawEntry('100644', 'a.b', EMPTY_BLOB)]],
    ['object', [rawEntry('100644', 'a', '0'.repeat(40))]],
    ['inside', [rawEntry('100644', 'a', EMPTY_BLOB).subarray(0, 20)]],
    ['UTF-8', [rawEntry('100644', Uint8Array.from([0xe9]), EMPTY_BLOB)]],
  ])('a tree is refused for what git or another tool would trip over: %s', async (problem, entries) => {
    const world = await open()
    const tree = await worlds.writeLoose(world, 'tree', Buffer.concat(entries))

    await expect(world.engine.readTree(tree)).rejects.toMatchObject({ code: 'tree-invalid' })
    await expect(world.engine.readTree(tree)).rejects.toThrow(problem)
  })

  test('an object that is not there is missing; one with other bytes is damaged', async () => {
    const world = await open()
    const blob = await worlds.writeLoose(world, 'blob', Buffer.from('content'))
    const other = await worlds.writeLoose(world, 'blob', Buffer.from('other'))
    const read = (oid: string) => world.engine.readBlob(oidOf(oid))
    expect(Buffer.from(await read(blob)).toString()).toBe('content')

    await expect(read('1'.repeat(40))).rejects.toMatchObject({ code: 'object-missing' })
    await expect(world.engine.readCommit(oidOf('1'.repeat(40)))).rejects.toMatchObject({ code: 'object-missing' })
    await expect(world.engine.readTree(oidOf('1'.repeat(40)))).rejects.toMatchObject({ code: 'object-missing' })
    const swapped = await world.files.readFile(worlds.looseFile(world, other))
    await worlds.writeFile(world.files, worlds.looseFile(world, blob), swapped)
    await expect(read(blob)).rejects.toMatchObject({ code: 'object-damaged' })
    await worlds.writeFile(world.files, worlds.looseFile(world, other), swapped.subarray(0, 8))
    await expect(read(other)).rejects.toMatchObject({ code: 'object-damaged' })
  })

  test('a commit whose headers are missing or malformed is damaged', async () => {
    const world = await open()
    const good = `tree ${EMPTY_TREE}\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n\nhello\n`
    const bad = [
      '',
      good.replace(/tree .*\n/, ''),
      good.replace('author', 'autho'),
      good.replace(' 1 +0000\n\n', '\n\n'),
    ]
    const read = async (text: string) =>
      world.engine.readCommit(await worlds.writeLoose(world, 'commit', Buffer.from(text)))

    expect((await read(good)).message).toBe('hello\n')
    for (const text of bad) await expect(read(text), text).rejects.toMatchObject({ code: 'object-damaged' })
  })
}
