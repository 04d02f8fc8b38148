/**
 * Checkout against hostile plans, hostile destinations and damaged stores (rows P1 to P11 of the threat list). Every
 * refusal is exact, and every refusal leaves the destination and what lies around it as it was.
 */
import { execFileSync } from 'node:child_process'
import { chmodSync, linkSync, lstatSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { sha256Of } from '../../../src/base/digest.ts'
import { placeFiles } from '../../../src/store/artifacts/checkout-files.ts'
import type { PlaceOptions, PlannedFile } from '../../../src/store/artifacts/checkout-plan.ts'
import {
  diskWorld,
  entropy,
  hostile,
  inline,
  listing,
  memoryWorld,
  refusal,
  stored,
  worlds,
  writeReal,
  untilClockMoves,
} from './artifact-world.ts'
import type { ArtifactWorld } from './artifact-world.ts'

type Place = (plan: readonly PlannedFile[], options?: Partial<PlaceOptions>) => Promise<unknown>

/** A worktree with a few files in it, and a way to check out into it. */
async function scene(): Promise<ArtifactWorld & { readonly place: Place; readonly root: string }> {
  const world = await diskWorld()
  writeReal(join(world.git, 'hooks/pre-commit'), 'mine')
  writeReal(join(world.work, 'kept.txt'), 'kept')
  const place: Place = (plan, options) =>
    placeFiles(world.store, world.files, plan, world.work, { force: false, entropy, ...options })
  return { ...world, place, root: join(world.work, '..') }
}

/** Runs a checkout that must be refused; checks that it changed nothing anywhere, and returns what it said. */
async function refused(root: string, checkout: () => Promise<unknown>): Promise<string> {
  const before = listing(root)
  const said = await refusal(checkout())
  expect(listing(root)).toEqual(before)
  return said
}

describe.each(worlds)('on $disk', ({ makeWorld }) => {
  test('files are placed, told apart from those that are there, and placed again without a write', async () => {
    const { store, files, work } = await makeWorld()
    const plan = [inline('models/config.json', '{}'), await stored(store, 'models/deep/er/w.bin', 'weights')]
    const options = { force: false, entropy }

    expect(await placeFiles(store, files, plan, work, options)).toEqual({
      written: ['models/config.json', 'models/deep/er/w.bin'],
      unchanged: [],
    })
    expect(Buffer.from(await files.readFile(join(work, 'models/deep/er/w.bin'))).toString()).toBe('weights')
    expect(await placeFiles(store, files, plan, work, options)).toEqual({
      written: [],
      unchanged: ['models/config.json', 'models/deep/er/w.bin'],
    })
    expect((await files.readFolder(work)).map(({ name }) => name)).toEqual(['.git', 'models'])
  })

  test('a destination that does not exist appears whole', async () => {
    const { store, files, work } = await makeWorld()
    const plan = [inline('a', 'A'), await stored(store, 'b/c', 'C')]
    await placeFiles(store, files, plan, join(work, 'new/folder'), { force: false, entropy })
    expect(Buffer.from(await files.readFile(join(work, 'new/folder/b/c'))).toString()).toBe('C')
    expect((await files.readFolder(join(work, 'new'))).map(({ name }) => name)).toEqual(['folder'])
  })
})

// What a clone fetched was never digested here: the first checkout does it, and the next need not.
test('a large object is digested by its first checkout, and by no later one', async () => {
  const { store, files, work, git, reopen } = await diskWorld()
  const content = 'w'.repeat(9 * 1024 * 1024)
  const plan = [await stored(store, 'w.bin', content)]
  await files.remove(join(git, 'mlv/stat-cache'))
  await untilClockMoves(files, store.path(sha256Of(content)))
  for (const [folder, isKnown] of [
    ['first', false],
    ['second', true],
  ] as const) {
    expect(await reopen().knows(sha256Of(content), content.length)).toBe(isKnown)
    await placeFiles(reopen(), files, plan, join(work, folder), { force: false, entropy })
    expect(readFileSync(join(work, folder, 'w.bin'), 'utf8') === content).toBe(true)
  }
})

test('progress ends at the total', async () => {
  const { store, place } = await scene()
  let last = {}
  await place([inline('a', 'AAA'), await stored(store, 'b', 'B')], {
    onProgress: (progress) => (last = { ...progress }),
  })
  expect(last).toEqual({ files: 2, bytes: 4, totalBytes: 4 })
})

test.each([
  ['P1', '../x', "path-escape: '../x' leaves the model folder"],
  ['P2', '/etc/x', "path-absolute: '/etc/x' is not a relative path"],
  ['P3', '.git/hooks/pre-commit', "path-git-control: '.git/hooks/pre-commit' is a git control path"],
  ['P3', 'sub/.GIT/config', "path-git-control: 'sub/.GIT/config' is a git control path"],
  ['P4', 'NUL.txt', "path-not-portable: 'NUL.txt' cannot exist on Windows"],
  ['P5', 'w\u202egpj.bin', String.raw`path-hidden-character: 'w\u202egpj.bin' has a hidden character at 2`],
])('%s: the path %j is refused', async (_, path, said) => {
  const { place, root } = await scene()
  const plan = [inline('fine', 'x'), { ...inline('x', 'x'), path: hostile(path) }]
  expect(await refused(root, () => place(plan))).toBe(said)
})

test.each([
  ['P6', ['Model.bin', 'model.bin'], "path-collision: 'Model.bin' and 'model.bin' collide on macOS and Windows"],
  ['P6', ['a', 'a/b'], "path-collision: 'a' and 'a/b' collide on macOS and Windows"],
  ['P7', ['a', 'a'], "path-collision: 'a' and 'a' collide on macOS and Windows"],
])('%s: the paths %j are refused together', async (_, paths, said) => {
  const { place, root } = await scene()
  expect(await refused(root, () => place(paths.map((path) => inline(path, path))))).toBe(said)
})

test('P8: an object that was replaced by a link to a secret is refused', async () => {
  const { store, place, root, files } = await scene()
  const plan = [await stored(store, 'w.bin', 'weights')]
  writeReal(join(root, 'secret'), 'weights')
  await files.remove(store.path(sha256Of('weights')))
  symlinkSync(join(root, 'secret'), store.path(sha256Of('weights')))
  expect(await refused(root, () => place(plan))).toBe(
    `object-damaged: artifact '${sha256Of('weights')}' is damaged: it is a symbolic link`,
  )
})

test('P8: placed files have the usual permissions, whatever bits the object has', async () => {
  const { store, place, work } = await scene()
  const plan = [await stored(store, 'w.bin', 'weights'), inline('t', 't')]
  chmodSync(store.path(sha256Of('weights')), 0o6755)
  // What the umask leaves of any new file.
  const usual = statSync(join(work, 'kept.txt')).mode & 0o666
  await place(plan)
  for (const path of ['w.bin', 't']) expect(statSync(join(work, path)).mode & 0o7777).toBe(usual)
})

test('P9: a tracked link to the hooks of git catches no file', async () => {
  const { place, root, work } = await scene()
  symlinkSync('.git/hooks', join(work, 'hookdir'))
  const plan = [inline('a.txt', 'a'), inline('hookdir/pre-commit', 'evil')]
  const said = "destination-symlink: 'hookdir' in the destination is a symbolic link to '.git/hooks'"
  expect(await refused(root, () => place(plan))).toBe(said)
  expect(await refused(root, () => place(plan, { force: true }))).toBe(said)
})

test('P9: neither does a link deeper down, one that leads nowhere, or the destination itself', async () => {
  const { place, root, work, store, files } = await scene()
  mkdirSync(join(work, 'a/b'), { recursive: true })
  symlinkSync('/nonexistent/place', join(work, 'a/b/c'))
  expect(await refused(root, () => place([inline('a/b/c/d/file', 'x')]))).toBe(
    "destination-symlink: 'a/b/c' in the destination is a symbolic link to '/nonexistent/place'",
  )
  const options = { force: true, entropy }
  const link = join(work, 'a/b/c')
  expect(await refused(root, () => placeFiles(store, files, [inline('f', 'x')], link, options))).toBe(
    `destination-symlink: '${link}' in the destination is a symbolic link to '/nonexistent/place'`,
  )
})

test.each(['.git', '.git/hooks', '.git/new', 'linked/hooks'])('P9: no checkout goes to %s', async (below) => {
  const { root, work, store, files } = await scene()
  symlinkSync('.git', join(work, 'linked'))
  const destination = join(work, below)
  const checkout = () => placeFiles(store, files, [inline('pre-push', 'x')], destination, { force: true, entropy })
  expect(await refused(root, checkout)).toBe(`path-git-control: '${destination}' is a git control path`)
})

test('P10: a link where a file goes is refused, and with force is replaced itself', async () => {
  const { place, root, work } = await scene()
  writeReal(join(root, 'authorized_keys'), 'keys')
  symlinkSync(join(root, 'authorized_keys'), join(work, 'w.bin'))
  expect(await refused(root, () => place([inline('w.bin', 'new')]))).toBe(
    `destination-symlink: 'w.bin' in the destination is a symbolic link to '${join(root, 'authorized_keys')}'`,
  )
  await place([inline('w.bin', 'new')], { force: true })
  expect(lstatSync(join(work, 'w.bin')).isFile()).toBe(true)
  expect(readFileSync(join(root, 'authorized_keys'), 'utf8')).toBe('keys')
})

test('P10: what a hard link leads to keeps its bytes', async () => {
  const { place, root, work } = await scene()
  writeReal(join(root, 'authorized_keys'), 'keys')
  linkSync(join(root, 'authorized_keys'), join(work, 'w.bin'))
  await place([inline('w.bin', 'new')], { force: true })
  expect(readFileSync(join(work, 'w.bin'), 'utf8')).toBe('new')
  expect(readFileSync(join(root, 'authorized_keys'), 'utf8')).toBe('keys')
})

test.each([
  ['a folder', (path: string) => void mkdirSync(join(path, 'inside'), { recursive: true })],
  ['a special file', (path: string) => void execFileSync('mkfifo', [path])],
])('P10: %s where a file goes is refused, also with force', async (name, make) => {
  const { place, root, work } = await scene()
  make(join(work, 'w.bin'))
  const said = `destination-occupied: 'w.bin' in the destination is ${name}`
  expect(await refused(root, () => place([inline('a', 'a'), inline('w.bin', 'new')]))).toBe(said)
  expect(await refused(root, () => place([inline('w.bin', 'new')], { force: true }))).toBe(said)
})

test('P10: a file where a folder goes is refused', async () => {
  const { place, root } = await scene()
  expect(await refused(root, () => place([inline('kept.txt/w.bin', 'new')], { force: true }))).toBe(
    "destination-occupied: 'kept.txt' in the destination is a file",
  )
})

test('P11: a plan of a million files is refused before a file is looked at', async () => {
  const { place, root } = await scene()
  const one = inline('x', 'x')
  const plan = Array.from({ length: 1_000_000 }, (_, index) => ({ ...one, path: hostile(`f${index}`) }))
  expect(await refused(root, () => place(plan))).toBe('limit-exceeded: the number of files is 1000000, limit 100000')
})

test.each([
  ['name of 4,096 bytes', `a${'b'.repeat(4095)}`, 'the length of name', 'limit 255'],
  ['depth of 500', Array(500).fill('d').join('/'), 'the depth of path', 'limit 64'],
])('P11: a %s is refused', async (_, path, what, limit) => {
  const { place, root } = await scene()
  const said = await refused(root, () => place([{ ...inline('x', 'x'), path: hostile(path) }]))
  expect(said).toContain(`limit-exceeded: ${what}`)
  expect(said).toContain(limit)
})

test('P11: declared sizes are not believed, be it 10 TB or one byte too few', async () => {
  const { store, place, root } = await scene()
  const fromStore = await stored(store, 'w.bin', 'weights')
  const tenTerabytes = 10_000_000_000_000
  expect(await refused(root, () => place([{ ...fromStore, sizeBytes: tenTerabytes }]))).toBe(
    `size-mismatch: 'w.bin' has 7 bytes, recorded were ${tenTerabytes}`,
  )
  expect(await refused(root, () => place([{ ...inline('t', 'text'), sizeBytes: 3 }]))).toBe(
    "size-mismatch: 't' has 4 bytes, recorded were 3",
  )
})

test('bytes on the branch that are not the recorded ones are refused', async () => {
  const { place, root } = await scene()
  const plan = [inline('a', 'a'), { ...inline('t', 'text'), sha256: sha256Of('test') }]
  expect(await refused(root, () => place(plan))).toBe(
    `digest-mismatch: 't' has digest ${sha256Of('text')}, recorded was ${sha256Of('test')}`,
  )
})

test.each([
  ['a flipped bit', (bytes: Buffer) => Buffer.from(bytes.map((byte, at) => (at === 3 ? byte ^ 1 : byte)))],
  ['a lost end', (bytes: Buffer) => bytes.subarray(0, -1)],
  ['an added byte', (bytes: Buffer) => Buffer.concat([bytes, Buffer.from('x')])],
  ['another object', (bytes: Buffer) => Buffer.alloc(bytes.length, 9)],
])('%s in the store is found before a file is placed, and the object named', async (_, damage) => {
  const { store, place, root, work } = await scene()
  writeReal(join(work, 'a'), 'old a')
  const content = 'w'.repeat(100_000)
  const plan = [inline('a', 'new a'), await stored(store, 'w.bin', content)]
  const object = store.path(sha256Of(content))
  chmodSync(object, 0o644)
  writeFileSync(object, damage(Buffer.from(content)))
  expect(await refused(root, () => place(plan, { force: true }))).toContain(
    `object-damaged: artifact '${sha256Of(content)}' is damaged: `,
  )
})

test('an object that is not here is refused before anything is written', async () => {
  const { store, place, root, files } = await scene()
  const plan = [inline('a', 'a'), await stored(store, 'w.bin', 'weights')]
  await files.remove(store.path(sha256Of('weights')))
  expect(await refused(root, () => place(plan))).toBe(
    `object-missing: artifact '${sha256Of('weights')}' is not on this machine`,
  )
})

test('local changes are refused together, unless they are recorded somewhere or force is used', async () => {
  const { store, place, root, work } = await scene()
  for (const path of ['one', 'two', 'in-store', 'on-branch']) writeReal(join(work, path), `local ${path}`)
  await store.addBytes(Buffer.from('local in-store'))
  const known = new Set([sha256Of('local on-branch')])
  const plan = ['one', 'two', 'in-store', 'on-branch'].map((path) => inline(path, 'new'))
  expect(await refused(root, () => place(plan, { known }))).toBe(
    'destination-changed: 2 files in the destination would lose local changes',
  )
  expect(await place(plan.slice(2), { known })).toEqual({ written: ['in-store', 'on-branch'], unchanged: [] })
  expect(await place(plan, { force: true })).toEqual({ written: ['one', 'two'], unchanged: ['in-store', 'on-branch'] })
})

test('a change whose only copy in the store is damaged is not lost', async () => {
  const { store, place, root, work } = await scene()
  writeReal(join(work, 'w.bin'), 'local')
  await store.addBytes(Buffer.from('local'))
  chmodSync(store.path(sha256Of('local')), 0o644)
  writeFileSync(store.path(sha256Of('local')), 'lOcal')
  expect(await refused(root, () => place([inline('w.bin', 'new')]))).toContain('destination-changed')
})

test('folders that are other disks get their files by a copy and a rename there', async () => {
  const { store, files, work } = await memoryWorld()
  await files.makeFolder(join(work, 'mounted'))
  const others = {
    ...files,
    rename: (from: string, to: string) =>
      to.includes('/mounted/') && !from.includes('/mounted/')
        ? Promise.reject(Object.assign(new Error('EXDEV'), { code: 'EXDEV' }))
        : files.rename(from, to),
  }
  await placeFiles(store, others, [inline('mounted/a', 'A')], work, { force: false, entropy })
  expect(Buffer.from(await files.readFile(join(work, 'mounted/a'))).toString()).toBe('A')
  expect((await files.readFolder(join(work, 'mounted'))).map(({ name }) => name)).toEqual(['a'])
})

test('a file that appears while others are staged is not overwritten', async () => {
  const { store, files, work } = await memoryWorld()
  const plan: PlannedFile[] = [
    inline('a', 'A'),
    {
      ...inline('b', 'B'),
      source: {
        kind: 'inline',
        read: async () => {
          const file = await files.open(join(work, 'a'), 'create')
          await file.write(Buffer.from('typed just now'))
          await file.close()
          return Buffer.from('B')
        },
      },
    },
  ]
  expect(await refusal(placeFiles(store, files, plan, work, { force: true, entropy }))).toBe(
    'destination-changed: 1 file in the destination would lose local changes',
  )
  expect(Buffer.from(await files.readFile(join(work, 'a'))).toString()).toBe('typed just now')
  expect(await files.lstat(join(work, 'b'))).toBeUndefined()
})
