/**
 * The tensors of one recorded file: from the record where they are in it, else from the header of the file, of which no
 * more is read than that.
 */
import { Failure } from '../../domain/failure.ts'
import type { ArtifactFile, Tensor } from '../../domain/artifact.ts'
import { headerRange, LENGTH_RANGE } from '../../store/artifacts/tensor-part.ts'
import { readHeader } from '../../store/artifacts/safetensors-header.ts'
import type { Repository } from '../repository/repository.ts'
import { filePartsOf, findRunFile, readPart } from './open-file-parts.ts'

/** One tensor; the digest is absent where only the header was read. */
export type ShownTensor = Omit<Tensor, 'sha256'> & { readonly sha256?: Tensor['sha256'] }

/** The tensors of a file. */
export interface TensorList {
  readonly run: string
  readonly file: ArtifactFile
  /** In file order. */
  readonly tensors: readonly ShownTensor[]
  /** Why they cannot be read; absent when they can. */
  readonly problem?: string
}

/** Reads the tensors of a file. @throws what `findRunFile` and reading it refuse */
export async function readTensors(repository: Repository, revision: string, pathText: string): Promise<TensorList> {
  const { snapshot, run, file } = await findRunFile(repository, revision, pathText)
  if (file.tensors !== undefined) return { run, file, tensors: file.tensors }
  const parts = await filePartsOf(repository, snapshot, run, file)
  try {
    const range = headerRange(file, await readPart(parts, LENGTH_RANGE.start, LENGTH_RANGE.end))
    const header = await readPart(parts, range.start, range.end)
    const spans = readHeader(header, file.sizeBytes - range.end)
    return { run, file, tensors: spans.map(({ name, dtype, shape }) => ({ name, dtype, shape })) }
  } catch (caught) {
    // A header that lies is the file's own matter; a store that does not answer is told as such.
    if (!(caught instanceof Failure) || !PROBLEMS.has(caught.code)) throw caught
    return {
      run,
      file,
      tensors: [],
      problem: caught.detail.code === 'object-damaged' ? caught.detail.data.problem : caught.message,
    }
  }
}

const PROBLEMS: ReadonlySet<string> = new Set([
  'object-damaged',
  'document-malformed',
  'document-too-deep',
  'key-duplicate',
  'number-not-exact',
  'limit-exceeded',
])
