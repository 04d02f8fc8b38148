/**
 * Large files between clones: they go before the records that name them, come when they are asked for, and stock
 * git-lfs reads what mlv wrote and writes what mlv reads.
 */
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { sha256Of } from '../../src/base/digest.ts'
import { GIT_VARIABLES, temporaryFolder } from '../support/repository.ts'
import { makeSharedWorld } from '../support/shared-world.ts'
import { makeWorld, scrub } from '../support/world.ts'

const hasLfs = spawnSync('git', ['lfs', 'version']).status === 0
if (!hasLfs) process.stdout.write('artifacts.test.ts: the tests of stock git-lfs are skipped, it is not installed\n')

const WEIGHTS = Buffer.alloc(300_000, 'weights of v2;')
const DIGEST = sha256Of(WEIGHTS)
const OBJECT = join(DIGEST.slice(0, 2), DIGEST.slice(2, 4), DIGEST)

test('a push uploads first, a checkout elsewhere fetches what it needs', () => {
  const { ada, bare, join: joinTeam } = withWeights()
  expect(ada.say('push')).toMatchInlineSnapshot(`
    "$ mlv push
    uploaded 1 artifact, 300 kB
    sent the code of runs to origin: 1 commit
    pushed 1 operation (mlv) to origin
    "
  `)
  expect(readFileSync(join(bare, 'lfs/objects', OBJECT)).equals(WEIGHTS)).toBe(true)
  const bob = joinTeam('bob')
  expect(bob.say('fsck')).toMatchInlineSnapshot(`
    "$ mlv fsck
    absent here: 1 object (300 kB); 'mlv fsck --full' fetches them
    checked 2 runs, 2 versions, 0 aliases, 0 objects (0 B): all sound
    "
  `)
  expect(bob.say('checkout', 'churn@v2')).toMatchInlineSnapshot(`
    "$ mlv checkout churn@v2
    churn@v2: 2 files, 300 kB, verified, in <clone>
    "
  `)
  expect(readFileSync(join(bob.folder, 'model/w.bin')).equals(WEIGHTS)).toBe(true)
  expect(bob.say('fsck')).toMatchInlineSnapshot(`
    "$ mlv fsck
    checked 2 runs, 2 versions, 0 aliases, 1 object (300 kB): all sound
    "
  `)
})

test('pull --artifacts and fsck --full bring everything; what no store has is damage', () => {
  const { ada, bare, join: joinTeam } = withWeights()
  ada.mlv('push')
  const [bob, eve, kim] = [joinTeam('bob'), joinTeam('eve'), joinTeam('kim')]
  expect(bob.say('pull', '--artifacts')).toMatchInlineSnapshot(`
    "$ mlv pull --artifacts
    origin has nothing new
    brought 1 artifact, 300 kB
    "
  `)
  expect(eve.say('fsck', '--full')).toMatchInlineSnapshot(`
    "$ mlv fsck --full
    checked 2 runs, 2 versions, 0 aliases, 1 object (300 kB): all sound
    "
  `)
  expect(existsSync(join(eve.folder, '.git/mlv/objects', OBJECT))).toBe(true)
  rmSync(join(bare, 'lfs'), { recursive: true })
  const lost = kim.mlv('fsck', '--full')
  expect(lost.exitCode).toBe(4)
  expect(lost.stdout).toContain('are missing in the artifact store of this clone, and no store has them')
})

test('a damaged object is replaced from where it is shared', () => {
  const { ada, join: joinTeam } = withWeights()
  ada.mlv('push')
  const bob = joinTeam('bob')
  bob.mlv('pull', '--artifacts')
  const path = join(bob.folder, '.git/mlv/objects', OBJECT)
  chmodSync(path, 0o644)
  writeFileSync(path, Buffer.alloc(WEIGHTS.length, 'other bytes'))
  expect(scrub(bob.mlv('fsck').stdout, bob.folder)).toMatchInlineSnapshot(`
    "repaired artifact <sha256 1>: it was damaged and is restored from the store
    checked 2 runs, 2 versions, 0 aliases, 1 object (300 kB): all sound
    "
  `)
  expect(readFileSync(path).equals(WEIGHTS)).toBe(true)
})

test('records whose artifact is lost are not pushed by mistake', () => {
  const { ada, git } = withWeights()
  const before = git('for-each-ref')
  rmSync(join(ada.folder, '.git/mlv/objects', OBJECT))
  rmSync(join(ada.folder, '.git/lfs/objects', OBJECT))
  const refused = ada.mlv('push')
  expect(refused.exitCode).toBe(4)
  expect(refused.stderr).toContain('object-missing')
  expect(refused.stderr).toContain('mlv push --incomplete')
  expect(git('for-each-ref')).toBe(before)
  expect(ada.mlv('push', '--incomplete').exitCode).toBe(0)
})

test('a server that a file of the repository names is used after it was trusted, for that host alone', () => {
  const { ada } = withWeights()
  ada.write('.lfsconfig', '[lfs]\n\turl = http://127.0.0.1:9/objects\n')
  const refused = ada.mlv('push')
  expect(refused.exitCode).toBe(4)
  expect(refused.stderr).toContain('lfs-host-untrusted')
  expect(ada.say('remote', 'trust')).toMatchInlineSnapshot(`
    "$ mlv remote trust
    trusted http://127.0.0.1:9, which .lfsconfig names
    "
  `)
  expect(ada.say('remote', 'trust', 'origin')).toMatchInlineSnapshot(`
    "$ mlv remote trust origin
    trusted already: http://127.0.0.1:9, which .lfsconfig names
    "
  `)
  ada.write('.lfsconfig', '[lfs]\n\turl = http://127.0.0.1:10/objects\n')
  expect(ada.mlv('push').stderr).toContain('lfs-host-untrusted')
})

test.skipIf(!hasLfs)('stock git and git-lfs, with no mlv, get the bytes', () => {
  const { ada, bare } = withWeights()
  ada.mlv('push')
  const clone = join(temporaryFolder(), 'stock')
  stockGit('/', 'clone', '--quiet', '--branch', 'mlv', '--single-branch', `file://${bare}`, clone)
  stockGit(clone, 'lfs', 'install', '--local')
  stockGit(clone, 'lfs', 'pull', '--include', 'models/churn/versions/2/**')
  expect(readFileSync(join(clone, 'models/churn/versions/2/files/w.bin')).equals(WEIGHTS)).toBe(true)
})

test.skipIf(!hasLfs)('mlv reads what stock git-lfs pushed', () => {
  const { ada, bare, join: joinTeam } = withWeights()
  expect(existsSync(join(bare, 'lfs'))).toBe(false)
  stockGit(ada.folder, 'push', '--quiet', '--no-verify', `file://${bare}`, 'mlv')
  stockGit(ada.folder, 'lfs', 'push', `file://${bare}`, 'mlv')
  expect(readFileSync(join(bare, 'lfs/objects', OBJECT)).equals(WEIGHTS)).toBe(true)
  const bob = joinTeam('bob')
  expect(bob.mlv('checkout', 'churn@v2').exitCode).toBe(0)
  expect(readFileSync(join(bob.folder, 'model/w.bin')).equals(WEIGHTS)).toBe(true)
})

test('a folder that all reach keeps artifacts without Git LFS', () => {
  const store = join(temporaryFolder(), 'team/models')
  const { ada, bare, git, join: joinTeam } = withWeights({ init: ['--store', `dir:${store}`] })
  expect(ada.mlv('push').stdout).toContain('uploaded 1 artifact, 300 kB')
  expect(JSON.parse(git('show', 'mlv:mlv.json'))).toMatchObject({ store: 'dir', stores: [`dir:${store}`] })
  expect(git('show', 'mlv:models/churn/versions/2/files/w.bin')).toBe(`mlv-pointer 1\nsha256 ${DIGEST}\nsize 300000`)
  expect(existsSync(join(bare, 'lfs'))).toBe(false)
  const bob = joinTeam('bob')
  expect(bob.mlv('checkout', 'churn@v2').exitCode).toBe(0)
  expect(readFileSync(join(bob.folder, 'model/w.bin')).equals(WEIGHTS)).toBe(true)

  // Where the disk is not mounted nothing is written beside it.
  rmSync(store, { recursive: true })
  mkdirSync(store)
  const refused = joinTeam('eve').mlv('checkout', 'churn@v2')
  expect(refused.exitCode).toBe(6)
  expect(refused.stderr).toContain('store-not-found')
})

test('a flipped byte in the store is caught, and a mirror gives the right one', () => {
  const [store, mirror] = [join(temporaryFolder(), 'store'), join(temporaryFolder(), 'mirror')]
  const { ada, join: joinTeam } = withWeights({ init: ['--store', `dir:${store}`, '--mirror', `dir:${mirror}`] })
  expect(ada.mlv('push').exitCode).toBe(0)
  const object = join('objects', OBJECT)
  const flipped = Buffer.from(WEIGHTS)
  flipped[1000] = 0
  chmodSync(join(store, object), 0o644)
  writeFileSync(join(store, object), flipped)
  const [bob, eve] = [joinTeam('bob'), joinTeam('eve')]
  const refused = bob.mlv('checkout', 'churn@v2')
  expect(refused.exitCode).toBe(4)
  expect(refused.stderr).toContain('digest-mismatch')
  expect(existsSync(join(bob.folder, 'model/w.bin'))).toBe(false)
  mkdirSync(dirname(join(mirror, object)), { recursive: true })
  writeFileSync(join(mirror, object), WEIGHTS)
  expect(eve.mlv('checkout', 'churn@v2').exitCode).toBe(0)
  expect(readFileSync(join(eve.folder, 'model/w.bin')).equals(WEIGHTS)).toBe(true)
})

test.each([
  's3://Bad_Bucket',
  's3://key:secret-c4n4ry@bucket',
  's3://bucket?token=c4n4ry',
  'dir:models',
  'gs://bucket',
])('an address that is none, or holds a secret, is refused: %s', (address) => {
  const { exitCode, stderr, stdout } = makeWorld().mlv('init', '--store', address)
  expect([exitCode, stdout]).toEqual([2, ''])
  expect(stderr).toContain('store-address-invalid')
  expect(stderr).not.toContain('c4n4ry')
})

/** A team whose first user has `churn@v2` with a large file, not pushed yet. */
function withWeights(options: Parameters<typeof makeSharedWorld>[0] = {}) {
  const shared = makeSharedWorld(options)
  shared.ada.write('model/w.bin', WEIGHTS)
  // Equal code recorded within a second is one snapshot, and would not be sent again.
  shared.ada.write('train.py', '# with weights\n')
  expect(shared.ada.mlv('commit', '-m', 'second', '--metric', 'auc=0.95', '--model', 'churn=model').exitCode).toBe(0)
  return shared
}

function stockGit(folder: string, ...args: readonly string[]): void {
  const env = { ...GIT_VARIABLES, GIT_LFS_SKIP_SMUDGE: '1' }
  const { status, stderr } = spawnSync('git', args, { cwd: folder, env, encoding: 'utf8' })
  if (status !== 0) throw new Error(`git ${args.join(' ')} failed: ${stderr}`)
}
