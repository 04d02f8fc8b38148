/**
 * Takes an object from somewhere else into the store. What was cut is gone on with; what is not the object that was
 * asked for never gets its name.
 */
import { join } from 'node:path'
import { sha256Stream } from '../../base/digest.ts'
import type { Sha256Stream } from '../../base/digest.ts'
import { refuse } from '../../domain/failure.ts'
import { withDiskFailures } from '../files/disk-failure.ts'
import type { OpenFile } from '../files/files.ts'
import type { HashedBytes } from './hash-while-copying.ts'
import { objectsFolder, temporaryFolder } from './object-layout.ts'
import { openPublisher } from './publish-object.ts'
import type { Publisher } from './publish-object.ts'
import { rememberObjects } from './remember-objects.ts'
import { steadyWriter } from './steady-writer.ts'
import type { StoreContext } from './store-context.ts'
import { TEMPORARY_PREFIX } from './temporary-file.ts'

/** Opens the object for reading from a byte on; called again after a failure of its own making. */
export type OpenFrom = (startBytes: number) => Promise<AsyncIterable<Uint8Array>>

const OBJECT_PERMISSIONS = 0o444
const READ_BYTES = 1024 * 1024

/** Receives several objects, whose names become durable together. */
export interface Receiver {
  /**
   * Receives one object; whole when it returns. The bytes that came before a failure are kept, and a later call goes on
   * after them.
   *
   * @throws `digest-mismatch`, what `open` throws, the disk's refusals
   */
  readonly receive: (object: HashedBytes, open: OpenFrom) => Promise<void>
  /** Makes durable what was received, and remembers it, so that nobody digests it again. @throws the disk's refusals */
  readonly finish: () => Promise<void>
}

/** Begins to receive. @throws the disk's refusals */
export async function openReceiver(context: StoreContext): Promise<Receiver> {
  const { files, commonDir } = context
  const writing = <Result>(work: () => Promise<Result>): Promise<Result> =>
    withDiskFailures(objectsFolder(commonDir), 'writing', work)
  const publisher = await writing(async () => {
    await files.makeFolder(temporaryFolder(commonDir))
    return openPublisher(context)
  })
  const received: HashedBytes[] = []
  return {
    receive: async (object, open) => {
      await writing(() => receiveOne(context, publisher, object, open))
      received.push(object)
    },
    finish: () =>
      writing(async () => {
        await publisher.finish()
        await rememberObjects(context, received)
      }),
  }
}

/** Receives one object; durable and whole when it returns. @throws as `Receiver` */
export async function receiveObject(context: StoreContext, object: HashedBytes, open: OpenFrom): Promise<void> {
  const receiver = await openReceiver(context)
  await receiver.receive(object, open)
  await receiver.finish()
}

async function receiveOne(
  context: StoreContext,
  publisher: Publisher,
  object: HashedBytes,
  open: OpenFrom,
): Promise<void> {
  const { files, commonDir } = context
  const part = join(temporaryFolder(commonDir), `${TEMPORARY_PREFIX}part-${object.sha256}`)
  const actual = await fill(context, part, object, open)
  if (actual !== object.sha256) {
    await files.remove(part)
    throw refuse('digest-mismatch', { path: object.sha256, expected: object.sha256, actual })
  }
  await files.setMode(part, OBJECT_PERMISSIONS)
  await publisher.publish(part, object.sha256)
}

/** Appends what is missing to the part, and digests all of it. */
async function fill(context: StoreContext, part: string, object: HashedBytes, open: OpenFrom): Promise<string> {
  const { files } = context
  const stat = await files.lstat(part)
  // More than there is to have is a part of something else.
  if (stat !== undefined && (stat.kind !== 'file' || stat.sizeBytes > object.sizeBytes)) await files.remove(part)
  const hash = sha256Stream()
  const haveBytes = await digestPart(context, part, hash)
  const file = await files.open(part, 'append')
  try {
    await appendRest(file, object.sizeBytes - haveBytes, hash, () => open(haveBytes))
  } finally {
    await file.close()
  }
  return hash.digest()
}

/** A source that ends too soon leaves the part as it is, and its digest tells. */
async function appendRest(
  file: OpenFile,
  missingBytes: number,
  hash: Sha256Stream,
  open: () => Promise<AsyncIterable<Uint8Array>>,
): Promise<void> {
  const writer = steadyWriter(file, true)
  let rest = missingBytes
  try {
    if (rest > 0) {
      for await (const chunk of await open()) {
        // What is too long is cut here, and told by its digest.
        const kept = chunk.subarray(0, rest)
        // The disk writes while the processor digests.
        const writing = writer.write(kept)
        hash.update(kept)
        await writing
        rest -= kept.length
        if (rest === 0) break
      }
    }
    await writer.finish()
  } finally {
    await writer.settle()
  }
}

async function digestPart({ files }: StoreContext, part: string, hash: Sha256Stream): Promise<number> {
  if ((await files.lstat(part)) === undefined) return 0
  const file = await files.open(part, 'read')
  try {
    const buffer = new Uint8Array(READ_BYTES)
    let at = 0
    for (let count = await file.read(buffer, 0); count > 0; count = await file.read(buffer, at)) {
      hash.update(buffer.subarray(0, count))
      at += count
    }
    return at
  } finally {
    await file.close()
  }
}
