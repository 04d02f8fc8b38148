/** The cache that the repositories of one machine share, by the real command. */
import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runGit, temporaryFolder } from '../support/repository.ts'
import { makeSharedWorld, memberOf } from '../support/shared-world.ts'
import type { Member, SharedWorld } from '../support/shared-world.ts'
import { makeReadyWorld, makeWorld, scrub } from '../support/world.ts'
import type { World } from '../support/world.ts'

interface Machine extends SharedWorld {
  readonly cache: string
  /** The store of the team. */
  readonly store: string
}

/** A machine with a cache, and a user whose large file is in a folder that the network reaches. */
function makeMachine(): Machine {
  const [cache, store] = [join(temporaryFolder(), 'cache'), join(temporaryFolder(), 'store')]
  const shared = makeSharedWorld({ init: ['--store', `dir:${store}`], variables: { MLV_CACHE: cache } })
  shared.ada.write('model/weights.bin', Buffer.alloc(300_000, 'weights'))
  memberOf(shared.ada, shared.ada.folder).train('large', 0.95)
  shared.ada.mlv('push')
  return { ...shared, cache, store }
}

function say(world: World | Member, { cache, ada }: Machine, ...args: readonly string[]): string {
  return scrub(world.say(...args).replaceAll(cache, '<cache>'), ada.folder)
}

test('a second clone takes files from the cache, and the store is not asked', () => {
  const machine = makeMachine()
  expect(say(machine.ada, machine, 'cache')).toMatchInlineSnapshot(`
    "$ mlv cache
    cache <cache> (MLV_CACHE): 1 object, 300 kB of at most 50.0 GB
    "
  `)
  rmSync(machine.store, { recursive: true })
  const bob = machine.join('bob')
  expect(say(bob, machine, 'checkout', 'churn@v2', '--to', 'served')).toMatchInlineSnapshot(`
    "$ mlv checkout churn@v2 --to served
    churn@v2: 2 files, 300 kB, verified, in <clone>/served
    "
  `)
  expect(statSync(join(bob.folder, 'served/weights.bin')).size).toBe(300_000)
  const [object = ''] = objectsBelow(machine.cache)
  expect(statSync(object).nlink).toBeGreaterThanOrEqual(3)
  const got = temporaryFolder()
  expect(machine.ada.mlv('-C', got, 'get', `${machine.bare}#churn@v2`).exitCode).toBe(0)
  expect(statSync(join(got, 'weights.bin')).size).toBe(300_000)
})

test('an object of the cache that somebody changed is dropped and fetched from the store', () => {
  const machine = makeMachine()
  const [object = ''] = objectsBelow(machine.cache)
  rmSync(object)
  writeFileSync(object, Buffer.alloc(300_000, 'poison'), { mode: 0o444 })
  const bob = machine.join('bob')
  expect(say(bob, machine, 'checkout', 'churn@v2', '--to', 'served')).toMatchInlineSnapshot(`
    "$ mlv checkout churn@v2 --to served
    churn@v2: 2 files, 300 kB, verified, in <clone>/served
    warning: an object of the cache was damaged and is dropped: <cache>/9a/72/<sha256 1>
    "
  `)
  expect(bob.mlv('fsck', '--full').exitCode).toBe(0)
  expect(machine.ada.mlv('cache', 'verify').stdout).toContain('1 object')
})

test('it is shown, verified, limited and cleared', () => {
  const machine = makeMachine()
  const home = temporaryFolder()
  const elsewhere = makeWorld({ variables: { HOME: home, GIT_CONFIG_GLOBAL: join(home, '.gitconfig') } })
  expect(elsewhere.say('cache')).toMatchInlineSnapshot(`
    "$ mlv cache
    no cache; 'mlv cache dir FOLDER' sets one for all repositories of this machine
    "
  `)
  expect(elsewhere.mlv('cache', 'clear').stderr).toContain("'mlv cache dir FOLDER' sets one")
  expect(elsewhere.say('cache', 'dir', machine.cache).replaceAll(machine.cache, '<cache>')).toMatchInlineSnapshot(`
    "$ mlv cache dir <cache>
    cache <cache> (mlv.cache): 1 object, 300 kB of at most 50.0 GB
    "
  `)
  const [object = ''] = objectsBelow(machine.cache)
  chmodSync(object, 0o644)
  rmSync(object)
  writeFileSync(object, 'damaged')
  expect(elsewhere.say('cache', 'verify').replaceAll(machine.cache, '<cache>')).toMatchInlineSnapshot(`
    "$ mlv cache verify
    removed 1 object, 7 B: damaged
    cache <cache> (mlv.cache): 0 objects, 0 B of at most 50.0 GB
    "
  `)
  machine.ada.mlv('commit', '-m', 'again', '--metric', 'auc=1', '--artifact', 'model')
  expect(elsewhere.mlv('cache', 'clear', '--older-than', '30d').stdout).toContain('1 object, 300 kB')
  expect(elsewhere.say('cache', 'limit', '100kB').replaceAll(machine.cache, '<cache>')).toMatchInlineSnapshot(`
    "$ mlv cache limit 100kB
    removed 1 object, 300 kB: over the limit
    cache <cache> (mlv.cache): 0 objects, 0 B of at most 100 kB
    "
  `)
  expect(runGit(elsewhere.folder, ['config', '--file', join(home, '.gitconfig'), 'mlv.cacheLimit'])).toBe('100kB')
  expect(elsewhere.mlv('cache', 'limit', 'much').exitCode).toBe(2)
  expect(elsewhere.mlv('cache', 'empty').exitCode).toBe(2)
})

test('sixteen commands fill it at once, and nothing is lost', async () => {
  const cache = join(temporaryFolder(), 'cache')
  const world = makeReadyWorld({ variables: { MLV_CACHE: cache } })
  const clones = Array.from({ length: 16 }, (_, index) => {
    const folder = join(temporaryFolder(), `clone-${index}`)
    cpSync(world.folder, folder, { recursive: true })
    writeFileSync(join(folder, 'own.bin'), Buffer.alloc(100_000, `own ${index};`))
    writeFileSync(join(folder, 'same.bin'), Buffer.alloc(200_000, 'the same;'))
    return memberOf(world, folder)
  })
  const commit = ['commit', '--metric', 'a=1', '--artifact', 'own.bin', '--artifact', 'same.bin']
  const outcomes = await Promise.all(clones.map((clone) => clone.start(...commit)))
  for (const { exitCode, stderr } of outcomes) expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 })
  for (const { stderr } of outcomes) expect(stderr).not.toContain('cache')
  expect(world.json('cache', 'verify')).toMatchObject({ objects: 17, sizeBytes: 1_800_000, removed: [] })
})

test.each([
  ['is below a file', (folder: string) => join(folder, 'file', 'cache'), 'the cache is not used'],
  ['is not absolute', () => 'cache', 'must name an absolute folder'],
])('a cache that %s is told once, and the command works', (_, place, told) => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'file'), 'a file')
  const world = makeReadyWorld({ variables: { MLV_CACHE: place(folder) } })
  world.write('a.bin', Buffer.alloc(100_000, 'a'))
  world.write('b.bin', Buffer.alloc(100_000, 'b'))
  const { exitCode, stderr } = world.mlv('commit', '--metric', 'a=1', '--artifact', 'a.bin', '--artifact', 'b.bin')
  expect(exitCode).toBe(0)
  expect(stderr.split(told)).toHaveLength(2)
  expect(world.mlv('fsck', '--full').exitCode).toBe(0)
})

test('without a setting nothing is shared, and MLV_CACHE= switches off what is set', () => {
  const cache = join(temporaryFolder(), 'cache')
  const world = makeWorld({ variables: { MLV_CACHE: '' } })
  world.git('config', 'mlv.cache', cache)
  world.mlv('init')
  world.write('a.bin', Buffer.alloc(100_000, 'a'))
  world.mlv('commit', '--metric', 'a=1', '--artifact', 'a.bin')
  expect(existsSync(cache)).toBe(false)
  expect(world.mlv('cache').stdout).toContain('no cache')
})

/** Files of objects below a cache. */
function objectsBelow(cache: string): readonly string[] {
  expect(readdirSync(cache)).toContain('CACHEDIR.TAG')
  const found = execFileSync('find', [cache, '-type', 'f', '-size', '+1k']).toString().trim()
  return found.split('\n').filter((path) => /\/[0-9a-f]{64}$/.test(path))
}
