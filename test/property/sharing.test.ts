/**
 * The laws of sharing, on random histories of three clones. The long form is `node test/property/sharing-histories.js`.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { present } from '../../src/base/assert.ts'
import type { Oid } from '../../src/domain/oid.ts'
import { planReplay } from '../../src/store/branch/replay.ts'
import { nodeFiles } from '../../src/store/files/node-files.ts'
import { storePack } from '../../src/store/git/pack-writer.ts'
import type { MemoryWorld } from '../support/memory-clones.ts'
import { makeRepository } from '../support/repository.ts'
import type { TestRepository } from '../support/repository.ts'
import { anyHistory, play, Played } from '../support/sharing-histories.ts'
import type { History, Step } from '../support/sharing-histories.ts'

test('law: clones that share a remote end alike, lose nothing and never move what is published', async () => {
  await fc.assert(
    fc.asyncProperty(anyHistory, async (history) => {
      expect((await play(history)).problems).toEqual([])
    }),
    { numRuns: 60 },
  )
})

test('law: where no rule fires, a replay makes the tree of git merge-tree, whichever side is first', async () => {
  const repository = makeRepository()
  let compared = 0
  await fc.assert(
    fc.asyncProperty(anyHistory, async ({ layout, steps }) => {
      const played = await twoSides(layout, steps)
      const [ours, theirs] = [played.ours, played.theirs]
      const trees = await Promise.all([replayedTree(played, ours, theirs), replayedTree(played, theirs, ours)])
      if (trees.includes(undefined)) return
      await store(repository, played.world)
      const merged = repository.git('merge-tree', '--write-tree', ours, theirs)
      compared += 1
      expect(trees).toEqual([merged, merged])
    }),
    { numRuns: 25 },
  )
  expect(compared).toBeGreaterThan(0)
})

/** Two clones of one branch that did different things, in one ref. */
async function twoSides(layout: History['layout'], steps: readonly Step[]): Promise<Sides> {
  const played = new Played(layout === 'split' ? 'single' : layout)
  await played.start()
  const kinds: readonly Step['kind'][] = ['run', 'note', 'receipt', 'promote', 'version', 'model']
  // Something to note, repeat and promote, that both sides know.
  await played.step({ clone: 0, kind: 'version', pick: 0 })
  await played.step({ clone: 0, kind: 'push', pick: 0 })
  await played.step({ clone: 1, kind: 'pull', pick: 0 })
  for (const step of steps.slice(0, 6)) {
    if (kinds.includes(step.kind)) await played.step({ ...step, clone: step.clone % 2 })
  }
  const [first, second] = played.clones
  const ref = present(played.world.refs[0], 'a ref')
  return {
    world: played.world,
    ours: present(first?.local.get(ref), 'a tip'),
    theirs: present(second?.local.get(ref), 'a tip'),
  }
}

interface Sides {
  readonly world: MemoryWorld
  readonly ours: Oid
  readonly theirs: Oid
}

/** The tree after one side is put onto the other; `undefined` when a rule had to decide something. */
async function replayedTree({ world }: Sides, ours: Oid, theirs: Oid): Promise<string | undefined> {
  const known = new Set(world.history(theirs).map(({ oid }) => oid))
  const commits = [...world.history(ours)].filter(({ oid }) => !known.has(oid)).reverse()
  const ref = present(world.refs[0], 'a ref')
  const replay = await planReplay(world.reader, world.settings, [{ ref, onto: theirs, commits, published: new Set() }])
  const base = world.history(ours).find(({ oid }) => known.has(oid))?.oid
  const [our, their] = [changedPaths(world, base, ours), changedPaths(world, base, theirs)]
  if (replay.notices.length > 0 || our.some((path) => their.includes(path))) return undefined
  let tip: Oid = theirs
  for (const commit of replay.areas[0]?.commits ?? []) {
    tip = await world.add(tip, commit.edits, { ...commit, nowMs: 0 })
  }
  return world.commit(tip).tree
}

/** Paths of files that differ between two commits. */
function changedPaths(world: MemoryWorld, base: Oid | undefined, tip: Oid): readonly string[] {
  const before = base === undefined ? new Map<string, Oid>() : filesOf(world, base)
  return [...filesOf(world, tip)].filter(([path, oid]) => before.get(path) !== oid).map(([path]) => path)
}

function filesOf(world: MemoryWorld, root: Oid, folder = ''): ReadonlyMap<string, Oid> {
  const files = new Map<string, Oid>()
  for (const { name, kind, oid } of world.entries(root)) {
    if (kind !== 'tree') files.set(`${folder}${name}`, oid)
    else for (const [path, below] of filesOf(world, oid, `${folder}${name}/`)) files.set(path, below)
  }
  return files
}

/** Gives stock git every object. */
async function store({ place }: TestRepository, world: MemoryWorld): Promise<void> {
  const pack = await storePack(place.commonDir, nodeFiles, world.objects)
  await pack.release()
}
