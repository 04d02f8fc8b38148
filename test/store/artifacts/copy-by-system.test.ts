/**
 * A copy that is digested while it grows: whatever the reader meets on the way, the digest is of the whole.
 */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sha256Of } from '../../../src/base/digest.ts'
import { copyBySystem, growsInOrder } from '../../../src/store/artifacts/copy-by-system.ts'
import type { Files } from '../../../src/store/files/files.ts'
import { nodeFiles } from '../../../src/store/files/node-files.ts'
import { memoryFiles, systemError } from '../../support/memory-files.ts'
import { temporaryFolder } from '../../support/repository.ts'
import { writeReal } from './artifact-world.ts'

const CONTENT = Buffer.from(Array.from({ length: 1000 }, (_, index) => index % 251))
const COPY = { source: '/source', target: '/target', permissions: 0o444, durable: true }
const OPTIONS = { expectedBytes: 10 }

/** A disk on which a copy grows by a few bytes at each look at it, and may fail on the way. */
async function slowDisk(stepBytes: number, failAtBytes = Infinity): Promise<Files> {
  const files = memoryFiles()
  await write(files, '/source', CONTENT)
  let written = 0
  let grow: () => Promise<void> = () => Promise.resolve()
  const copy = async (_: string, to: string) => {
    await new Promise(setImmediate)
    const target = await files.open(to, 'create')
    await new Promise<void>((resolve, reject) => {
      grow = async () => {
        if (written >= failAtBytes) return reject(systemError('ENOSPC', to))
        await target.write(CONTENT.subarray(written, written + stepBytes))
        written += stepBytes
        if (written >= CONTENT.length) resolve()
      }
    }).finally(() => target.close())
  }
  const open: Files['open'] = async (path, mode, permissions) => {
    const file = await files.open(path, mode, permissions)
    const read = async (buffer: Uint8Array, position: number) => {
      const count = await file.read(buffer, position)
      if (path === '/target' && written < CONTENT.length) await grow()
      return count
    }
    return { ...file, read }
  }
  return { ...files, copy, open }
}

test.each([1, 7, 64, 999, 1000, 5000])('grown by %d bytes at a time, it is digested whole', async (stepBytes) => {
  const files = await slowDisk(stepBytes)
  expect(await copyBySystem(files, COPY, OPTIONS)).toEqual({ sha256: sha256Of(CONTENT), sizeBytes: CONTENT.length })
  expect(Buffer.from(await files.readFile('/target')).equals(CONTENT)).toBe(true)
})

test.each([0, 1, 500])('a disk that is full after %d bytes is told as what it is', async (failAtBytes) => {
  const files = await slowDisk(1, failAtBytes)
  await expect(copyBySystem(files, COPY, OPTIONS)).rejects.toMatchObject({ code: 'ENOSPC' })
})

test('a copy that fails before there is a file to read ends, and is told', async () => {
  const files = { ...memoryFiles(), copy: () => Promise.reject(systemError('EACCES', '/target')) }
  await expect(copyBySystem(files, COPY, OPTIONS)).rejects.toMatchObject({ code: 'EACCES' })
})

test('on the real disk a copy has its own permissions and the bytes of the source', async () => {
  const folder = temporaryFolder()
  const content = Buffer.alloc(20 * 1024 * 1024, 'mlv')
  writeReal(join(folder, 'source'), content)
  const copy = { ...COPY, source: join(folder, 'source'), target: join(folder, 'target') }
  expect(await copyBySystem(nodeFiles, copy, OPTIONS)).toEqual({ sha256: sha256Of(content), sizeBytes: content.length })
  expect(statSync(copy.target).mode & 0o777).toBe(0o444)
})

test('a folder that is not there, and what is no folder of a disk, are not trusted to grow in order', async () => {
  expect(await growsInOrder('/nonexistent/folder/file')).toBe(false)
  expect(await growsInOrder('/proc/self/file')).toBe(false)
})

async function write(files: Files, path: string, bytes: Uint8Array): Promise<void> {
  const file = await files.open(path, 'create')
  await file.write(bytes)
  await file.close()
}
