/**
 * Which bytes of a file belong beside which of its parent, and how wide their elements are: tensor by tensor where
 * both are safetensors files, else at the same distance from the start or the end.
 */
import { Failure } from '../../domain/failure.ts'
import { LIMIT_HEADER_BYTES, readHeader } from '../../store/artifacts/safetensors-header.ts'
import type { TensorSpan } from '../../store/artifacts/safetensors-header.ts'
import type { ObjectSource } from '../object-store.ts'
import { parseElementWidth } from './byte-planes.ts'
import type { ElementWidth } from './byte-planes.ts'
import { gathered } from './byte-reader.ts'

/** Consecutive bytes of a file that are treated alike. */
export interface Segment {
  readonly lengthBytes: number
  readonly width: ElementWidth
  /** Where the bytes of the parent start that they are compared with; absent where there are none. */
  readonly parentAt?: number
}

/** A file that can be read again. */
export interface SizedSource {
  readonly source: ObjectSource
  readonly sizeBytes: number
}

const LENGTH_BYTES = 8

/** The tensors of a safetensors file, and where its data starts. */
export interface TensorLayout {
  readonly dataAt: number
  readonly spans: readonly TensorSpan[]
}

/** Reads the header of a file; `undefined` for whatever is no safetensors file. */
export async function readTensorLayout({ source, sizeBytes }: SizedSource): Promise<TensorLayout | undefined> {
  if (sizeBytes < LENGTH_BYTES) return undefined
  const length = (await gathered(source.read({ start: 0, end: LENGTH_BYTES }))).readBigUInt64LE(0)
  if (length > BigInt(LIMIT_HEADER_BYTES) || length + BigInt(LENGTH_BYTES) > BigInt(sizeBytes)) return undefined
  const dataAt = LENGTH_BYTES + Number(length)
  const header = await gathered(source.read({ start: LENGTH_BYTES, end: dataAt }))
  try {
    return { dataAt, spans: readHeader(header, sizeBytes - dataAt) }
  } catch (caught) {
    if (caught instanceof Failure) return undefined
    throw caught
  }
}

/** Segments of a safetensors file: its header, then each tensor beside its namesake of the same type and shape. */
export function tensorSegments(layout: TensorLayout, parent: TensorLayout | undefined): readonly Segment[] {
  const namesakes = new Map(parent?.spans.map((span) => [identityOf(span), span]))
  const segments: Segment[] = [{ lengthBytes: layout.dataAt, width: 1 }]
  for (const span of layout.spans) {
    const namesake = namesakes.get(identityOf(span))
    const parentAt = parent === undefined || namesake === undefined ? undefined : parent.dataAt + namesake.begin
    const segment = { lengthBytes: span.sizeBytes, width: widthOf(span) }
    if (span.sizeBytes > 0) segments.push(parentAt === undefined ? segment : { ...segment, parentAt })
  }
  return merged(segments)
}

/** Segments of any other file, with its parent at the same distance from the start, or from the end. */
export function plainSegments(
  sizeBytes: number,
  width: ElementWidth,
  parent?: { readonly sizeBytes: number; readonly from: 'start' | 'end' },
): readonly Segment[] {
  if (parent === undefined) return [{ lengthBytes: sizeBytes, width }]
  const shared = Math.min(sizeBytes, parent.sizeBytes)
  const rest = sizeBytes - shared
  const beside = (parentAt: number): Segment => ({ lengthBytes: shared, width, parentAt })
  const alone: readonly Segment[] = rest === 0 ? [] : [{ lengthBytes: rest, width }]
  return parent.from === 'start' ? [beside(0), ...alone] : [...alone, beside(parent.sizeBytes - shared)]
}

function identityOf({ name, dtype, shape }: TensorSpan): string {
  return JSON.stringify([name, dtype, shape])
}

function widthOf({ shape, sizeBytes }: TensorSpan): ElementWidth {
  const elements = shape.reduce((product, dimension) => product * dimension, 1)
  return parseElementWidth(sizeBytes / elements) ?? 1
}

/** Neighbours of one width whose parents are neighbours too are one. */
function merged(segments: readonly Segment[]): readonly Segment[] {
  const result: Segment[] = []
  for (const segment of segments) {
    const last = result.at(-1)
    if (last !== undefined && last.width === segment.width && nextParent(last) === segment.parentAt) {
      result[result.length - 1] = { ...last, lengthBytes: last.lengthBytes + segment.lengthBytes }
    } else result.push(segment)
  }
  return result
}

function nextParent({ parentAt, lengthBytes }: Segment): number | undefined {
  return parentAt === undefined ? undefined : parentAt + lengthBytes
}
