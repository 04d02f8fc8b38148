/**
 * What was appended to a file since it was last looked at.
 */
import { withDiskFailures } from '../files/disk-failure.ts'
import type { Files } from '../files/files.ts'

const CHUNK_BYTES = 256 * 1024

/** Bytes from a position to the end, at most a quarter of a megabyte at a time; none of a file that is not there. */
export async function readAppended(files: Files, path: string, position: number): Promise<Uint8Array> {
  return withDiskFailures(path, 'reading', async () => {
    const stat = await files.stat(path)
    if (stat === undefined || stat.sizeBytes <= position) return new Uint8Array()
    const file = await files.open(path, 'read')
    try {
      const buffer = new Uint8Array(Math.min(CHUNK_BYTES, stat.sizeBytes - position))
      return buffer.subarray(0, await file.read(buffer, position))
    } finally {
      await file.close()
    }
  })
}
