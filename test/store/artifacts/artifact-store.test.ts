/**
 * The artifact store: what goes in comes out, and what was damaged is seen before it is used.
 */
import {
  chmodSync,
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sha256Of } from '../../../src/base/digest.ts'
import { hashWhileCopying } from '../../../src/store/artifacts/hash-while-copying.ts'
import type { Files } from '../../../src/store/files/files.ts'
import { nodeFiles } from '../../../src/store/files/node-files.ts'
import { memoryFiles } from '../../support/memory-files.ts'
import { diskWorld, listing, refusal, untilClockMoves, worlds } from './artifact-world.ts'

const MIB = 1024 * 1024

describe.each(worlds)('on $disk', ({ makeWorld }) => {
  test('files and bytes are kept under their digest, and added twice they are one object', async () => {
    const { store, write, files } = await makeWorld()
    const big = new Uint8Array(5 * MIB + 17).map((_, index) => index * 31)
    const paths = [await write('a.bin', 'alpha'), await write('big.bin', big), await write('copy.bin', 'alpha')]

    const added = await store.addFiles(paths)

    expect(added).toEqual([
      { sha256: sha256Of('alpha'), sizeBytes: 5 },
      { sha256: sha256Of(big), sizeBytes: big.length },
      { sha256: sha256Of('alpha'), sizeBytes: 5 },
    ])
    expect(await store.addBytes(Buffer.from('alpha'))).toEqual(added[0])
    expect(Buffer.from(await files.readFile(store.path(sha256Of(big)))).equals(big)).toBe(true)
    expect(await store.totals()).toEqual({ count: 2, sizeBytes: 5 + big.length })
    expect(await store.verify(sha256Of('alpha'), 5)).toBe('ok')
    expect(await store.verify(sha256Of('beta'), 4)).toBe('missing')
    expect(await store.has(sha256Of('beta'))).toBe(false)
  })

  test('an empty addition and an empty file are fine', async () => {
    const { store, write } = await makeWorld()
    expect(await store.addFiles([])).toEqual([])
    expect(await store.addFile(await write('empty', ''))).toEqual({ sha256: sha256Of(''), sizeBytes: 0 })
    expect(await store.verify(sha256Of(''), 0)).toBe('ok')
  })

  test('nothing temporary is left behind', async () => {
    const { store, write, files, git } = await makeWorld()
    await store.addFiles([await write('a', 'a'), await write('b', new Uint8Array(9 * MIB))])
    expect(await files.readFolder(join(git, 'mlv/tmp'))).toEqual([])
  })

  test('progress counts files and bytes up to the total', async () => {
    const { store, write } = await makeWorld()
    const seen: string[] = []
    const paths = [await write('a', '12345'), await write('b', new Uint8Array(9 * MIB))]
    await store.addFiles(paths, ({ files, bytes, totalBytes }) => seen.push(`${files} ${bytes}/${totalBytes}`))
    expect(seen).toEqual([`1 5/${9 * MIB + 5}`, `2 ${9 * MIB + 5}/${9 * MIB + 5}`])
  })

  test('absent files and folders are refused by name', async () => {
    const { store, write, work } = await makeWorld()
    await write('folder/file', 'x')
    expect(await refusal(store.addFile(join(work, 'absent')))).toBe(
      `file-not-found: artifact '${join(work, 'absent')}' does not exist`,
    )
    expect(await refusal(store.addFile(join(work, 'folder')))).toContain('path-not-a-file')
  })

  test.each([
    ['a flipped bit', (bytes: Buffer) => Buffer.from(bytes.map((byte, index) => (index === 3 ? byte ^ 1 : byte)))],
    ['a lost end', (bytes: Buffer) => bytes.subarray(0, -1)],
    ['other content', (bytes: Buffer) => Buffer.alloc(bytes.length, 7)],
    ['nothing', () => Buffer.alloc(0)],
  ])('%s in an object is seen, and adding the content again mends it', async (_, damage) => {
    const { store, write, files, reopen, git } = await makeWorld()
    for (const size of [100, 10 * MIB]) {
      const content = Buffer.alloc(size, 42)
      const path = await write('weights.bin', content)
      const { sha256 } = await store.addFile(path)
      const object = store.path(sha256)
      await files.remove(object)
      const file = await files.open(object, 'create', 0o444)
      await file.write(damage(content))
      await file.close()

      expect(await reopen().verify(sha256, size)).toBe('damaged')
      await reopen().addFile(path)
      expect(await reopen().verify(sha256, size, { rehash: true })).toBe('ok')
      const lfs = join(git, 'lfs/objects', sha256.slice(0, 2), sha256.slice(2, 4), sha256)
      expect(Buffer.from(await files.readFile(lfs)).equals(content)).toBe(true)
    }
  })
})

test('an object is read-only, and one file with the object of git-lfs', async () => {
  const { store, write, git } = await diskWorld('lfs')
  const { sha256 } = await store.addFile(await write('m.bin', 'bytes'))
  const lfs = join(git, 'lfs/objects', sha256.slice(0, 2), sha256.slice(2, 4), sha256)
  expect(statSync(store.path(sha256)).mode & 0o777).toBe(0o444)
  expect(statSync(lfs).ino).toBe(statSync(store.path(sha256)).ino)
})

test('stores without LFS leave its folder alone', async () => {
  const { store, git } = await diskWorld('dir')
  await store.addBytes(Buffer.from('bytes'))
  expect(existsSync(join(git, 'lfs'))).toBe(false)
})

test('a copy git-lfs holds becomes the same file, also when it was damaged', async () => {
  const { store, git } = await diskWorld('lfs')
  const sha256 = sha256Of('bytes')
  const lfs = join(git, 'lfs/objects', sha256.slice(0, 2), sha256.slice(2, 4))
  await nodeFiles.makeFolder(lfs)
  writeFileSync(join(lfs, sha256), 'bytez')
  await store.addBytes(Buffer.from('bytes'))
  expect(readFileSync(join(lfs, sha256), 'utf8')).toBe('bytes')
  expect(statSync(join(lfs, sha256)).ino).toBe(statSync(store.path(sha256)).ino)
})

// The mode bit and the times are no proof: `chmod u+w`, write, restore the time. Only the inode's change time shows it.
test('an object changed in place behind a restored modification time is seen', async () => {
  const { store, write, reopen } = await diskWorld()
  const { sha256 } = await store.addFile(await write('m.bin', Buffer.alloc(9 * MIB, 1)))
  const object = store.path(sha256)
  expect(await store.verify(sha256, 9 * MIB)).toBe('ok')
  const { atime, mtime } = statSync(object)
  chmodSync(object, 0o644)
  const file = openSync(object, 'r+')
  writeSync(file, 'x', 5)
  closeSync(file)
  utimesSync(object, atime, mtime)
  chmodSync(object, 0o444)

  expect(await store.verify(sha256, 9 * MIB)).toBe('damaged')
  expect(await reopen().verify(sha256, 9 * MIB)).toBe('damaged')
})

test('a file that rests is read once: adding it again reads none of its bytes', async () => {
  const { write, reopen } = await diskWorld()
  const path = await write('m.bin', Buffer.alloc(10 * MIB, 1))
  // Old enough, as any file is by the time someone commits it.
  await untilClockMoves(nodeFiles, path)
  await reopen().addFile(path)
  await untilClockMoves(nodeFiles, path)
  const reading = countReads(nodeFiles)
  await reopen(reading.files).verify(sha256Of(Buffer.alloc(10 * MIB, 1)), 10 * MIB)
  const first = reading.bytes()
  expect(await reopen(reading.files).addFile(path)).toEqual({
    sha256: sha256Of(Buffer.alloc(10 * MIB, 1)),
    sizeBytes: 10 * MIB,
  })
  expect(reading.bytes() - first).toBe(0)
})

test('a cache that was torn, filled with noise or made a folder costs a rehash and nothing else', async () => {
  const { store, write, reopen, git, files } = await diskWorld()
  const path = await write('m.bin', Buffer.alloc(9 * MIB, 1))
  const { sha256 } = await store.addFile(path)
  const cache = join(git, 'mlv/stat-cache')
  const whole = existsSync(cache) ? readFileSync(cache) : Buffer.alloc(0)
  for (const content of [
    whole.subarray(0, 70),
    Buffer.from('\n\n\0\xff'),
    Buffer.concat([whole.subarray(40), whole]),
  ]) {
    await files.remove(cache)
    writeFileSync(cache, content)
    expect(await reopen().verify(sha256, 9 * MIB)).toBe('ok')
  }
  await files.remove(cache)
  await files.makeFolder(cache)
  expect(await reopen().verify(sha256, 9 * MIB)).toBe('ok')
  expect(await reopen().addFile(path)).toMatchObject({ sha256 })
})

test('a file that keeps changing while it is read is refused, and nothing of it is kept', async () => {
  const { write, reopen, git } = await diskWorld()
  for (const size of [10, 9 * MIB]) {
    const path = await write('log.bin', new Uint8Array(size))
    const store = reopen(writingOnRead(nodeFiles, path))
    expect(await refusal(store.addFile(path))).toBe(`input-changing: '${path}' keeps changing while it is read`)
  }
  expect(listing(git).filter((line) => !line.endsWith('/'))).toEqual([])
})

test('a file that changed once while it was read is read again', async () => {
  const { write, reopen } = await diskWorld()
  const path = await write('log.bin', new Uint8Array(9 * MIB))
  const store = reopen(writingOnRead(nodeFiles, path, 1))
  const { sha256, sizeBytes } = await store.addFile(path)
  expect({ sha256, sizeBytes }).toEqual({ sha256: sha256Of(readFileSync(path)), sizeBytes: 9 * MIB + 1 })
})

test('what killed copies left is removed after a day, and not before', async () => {
  const { store, write, git, files } = await diskWorld()
  await files.makeFolder(join(git, 'mlv/tmp'))
  for (const name of ['artifact-old', 'artifact-young', 'code-old']) writeFileSync(join(git, 'mlv/tmp', name), 'x')
  for (const name of ['artifact-old', 'code-old']) utimesSync(join(git, 'mlv/tmp', name), 1, 1)
  await store.addFile(await write('m.bin', new Uint8Array(8 * MIB)))
  expect((await files.readFolder(join(git, 'mlv/tmp'))).map(({ name }) => name)).toEqual(['artifact-young', 'code-old'])
})

test('law: however a file is cut into reads, its digest and its copy are those of the whole', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 300 }),
      fc.integer({ min: 1, max: 50 }),
      fc.nat(400),
      async (...given) => {
        const [bytes, most, expectedBytes] = given
        const files = memoryFiles()
        await files.makeFolder('/f')
        const target = await files.open('/f/target', 'create')
        const source = {
          ...target,
          read: (buffer: Uint8Array, position: number) => {
            const chunk = bytes.subarray(position, position + Math.min(most, buffer.length))
            buffer.set(chunk)
            return Promise.resolve(chunk.length)
          },
        }
        const seen: number[] = []
        const observe = (chunk: Uint8Array) => void seen.push(...chunk)
        const hashed = await hashWhileCopying(source, { expectedBytes, target, observe })
        await target.close()
        expect(hashed).toEqual({ sha256: sha256Of(bytes), sizeBytes: bytes.length })
        expect(Buffer.from(await files.readFile('/f/target')).equals(bytes)).toBe(true)
        expect(seen).toEqual([...bytes])
      },
    ),
  )
})

function countReads(files: Files): { readonly files: Files; readonly bytes: () => number } {
  let bytes = 0
  return {
    bytes: () => bytes,
    files: {
      ...files,
      open: async (...request) => {
        const file = await files.open(...request)
        const read = async (buffer: Uint8Array, position: number) => {
          const count = await file.read(buffer, position)
          bytes += count
          return count
        }
        return { ...file, read }
      },
    },
  }
}

/** A disk on which another program appends to a file whenever it has been read, at most so many times. */
function writingOnRead(files: Files, path: string, most = Infinity): Files {
  let left = most
  const touch = () => {
    if (left > 0) writeFileSync(path, '+', { flag: 'a' })
    left -= 1
  }
  return {
    ...files,
    readFile: async (from) => {
      const bytes = await files.readFile(from)
      if (from === path) touch()
      return bytes
    },
    copy: async (from, to) => {
      await files.copy(from, to)
      if (from === path) touch()
    },
    open: async (from, mode, permissions) => {
      const file = await files.open(from, mode, permissions)
      if (from !== path) return file
      let touched = false
      const read = async (buffer: Uint8Array, position: number) => {
        const count = await file.read(buffer, position)
        if (!touched) touch()
        touched = true
        return count
      }
      return { ...file, read }
    },
  }
}
