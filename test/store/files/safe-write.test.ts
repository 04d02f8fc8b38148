/**
 * Whole files or none, on the real disk and on one that fails at every step.
 */
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { asDiskFailure, errnoOf } from '../../../src/store/files/disk-failure.ts'
import { nodeFiles } from '../../../src/store/files/node-files.ts'
import { writeFileDurably } from '../../../src/store/files/safe-write.ts'
import { countingFiles, faultyFiles, FAULTS } from '../../support/faulty-files.ts'
import { temporaryFolder } from '../../support/repository.ts'

const NEW = Buffer.from('new content\n')

test('a file is made with its mode, replaced on request and never otherwise', async () => {
  const folder = temporaryFolder()
  const path = join(folder, 'file')
  await writeFileDurably(nodeFiles, path, NEW, { replace: false, permissions: 0o600 })
  expect([readFileSync(path, 'utf8'), statSync(path).mode & 0o777]).toEqual(['new content\n', 0o600])

  const again = writeFileDurably(nodeFiles, path, Buffer.from('x'), { replace: false })
  await expect(again).rejects.toMatchObject({ code: 'EEXIST' })
  await writeFileDurably(nodeFiles, path, Buffer.from('y'), { replace: true })
  expect([readFileSync(path, 'utf8'), readdirSync(folder)]).toEqual(['y', ['file']])
})

test('a symbolic link in the way is replaced, not followed', async () => {
  const folder = temporaryFolder()
  const target = join(folder, 'target')
  writeFileSync(target, 'untouched')
  symlinkSync(target, join(folder, 'link'))
  await writeFileDurably(nodeFiles, join(folder, 'link'), NEW, { replace: true })

  expect(readFileSync(target, 'utf8')).toBe('untouched')
})

test.each([true, false])('whatever call fails, the old content or the new is there (replace: %s)', async (replace) => {
  const write = async (files: typeof nodeFiles) => {
    const folder = temporaryFolder()
    const path = join(folder, 'file')
    if (replace) writeFileSync(path, 'old content\n')
    const outcome = await writeFileDurably(files, path, NEW, { replace }).then(
      () => 'written',
      () => 'refused',
    )
    const [content] = readdirSync(folder).includes('file') ? [readFileSync(path, 'utf8')] : ['absent']
    return { outcome, content }
  }
  const counting = countingFiles(nodeFiles)
  await write(counting)
  expect(counting.calls.length).toBeGreaterThan(4)
  for (let at = 1; at <= counting.calls.length; at += 1) {
    for (const fault of FAULTS) {
      const { outcome, content } = await write(faultyFiles(nodeFiles, { at, fault }))
      const old = replace ? 'old content\n' : 'absent'
      expect([old, 'new content\n'], `${fault} at call ${at}`).toContain(content)
      if (outcome === 'written') expect(content).toBe('new content\n')
    }
  }
})

test('what the system refuses is told by what it is about', () => {
  const codes = ['ENOSPC', 'EDQUOT', 'EIO', 'EROFS', 'EMFILE', 'ENFILE', 'EACCES', 'EPERM', 'ENOENT']
  const told = codes.map((code) => {
    return `${code} ${asDiskFailure(Object.assign(new Error(code), { code }), '/a', 'writing')?.code ?? '-'}`
  })
  expect(told).toEqual([
    'ENOSPC disk-full',
    'EDQUOT disk-full',
    'EIO disk-failed',
    'EROFS repository-read-only',
    'EMFILE too-many-open-files',
    'ENFILE too-many-open-files',
    'EACCES permission-denied',
    'EPERM permission-denied',
    'ENOENT -',
  ])
  expect(asDiskFailure('not an error', '/a', 'writing')).toBeUndefined()
})

test('absence is a value, order is by bytes, and a folder that is not empty stays', async () => {
  const folder = temporaryFolder()
  for (const name of ['b', 'a', '\u{1f600}', '\uff61', 'B']) mkdirSync(join(folder, name))
  writeFileSync(join(folder, 'a', 'file'), '')

  expect((await nodeFiles.readFolder(folder)).map(({ name }) => name)).toEqual(['B', 'a', 'b', '\uff61', '\u{1f600}'])
  expect(await nodeFiles.readFolder(join(folder, 'absent'))).toEqual([])
  expect(await nodeFiles.stat(join(folder, 'absent'))).toBeUndefined()
  expect(await nodeFiles.lstat(join(folder, 'a', 'file', 'below'))).toBeUndefined()
  await nodeFiles.remove(join(folder, 'absent'))
  await nodeFiles.removeFolder(join(folder, 'a'))
  await nodeFiles.removeFolder(join(folder, 'b'))
  expect(readdirSync(folder)).not.toContain('b')
  expect(readdirSync(folder)).toContain('a')
  await nodeFiles.syncFolder(folder)
})

test('a copy is a file of its own and replaces nothing', async () => {
  const folder = temporaryFolder()
  const [from, to] = [join(folder, 'from'), join(folder, 'to')]
  writeFileSync(from, 'content')
  await nodeFiles.copy(from, to)
  writeFileSync(from, 'changed')

  expect(readFileSync(to, 'utf8')).toBe('content')
  const again = nodeFiles.copy(from, to).catch((error: unknown) => errnoOf(error))
  expect(await again).toBe('EEXIST')
})
