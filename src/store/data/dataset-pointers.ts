/**
 * Small files that stand for data kept elsewhere, and what they pin it by.
 */
import { parseSha256 } from '../../base/digest.ts'
import type { Dataset, DatasetPin } from '../../domain/dataset.ts'
import type { Files } from '../files/files.ts'
import { readTextIfAny } from '../inputs/input-text.ts'

/** A dataset but for its name. */
export type FoundDataset = Omit<Dataset, 'uri'>

const POINTER_LIMIT_BYTES = 64 * 1024

/** A `.dvc` file names the MD5 of data that DVC keeps elsewhere; `undefined` when it is absent or names none. */
export async function readDvcFile(files: Files, path: string): Promise<FoundDataset | undefined> {
  const text = await readTextIfAny(files, path, POINTER_LIMIT_BYTES)
  const id = /^\s*(?:- )?md5: ([0-9a-f]{32}(?:\.dir)?)\s*$/m.exec(text?.slice(text.indexOf('outs:')) ?? '')?.[1]
  if (text === undefined || id === undefined) return undefined
  return foreign({ kind: 'foreign', scheme: 'dvc-md5', id }, numberAfter(text, 'size'), numberAfter(text, 'nfiles'))
}

/** A Git LFS pointer stands where its bytes were not fetched; `undefined` for any other file. */
export async function readLfsPointer(files: Files, path: string): Promise<FoundDataset | undefined> {
  const text = await readTextIfAny(files, path, POINTER_LIMIT_BYTES)
  if (text?.startsWith('version https://git-lfs.github.com/spec/v1\n') !== true) return undefined
  const id = parseSha256(/^oid sha256:([0-9a-f]{64})$/m.exec(text)?.[1] ?? '')
  if (id === undefined) return undefined
  return foreign({ kind: 'foreign', scheme: 'lfs-sha256', id }, numberAfter(text, 'size'))
}

function foreign(pin: DatasetPin, sizeBytes: number | undefined, fileCount?: number): FoundDataset {
  return {
    pin,
    ...(sizeBytes === undefined ? {} : { sizeBytes }),
    ...(fileCount === undefined ? {} : { fileCount }),
  }
}

function numberAfter(text: string, name: string): number | undefined {
  const digits = new RegExp(`^\\s*(?:- )?${name}:? (\\d{1,15})\\s*$`, 'm').exec(text)?.[1]
  return digits === undefined ? undefined : Number(digits)
}
