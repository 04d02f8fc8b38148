/**
 * Files of a version without a clone: what is asked for comes, verified, and nothing else does.
 */
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sha256Of } from '../../src/base/digest.ts'
import { runGit, temporaryFolder } from '../support/repository.ts'
import { makeSharedWorld, memberOf } from '../support/shared-world.ts'

const [HEAD, BODY] = [Buffer.alloc(64, 1), Buffer.alloc(400_000, 2)]
const WEIGHTS = safetensors({
  'body.weight': { dtype: 'F32', shape: [1000, 100], data: BODY },
  'head.weight': { dtype: 'F32', shape: [4, 4], data: HEAD },
})
const DIGEST = sha256Of(WEIGHTS)

test('all files of a version, or one of them', () => {
  const { ken, bare } = published()
  expect(ken.say('get', `${bare}#churn@production`).replaceAll(bare, '<remote>')).toMatchInlineSnapshot(`
    "$ mlv get '<remote>#churn@production'
    churn@v2: 2 files, 400 kB, verified, in <clone>
    "
  `)
  expect(readFileSync(join(ken.folder, 'w.safetensors')).equals(WEIGHTS)).toBe(true)
  expect(ken.mlv('get', `file://${bare}#churn@v2`, '--file', 'config.json', '--to', 'one').exitCode).toBe(0)
  expect(readdirSync(join(ken.folder, 'one'))).toEqual(['config.json'])
  expect(JSON.parse(readFileSync(join(ken.folder, 'one/config.json'), 'utf8'))).toEqual({ layers: 2 })
  // A second time nothing is written, and nothing is left beside.
  expect(ken.mlv('get', `${bare}#churn@latest`).stdout).toContain('2 of them already there')
  expect(readdirSync(ken.folder).toSorted()).toEqual(['config.json', 'one', 'w.safetensors'])
})

test('the past, for a revision that counts back', () => {
  const { ken, bare, ada } = published()
  ada.mlv('promote', 'churn@v1', 'production')
  ada.mlv('push')
  expect(ken.mlv('get', `${bare}#churn@production~1`, '--to', 'before').stdout).toContain('churn@v2: 2 files')
})

test('one tensor is read by its range alone, and verified', () => {
  const { ken, bare } = published()
  const object = join(bare, 'lfs/objects', DIGEST.slice(0, 2), DIGEST.slice(2, 4), DIGEST)
  // Bytes that are not asked for may be what they like; a byte that is must be right.
  const flipped = Buffer.from(WEIGHTS)
  flipped[WEIGHTS.indexOf(BODY.subarray(0, 100)) + 5000] = 9
  chmodSync(object, 0o644)
  writeFileSync(object, flipped)
  const got = ken.mlv('get', `${bare}#churn@v2`, '--tensor', 'head.weight')
  expect(got).toMatchObject({ exitCode: 0, stderr: '' })
  const alone = safetensors({ 'head.weight': { dtype: 'F32', shape: [4, 4], data: HEAD } })
  expect(readFileSync(join(ken.folder, 'head.weight.safetensors')).equals(alone)).toBe(true)
  const refused = ken.mlv('get', `${bare}#churn@v2`, '--tensor', 'body.weight')
  expect(refused.exitCode).toBe(4)
  expect(refused.stderr).toContain('digest-mismatch')
  expect(ken.mlv('get', `${bare}#churn@v2`).exitCode).toBe(4)
  expect(readdirSync(ken.folder)).toEqual(['head.weight.safetensors'])
})

test('what is not there, and what is no address', () => {
  const { ken, bare } = published()
  const codes = [
    [`${bare}#churn@v9`, 'version-not-found', 3],
    [`${bare}#churn@v2 --file nothing.bin`, 'file-not-found', 3],
    [`${bare}#churn@v2 --tensor tail.weight`, 'file-not-found', 3],
    [bare, 'usage-invalid', 2],
    ['ext::sh#churn@v2', 'remote-url-invalid', 4],
    [`${bare}/none#churn@v2`, 'remote-unreachable', 6],
  ] as const
  for (const [line, code, exitCode] of codes) {
    const refused = ken.mlv('get', ...line.split(' '))
    expect([line, refused.exitCode]).toEqual([line, exitCode])
    expect(refused.stderr).toContain(code)
  }
  const gone = ken.mlv('get', `${bare}/none#churn@v2`).stderr
  expect(gone).toContain(`'${bare}/none' cannot be reached`)
  expect(gone).not.toContain('what is recorded waits')
  expect(ken.mlv('get', `${bare}#churn@v2`, '--file', 'nothing.bin').stderr).not.toContain('create nothing.bin')
  expect(readdirSync(ken.folder)).toEqual([])
})

test('a file with other content is not overwritten', () => {
  const { ken, bare } = published()
  writeFileSync(join(ken.folder, 'config.json'), '{"mine": true}')
  const refused = ken.mlv('get', `${bare}#churn@v2`)
  expect(refused.exitCode).toBe(5)
  expect(refused.stderr).toContain('destination-changed')
  expect(readdirSync(ken.folder)).toEqual(['config.json'])
  expect(ken.mlv('get', `${bare}#churn@v2`, '--force').exitCode).toBe(0)
})

/** A remote with `churn@v2` in production, and somebody in an empty folder. */
function published() {
  const shared = makeSharedWorld()
  const { ada, bare } = shared
  runGit(bare, ['config', 'uploadpack.allowFilter', 'true'])
  ada.write('model/w.safetensors', WEIGHTS)
  ada.write('model/config.json', '{"layers": 2}')
  ada.mlv('commit', '-m', 'second', '--metric', 'auc=0.95', '--model', 'churn=model')
  ada.mlv('promote', 'churn@v2', 'production')
  expect(ada.mlv('push').exitCode).toBe(0)
  const folder = join(temporaryFolder(), 'ken')
  mkdirSync(folder)
  return { ...shared, ken: memberOf(ada, folder) }
}

interface TensorContent {
  readonly dtype: string
  readonly shape: readonly number[]
  readonly data: Uint8Array
}

function safetensors(tensors: Readonly<Record<string, TensorContent>>): Buffer {
  let at = 0
  const header = Object.entries(tensors).map(([name, { dtype, shape, data }]) => {
    const begin = at
    at += data.length
    return [name, { dtype, shape, data_offsets: [begin, at] }] as const
  })
  const text = JSON.stringify(Object.fromEntries(header))
  const padded = Buffer.from(text.padEnd(Math.ceil(text.length / 8) * 8))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(padded.length))
  return Buffer.concat([length, padded, ...Object.values(tensors).map(({ data }) => data)])
}
