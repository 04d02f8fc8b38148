/**
 * Adds bytes to the store while they are made: each chunk is digested as it is written, and none is kept.
 */
import { sha256Stream } from '../../base/digest.ts'
import { withDiskFailures } from '../files/disk-failure.ts'
import { objectsFolder, temporaryFolder } from './object-layout.ts'
import { openPublisher } from './publish-object.ts'
import { steadyWriter } from './steady-writer.ts'
import type { StoreContext, StoredObject } from './store-context.ts'
import { temporaryPath } from './temporary-file.ts'

/** Everyone may read an object, nobody may write it. */
const OBJECT_PERMISSIONS = 0o444

/** Adds the bytes of all chunks as one object; durable when it returns. @throws the disk's refusals */
export async function addStream(
  context: StoreContext,
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<StoredObject> {
  return withDiskFailures(objectsFolder(context.commonDir), 'writing', async () => {
    const publisher = await openPublisher(context)
    await context.files.makeFolder(temporaryFolder(context.commonDir))
    const temporary = temporaryPath(context)
    try {
      const object = await writeChunks(context, temporary, chunks)
      await publisher.publish(temporary, object.sha256)
      await publisher.finish()
      return object
    } catch (error) {
      // What is told is why it failed, also when the disk refuses the cleaning up.
      await context.files.remove(temporary).catch(() => undefined)
      throw error
    }
  })
}

async function writeChunks(
  { files }: StoreContext,
  path: string,
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<StoredObject> {
  const file = await files.open(path, 'create', OBJECT_PERMISSIONS)
  const writer = steadyWriter(file, true)
  const hash = sha256Stream()
  let sizeBytes = 0
  try {
    for await (const chunk of chunks) {
      hash.update(chunk)
      sizeBytes += chunk.length
      await writer.write(chunk)
    }
    await writer.finish()
    return { sha256: hash.digest(), sizeBytes }
  } finally {
    await writer.settle()
    await file.close()
  }
}
