/**
 * One look at a data file: its digest, and its rows and columns when its format has any. The unit of work that may run
 * in a worker thread: everything it takes and gives can be sent to one.
 */
import type { Sha256 } from '../../base/digest.ts'
import type { Column } from '../../domain/dataset.ts'
import { hashWhileCopying } from '../artifacts/hash-while-copying.ts'
import type { Files } from '../files/files.ts'
import { readParquetShape } from './parquet-footer.ts'
import { countRecords } from './record-count.ts'

/** A file that was read. */
export interface FileSurvey {
  readonly sha256: Sha256
  readonly sizeBytes: number
  readonly rows?: number
  readonly columns?: readonly Column[]
}

/** A file to read, absolute, with its size as known before; only buffers are sized by it. */
export interface SurveyTask {
  readonly path: string
  readonly sizeBytes: number
}

const PARQUET: ReadonlySet<string> = new Set(['.parquet', '.pq'])

/** Reads a file; follows a symbolic link at its end. @throws the disk's errors */
export async function surveyFile(files: Files, { path, sizeBytes }: SurveyTask): Promise<FileSurvey> {
  const extension = extensionOf(path)
  const counter = countRecords(extension)
  const file = await files.open(path, 'read')
  try {
    const observe = counter === undefined ? {} : { observe: counter.take }
    const hashed = await hashWhileCopying(file, { expectedBytes: sizeBytes, ...observe })
    const shape = PARQUET.has(extension) ? await readParquetShape(file, hashed.sizeBytes) : counter?.end()
    return { ...hashed, ...shape }
  } finally {
    await file.close()
  }
}

/** Whether a file can have rows at all. */
export function hasRecords(path: string): boolean {
  const extension = extensionOf(path)
  return PARQUET.has(extension) || countRecords(extension) !== undefined
}

function extensionOf(path: string): string {
  return /\.[^./\\]*$/.exec(path)?.[0].toLowerCase() ?? ''
}
