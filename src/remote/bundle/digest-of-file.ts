/**
 * The digest of any file, in flat memory.
 */
import { sha256Stream } from '../../base/digest.ts'
import type { Files } from '../../store/files/files.ts'
import type { ObjectId } from '../object-store.ts'
import { readFileRange } from '../read-file-range.ts'

/** Digests a file to its end. @throws `object-missing`, the disk's refusals */
export async function digestOfFile(files: Files, path: string): Promise<ObjectId> {
  const hash = sha256Stream()
  let sizeBytes = 0
  for await (const chunk of readFileRange(files, path, { start: 0, end: Number.MAX_SAFE_INTEGER })) {
    hash.update(chunk)
    sizeBytes += chunk.length
  }
  return { sha256: hash.digest(), sizeBytes }
}
