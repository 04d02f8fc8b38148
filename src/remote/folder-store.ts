/**
 * A store in a folder that others reach too: a shared disk, NFS, or the git folder of a repository on this machine.
 *
 * An object is written beside, digested, synced and renamed, so that a reader finds all of it or none. Two writers of
 * one object write the same bytes, and the later rename changes nothing.
 */
import { dirname, join } from 'node:path'
import { sha256Stream } from '../base/digest.ts'
import type { Sha256 } from '../base/digest.ts'
import type { Entropy } from '../base/clock.ts'
import { refuse } from '../domain/failure.ts'
import { forEachAtOnce } from '../store/artifacts/at-once.ts'
import { copyFile } from '../store/artifacts/copy-file.ts'
import { steadyWriter } from '../store/artifacts/steady-writer.ts'
import { withDiskFailures } from '../store/files/disk-failure.ts'
import type { Files } from '../store/files/files.ts'
import { writeFileDurably } from '../store/files/safe-write.ts'
import { makeFolderDurably } from '../store/files/make-folder-durably.ts'
import type { ObjectId, ObjectStore, OnBytes } from './object-store.ts'
import { readFileRange } from './read-file-range.ts'

/** What a folder store needs. */
export interface FolderOptions {
  readonly files: Files
  /** Names files that are not whole yet. */
  readonly entropy: Entropy
}

type PutObject = Parameters<ObjectStore['put']>[0][number]

const AT_ONCE = 8
/** A larger file is copied by the system and digested behind it; for a smaller one that takes longer to set up. */
const LARGE_BYTES = 1024 * 1024
const NAME_BYTES = 9
const OBJECT_PERMISSIONS = 0o444

/** Opens a store whose objects are `ab/cd/<sha256>` below a folder. */
export function openFolderStore(folder: string, options: FolderOptions): ObjectStore {
  const { files } = options
  const pathOf = (sha256: Sha256): string => join(folder, sha256.slice(0, 2), sha256.slice(2, 4), sha256)
  const holds = async ({ sha256, sizeBytes }: ObjectId): Promise<boolean> => {
    const stat = await withDiskFailures(folder, 'reading', () => files.lstat(pathOf(sha256)))
    return stat?.kind === 'file' && stat.sizeBytes === sizeBytes
  }
  return {
    label: folder,
    present: async (objects) => {
      const found = new Set<Sha256>()
      await forEachAtOnce(objects, AT_ONCE, async (object) => {
        if (await holds(object)) found.add(object.sha256)
      })
      return found
    },
    put: (objects, { onBytes, onStored }) =>
      forEachAtOnce(objects, AT_ONCE, async (object) => {
        if (await holds(object)) onBytes(object.sizeBytes)
        else await withDiskFailures(folder, 'writing', () => putObject(options, pathOf(object.sha256), object, onBytes))
        onStored(object)
      }),
    get: async (object, range) => {
      if (!(await holds(object))) throw refuse('object-missing', { what: `in ${folder}, artifact`, id: object.sha256 })
      return readFileRange(files, pathOf(object.sha256), range)
    },
  }
}

/** The file that tells a store from an empty folder where a disk should be. */
const MARK = 'mlv-store.json'
const MARK_TEXT = '{\n  "format": 1\n}\n'

/** Refuses a folder where nobody made a store. @throws `store-not-found` */
export async function requireFolderStore(files: Files, folder: string): Promise<void> {
  const mark = await withDiskFailures(folder, 'reading', () => files.lstat(join(folder, MARK)))
  if (mark?.kind !== 'file') throw refuse('store-not-found', { folder })
}

/** Makes a store of a folder, made where it is absent; a store stays as it is. @throws the disk's refusals */
export async function makeFolderStore(files: Files, folder: string): Promise<void> {
  await withDiskFailures(folder, 'writing', () => makeFolderDurably(files, folder))
  if ((await files.lstat(join(folder, MARK))) !== undefined) return
  const options = { permissions: 0o644, replace: true }
  await writeFileDurably(files, join(folder, MARK), Buffer.from(MARK_TEXT), options)
}

async function putObject(options: FolderOptions, path: string, object: PutObject, onBytes: OnBytes): Promise<void> {
  const { files, entropy } = options
  await makeFolderDurably(files, dirname(path))
  const beside = `${path}.${Buffer.from(entropy.randomBytes(NAME_BYTES)).toString('hex')}.new`
  try {
    const { path: source } = object.source
    const actual =
      source === undefined || object.sizeBytes < LARGE_BYTES
        ? await writeBeside(files, beside, object, onBytes)
        : await copyBeside(files, { source, target: beside }, onBytes)
    if (actual !== object.sha256) throw refuse('digest-mismatch', { path, expected: object.sha256, actual })
    await files.rename(beside, path)
    await files.syncFolder(dirname(path))
  } catch (error) {
    await files.remove(beside).catch(() => undefined)
    throw error
  }
}

async function copyBeside(
  files: Files,
  { source, target }: { readonly source: string; readonly target: string },
  onBytes: OnBytes,
): Promise<Sha256> {
  const task = { source, target, permissions: OBJECT_PERMISSIONS, durable: true, tensors: false }
  return (await copyFile(files, task, onBytes)).sha256
}

async function writeBeside(files: Files, path: string, object: PutObject, onBytes: OnBytes): Promise<Sha256> {
  const file = await files.open(path, 'create', OBJECT_PERMISSIONS)
  const writer = steadyWriter(file, true)
  const hash = sha256Stream()
  try {
    for await (const chunk of object.source.read({ start: 0, end: object.sizeBytes })) {
      hash.update(chunk)
      await writer.write(chunk)
      onBytes(chunk.length)
    }
    await writer.finish()
    return hash.digest()
  } finally {
    await writer.settle()
    await file.close()
  }
}
