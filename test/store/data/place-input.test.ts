/**
 * Inputs put into another worktree: the same bytes, which nobody writes to by mistake, and nothing that was there lost.
 */
import { chmodSync, lstatSync, mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { nodeFiles } from '../../../src/store/files/node-files.ts'
import { LINK_FROM_BYTES, placeInput } from '../../../src/store/data/place-input.ts'
import { temporaryFolder } from '../../support/repository.ts'

const WRITE_BITS = 0o222

test('a folder comes with all its files, links followed, as copies that cannot be written', async () => {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'data', 'deep'), { recursive: true })
  writeFileSync(join(folder, 'data', 'deep', 'a.csv'), 'x\n')
  symlinkSync('deep/a.csv', join(folder, 'data', 'b.csv'))
  await placeInput(nodeFiles, join(folder, 'data'), join(folder, 'there', 'data'))
  for (const name of ['deep/a.csv', 'b.csv']) {
    const stat = lstatSync(join(folder, 'there', 'data', name))
    expect(stat.isFile() && (stat.mode & WRITE_BITS) === 0).toBe(true)
    expect(readFileSync(join(folder, 'there', 'data', name), 'utf8')).toBe('x\n')
  }
  expect(lstatSync(join(folder, 'data', 'deep', 'a.csv')).mode & WRITE_BITS).not.toBe(0)
})

test('a large file is there without its bytes being copied twice', async () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'large'), '')
  truncateSync(join(folder, 'large'), LINK_FROM_BYTES)
  await placeInput(nodeFiles, join(folder, 'large'), join(folder, 'there', 'large'))
  const placed = lstatSync(join(folder, 'there', 'large'))
  // A clone on a file system that can, else a link.
  expect(placed.isSymbolicLink() || placed.size === LINK_FROM_BYTES).toBe(true)
})

test('what is there stays, and what is not here is refused', async () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'ours'), 'ours')
  writeFileSync(join(folder, 'theirs'), 'theirs')
  chmodSync(join(folder, 'theirs'), 0o600)
  await placeInput(nodeFiles, join(folder, 'ours'), join(folder, 'theirs'))
  expect(readFileSync(join(folder, 'theirs'), 'utf8')).toBe('theirs')
  await expect(placeInput(nodeFiles, join(folder, 'none'), join(folder, 'x'))).rejects.toMatchObject({
    detail: { code: 'file-not-found' },
  })
})
