/**
 * Adds files to the store. Small ones are looked up before they are written; large ones are digested while they are
 * copied, so that each byte is read once.
 */
import { sha256Of } from '../../base/digest.ts'
import { refuse } from '../../domain/failure.ts'
import { withDiskFailures } from '../files/disk-failure.ts'
import type { FileStat } from '../files/files.ts'
import { writeSynced } from '../files/write-synced.ts'
import { forEachAtOnce, mapAtOnce } from './at-once.ts'
import { copyFile } from './copy-file.ts'
import type { CopiedFile } from './copy-file.ts'
import { copyAll } from './copy-pool.ts'
import type { SizedTask } from './copy-pool.ts'
import { isUnchanged, readTensors } from './digest-file.ts'
import type { HashedBytes } from './hash-while-copying.ts'
import { objectsFolder, temporaryFolder } from './object-layout.ts'
import { openPublisher } from './publish-object.ts'
import type { Publisher } from './publish-object.ts'
import { readUnchanged, TRIES } from './read-unchanged.ts'
import { rememberObjects } from './remember-objects.ts'
import { tensorReader } from './safetensors.ts'
import type { AddProgress, StoreContext, StoredObject } from './store-context.ts'
import { temporaryPath } from './temporary-file.ts'
import { isKnownWhole, verifyObject } from './verify-object.ts'

/** Smaller files are read into memory first. */
const SMALL_BYTES = 1024 * 1024
const AT_ONCE = 16

/** Everyone may read an object, nobody may write it. */
const OBJECT_PERMISSIONS = 0o444

/** Adds bytes. @throws the disk's refusals */
export async function addBytes(context: StoreContext, bytes: Uint8Array): Promise<StoredObject> {
  return withDiskFailures(objectsFolder(context.commonDir), 'writing', async () => {
    const addition = await beginAddition(context)
    const stored = await addition.addBytes(bytes)
    await addition.finish()
    return stored
  })
}

/**
 * Adds files, absolute paths, and answers in their order.
 *
 * @throws `file-not-found`, `path-not-a-file`, `input-changing`, and the disk's refusals
 */
export async function addPaths(
  context: StoreContext,
  paths: readonly string[],
  onProgress?: (progress: AddProgress) => void,
): Promise<readonly StoredObject[]> {
  return withDiskFailures(objectsFolder(context.commonDir), 'writing', async () => {
    const inputs = await mapAtOnce([...new Set(paths)], AT_ONCE, async (path) => statInput(context, path))
    const totalBytes = inputs.reduce((sum, input) => sum + input.stat.sizeBytes, 0)
    const stored = new Map<string, StoredObject>()
    let bytes = 0
    const addition = await beginAddition(context)
    await addition.addFiles(inputs, (path, object) => {
      stored.set(path, object)
      bytes += object.sizeBytes
      onProgress?.({ files: stored.size, bytes, totalBytes })
    })
    await addition.finish()
    return paths.flatMap((path) => stored.get(path) ?? [])
  })
}

/** A file to add, as it was when the addition began. */
interface Input {
  readonly path: string
  readonly stat: FileStat
}

async function statInput({ files }: StoreContext, path: string): Promise<Input> {
  const stat = await withDiskFailures(path, 'reading', () => files.stat(path))
  if (stat === undefined) throw refuse('file-not-found', { file: path, wanted: 'artifact' })
  if (stat.kind !== 'file') throw refuse('path-not-a-file', { path, found: `a ${stat.kind}` })
  return { path, stat }
}

function isSmall({ stat }: Input): boolean {
  return stat.sizeBytes < SMALL_BYTES
}

/** Tells whether to look for tensors. The name decides; what is inside is checked byte by byte. */
export function hasTensors(path: string): boolean {
  return path.endsWith('.safetensors')
}

async function beginAddition(context: StoreContext): Promise<Addition> {
  const publisher = await openPublisher(context)
  await context.files.makeFolder(temporaryFolder(context.commonDir))
  return new Addition(context, publisher)
}

/** A large file on its way into the store. */
interface AddTask extends SizedTask {
  readonly path: string
}

/** Lives as long as one call adds files: publishes each, and makes all durable at the end. */
class Addition {
  readonly #context: StoreContext
  readonly #publisher: Publisher
  /** To be remembered at the end, when they have rested. */
  readonly #largeObjects: HashedBytes[] = []

  constructor(context: StoreContext, publisher: Publisher) {
    this.#context = context
    this.#publisher = publisher
  }

  async addFiles(inputs: readonly Input[], done: (path: string, object: StoredObject) => void): Promise<void> {
    const small = inputs.filter(isSmall)
    await forEachAtOnce(small, Math.min(AT_ONCE, small.length), async ({ path, stat }) =>
      done(path, await this.#addSmall(path, stat)),
    )
    const tasks: AddTask[] = []
    for (const input of inputs.filter((each) => !isSmall(each))) {
      const known = await this.#findKnown(input)
      if (known === undefined) tasks.push(this.#taskFor(input))
      else done(input.path, known)
    }
    await copyAll(this.#context.files, tasks, async (task, copied) => done(task.path, await this.#take(task, copied)))
  }

  async addBytes(bytes: Uint8Array): Promise<HashedBytes> {
    const object = { sha256: sha256Of(bytes), sizeBytes: bytes.length }
    if (await isKnownWhole(this.#context, object)) {
      await this.#publisher.keep(object.sha256)
      return object
    }
    const temporary = temporaryPath(this.#context)
    await this.#orRemove(temporary, async () => {
      await writeSynced(this.#context.files, temporary, bytes, OBJECT_PERMISSIONS)
      await this.#publisher.publish(temporary, object.sha256)
    })
    return object
  }

  async finish(): Promise<void> {
    await this.#publisher.finish()
    await rememberObjects(this.#context, this.#largeObjects)
  }

  async #addSmall(path: string, stat: FileStat): Promise<StoredObject> {
    const { bytes } = await readUnchanged(this.#context.files, path, stat)
    const object = await this.addBytes(bytes)
    if (!hasTensors(path)) return object
    const reader = tensorReader(bytes.length)
    reader.update(bytes)
    return { ...object, tensors: reader.finish() }
  }

  /** The object a large file already is, when neither has changed since both were digested. */
  async #findKnown({ path, stat }: Input): Promise<StoredObject | undefined> {
    const sha256 = await this.#context.cache.find(stat)
    if (sha256 === undefined) return undefined
    const object = { sha256, sizeBytes: stat.sizeBytes }
    // Reading the object is still half the work of copying the file again.
    if ((await verifyObject(this.#context, object, false)) !== 'ok') return undefined
    await this.#publisher.keep(sha256)
    return hasTensors(path) ? { ...object, tensors: await readTensors(this.#context, path) } : object
  }

  #taskFor({ path, stat }: Input): AddTask {
    return {
      path,
      source: path,
      target: temporaryPath(this.#context),
      permissions: OBJECT_PERMISSIONS,
      durable: true,
      tensors: hasTensors(path),
      sizeBytes: stat.sizeBytes,
    }
  }

  /** Makes a finished copy an object. */
  async #take(task: AddTask, first: CopiedFile): Promise<StoredObject> {
    const { files, cache } = this.#context
    return this.#orRemove(task.target, async () => {
      const { sha256, sizeBytes, tensors, after, startedAt } = await this.#settle(task, first)
      if (await isKnownWhole(this.#context, { sha256, sizeBytes })) {
        await files.remove(task.target)
        await this.#publisher.keep(sha256)
      } else await this.#publisher.publish(task.target, sha256)
      this.#largeObjects.push({ sha256, sizeBytes })
      await cache.remember([{ stat: after, sha256 }], startedAt)
      return { sha256, sizeBytes, ...(tensors === undefined ? {} : { tensors }) }
    })
  }

  /** Copies again while the source changes under the copy: half of one state and half of another is no artifact. */
  async #settle(task: AddTask, first: CopiedFile): Promise<CopiedFile> {
    let copied = first
    for (let tries = 1; !isUnchanged(copied.before, copied.after); tries += 1) {
      if (tries === TRIES) throw refuse('input-changing', { path: task.path })
      await this.#context.files.remove(task.target)
      copied = await copyFile(this.#context.files, task)
    }
    return copied
  }

  async #orRemove<Result>(temporary: string, action: () => Promise<Result>): Promise<Result> {
    try {
      return await action()
    } catch (error) {
      // What is told is why it failed, also when the disk refuses the cleaning up.
      await this.#context.files.remove(temporary).catch(() => undefined)
      throw error
    }
  }
}
