/**
 * Large files that no record names: told, set aside, put back, and removed in the end. What anything names stays.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sha256Of } from '../../src/base/digest.ts'
import { openArtifactStore } from '../../src/store/artifacts/artifact-store.ts'
import { nodeFiles } from '../../src/store/files/node-files.ts'
import { encodeFrames } from '../../src/store/journal/frames.ts'
import { runGit } from '../support/repository.ts'
import { makeSharedWorld } from '../support/shared-world.ts'
import { makeReadyWorld } from '../support/world.ts'
import type { World } from '../support/world.ts'

const [KEPT, LEFT] = [Buffer.alloc(60_000, 'recorded'), Buffer.alloc(50_000, 'left behind')]
const entropy = { randomBytes: (count: number) => crypto.getRandomValues(new Uint8Array(count)) }

test('what no record names is told with its reason, set aside, and put back', async () => {
  const world = recorded()
  await leave(world, world.folder)
  expect(world.say('gc', '--dry-run')).toMatchInlineSnapshot(`
    "$ mlv gc --dry-run
    keep <sha256 1>  60.0 kB  churn/versions/1 on refs/heads/mlv
    trash <sha256 2>  50.0 kB  no record names it
    would keep 1 object, 60.0 kB
    would set aside 1 object, 50.0 kB
    "
  `)
  expect(existsSync(objectOf(world.folder, LEFT))).toBe(true)
  expect(world.say('gc')).toMatchInlineSnapshot(`
    "$ mlv gc
    kept 1 object, 60.0 kB
    set aside 1 object, 50.0 kB
    trash: 1 object, 50.0 kB; 'mlv gc --undo' puts it back
    "
  `)
  expect(existsSync(objectOf(world.folder, LEFT))).toBe(false)
  expect(existsSync(objectOf(world.folder, KEPT))).toBe(true)
  expect(world.mlv('fsck').exitCode).toBe(0)
  expect(world.say('gc', '--undo')).toMatchInlineSnapshot(`
    "$ mlv gc --undo
    set aside 0 objects, 0 B
    put back 1 object, 50.0 kB
    "
  `)
  expect(existsSync(objectOf(world.folder, LEFT))).toBe(true)
})

test('an artifact that is called like a list of files is not taken for one', () => {
  const world = recorded()
  world.write('out/files.yaml', 'these: are not files\n')
  expect(world.mlv('commit', '--artifact', 'out/files.yaml')).toMatchObject({ exitCode: 0 })
  expect(world.mlv('gc', '--dry-run')).toMatchObject({ exitCode: 0, stderr: '' })
})

test('what was written lately stays: its record may be on the way', async () => {
  const world = recorded()
  await leave(world, world.folder, new Date())
  expect(world.mlv('gc', '--dry-run').stdout).toContain('written lately, and perhaps not recorded yet')
  expect(world.mlv('gc').stdout).toContain('set aside 0 objects')
})

test('after two weeks in the trash an object is removed for good', async () => {
  const world = recorded()
  await leave(world, world.folder)
  world.mlv('gc')
  const trash = join(world.folder, '.git/mlv/trash')
  const [sweep = ''] = readdirSync(trash)
  renameSync(join(trash, sweep), join(trash, String(Number(sweep) - 13 * 86_400_000)))
  expect(world.mlv('gc').stdout).toContain('trash: 1 object')
  const [aged = ''] = readdirSync(trash)
  renameSync(join(trash, aged), join(trash, String(Number(aged) - 86_400_000)))
  expect(world.mlv('gc').stdout).toContain('removed for good 1 object')
  expect(readdirSync(trash)).toEqual([])
})

test('a commit that found an object just before it was set aside has it back', () => {
  const world = recorded()
  const trash = join(world.folder, '.git/mlv/trash', String(Date.now()))
  const setAside = (): void => {
    mkdirSync(trash, { recursive: true })
    renameSync(objectOf(world.folder, KEPT), join(trash, sha256Of(KEPT)))
  }
  setAside()
  expect(world.mlv('checkout', 'churn@v1', '--to', 'served').exitCode).toBe(0)
  setAside()
  expect(world.mlv('fsck').stdout).toContain('restored from the trash')
  setAside()
  expect(world.mlv('gc').stdout).toContain('put back 1 object')
  expect(existsSync(objectOf(world.folder, KEPT))).toBe(true)
})

test('what only a remote branch, a tag or a detached line of mlv names stays', () => {
  const { ada, join: joinTeam } = makeSharedWorld()
  ada.write('model/w.bin', KEPT)
  ada.mlv('commit', '-m', 'second', '--metric', 'auc=0.95', '--model', 'churn=model')
  ada.mlv('push')
  const bob = joinTeam('bob')
  bob.mlv('pull', '--artifacts')
  runGit(bob.folder, ['update-ref', 'refs/tags/kept', 'refs/remotes/origin/mlv'])
  runGit(bob.folder, ['update-ref', '-d', 'refs/heads/mlv'])
  age(bob.folder, KEPT)
  expect(bob.mlv('gc').stdout).toContain('kept 1 object')
  runGit(bob.folder, ['update-ref', '-d', 'refs/remotes/origin/mlv'])
  expect(bob.mlv('gc').stdout).toContain('kept 1 object')
  runGit(bob.folder, ['update-ref', '-d', 'refs/tags/kept'])
  expect(bob.mlv('gc').stdout).toContain('set aside 1 object')
})

test('a journal that cannot be read stops it: it may name anything', async () => {
  const world = recorded()
  await leave(world, world.folder)
  const journal = join(world.folder, '.git/mlv/journal/01m7za2pazjb0000000000000a')
  mkdirSync(journal, { recursive: true })
  // One frame that is broken, and whole ones behind it.
  const frames = Buffer.concat([encodeFrames([Buffer.from('{}')]), encodeFrames([Buffer.from('{}')])])
  frames[frames.length / 2 - 1] = 0
  writeFileSync(join(journal, 'events'), frames)
  const refused = world.mlv('gc')
  expect(refused.exitCode).toBe(4)
  expect(existsSync(objectOf(world.folder, LEFT))).toBe(true)
})

/** A world with `churn@v1` in production, whose file is in the store. */
function recorded(): World {
  const world = makeReadyWorld()
  world.write('model/w.bin', KEPT)
  expect(world.mlv('commit', '-m', 'one', '--model', 'churn=model').exitCode).toBe(0)
  world.mlv('promote', 'churn@v1', 'production')
  age(world.folder, KEPT)
  return world
}

/** Puts an object into the store as a commit that was refused leaves it. */
async function leave(world: World, folder: string, written = new Date('2026-01-01')): Promise<void> {
  const store = openArtifactStore(join(world.folder, '.git'), nodeFiles, { kind: 'lfs', entropy })
  await store.addBytes(LEFT)
  age(folder, LEFT, written)
}

function age(folder: string, bytes: Uint8Array, written = new Date('2026-01-01')): void {
  utimesSync(objectOf(folder, bytes), written, written)
}

function objectOf(folder: string, bytes: Uint8Array): string {
  const sha256 = sha256Of(bytes)
  return join(folder, '.git/mlv/objects', sha256.slice(0, 2), sha256.slice(2, 4), sha256)
}
