/**
 * Remembers objects that were just added, once they have rested, so that nobody has to read them again; and sweeps what
 * killed additions left, because the time is known then.
 */
import type { HashedBytes } from './hash-while-copying.ts'
import { objectPath } from './object-layout.ts'
import { REMEMBERED_BYTES } from './stat-cache.ts'
import type { HashedStat } from './stat-cache.ts'
import type { StoreContext } from './store-context.ts'
import { fileSystemTimeAfter, sweepTemporaryFiles } from './temporary-file.ts'

/** Remembers the large ones of these objects. Failing to is no failure. */
export async function rememberObjects(context: StoreContext, objects: readonly HashedBytes[]): Promise<void> {
  const { files, commonDir, cache } = context
  const hashed: HashedStat[] = []
  for (const { sha256 } of objects) {
    const stat = await files.lstat(objectPath(commonDir, sha256))
    if (stat !== undefined && stat.sizeBytes >= REMEMBERED_BYTES) hashed.push({ stat, sha256 })
  }
  if (hashed.length === 0) return
  const now = await fileSystemTimeAfter(
    context,
    hashed.map(({ stat }) => stat),
  )
  if (now === undefined) return
  await cache.remember(hashed, now)
  await sweepTemporaryFiles(files, commonDir, now)
}
