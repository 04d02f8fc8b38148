/**
 * Part of a file, chunk by chunk: how stores in folders give their bytes.
 */
import { refuse } from '../domain/failure.ts'
import { errnoOf, withDiskFailures } from '../store/files/disk-failure.ts'
import type { Files } from '../store/files/files.ts'
import type { ByteRange } from './object-store.ts'

const READ_BYTES = 1024 * 1024

/** Reads a range; ends early where the file does. @throws `object-missing`, the disk's refusals */
export async function* readFileRange(files: Files, path: string, { start, end }: ByteRange): AsyncIterable<Uint8Array> {
  const file = await openObject(files, path)
  const readAt = async (at: number): Promise<Uint8Array> => {
    // A buffer of its own for each chunk: the one before may still be on its way out.
    const buffer = new Uint8Array(Math.max(0, Math.min(READ_BYTES, end - at)))
    if (buffer.length === 0) return buffer
    const count = await withDiskFailures(path, 'reading', () => file.read(buffer, at))
    return buffer.subarray(0, count)
  }
  try {
    let at = start
    let chunk = await readAt(at)
    while (chunk.length > 0) {
      at += chunk.length
      // The disk reads on while somebody works with the chunk.
      const next = readAt(at)
      next.catch(() => undefined)
      yield chunk
      chunk = await next
    }
  } finally {
    await file.close()
  }
}

async function openObject(files: Files, path: string) {
  try {
    return await files.open(path, 'read')
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') throw refuse('object-missing', { what: 'artifact', id: path }, error)
    throw error
  }
}
