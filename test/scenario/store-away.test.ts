/**
 * Places that are away: a mirror keeps nobody from working with a store that is there, and a full one bridges it.
 */
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../support/repository.ts'
import { makeSharedWorld } from '../support/shared-world.ts'
import { record } from '../support/store-teams.ts'
import { FILES_MANIFEST, forgeBranch, makeVictim } from '../support/hostile-branch.ts'

const [FIRST, SECOND] = [Buffer.alloc(300_000, 'first'), Buffer.alloc(300_000, 'second')]

test('a mirror that is away is told, and keeps nobody from pushing, reading or copying', () => {
  const { store, mirror, ada, bob } = mirrored()
  // Made by init, as a store is.
  expect(existsSync(join(mirror, 'mlv-store.json'))).toBe(true)
  rmSync(mirror, { recursive: true })
  record(ada, FIRST)
  const pushed = ada.mlv('push')
  expect(pushed).toMatchObject({ exitCode: 0 })
  expect(pushed.stderr.match(/dir:.*mirror is left out: there is no store/g)).toHaveLength(1)
  expect(bob.mlv('pull').exitCode).toBe(0)
  expect(bob.mlv('checkout', 'churn@v2')).toMatchObject({ exitCode: 0 })
  expect(readFileSync(join(bob.folder, 'model/w.bin')).equals(FIRST)).toBe(true)
  expect(ada.mlv('store', 'copy', '--to', `dir:${store}`)).toMatchObject({ exitCode: 0 })
  // It is not said to be filled, and the store is, whatever comes of the mirror.
  rmSync(join(store, 'objects'), { recursive: true })
  expect(ada.mlv('store', 'copy').stderr).toContain('store-not-found')
  expect(existsSync(join(store, 'objects'))).toBe(true)
  expect(existsSync(mirror)).toBe(false)
})

test('a full mirror bridges a store that is away for whoever reads; whoever writes is refused', () => {
  const { store, mirror, ada, bob } = mirrored()
  record(ada, FIRST)
  expect(ada.mlv('push')).toMatchObject({ exitCode: 0, stderr: '' })
  expect(ada.mlv('store', 'copy').exitCode).toBe(0)
  renameSync(store, `${store}-unmounted`)
  expect(bob.mlv('pull').exitCode).toBe(0)
  const read = bob.mlv('checkout', 'churn@v2')
  expect(read.exitCode).toBe(0)
  expect(read.stderr.match(/dir:.*store is left out: there is no store/g)).toHaveLength(1)
  expect(readFileSync(join(bob.folder, 'model/w.bin')).equals(FIRST)).toBe(true)
  record(ada, SECOND)
  const refused = ada.mlv('push')
  expect([refused.exitCode === 0, refused.stderr.includes('store-not-found')]).toEqual([false, true])
  expect(existsSync(store)).toBe(false)
  // Nowhere is told as what it is.
  rmSync(mirror, { recursive: true })
  const carol = join(bob.folder, '.git', 'mlv', 'objects')
  rmSync(carol, { recursive: true })
  expect(bob.mlv('checkout', 'churn@v2', '--force').stderr).toContain('store-not-found')
})

test('a store that nobody pushed to has nothing to sweep, and says so', () => {
  const { store, ada } = mirrored()
  expect(ada.say('gc', '--remote').replaceAll(store, '/mnt/store')).toMatchInlineSnapshot(`
    "$ mlv gc --remote
    store dir:/mnt/store: nobody uses it yet, so there is nothing to do
    "
  `)
  expect(ada.mlv('gc', '--remote', '--delete').exitCode).toBe(0)
})

test('a request whose records are none keeps nobody from sweeping; the branch itself does', () => {
  const world = makeVictim()
  const back = forgeBranch(world, [{ path: FILES_MANIFEST, content: `{ ${'c'.repeat(64)}` }])
  expect(world.mlv('gc').exitCode).not.toBe(0)
  world.git('update-ref', 'refs/remotes/origin/mlv-promote/churn-production-1', 'refs/heads/mlv')
  back()
  expect(world.mlv('gc')).toMatchObject({ exitCode: 0, stderr: '' })
})

function mirrored() {
  const root = temporaryFolder()
  const [store, mirror] = [join(root, 'store'), join(root, 'mirror')]
  const { ada, join: joinTeam } = makeSharedWorld({ init: ['--store', `dir:${store}`, '--mirror', `dir:${mirror}`] })
  return { store, mirror, ada, bob: joinTeam('bob') }
}
