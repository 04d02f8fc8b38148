/**
 * Adds many small files to the store as a few packs. Each file is read once; its digest and that of the pack are taken
 * from the same bytes, and one sync makes a whole pack durable.
 */
import { present } from '../../base/assert.ts'
import { sha256Of, sha256Stream } from '../../base/digest.ts'
import type { Sha256 } from '../../base/digest.ts'
import { LIMIT_PACKED_BYTES } from '../../domain/artifact.ts'
import type { StoredBytes } from '../../domain/artifact.ts'
import { refuse } from '../../domain/failure.ts'
import type { ArtifactPath } from '../../domain/artifact-path.ts'
import { withDiskFailures } from '../files/disk-failure.ts'
import type { FileStat } from '../files/files.ts'
import { hasTensors } from './add-objects.ts'
import { forEachAtOnce } from './at-once.ts'
import { readTensors } from './digest-file.ts'
import { objectsFolder, temporaryFolder } from './object-layout.ts'
import { openPackCache } from './pack-cache.ts'
import type { KnownPack, PackCache, PackedStat } from './pack-cache.ts'
import type { PackableFile, PackPlan } from './pack-plan.ts'
import { openPublisher } from './publish-object.ts'
import type { Publisher } from './publish-object.ts'
import { readUnchanged } from './read-unchanged.ts'
import { rememberObjects } from './remember-objects.ts'
import { tensorReader } from './safetensors.ts'
import type { Moment } from './stat-cache.ts'
import { steadyWriter } from './steady-writer.ts'
import type { AddProgress, StoreContext, StoredObject } from './store-context.ts'
import { openTarWriter, tarOffsets } from './tar-writer.ts'
import { fileSystemTime, temporaryPath } from './temporary-file.ts'
import { isKnownWhole } from './verify-object.ts'

/** A file to pack, as it was found. */
export interface PackInput extends PackableFile {
  readonly stat: FileStat
}

/** A file that is in a pack of the store. */
export interface PackedObject extends StoredObject {
  readonly pack: StoredBytes
  /** Of its first byte in the pack. */
  readonly offset: number
}

/** While the disk syncs one pack, the next are read. */
const PACKS_AT_ONCE = 4

/** Everyone may read an object, nobody may write it. */
const OBJECT_PERMISSIONS = 0o444

/**
 * Adds packs; all are durable when it returns.
 *
 * @throws `input-changing`, `file-not-found` and the disk's refusals
 */
export async function addPacks(
  context: StoreContext,
  plans: readonly PackPlan<PackInput>[],
  onProgress?: (progress: AddProgress) => void,
): Promise<ReadonlyMap<ArtifactPath, PackedObject>> {
  return withDiskFailures(objectsFolder(context.commonDir), 'writing', async () => {
    const publisher = await openPublisher(context)
    await context.files.makeFolder(temporaryFolder(context.commonDir))
    const packing = new Packing(context, publisher)
    const totalBytes = plans.flat().reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
    const packed = new Map<ArtifactPath, PackedObject>()
    let bytes = 0
    await forEachAtOnce(plans, PACKS_AT_ONCE, async (plan) => {
      for (const [path, object] of await packing.add(plan)) {
        packed.set(path, object)
        bytes += object.sizeBytes
      }
      onProgress?.({ files: packed.size, bytes, totalBytes })
    })
    await packing.finish()
    return packed
  })
}

type Members = readonly (readonly [ArtifactPath, PackedObject])[]

/** A file that was put into a pack, as it was read. */
interface ReadMember extends PackedStat, Pick<StoredObject, 'tensors'> {
  readonly path: ArtifactPath
  readonly sha256: Sha256
  readonly offset: number
}

/** Lives as long as one call packs files. */
class Packing {
  readonly #context: StoreContext
  readonly #publisher: Publisher
  readonly #cache: PackCache
  /** When the first pack was begun: what is written later shows in the times of files. */
  #since: Promise<Moment | undefined> | undefined
  readonly #made: (() => Promise<void>)[] = []
  readonly #packs: StoredBytes[] = []

  constructor(context: StoreContext, publisher: Publisher) {
    this.#context = context
    this.#publisher = publisher
    this.#cache = openPackCache(context.commonDir, context.files)
  }

  async add(plan: PackPlan<PackInput>): Promise<Members> {
    const known = await this.#findKnown(plan)
    if (known === undefined) return this.#make(plan)
    await this.#publisher.keep(known.pack.sha256)
    const offsets = tarOffsets(plan)
    const members: ReadMember[] = []
    for (const [index, { path, absolute, stat }] of plan.entries()) {
      const sha256 = present(known.digests[index], 'a digest for every file of a known pack')
      const offset = present(offsets[index], 'a place for every file of a pack')
      const tensors = hasTensors(path) ? { tensors: await readTensors(this.#context, absolute) } : {}
      members.push({ path, stat, sha256, offset, ...tensors })
    }
    return objectsIn(known.pack, members)
  }

  /** Makes names durable, then remembers what was packed. */
  async finish(): Promise<void> {
    await this.#publisher.finish()
    await rememberObjects(this.#context, this.#packs)
    for (const remember of this.#made) await remember()
    if (this.#made.length > 0) await this.#cache.shorten()
  }

  async #findKnown(plan: PackPlan<PackInput>): Promise<KnownPack | undefined> {
    const known = await this.#cache.find(plan)
    if (known === undefined) return undefined
    return (await isKnownWhole(this.#context, known.pack)) ? known : undefined
  }

  async #make(plan: PackPlan<PackInput>): Promise<Members> {
    const since = await (this.#since ??= fileSystemTime(this.#context))
    const { files } = this.#context
    const temporary = temporaryPath(this.#context)
    try {
      const { pack, members } = await this.#write(plan, temporary)
      if (await isKnownWhole(this.#context, pack)) {
        await files.remove(temporary)
        await this.#publisher.keep(pack.sha256)
      } else await this.#publisher.publish(temporary, pack.sha256)
      this.#packs.push(pack)
      const known = { pack, digests: members.map(({ sha256 }) => sha256) }
      if (since !== undefined) this.#made.push(() => this.#cache.remember(members, known, since))
      return objectsIn(pack, members)
    } catch (error) {
      // What is told is why it failed, also when the disk refuses the cleaning up.
      await files.remove(temporary).catch(() => undefined)
      throw error
    }
  }

  async #write(
    plan: PackPlan<PackInput>,
    target: string,
  ): Promise<{ readonly pack: StoredBytes; readonly members: readonly ReadMember[] }> {
    const { files } = this.#context
    const file = await files.open(target, 'create', OBJECT_PERMISSIONS)
    const writer = steadyWriter(file, true)
    const hash = sha256Stream()
    const members: ReadMember[] = []
    try {
      const tar = openTarWriter((chunk) => {
        hash.update(chunk)
        return writer.write(chunk)
      })
      for (const { path, absolute, stat } of plan) {
        const read = await readUnchanged(files, absolute, stat)
        // It has grown since it was chosen.
        if (read.bytes.length > LIMIT_PACKED_BYTES) throw refuse('input-changing', { path: absolute })
        const offset = await tar.add(path, read.bytes)
        const tensors = tensorsIn(path, read.bytes)
        members.push({ path, stat: read.stat, sha256: sha256Of(read.bytes), offset, ...tensors })
      }
      const sizeBytes = await tar.finish()
      await writer.finish()
      return { pack: { sha256: hash.digest(), sizeBytes }, members }
    } finally {
      await writer.settle()
      await file.close()
    }
  }
}

function objectsIn(pack: StoredBytes, members: readonly ReadMember[]): Members {
  return members.map(({ path, stat, ...member }) => [path, { ...member, sizeBytes: stat.sizeBytes, pack }])
}

function tensorsIn(path: string, bytes: Uint8Array): Pick<StoredObject, 'tensors'> {
  if (!hasTensors(path)) return {}
  const reader = tensorReader(bytes.length)
  reader.update(bytes)
  return { tensors: reader.finish() }
}
