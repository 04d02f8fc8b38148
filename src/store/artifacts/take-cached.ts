/**
 * Takes an object from the cache of this machine into the store, digested on the way.
 */
import { withDiskFailures } from '../files/disk-failure.ts'
import type { HashedBytes } from './hash-while-copying.ts'
import { objectsFolder, temporaryFolder } from './object-layout.ts'
import { openPublisher } from './publish-object.ts'
import type { StoreContext } from './store-context.ts'
import { temporaryPath } from './temporary-file.ts'

/** Takes one object; durable and whole when it tells true. @throws the disk's refusals */
export async function takeCached(context: StoreContext, object: HashedBytes): Promise<boolean> {
  const cache = await context.shared?.()
  if (cache === undefined) return false
  const { files, commonDir } = context
  return withDiskFailures(objectsFolder(commonDir), 'writing', async () => {
    await files.makeFolder(temporaryFolder(commonDir))
    const temporary = temporaryPath(context)
    try {
      if (!(await cache.take(object, temporary))) return false
      const publisher = await openPublisher(context)
      await publisher.publish(temporary, object.sha256)
      await publisher.finish()
      return true
    } catch (error) {
      await files.remove(temporary).catch(() => undefined)
      throw error
    }
  })
}
