/**
 * A model of many small files: few objects that travel, files as they were wherever it is checked out, and a clone that
 * finds and mends damage in a pack as in any other object.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sha256Of } from '../../src/base/digest.ts'
import { GIT_VARIABLES, temporaryFolder } from '../support/repository.ts'
import { makeSharedWorld } from '../support/shared-world.ts'
import type { SharedWorld } from '../support/shared-world.ts'
import { makeWorld } from '../support/world.ts'
import type { World } from '../support/world.ts'

const hasLfs = spawnSync('git', ['lfs', 'version']).status === 0
if (!hasLfs) process.stdout.write('packs.test.ts: the test of stock git-lfs is skipped, it is not installed\n')

/** More than are left as they are. */
const COUNT = 300

test('a thousand small files are six objects, and come out of them in another clone as they went in', () => {
  const { ada, join: joinTeam, store } = shared()
  writeModel(ada, 'model', 1000)
  expect(ada.say('commit', '-m', 'many', '--model', 'churn=model').split('\n')[1]).toMatchInlineSnapshot(
    `"run <id1> of default: 1000 files (1.00 MB)"`,
  )
  expect(objectsIn(ada.folder)).toHaveLength(6)
  expect(ada.say('push').split('\n')[1]).toMatchInlineSnapshot(`"uploaded 6 artifacts, 1.54 MB"`)
  const bob = joinTeam('bob')
  expect(bob.say('checkout', 'churn@v2')).toMatchInlineSnapshot(`
    "$ mlv checkout churn@v2
    churn@v2: 1000 files, 1.00 MB, verified, in <clone>
    "
  `)
  expect(contentsOf(join(bob.folder, 'model'))).toEqual(contentsOf(join(ada.folder, 'model')))
  expect(bob.mlv('checkout', 'churn@v2').stdout).toContain('already there')

  // One file of them is another: what it does not share with the version before is one pack.
  ada.write('model/7/700.bin', Buffer.alloc(3000, 'retrained'))
  ada.mlv('commit', '-m', 'one changed', '--model', 'churn=model')
  expect(ada.mlv('push').stdout).toContain('uploaded 1 artifact')
  expect(objectsIn(store)).toHaveLength(7)
  expect(ada.mlv('diff', 'churn@v2', 'churn@v3').stdout).toContain('7/700.bin')
  expect(ada.mlv('gc', '--dry-run').stdout).toContain('would keep 7 objects')
  expect(ada.mlv('fsck')).toMatchObject({ exitCode: 0, stderr: '' })
})

test('one file is fetched by its range of the pack, and believed for its own digest', () => {
  const { ada, bare, store } = shared()
  ada.mlv('commit', '-m', 'many', '--model', 'churn=model')
  ada.mlv('push')
  // Whatever else is wrong with the packs, the file that was asked for is whole.
  const wanted = readFileSync(join(ada.folder, 'model/1/100.bin'))
  for (const path of objectsIn(store)) {
    const bytes = readFileSync(path)
    const at = bytes.indexOf(wanted)
    const kept = at === -1 ? Buffer.alloc(0) : bytes.subarray(at, at + wanted.length)
    const other = Buffer.alloc(bytes.length, 'x')
    kept.copy(other, Math.max(0, at))
    writeFileSync(unlocked(path), other)
  }
  const ken = join(temporaryFolder(), 'ken')
  mkdirSync(ken)
  const got = ada.mlv('-C', ken, 'get', `${bare}#churn@v2`, '--file', '1/100.bin')
  expect(got).toMatchObject({ exitCode: 0, stderr: '' })
  expect(readFileSync(join(ken, '1/100.bin')).equals(wanted)).toBe(true)
  const refused = ada.mlv('-C', ken, 'get', `${bare}#churn@v2`, '--file', '1/101.bin')
  expect(refused.exitCode).toBe(4)
  expect(refused.stderr).toContain('digest-mismatch')
  expect(ada.mlv('-C', ken, 'get', `${bare}#churn@v2`, '--to', 'all').exitCode).toBe(4)
  expect(existsSync(join(ken, 'all'))).toBe(false)
})

test('a flipped byte in a pack is found, and mended from the worktree while it has the files', () => {
  const { ada } = shared()
  ada.mlv('commit', '-m', 'many', '--model', 'churn=model')
  const pack = objectsIn(ada.folder).find((path) => readFileSync(path).includes('file 0 file 0')) ?? ''
  const whole = sha256Of(readFileSync(pack))
  flipByte(pack)
  expect(ada.say('fsck').replaceAll(ada.folder, '<folder>')).toMatchInlineSnapshot(`
    "$ mlv fsck
    repaired artifact <sha256 1>: it was damaged and is restored from <folder>
    checked 2 runs, 2 versions, 0 aliases, 1 object (462 kB): all sound
    "
  `)
  expect(sha256Of(readFileSync(pack))).toBe(whole)
  rmSync(pack)
  expect(ada.mlv('fsck').stdout).toContain('was missing and is restored from')
  expect(sha256Of(readFileSync(pack))).toBe(whole)

  // What the worktree has no more is taken from the damaged pack, as long as that file is whole there.
  flipByte(pack)
  ada.write('model/0/0.bin', 'overwritten')
  expect(ada.mlv('fsck').exitCode).toBe(0)
  expect(sha256Of(readFileSync(pack))).toBe(whole)
  rmSync(pack)
  const lost = ada.mlv('fsck')
  expect(lost.exitCode).toBe(4)
  expect(lost.stdout).toMatch(/pack [0-9a-f]{12} of [0-9]+ files: its bytes are missing/)
})

test('a damaged pack is replaced from where it is shared', () => {
  const { ada, join: joinTeam } = shared()
  ada.mlv('commit', '-m', 'many', '--model', 'churn=model')
  ada.mlv('push')
  const bob = joinTeam('bob')
  expect(bob.mlv('fsck').stdout).toContain('absent here: 1 object')
  bob.mlv('pull', '--artifacts')
  for (const path of objectsIn(bob.folder)) flipByte(path)
  expect(bob.mlv('checkout', 'churn@v2').stderr).toContain('object-damaged')
  expect(existsSync(join(bob.folder, 'model/0'))).toBe(false)
  expect(bob.mlv('fsck').stdout).toContain('restored from the store')
  expect(bob.mlv('fsck')).toMatchObject({ exitCode: 0, stderr: '' })
  expect(bob.mlv('checkout', 'churn@v2').exitCode).toBe(0)
})

test.skipIf(!hasLfs)('stock git, git-lfs and tar get a version by the lines of the documentation', () => {
  const { ada, bare } = makeSharedWorld()
  writeModel(ada)
  ada.write('model/readme.md', 'what it is\n')
  ada.mlv('commit', '-m', 'many', '--model', 'churn=model')
  ada.mlv('push')
  const text = readFileSync(join(import.meta.dirname, '../../docs/stores.md'), 'utf8')
  const blocks = ['GIT_LFS_SKIP_SMUDGE=1', 'cd models/churn/versions/2'].map(
    (start) => new RegExp(`^${start}[^]*?(?=\\n\`\`\`)`, 'm').exec(text)?.[0] ?? '',
  )
  const script = blocks.join('\n').replace('URL', bare)
  expect(script).toContain('tar -xf')
  const folder = temporaryFolder()
  execFileSync('sh', ['-euc', script], { cwd: folder, env: GIT_VARIABLES, stdio: 'pipe' })
  const files = join(folder, 'models/models/churn/versions/2/files')
  expect(contentsOf(files)).toEqual(contentsOf(join(ada.folder, 'model')))
})

test('a single small file that is the model stays a file of its own beside hundreds of others', () => {
  const world = makeWorld()
  world.mlv('init')
  writeModel(world, 'images')
  world.write('best.bin', Buffer.alloc(40_000, 'weights'))
  world.mlv('commit', '--model', 'best=best.bin', '--artifact', 'images')
  expect(world.json('show', 'best@v1')).toMatchObject({ files: [{ path: 'best.bin', storage: 'pointer' }] })
  rmSync(join(world.folder, 'best.bin'))
  expect(world.mlv('checkout', 'best@v1')).toMatchObject({ exitCode: 0, stderr: '' })
  expect(world.read('best.bin')).toBe(Buffer.alloc(40_000, 'weights').toString())
})

function shared(): SharedWorld & { readonly store: string } {
  const store = join(temporaryFolder(), 'store')
  const world = makeSharedWorld({ init: ['--store', `dir:${store}`] })
  writeModel(world.ada)
  return { ...world, store }
}

/** Files of a kilobyte, a hundred to a folder, all different, of a kind that never stands inline. */
function writeModel(world: World, folder = 'model', count = COUNT): void {
  rmSync(join(world.folder, folder), { recursive: true, force: true })
  for (let index = 0; index < count; index += 1) {
    world.write(`${folder}/${Math.floor(index / 100)}/${index}.bin`, Buffer.alloc(1000 + (index % 7), `file ${index} `))
  }
}

function objectsIn(folder: string): readonly string[] {
  const root = existsSync(join(folder, '.git')) ? join(folder, '.git/mlv/objects') : join(folder, 'objects')
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted()
}

function contentsOf(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => `${path.slice(folder.length)} ${sha256Of(readFileSync(path))}`)
    .toSorted()
}

function unlocked(path: string): string {
  chmodSync(path, 0o644)
  return path
}

function flipByte(path: string): void {
  const bytes = readFileSync(path)
  const at = bytes.length >> 1
  bytes[at] = (bytes[at] ?? 0) ^ 1
  writeFileSync(unlocked(path), bytes)
}
