/**
 * Copies artifacts into a store from wherever they are: a clone, or other stores. What is there is not sent again, so a
 * copy that was cut goes on where it was.
 */
import type { Sha256 } from '../base/digest.ts'
import { isFailure } from '../domain/failure.ts'
import type { ArtifactStore } from '../store/artifacts/artifact-store.ts'
import { forEachAtOnce } from '../store/artifacts/at-once.ts'
import type { OnTransferProgress, TransferObject, TransferReport } from './artifact-transfer.ts'
import type { ObjectSource, ObjectStore } from './object-store.ts'
import { localCopy } from './store-transfer.ts'

/** Where objects are copied from. */
export interface CopySources {
  readonly local: ArtifactStore
  /** Asked in their order. */
  readonly stores: readonly ObjectStore[]
}

const AT_ONCE = 4

/**
 * Copies objects; those that no source has are `absent`. What arrives is digested before it gets its name.
 *
 * @throws `digest-mismatch` when a source gives other bytes, what the stores refuse
 */
export async function copyObjects(
  target: ObjectStore,
  sources: CopySources,
  objects: readonly TransferObject[],
  onProgress: OnTransferProgress,
): Promise<TransferReport> {
  const present = await target.present(objects)
  const missing = objects.filter(({ sha256 }) => !present.has(sha256))
  const held = await holders(sources, missing)
  const sending: (TransferObject & { readonly source: ObjectSource })[] = []
  await forEachAtOnce(missing, AT_ONCE, async (object) => {
    const source = (await localCopy(sources.local, object)) ?? sourceIn(held.get(object.sha256), object)
    if (source !== undefined) sending.push({ ...object, source })
  })
  const moved: TransferObject[] = []
  const totalBytes = objects.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  let doneBytes = totalBytes - sending.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  const tell = (): void => {
    const doneObjects = objects.length - sending.length + moved.length
    onProgress({ doneObjects, totalObjects: objects.length, doneBytes, totalBytes })
  }
  await target.put(sending, {
    onBytes: (bytes) => {
      doneBytes += bytes
      tell()
    },
    onStored: ({ sha256, sizeBytes }) => {
      moved.push({ sha256, sizeBytes })
      tell()
    },
  })
  const found = new Set([...present, ...sending.map(({ sha256 }) => sha256)])
  return {
    moved,
    present: objects.filter(({ sha256 }) => present.has(sha256)),
    absent: objects.filter(({ sha256 }) => !found.has(sha256)),
  }
}

/** The first store that has each object. */
async function holders(
  { stores }: CopySources,
  objects: readonly TransferObject[],
): Promise<ReadonlyMap<Sha256, ObjectStore>> {
  const held = new Map<Sha256, ObjectStore>()
  for (const store of stores) {
    const wanted = objects.filter(({ sha256 }) => !held.has(sha256))
    if (wanted.length === 0) break
    for (const sha256 of await presentIn(store, wanted)) held.set(sha256, store)
  }
  return held
}

/** A source that cannot be reached has nothing; whether that matters is told by what is absent. */
async function presentIn(store: ObjectStore, objects: readonly TransferObject[]): Promise<ReadonlySet<Sha256>> {
  try {
    return await store.present(objects)
  } catch (caught) {
    if (isFailure(caught, 'remote-unreachable') || isFailure(caught, 'remote-refused')) return new Set()
    throw caught
  }
}

function sourceIn(store: ObjectStore | undefined, object: TransferObject): ObjectSource | undefined {
  if (store === undefined) return undefined
  return {
    read: async function* (range) {
      yield* await store.get(object, range)
    },
  }
}
