/**
 * One tensor out of a safetensors file, by ranges: its place from the header, its bytes, and a file of its own.
 */
import { sha256Stream } from '../../base/digest.ts'
import type { ArtifactFile, Tensor } from '../../domain/artifact.ts'
import { refuse } from '../../domain/failure.ts'
import { LIMIT_HEADER_BYTES, readHeader } from './safetensors-header.ts'

/** Bytes of a file from `start` up to, not including, `end`. */
export interface FileRange {
  readonly start: number
  readonly end: number
}

/** How many bytes say how long the header is. */
export const LENGTH_RANGE: FileRange = { start: 0, end: 8 }

/** Where the header is, by the first eight bytes of the file. @throws `object-damaged` */
export function headerRange(file: ArtifactFile, lengthBytes: Uint8Array): FileRange {
  const length = lengthBytes.length < LENGTH_RANGE.end ? undefined : Buffer.from(lengthBytes).readBigUInt64LE()
  if (length === undefined || length > BigInt(Math.min(LIMIT_HEADER_BYTES, file.sizeBytes - LENGTH_RANGE.end))) {
    throw damaged(file, 'its header is not where the format has it')
  }
  return { start: LENGTH_RANGE.end, end: LENGTH_RANGE.end + Number(length) }
}

/** Where the bytes of a tensor are. @throws `object-damaged` when the header says otherwise than the record */
export function tensorRange(file: ArtifactFile, tensor: Tensor, header: Uint8Array): FileRange {
  const dataStart = LENGTH_RANGE.end + header.length
  const span = readHeader(header, file.sizeBytes - dataStart).find(({ name }) => name === tensor.name)
  if (span === undefined) throw damaged(file, `it has no tensor ${tensor.name}`)
  if (span.dtype !== tensor.dtype || span.shape.join() !== tensor.shape.join()) {
    throw damaged(file, `type or shape of ${tensor.name} are not those that were recorded`)
  }
  return { start: dataStart + span.begin, end: dataStart + span.begin + span.sizeBytes }
}

/**
 * A safetensors file with this tensor alone. Ends with a refusal, before its reader can believe it, when the bytes are
 * not the recorded ones.
 *
 * @throws `digest-mismatch`
 */
export async function* tensorFile(
  tensor: Tensor,
  sizeBytes: number,
  chunks: AsyncIterable<Uint8Array>,
): AsyncIterable<Uint8Array> {
  const { name, dtype, shape } = tensor
  const text = JSON.stringify({ [name]: { dtype, shape, data_offsets: [0, sizeBytes] } })
  // Data starts at a multiple of eight, as the format's own writer has it.
  const header = Buffer.from(text + ' '.repeat((8 - (Buffer.byteLength(text) % 8)) % 8), 'utf8')
  const length = Buffer.alloc(LENGTH_RANGE.end)
  length.writeBigUInt64LE(BigInt(header.length))
  yield Buffer.concat([length, header])
  const digest = sha256Stream()
  for await (const chunk of chunks) {
    digest.update(chunk)
    yield chunk
  }
  const actual = digest.digest()
  if (actual !== tensor.sha256) throw refuse('digest-mismatch', { path: name, expected: tensor.sha256, actual })
}

function damaged(file: ArtifactFile, problem: string): Error {
  return refuse('object-damaged', { what: 'artifact', id: file.path, problem })
}
