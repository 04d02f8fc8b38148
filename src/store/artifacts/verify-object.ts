/**
 * Whether an object of the store is there and whole.
 */
import type { HashedBytes } from './hash-while-copying.ts'
import { digestFile } from './digest-file.ts'
import { objectPath } from './object-layout.ts'
import { REMEMBERED_BYTES } from './stat-cache.ts'
import type { ObjectState, StoreContext } from './store-context.ts'

/** Checks an object; `rehash` reads its bytes even when the file has not changed since it was last digested. */
export async function verifyObject(context: StoreContext, object: HashedBytes, rehash: boolean): Promise<ObjectState> {
  const path = objectPath(context.commonDir, object.sha256)
  const stat = await context.files.lstat(path)
  if (stat === undefined) return 'missing'
  if (stat.kind !== 'file' || stat.sizeBytes !== object.sizeBytes) return 'damaged'
  const { sha256 } = await digestFile(context, path, rehash)
  return sha256 === object.sha256 ? 'ok' : 'damaged'
}

/** Tells whether an object is whole, when that takes no long reading; false when it would. */
export async function isKnownWhole(context: StoreContext, object: HashedBytes): Promise<boolean> {
  if (object.sizeBytes < REMEMBERED_BYTES) return (await verifyObject(context, object, false)) === 'ok'
  const stat = await context.files.lstat(objectPath(context.commonDir, object.sha256))
  if (stat?.kind !== 'file' || stat.sizeBytes !== object.sizeBytes) return false
  return (await context.cache.find(stat)) === object.sha256
}
