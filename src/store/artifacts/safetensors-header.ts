/**
 * The header of a safetensors file: which tensor is where. Checked as strictly as the format's own reader does: the
 * tensors cover the data exactly, without gap or overlap, and each is as long as its type and shape say.
 */
import { compareText } from '../../base/order.ts'
import { countValue, fieldsOf, listOf, malformed, required, textValue } from '../documents/decode.ts'
import type { Decoder, Spot } from '../documents/decode.ts'
import { documentText } from '../documents/document-text.ts'
import { readStrictJson } from '../documents/strict-json.ts'

/** Where a tensor's bytes are. */
export interface TensorSpan {
  readonly name: string
  readonly dtype: string
  readonly shape: readonly number[]
  /** First byte in the data part of the file. */
  readonly begin: number
  readonly sizeBytes: number
}

/** Larger than the headers of the largest public models; the format itself allows 100 MB. */
export const LIMIT_HEADER_BYTES = 16 * 1024 * 1024

/** A record names each tensor, so more of them would make the record large. */
const LIMIT_TENSORS = 100_000
const LIMIT_NAME_BYTES = 1024
const LIMIT_DIMENSIONS = 64

/** Bits an element takes. */
const ELEMENT_BITS: ReadonlyMap<string, number> = new Map([
  ['F4', 4],
  ...['F6_E2M3', 'F6_E3M2'].map((dtype) => [dtype, 6] as const),
  ...['BOOL', 'U8', 'I8', 'F8_E5M2', 'F8_E4M3', 'F8_E8M0', 'F8_E4M3FNUZ', 'F8_E5M2FNUZ'].map((d) => [d, 8] as const),
  ...['I16', 'U16', 'F16', 'BF16'].map((dtype) => [dtype, 16] as const),
  ...['I32', 'U32', 'F32'].map((dtype) => [dtype, 32] as const),
  ...['I64', 'U64', 'F64', 'C64'].map((dtype) => [dtype, 64] as const),
])

const FILE = 'the safetensors header'
const ROOT: Spot = { file: FILE }

const spanOf: Decoder<Omit<TensorSpan, 'name'>> = (value, spot) => {
  const fields = fieldsOf(value, spot)
  const dtype = required(fields, 'dtype', textValue)
  const shape = required(fields, 'shape', listOf(countValue))
  const offsets = required(fields, 'data_offsets', listOf(countValue))
  const [begin, end] = offsets
  if (begin === undefined || end === undefined || offsets.length !== 2) throw malformed(spot, 'expected two offsets')
  const bits = ELEMENT_BITS.get(dtype)
  if (bits === undefined) throw malformed(spot, `its type ${dtype} is not known`)
  if (shape.length > LIMIT_DIMENSIONS) throw malformed(spot, 'it has too many dimensions')
  if (bitsOf(shape, bits) !== BigInt(end - begin) * 8n) throw malformed(spot, 'its shape and its offsets do not agree')
  return { dtype, shape, begin, sizeBytes: end - begin }
}

/** The one member that is not a tensor. */
const METADATA = '__metadata__'

/**
 * Reads a header into spans in file order.
 *
 * @param dataBytes how many bytes follow the header
 * @throws `document-malformed`, `key-duplicate` and what else `readStrictJson` refuses
 */
export function readHeader(bytes: Uint8Array, dataBytes: number): readonly TensorSpan[] {
  const { map } = fieldsOf(readStrictJson(documentText(bytes, FILE), FILE), ROOT)
  const members = [...map].filter(([name]) => name !== METADATA)
  if (members.length > LIMIT_TENSORS) throw malformed(ROOT, `expected at most ${LIMIT_TENSORS} tensors`)
  const spans = members.map(([name, value]) => ({
    name: nameOf(name),
    ...spanOf(value, { file: FILE, within: ROOT, key: name }),
  }))
  spans.sort((left, right) => left.begin - right.begin || endOf(left) - endOf(right) || byName(left, right))
  checkCover(spans, dataBytes)
  return spans
}

function nameOf(text: string): string {
  if (Buffer.byteLength(text) > LIMIT_NAME_BYTES) throw malformed(ROOT, 'the name of a tensor is too long')
  return text
}

function checkCover(spans: readonly TensorSpan[], dataBytes: number): void {
  let at = 0
  for (const span of spans) {
    const spot = { file: FILE, within: ROOT, key: span.name }
    if (span.begin < at) throw malformed(spot, 'it overlaps another tensor')
    if (span.begin > at) throw malformed(spot, 'there is a gap before it')
    at = endOf(span)
    if (at > dataBytes) throw malformed(spot, 'it ends behind the file')
  }
  if (at !== dataBytes) throw malformed(ROOT, 'bytes follow the last tensor')
}

function bitsOf(shape: readonly number[], bits: number): bigint {
  return shape.reduce((product, dimension) => product * BigInt(dimension), BigInt(bits))
}

function endOf(span: TensorSpan): number {
  return span.begin + span.sizeBytes
}

function byName(left: TensorSpan, right: TensorSpan): number {
  return compareText(left.name, right.name)
}
