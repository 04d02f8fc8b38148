/**
 * Moves artifacts between the store of a clone and a store for others: several at once, tried again, verified.
 */
import type { Sha256 } from '../base/digest.ts'
import type { StoreKind } from '../domain/branch.ts'
import { Failure, isFailure, refuse } from '../domain/failure.ts'
import type { ArtifactStore } from '../store/artifacts/artifact-store.ts'
import { forEachAtOnce } from '../store/artifacts/at-once.ts'
import type { Receiver } from '../store/artifacts/receive-object.ts'
import type { ArtifactTransfer, OnTransferProgress, TransferObject, TransferReport } from './artifact-transfer.ts'
import type { ByteRange, ObjectSource, ObjectStore } from './object-store.ts'
import { readFileRange } from './read-file-range.ts'
import { retrying } from './retry.ts'
import type { RetryWorld } from './retry.ts'

/** As many as git-lfs moves. */
const AT_ONCE = 8

/** Makes a transfer between two stores. Reading asks `stores` in order: the first that has an object gives it. */
export function storeTransfer(
  kind: StoreKind,
  local: ArtifactStore,
  stores: readonly [ObjectStore, ...ObjectStore[]],
  retry: RetryWorld,
): ArtifactTransfer {
  const sources: Sources = { stores, away: new Set() }
  return {
    kind,
    has: (objects) => stores[0].present(objects),
    upload: (objects, onProgress) => upload(local, stores[0], objects, onProgress),
    download: (objects, onProgress) => download(local, sources, objects, { onProgress, retry }),
    read: (object, range, use) =>
      readFromAny(sources, object, (store) => readOnce(store, object, { range, use, retry })),
  }
}

interface Sources {
  readonly stores: readonly ObjectStore[]
  /** Those that could not be reached: asked after the others, so that not every object waits for them. */
  readonly away: Set<ObjectStore>
}

async function upload(
  local: ArtifactStore,
  store: ObjectStore,
  objects: readonly TransferObject[],
  onProgress: OnTransferProgress,
): Promise<TransferReport> {
  const counter = countProgress(objects, onProgress)
  const present = await store.present(objects)
  const moved: TransferObject[] = []
  const absent: TransferObject[] = []
  const sending: (TransferObject & { readonly source: ObjectSource })[] = []
  for (const object of objects) {
    if (present.has(object.sha256)) counter.whole(object)
    else if ((await local.verify(object.sha256, object.sizeBytes)) === 'ok') {
      sending.push({ ...object, source: sourceOf(local, object) })
    } else absent.push(object)
  }
  await store.put(sending, {
    onBytes: counter.bytes,
    onStored: ({ sha256, sizeBytes }) => {
      moved.push({ sha256, sizeBytes })
      counter.object()
    },
  })
  return { moved, present: objects.filter(({ sha256 }) => present.has(sha256)), absent }
}

async function download(
  local: ArtifactStore,
  sources: Sources,
  objects: readonly TransferObject[],
  { onProgress, retry }: { readonly onProgress: OnTransferProgress; readonly retry: RetryWorld },
): Promise<TransferReport> {
  const counter = countProgress(objects, onProgress)
  const report = { moved: [] as TransferObject[], present: [] as TransferObject[], absent: [] as TransferObject[] }
  const missing: TransferObject[] = []
  for (const object of objects) {
    if ((await local.verify(object.sha256, object.sizeBytes)) === 'ok') {
      counter.whole(object)
      report.present.push(object)
    } else missing.push(object)
  }
  if (missing.length === 0) return report
  for (const store of sources.stores) store.expect?.(missing)
  const receiver = await local.openReceiver()
  try {
    await forEachAtOnce(missing, AT_ONCE, async (object) => {
      if (await receiveFromAny(receiver, sources, object, { retry, onBytes: counter.bytes })) {
        counter.object()
        report.moved.push(object)
      } else report.absent.push(object)
    })
  } finally {
    await receiver.finish()
  }
  return report
}

/** A store that lacks an object, or gives other bytes, leaves it to the next. @throws what the first one threw */
async function receiveFromAny(
  receiver: Receiver,
  sources: Sources,
  object: TransferObject,
  how: { readonly retry: RetryWorld; readonly onBytes: (bytes: number) => void },
): Promise<boolean> {
  try {
    await readFromAny(sources, object, (store) => receive(receiver, store, object, how))
    return true
  } catch (caught) {
    if (isFailure(caught, 'object-missing')) return false
    throw caught
  }
}

/** Asks store after store. What one refused is told, unless it merely lacks the object. @throws `object-missing` */
async function readFromAny<Result>(
  { stores, away }: Sources,
  object: TransferObject,
  read: (store: ObjectStore) => Promise<Result>,
): Promise<Result> {
  let refused: Failure | undefined
  for (const store of [...stores.filter((one) => !away.has(one)), ...stores.filter((one) => away.has(one))]) {
    try {
      const result = await read(store)
      away.delete(store)
      return result
    } catch (caught) {
      if (!(caught instanceof Failure)) throw caught
      if (isFailure(caught, 'remote-unreachable')) away.add(store)
      if (!isFailure(caught, 'object-missing')) refused ??= caught
    }
  }
  throw refused ?? refuse('object-missing', { what: 'artifact', id: object.sha256 })
}

interface PartReading<Result> {
  readonly range: ByteRange
  readonly use: (chunks: AsyncIterable<Uint8Array>) => Promise<Result>
  readonly retry: RetryWorld
}

function readOnce<Result>(
  store: ObjectStore,
  object: TransferObject,
  { range, use, retry }: PartReading<Result>,
): Promise<Result> {
  return retrying(retry, async () => {
    return use(endingAt(await store.get(object, range), range.end - range.start, store.label))
  })
}

async function receive(
  receiver: Receiver,
  store: ObjectStore,
  object: TransferObject,
  { retry, onBytes }: { readonly retry: RetryWorld; readonly onBytes: (bytes: number) => void },
): Promise<void> {
  let receivedBytes = 0
  const open = async (start: number): Promise<AsyncIterable<Uint8Array>> => {
    onBytes(Math.max(0, start - receivedBytes))
    receivedBytes = Math.max(receivedBytes, start)
    return counted(await store.get(object, { start, end: object.sizeBytes }), (bytes) => {
      receivedBytes += bytes
      onBytes(bytes)
    })
  }
  const whole = async (start: number): Promise<AsyncIterable<Uint8Array>> =>
    endingAt(await open(start), object.sizeBytes - start, store.label)
  await retrying(
    retry,
    () => receiver.receive(object, whole),
    () => receivedBytes,
  )
}

/** A connection that ends early is one to try again, not other bytes; one that does not end is left. */
async function* endingAt(
  chunks: AsyncIterable<Uint8Array>,
  sizeBytes: number,
  label: string,
): AsyncIterable<Uint8Array> {
  let count = 0
  for await (const chunk of chunks) {
    yield chunk.subarray(0, sizeBytes - count)
    count += chunk.length
    if (count > sizeBytes) return
  }
  if (count < sizeBytes) {
    throw refuse('remote-unreachable', { url: label, problem: `it ended ${sizeBytes - count} bytes too soon` })
  }
}

async function* counted(
  chunks: AsyncIterable<Uint8Array>,
  onBytes: (bytes: number) => void,
): AsyncIterable<Uint8Array> {
  for await (const chunk of chunks) {
    onBytes(chunk.length)
    yield chunk
  }
}

/** Stands for a store that cannot be opened: whoever asks it anything is told why. `onGet` is called at each `get`. */
export function awayStore(label: string, failure: Failure, onGet: () => void): ObjectStore {
  const refused = (): Promise<never> => Promise.reject(failure)
  const get = (): Promise<never> => {
    onGet()
    return refused()
  }
  return { label, present: refused, put: refused, get }
}

/** The copy of an object in a clone, when it has one that is whole. */
export async function localCopy(local: ArtifactStore, object: TransferObject): Promise<ObjectSource | undefined> {
  const state = await local.verify(object.sha256, object.sizeBytes)
  return state === 'ok' ? sourceOf(local, object) : undefined
}

function sourceOf(local: ArtifactStore, { sha256 }: { readonly sha256: Sha256 }): ObjectSource {
  const path = local.path(sha256)
  return { path, read: (range) => readRange(local, path, range) }
}

async function* readRange(local: ArtifactStore, path: string, range: ByteRange): AsyncIterable<Uint8Array> {
  let rest = range.end - range.start
  for await (const chunk of readFileRange(local.files, path, range)) {
    rest -= chunk.length
    yield chunk
  }
  if (rest > 0) throw refuse('object-damaged', { what: 'artifact', id: path, problem: 'it is too short' })
}

/** Adds up what is done and tells it. */
function countProgress(objects: readonly TransferObject[], onProgress: OnTransferProgress) {
  const totalBytes = objects.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  let doneObjects = 0
  let doneBytes = 0
  const tell = (): void => onProgress({ doneObjects, totalObjects: objects.length, doneBytes, totalBytes })
  return {
    bytes: (bytes: number) => {
      doneBytes += bytes
      tell()
    },
    object: () => {
      doneObjects += 1
      tell()
    },
    whole: ({ sizeBytes }: TransferObject) => {
      doneObjects += 1
      doneBytes += sizeBytes
      tell()
    },
  }
}
