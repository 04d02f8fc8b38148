/**
 * Syncs on the way: as often as they should be, never where they need not, and never forgotten when they fail.
 */
import { expect, test } from 'vitest'
import type { OpenFile } from '../../../src/store/files/files.ts'
import { steadyWriter } from '../../../src/store/artifacts/steady-writer.ts'

const CHUNK = new Uint8Array(16 * 1024 * 1024)

/** A file that only counts; the n-th sync may fail. */
function countingFile(failingSync = 0) {
  const calls: string[] = []
  const file: Pick<OpenFile, 'write' | 'sync'> = {
    write: () => Promise.resolve(void calls.push('write')),
    sync: () => {
      calls.push('sync')
      const failed = calls.filter((call) => call === 'sync').length === failingSync
      return failed ? Promise.reject(new Error('EIO')) : Promise.resolve()
    },
  }
  return { file, syncs: () => calls.filter((call) => call === 'sync').length }
}

test('a durable file is synced every 64 MiB and at its end', async () => {
  const { file, syncs } = countingFile()
  const writer = steadyWriter(file, true)
  for (let chunk = 0; chunk < 9; chunk += 1) await writer.write(CHUNK)
  await writer.finish()
  expect(syncs()).toBe(3)
})

test('a file that need not be durable is never synced', async () => {
  const { file, syncs } = countingFile()
  const writer = steadyWriter(file, false)
  for (let chunk = 0; chunk < 9; chunk += 1) await writer.write(CHUNK)
  await writer.finish()
  expect(syncs()).toBe(0)
})

// The system reports lost bytes to one sync only; if the next one succeeds, the file is still not whole.
test('a sync that failed on the way fails the whole, though all later ones would succeed', async () => {
  const { file } = countingFile(1)
  const writer = steadyWriter(file, true)
  for (let chunk = 0; chunk < 9; chunk += 1) await writer.write(CHUNK)
  await writer.settle()
  await expect(writer.finish()).rejects.toThrow('EIO')
})
