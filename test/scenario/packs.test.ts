/**
 * A model of many small files: few objects that travel, and files as they were wherever it is checked out.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { contentsOf, objectsIn, packedWorld, unlocked, writeModel } from '../support/packed-world.ts'
import { GIT_VARIABLES, temporaryFolder } from '../support/repository.ts'
import { makeSharedWorld } from '../support/shared-world.ts'
import { makeReadyWorld } from '../support/world.ts'

const hasLfs = spawnSync('git', ['lfs', 'version']).status === 0
if (!hasLfs) process.stdout.write('packs.test.ts: the test of stock git-lfs is skipped, it is not installed\n')

test('a thousand small files are six objects, and come out of them in another clone as they went in', () => {
  const { ada, join: joinTeam, store } = packedWorld()
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
  const { ada, bare, store } = packedWorld()
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
  const world = makeReadyWorld()
  writeModel(world, 'images')
  world.write('best.bin', Buffer.alloc(40_000, 'weights'))
  world.mlv('commit', '--model', 'best=best.bin', '--artifact', 'images')
  expect(world.json('show', 'best@v1')).toMatchObject({ files: [{ path: 'best.bin', storage: 'pointer' }] })
  rmSync(join(world.folder, 'best.bin'))
  expect(world.mlv('checkout', 'best@v1')).toMatchObject({ exitCode: 0, stderr: '' })
  expect(world.read('best.bin')).toBe(Buffer.alloc(40_000, 'weights').toString())
})
