/**
 * Copies one file to a new name and tells the digest of what was written. The unit of work that may run in a worker
 * thread: everything it takes and gives can be sent to one.
 */
import { withDiskFailures } from '../files/disk-failure.ts'
import type { Files, FileStat, OpenFile } from '../files/files.ts'
import { cloneFile } from './clone-file.ts'
import type { Copy } from './clone-file.ts'
import { copyBySystem, growsInOrder } from './copy-by-system.ts'
import { hashWhileCopying } from './hash-while-copying.ts'
import type { HashedBytes, HashOptions } from './hash-while-copying.ts'
import { tensorReader } from './safetensors.ts'
import type { TensorReading } from './safetensors.ts'
import { momentOf } from './stat-cache.ts'
import type { Moment } from './stat-cache.ts'
import { steadyWriter } from './steady-writer.ts'

/** A copy to make. */
export interface CopyTask extends Copy {
  /** Whether the bytes must survive power loss when the copy is done. */
  readonly durable: boolean
  /** Whether to read the tensors of a weights file on the way. */
  readonly tensors: boolean
}

/** A copy that was made. */
export interface CopiedFile extends HashedBytes {
  /** Absent when they were not asked for. */
  readonly tensors?: TensorReading
  /** The source just before its first byte was read, and just after the last. */
  readonly before: FileStat
  readonly after: FileStat
  /** When reading began, by the clock of the target's file system. */
  readonly startedAt: Moment
}

/**
 * Copies a file. Whatever goes wrong, no target is left.
 *
 * @param onBytes told how many bytes were digested since the last time
 * @throws `disk-full`, `disk-failed`, `repository-read-only`, `too-many-open-files`, `permission-denied`, and `ENOENT`
 */
export async function copyFile(files: Files, task: CopyTask, onBytes?: (bytes: number) => void): Promise<CopiedFile> {
  const source = await withDiskFailures(task.source, 'reading', () => files.open(task.source, 'read'))
  try {
    const before = await source.stat()
    const copied = await withDiskFailures(task.target, 'writing', () =>
      copyOpenFile(files, task, { source, before, onBytes }),
    )
    return { ...copied, before, after: await source.stat() }
  } catch (error) {
    await files.remove(task.target).catch(() => undefined)
    throw error
  } finally {
    await source.close()
  }
}

interface OpenSource {
  readonly source: OpenFile
  readonly before: FileStat
  readonly onBytes: ((bytes: number) => void) | undefined
}

async function copyOpenFile(
  files: Files,
  task: CopyTask,
  { source, before, onBytes }: OpenSource,
): Promise<Omit<CopiedFile, 'before' | 'after'>> {
  const startedAt = await momentBeside(files, task.target)
  const reader = task.tensors ? tensorReader(before.sizeBytes) : undefined
  const options = {
    expectedBytes: before.sizeBytes,
    observe: (chunk: Uint8Array) => {
      reader?.update(chunk)
      onBytes?.(chunk.length)
    },
  }
  const hashed = (await growsInOrder(task.target))
    ? await copyBySystem(files, task, options)
    : await copyByHand(files, task, { source, options })
  return { ...hashed, startedAt, ...(reader === undefined ? {} : { tensors: reader.finish() }) }
}

/** The time of a file system, told before anything is read: what is written to the source later shows. */
async function momentBeside(files: Files, target: string): Promise<Moment> {
  const path = `${target}.clock`
  const file = await files.open(path, 'create')
  try {
    return momentOf(await file.stat())
  } finally {
    await file.close()
    await files.remove(path)
  }
}

/** Copies through memory, or clones and reads the clone. */
async function copyByHand(
  files: Files,
  task: CopyTask,
  { source, options }: { readonly source: OpenFile; readonly options: HashOptions },
): Promise<HashedBytes> {
  const isClone = await cloneFile(files, task)
  const target = await files.open(task.target, isClone ? 'read' : 'create', task.permissions)
  const writer = steadyWriter(target, task.durable)
  try {
    const hashed = isClone
      ? await hashWhileCopying(target, options)
      : await hashWhileCopying(source, { ...options, target: writer })
    await writer.finish()
    return hashed
  } finally {
    await writer.settle()
    await target.close()
  }
}
