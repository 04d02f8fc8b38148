/**
 * An engine beside the user's git on one disk: what git packs, repacks, prunes and makes itself, an engine reads on,
 * and nothing an engine wrote is lost.
 */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { present } from '../../src/base/assert.ts'
import { parseRefName } from '../../src/domain/ref-name.ts'
import { rootPath } from '../../src/domain/tree-path.ts'
import type { GitWorld } from '../support/git-worlds.ts'
import * as worlds from '../support/git-worlds.ts'
import { commit, filesOf, MLV, oidOf, put } from '../support/git-worlds.ts'
import { fsck, GIT_VARIABLES, SIGNATURES } from '../support/repository.ts'

const runProcess = promisify(execFile)

describeBesideGit('the system engine', worlds.systemOnDisk)
describeBesideGit('the embedded engine', worlds.embeddedOnDisk)

function describeBesideGit(name: string, makeWorld: () => Promise<GitWorld>): void {
  const open = async () => worlds.closing(await makeWorld())
  describe(name, () => {
    test('refs that git packed are read, moved and listed', async () => {
      const world = await open()
      const first = await commit(world, [put('a', '1')])
      world.git('tag', '-a', '-m', 'a tag', 'v1', first)
      world.git('pack-refs', '--all', '--prune')

      expect(await world.engine.readRef(MLV)).toBe(first)
      expect(await world.engine.resolveCommit('v1')).toBe(first)
      const second = await commit(world, [put('a', '2')])
      expect(world.git('rev-parse', 'mlv', 'mlv~1').split('\n')).toEqual([second, first])
      expect((await world.engine.listRefs('refs/')).map((found) => found.ref)).toEqual([MLV, 'refs/tags/v1'])
      expect(fsck(world)).toBe('')
    })

    test('refs moved together keep what git knows of other packed refs', async () => {
      const world = await open()
      const first = await commit(world, [put('a', '1')])
      world.git('tag', '-a', '-m', 'a tag', 'v1', first)
      world.git('pack-refs', '--all', '--prune')
      await world.engine.commitRefs(
        ['refs/heads/x', 'refs/heads/y'].map((ref) => worlds.updateOf({ ref: parseRefName(ref) })),
        SIGNATURES,
      )

      expect(world.git('rev-parse', 'v1^{commit}', 'mlv')).toBe(`${first}\n${first}`)
      expect(fsck(world)).toBe('')
    })

    test('what git committed itself is read alike: merges, modes, links, deltas', async () => {
      const world = await open()
      const text = Array.from({ length: 3000 }, (_, line) => `line ${line}`).join('\n')
      for (const round of ['1', '2', '3']) await commit(world, [put('long', `${text}\n${round}`)])
      const link = world.git('hash-object', '-w', '-t', 'blob', '--', `${world.place.gitDir}/HEAD`)
      const tree = world.git('rev-parse', 'mlv^{tree}')
      world.git('read-tree', tree)
      world.git('update-index', '--add', '--cacheinfo', `120000,${link},link`, '--cacheinfo', `100755,${link},run`)
      world.git('commit', '--quiet', '--message', 'by git')
      world.git('repack', '-adf', '--depth=50', '--window=50')
      const head = oidOf(world.git('rev-parse', 'HEAD'))

      expect((await world.engine.readTree(head)).map(({ name, kind }) => `${kind} ${name}`)).toEqual([
        'symlink link',
        'file long',
        'executable run',
      ])
      expect(await world.engine.resolveCommit('HEAD')).toBe(head)
      const long = present(
        await world.engine.entryAt(oidOf(world.git('rev-parse', 'mlv~1')), rootPath('long')),
        'a file',
      )
      expect(Buffer.from(await world.engine.readBlob(long.oid)).toString()).toBe(`${text}\n2`)
    })

    test('reads go on while git repacks and prunes', async () => {
      const world = await open()
      const tips = []
      for (let round = 0; round < 20; round += 1) tips.push(await commit(world, [put(`f${round}`, `content ${round}`)]))
      const packing = repackAgainAndAgain(world)
      let reads = 0
      while (!packing.done()) {
        for (const [round, tip] of tips.entries()) {
          const entry = present(await world.engine.entryAt(tip, rootPath(`f${round}`)), 'the file of this round')
          expect(Buffer.from(await world.engine.readBlob(entry.oid)).toString()).toBe(`content ${round}`)
          reads += 1
        }
      }
      await packing.ended
      expect(reads).toBeGreaterThan(100)
    })

    test('many commits leave few packs, with nothing else beside them', async () => {
      const world = await open()
      for (let round = 0; round < 60; round += 1) await commit(world, [put(`f${round}`, `content ${round}`)])
      const tip = present(await world.engine.readRef(MLV), 'the branch')
      const said = world.git('count-objects', '-v')

      expect(Number(/^packs: (\d+)$/m.exec(said)?.[1])).toBeLessThan(50)
      expect(said).toMatch(/^garbage: 0$/m)
      expect((await filesOf(world, tip)).length).toBe(60)
      expect(fsck(world)).toBe('')
    })

    test('nothing that was acknowledged is lost while git collects garbage', async () => {
      const world = await open()
      await commit(world, [put('start', '')])
      const packing = repackAgainAndAgain(world)
      let made = 0
      while (!packing.done()) {
        await commit(world, [put(`f${made}`, `${made}`)])
        made += 1
      }
      await packing.ended
      const tip = present(await world.engine.readRef(MLV), 'the branch')

      expect(world.git('rev-list', '--count', 'mlv')).toBe(String(made + 1))
      expect((await filesOf(world, tip)).length).toBe(made + 1)
      expect(fsck(world)).toBe('')
    })

    test("the user's HEAD, index and files are left alone", async () => {
      const world = await open()
      await worlds.writeFile(world.files, `${world.place.worktree ?? ''}/train.py`, 'print(1)\n')
      world.git('add', 'train.py')
      world.git('commit', '--quiet', '--message', 'code')
      await worlds.writeFile(world.files, `${world.place.worktree ?? ''}/train.py`, 'print(2)\n')
      const look = () => [
        world.git('status', '--porcelain=v2', '--branch'),
        world.git('ls-files', '--stage', '--debug'),
      ]
      const before = look()
      await commit(world, [put('a', '1')])
      await commit(world, [put('a', '2')])

      expect(look()).toEqual(before)
    })
  })
}

/** Packs, prunes and collects beside the test, a fixed number of times. */
function repackAgainAndAgain(world: GitWorld): { readonly done: () => boolean; readonly ended: Promise<void> } {
  let done = false
  const commands = [
    ['repack', '-ad', '--quiet'],
    ['gc', '--prune=now', '--quiet'],
    ['pack-refs', '--all', '--prune'],
    ['repack', '-adf', '--quiet'],
    ['prune', '--expire=now'],
  ]
  const ended = (async () => {
    for (let round = 0; round < 6; round += 1) {
      for (const command of commands) {
        await runProcess('git', command, { cwd: world.place.worktree, env: GIT_VARIABLES }).catch(metNewRef)
      }
    }
  })().finally(() => {
    done = true
  })
  // Whoever awaits it hears of a failure; a test that failed earlier does not.
  ended.catch(() => undefined)
  return { done: () => done, ended }
}

/** A git that listed the packs before a ref was made does not find what the ref names, and ends with nothing done. */
function metNewRef(error: unknown): void {
  if (!/bad object refs\//.test(String(error))) throw error
}
