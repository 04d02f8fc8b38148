/**
 * Objects that were set aside: `mlv/trash/<when>/<sha256>`, each folder one sweep. Until a sweep's time is over its
 * objects can be put back; a move is a rename, so nothing is ever half there.
 */
import { dirname, join } from 'node:path'
import { parseSha256 } from '../../base/digest.ts'
import type { Sha256 } from '../../base/digest.ts'
import { withDiskFailures } from '../files/disk-failure.ts'
import type { Files } from '../files/files.ts'
import { makeFolderDurably } from '../files/make-folder-durably.ts'
import { objectPath, objectsFolder } from './object-layout.ts'

/** An object as the disk has it. */
export interface ObjectOnDisk {
  readonly sha256: Sha256
  readonly sizeBytes: number
  /** When its bytes were written, in milliseconds since the Unix epoch. */
  readonly writtenMs: number
}

/** An object that was set aside. */
export interface TrashedObject extends ObjectOnDisk {
  /** When it was set aside, in milliseconds since the Unix epoch. */
  readonly trashedMs: number
}

const NS_PER_MS = 1_000_000n
const SWEEP = /^[0-9]{1,15}$/

/** All objects of a clone, by their names, in their order. @throws the disk's refusals */
export async function listObjects(files: Files, commonDir: string): Promise<readonly ObjectOnDisk[]> {
  const root = objectsFolder(commonDir)
  return withDiskFailures(root, 'reading', async () => {
    const found: ObjectOnDisk[] = []
    for (const { name: first } of await files.readFolder(root)) {
      for (const { name: second } of await files.readFolder(join(root, first))) {
        found.push(...(await objectsIn(files, join(root, first, second))))
      }
    }
    return found
  })
}

/** All objects that were set aside, oldest sweep first. @throws the disk's refusals */
export async function listTrash(files: Files, commonDir: string): Promise<readonly TrashedObject[]> {
  const root = trashFolder(commonDir)
  return withDiskFailures(root, 'reading', async () => {
    const found: TrashedObject[] = []
    for (const trashedMs of await sweeps(files, root)) {
      const objects = await objectsIn(files, join(root, String(trashedMs)))
      found.push(...objects.map((object) => ({ ...object, trashedMs })))
    }
    return found
  })
}

/** Sets objects aside; durable when it returns. @throws the disk's refusals */
export async function moveToTrash(
  files: Files,
  commonDir: string,
  objects: readonly ObjectOnDisk[],
  nowMs: number,
): Promise<void> {
  const folder = join(trashFolder(commonDir), String(nowMs))
  await withDiskFailures(folder, 'writing', async () => {
    await makeFolderDurably(files, folder)
    for (const { sha256 } of objects) await files.rename(objectPath(commonDir, sha256), join(folder, sha256))
    await files.syncFolder(folder)
  })
}

/** Puts objects back; one that is there again meanwhile stays. Durable when it returns. @throws the disk's refusals */
export async function restoreFromTrash(
  files: Files,
  commonDir: string,
  objects: readonly TrashedObject[],
): Promise<void> {
  await withDiskFailures(trashFolder(commonDir), 'writing', async () => {
    for (const { sha256, trashedMs } of objects) {
      const [from, to] = [trashPath(commonDir, trashedMs, sha256), objectPath(commonDir, sha256)]
      await makeFolderDurably(files, dirname(to))
      // Equal names are equal bytes, and whoever reads them digests them.
      await files.rename(from, to)
      await files.syncFolder(dirname(to))
    }
    await removeEmpty(files, commonDir)
  })
}

/** Removes objects for good. @throws the disk's refusals */
export async function emptyTrash(files: Files, commonDir: string, objects: readonly TrashedObject[]): Promise<void> {
  await withDiskFailures(trashFolder(commonDir), 'writing', async () => {
    for (const { sha256, trashedMs } of objects) await files.remove(trashPath(commonDir, trashedMs, sha256))
    await removeEmpty(files, commonDir)
  })
}

async function objectsIn(files: Files, folder: string): Promise<readonly ObjectOnDisk[]> {
  const found: ObjectOnDisk[] = []
  for (const { name, kind } of await files.readFolder(folder)) {
    const sha256 = parseSha256(name)
    const stat = kind === 'file' && sha256 !== undefined ? await files.lstat(join(folder, name)) : undefined
    if (sha256 === undefined || stat === undefined) continue
    found.push({ sha256, sizeBytes: stat.sizeBytes, writtenMs: Number(stat.modifiedNs / NS_PER_MS) })
  }
  return found
}

async function sweeps(files: Files, root: string): Promise<readonly number[]> {
  const names = (await files.readFolder(root)).map(({ name }) => name).filter((name) => SWEEP.test(name))
  return names.map(Number).toSorted((left, right) => left - right)
}

async function removeEmpty(files: Files, commonDir: string): Promise<void> {
  const root = trashFolder(commonDir)
  for (const sweep of await sweeps(files, root)) await files.removeFolder(join(root, String(sweep)))
}

function trashPath(commonDir: string, trashedMs: number, sha256: Sha256): string {
  return join(trashFolder(commonDir), String(trashedMs), sha256)
}

function trashFolder(commonDir: string): string {
  return join(commonDir, 'mlv', 'trash')
}
