/**
 * The digest of a file as it is now. Read only when it may have changed since it was last digested.
 */
import { withDiskFailures } from '../files/disk-failure.ts'
import type { FileStat } from '../files/files.ts'
import { hashWhileCopying } from './hash-while-copying.ts'
import type { HashedBytes } from './hash-while-copying.ts'
import { tensorReader } from './safetensors.ts'
import type { TensorReading } from './safetensors.ts'
import { REMEMBERED_BYTES } from './stat-cache.ts'
import type { StoreContext } from './store-context.ts'
import { fileSystemTime } from './temporary-file.ts'

/**
 * Digests a file; follows a symbolic link at its end.
 *
 * @param rehash reads the bytes even when nothing about the file has changed.
 * @throws `permission-denied`, `disk-failed`, `too-many-open-files`, and `ENOENT`
 */
export async function digestFile(context: StoreContext, path: string, rehash = false): Promise<HashedBytes> {
  return withDiskFailures(path, 'reading', async () => {
    const file = await context.files.open(path, 'read')
    try {
      const before = await file.stat()
      const known = rehash ? undefined : await context.cache.find(before)
      if (known !== undefined) return { sha256: known, sizeBytes: before.sizeBytes }
      const since = before.sizeBytes < REMEMBERED_BYTES ? undefined : await fileSystemTime(context)
      const hashed = await hashWhileCopying(file, { expectedBytes: before.sizeBytes })
      const after = await file.stat()
      if (since !== undefined && isUnchanged(before, after)) {
        await context.cache.remember([{ stat: after, sha256: hashed.sha256 }], since)
      }
      return hashed
    } finally {
      await file.close()
    }
  })
}

/** Reads the tensors of a weights file. @throws as `digestFile` */
export async function readTensors(context: StoreContext, path: string): Promise<TensorReading> {
  return withDiskFailures(path, 'reading', async () => {
    const file = await context.files.open(path, 'read')
    try {
      const { sizeBytes } = await file.stat()
      const reader = tensorReader(sizeBytes)
      await hashWhileCopying(file, { expectedBytes: sizeBytes, observe: reader.update })
      return reader.finish()
    } finally {
      await file.close()
    }
  })
}

/** Tells whether a file was left alone between two looks at it; its links may have come and gone. */
export function isUnchanged(before: FileStat, after: FileStat): boolean {
  return before.sizeBytes === after.sizeBytes && before.modifiedNs === after.modifiedNs
}
