/**
 * A team that moves: to another store, to mirrors, and two of them at once.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sha256Of } from '../../src/base/digest.ts'
import { runGit, temporaryFolder } from '../support/repository.ts'
import { makeSharedWorld } from '../support/shared-world.ts'
import type { Member } from '../support/shared-world.ts'
import { record } from '../support/store-teams.ts'

const [OLD, NEW] = ['old', 'new'].map((text) => Buffer.alloc(300_000, text)) as [Buffer, Buffer]

test('another store is written to from now on, and what is in Git LFS stays readable', () => {
  const { ada, join: joinTeam } = makeSharedWorld()
  record(ada, OLD)
  const store = join(temporaryFolder(), 'store')
  // Records that are not pushed have pointers whose objects would go elsewhere.
  expect(ada.mlv('store', 'use', `dir:${store}`).stderr).toContain('push them before')
  ada.mlv('push')
  const said = (...args: readonly string[]) => ada.say(...args).replaceAll(store, '/mnt/store')
  expect(said('store')).toMatchInlineSnapshot(`
    "$ mlv store
    store  lfs
    "
  `)
  expect(said('store', 'use', `dir:${store}`)).toMatchInlineSnapshot(`
    "$ mlv store use dir:/mnt/store
    changed the branch
    store      dir:/mnt/store
    reads too  lfs
    next: 'mlv push', so that others use it too
    "
  `)
  expect(said('store', 'use', `dir:${store}`)).toMatchInlineSnapshot(`
    "$ mlv store use dir:/mnt/store
    it was so already
    store      dir:/mnt/store
    reads too  lfs
    "
  `)
  record(ada, NEW)
  expect(ada.mlv('push').stdout).toContain('uploaded 1 artifact, 300 kB')
  expect(existsSync(objectPath(store, NEW))).toBe(true)
  const bob = joinTeam('bob')
  for (const [revision, bytes] of [
    ['churn@v2', OLD],
    ['churn@v3', NEW],
  ] as const) {
    expect(bob.mlv('checkout', revision, '--force')).toMatchObject({ exitCode: 0, stderr: '' })
    expect(readFileSync(join(bob.folder, 'model/w.bin')).equals(bytes)).toBe(true)
  }
  expect(ada.json('store', 'copy')).toMatchObject({ copies: [{ moved: { count: 1 }, present: 1, absent: 0 }] })
  expect(ada.mlv('log').stdout).toContain(`mlv: keep artifacts in dir:${store}`)
  expect(runGit(ada.folder, ['fsck', '--full', '--strict', '--no-dangling', '--no-progress'])).toBe('')
})

test('from Git LFS to a compact store and back: every version stays readable, and whoever pulls is told', () => {
  const { ada, join: joinTeam } = makeSharedWorld()
  const store = `dir:${join(temporaryFolder(), 'store')}`
  const bob = joinTeam('bob')
  bob.mlv('note', '@', '--tag', 'kept')
  const contents = ['lfs', 'compact', 'lfs again'].map((text) => Buffer.alloc(300_000, text))
  expect(ada.mlv('store', 'use', 'lfs', '--compact').stderr).toContain('Git LFS keeps files whole')
  expect(ada.mlv('store', '--compact').exitCode).toBe(2)
  const places = [[], [store, '--compact'], ['lfs']]
  for (const [at, bytes] of contents.entries()) {
    if (at > 0) expect(ada.mlv('store', 'use', ...(places[at] ?? [])).exitCode).toBe(0)
    if (at === 1) expect(ada.mlv('store').stdout).toMatch(/form +compact\n.*\n.*\nused by +nobody yet\n/)
    record(ada, bytes)
    expect(ada.mlv('push').stdout).toContain('uploaded 1 artifact, 300 kB')
    // Whoever pulls is told where large files go from now on, once.
    const [from, to] = at === 1 ? ['lfs', store] : [store, 'lfs']
    const told = `large files are now written to ${to}, no longer to ${from}\n`
    if (at > 0) expect(bob.mlv('pull').stdout).toContain(told)
    expect(bob.mlv('pull').stdout).not.toContain('large files')
  }
  for (const [at, bytes] of contents.entries()) {
    expect(bob.mlv('checkout', `churn@v${at + 2}`, '--force')).toMatchObject({ exitCode: 0, stderr: '' })
    expect(readFileSync(join(bob.folder, 'model/w.bin')).equals(bytes)).toBe(true)
  }
  expect(bob.mlv('fsck', '--full').exitCode).toBe(0)
})

test('a mirror is filled from wherever objects are, verified, and again only with what it lacks', () => {
  const [store, mirror] = [join(temporaryFolder(), 'store'), join(temporaryFolder(), 'mirror')]
  const { ada, join: joinTeam } = makeSharedWorld({ init: ['--store', `dir:${store}`] })
  for (const bytes of [OLD, NEW]) record(ada, bytes)
  ada.mlv('push')
  // Somebody who never fetched a file copies straight from one to the other.
  const bob = joinTeam('bob')
  const said = (...args: readonly string[]) =>
    bob
      .say(...args)
      .replaceAll(store, '/mnt/store')
      .replaceAll(mirror, '/mnt/mirror')
  expect(said('store', 'mirror', 'add', `dir:${mirror}`)).toMatchInlineSnapshot(`
    "$ mlv store mirror add dir:/mnt/mirror
    changed the branch
    store   dir:/mnt/store
    mirror  dir:/mnt/mirror
    next: 'mlv push', so that others use it too
    "
  `)
  rmSync(objectPath(store, OLD))
  expect(said('store', 'copy', '--to', `dir:${mirror}`)).toMatchInlineSnapshot(`
    "$ mlv store copy --to dir:/mnt/mirror
    dir:/mnt/mirror: copied 1 object, 300 kB; 0 were there
      1 object that nobody has
    [exit 4]
    "
  `)
  expect(bob.mlv('push').exitCode).toBe(0)
  ada.mlv('pull')
  expect(ada.mlv('store', 'copy').stdout).toMatch(
    /copied 1 object, 300 kB; 1 were there[^]*copied 1 object, 300 kB; 1 were/,
  )
  expect(readFileSync(objectPath(mirror, OLD)).equals(OLD)).toBe(true)
  // One flipped byte in the store: the mirror has the right ones.
  const flipped = Buffer.from(NEW)
  flipped[7] = 0
  rmSync(objectPath(store, NEW))
  writeFileSync(objectPath(store, NEW), flipped)
  expect(bob.mlv('checkout', 'churn@v3').exitCode).toBe(0)
  rmSync(mirror, { recursive: true })
  ada.mlv('store', 'mirror', 'add', `dir:${mirror}`)
  // Bytes that are wrong are not passed on.
  const carol = joinTeam('carol')
  expect(carol.mlv('store', 'copy', '--to', `dir:${mirror}`).stderr).toContain('digest-mismatch')
  expect(existsSync(objectPath(mirror, NEW))).toBe(false)
  expect(said('store', 'mirror', 'remove', `dir:${mirror}`)).toMatchInlineSnapshot(`
    "$ mlv store mirror remove dir:/mnt/mirror
    changed the branch
    store  dir:/mnt/store
    next: 'mlv push', so that others use it too
    "
  `)
})

test('two who change the store at once: the first one stays, both are told, and nothing is lost', () => {
  const root = temporaryFolder()
  const [a, b, c] = ['a', 'b', 'c'].map((name) => join(root, name)) as [string, string, string]
  const { ada, join: joinTeam, git } = makeSharedWorld({ layout: 'split', init: ['--store', `dir:${a}`] })
  const bob = joinTeam('bob')
  record(ada, OLD)
  ada.mlv('push')
  bob.mlv('pull')
  for (const [who, place] of [
    [ada, b],
    [bob, c],
  ] as const) {
    expect(who.mlv('store', 'use', `dir:${place}`).exitCode).toBe(0)
  }
  commit(bob, NEW)
  expect(ada.mlv('push').exitCode).toBe(0)
  const pushed = bob.mlv('push')
  expect(pushed.exitCode).toBe(0)
  expect(pushed.stdout).toContain(`dir:${c}`)
  for (const branch of ['mlv', 'mlv-runs']) {
    expect(JSON.parse(git('show', `${branch}:mlv.json`))).toMatchObject({
      stores: [`dir:${b}`, `dir:${a}`, `dir:${c}`],
    })
  }
  ada.mlv('pull')
  expect(ada.mlv('checkout', 'churn@v3', '--force')).toMatchObject({ exitCode: 0, stderr: '' })
  expect(readFileSync(join(ada.folder, 'w.bin')).equals(NEW)).toBe(true)
})

test('what cannot be meant is refused, and the branch stays', () => {
  const { ada } = makeSharedWorld({ pushed: false })
  const before = ada.git('rev-parse', 'mlv')
  for (const [args, code] of [
    [['use'], 'usage-invalid'],
    [['use', 'ftp://x'], 'store-address-invalid'],
    [['use', 'dir:relative'], 'store-address-invalid'],
    [['mirror', 'add'], 'usage-invalid'],
    [['mirror', 'remove', 'dir:/nowhere'], 'usage-invalid'],
    [['copy'], 'usage-invalid'],
    [['copy', '--to', 'dir:/nowhere'], 'usage-invalid'],
    [['paint'], 'usage-invalid'],
    [['forget', 'x'], 'usage-invalid'],
  ] as const) {
    const { stderr } = ada.mlv('store', ...args)
    expect([args, stderr.includes(code)]).toEqual([args, true])
  }
  expect(ada.git('rev-parse', 'mlv')).toBe(before)
})

function objectPath(store: string, bytes: Uint8Array): string {
  const digest = sha256Of(bytes)
  return join(store, 'objects', digest.slice(0, 2), digest.slice(2, 4), digest)
}

function commit(member: Member, bytes: Uint8Array): void {
  writeFileSync(join(member.folder, 'w.bin'), bytes)
  expect(member.mlv('commit', '--metric', 'auc=1', '--model', 'churn=w.bin').exitCode).toBe(0)
}
