/**
 * One number out of a TensorFlow `TensorProto`, in whichever of its two ways it is written.
 *
 * https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/framework/tensor.proto
 */
import { decimalOfFloat32 } from '../../base/float32.ts'
import { doubleOf, floatOf, int64Of, visitFields, visitPacked } from '../../base/protobuf.ts'
import type { WireField } from '../../base/protobuf.ts'

/** A type of tensors: the field that lists its values, and how one is read from a list and from raw bytes. */
interface TensorType {
  readonly field: number
  readonly sizeBytes: number
  readonly ofRaw: (bytes: Uint8Array) => number | undefined
  readonly listed: 'fixed' | 'varint'
}

/** By number in tensorflow/core/framework/types.proto. */
const TYPES: ReadonlyMap<number, TensorType> = new Map<number, TensorType>([
  [1, { field: 5, sizeBytes: 4, ofRaw: (bytes) => decimalOfFloat32(floatOf(bytes)), listed: 'fixed' }],
  [2, { field: 6, sizeBytes: 8, ofRaw: doubleOf, listed: 'fixed' }],
  [3, { field: 7, sizeBytes: 4, ofRaw: (bytes) => viewOf(bytes).getInt32(0, true), listed: 'varint' }],
  [4, { field: 7, sizeBytes: 1, ofRaw: (bytes) => bytes[0], listed: 'varint' }],
  [5, { field: 7, sizeBytes: 2, ofRaw: (bytes) => viewOf(bytes).getInt16(0, true), listed: 'varint' }],
  [6, { field: 7, sizeBytes: 1, ofRaw: (bytes) => viewOf(bytes).getInt8(0), listed: 'varint' }],
  [9, { field: 10, sizeBytes: 8, ofRaw: (bytes) => exact(viewOf(bytes).getBigInt64(0, true)), listed: 'varint' }],
  [10, { field: 11, sizeBytes: 1, ofRaw: (bytes) => bytes[0], listed: 'varint' }],
])

const DTYPE = 1
const SHAPE = 2
const CONTENT = 4

/** What is gathered while the fields of a tensor are visited. */
interface Tensor {
  dtype: number
  elements: number
  content: Uint8Array | undefined
  /** The first number of the list that the type uses, and how many there are. */
  readonly lists: Map<number, { readonly first: number | undefined; readonly count: number }>
}

/**
 * Reads a tensor with exactly one number; `undefined` for any other, for text, and for a malformed message.
 *
 * Single precision comes as its shortest decimal, as in `decimalOfFloat32`.
 */
export function scalarOfTensor(message: Uint8Array): number | undefined {
  const tensor: Tensor = { dtype: 0, elements: 1, content: undefined, lists: new Map() }
  if (!visitFields(message, (field) => takeField(tensor, field))) return undefined
  const type = TYPES.get(tensor.dtype)
  if (type === undefined || tensor.elements !== 1) return undefined
  const { content } = tensor
  if (content !== undefined) return content.length === type.sizeBytes ? type.ofRaw(content) : undefined
  const list = tensor.lists.get(type.field)
  // TensorFlow fills what is not listed with zeros (tensor.cc, FromProtoField).
  if (list === undefined) return 0
  return list.count === 1 ? list.first : undefined
}

function takeField(tensor: Tensor, field: WireField): void {
  if (field.wire === 'varint') {
    if (field.number === DTYPE) tensor.dtype = field.low
    else addListed(tensor, field.number, int64Of(field))
    return
  }
  if (field.number === SHAPE) tensor.elements *= elementsOf(field.bytes)
  else if (field.number === CONTENT) tensor.content = field.bytes
  else addList(tensor, field.number, field.bytes)
}

function addList(tensor: Tensor, number: number, bytes: Uint8Array): void {
  const type = [...TYPES.values()].find(({ field }) => field === number)
  if (type === undefined) return
  if (type.listed === 'varint') visitPacked(bytes, (value) => addListed(tensor, number, int64Of(value)))
  else if (bytes.length >= type.sizeBytes) {
    const count = Math.floor(bytes.length / type.sizeBytes)
    addListed(tensor, number, type.ofRaw(bytes.subarray(0, type.sizeBytes)), count)
  }
}

function addListed(tensor: Tensor, number: number, first: number | undefined, count = 1): void {
  const known = tensor.lists.get(number)
  tensor.lists.set(number, known === undefined ? { first, count } : { ...known, count: known.count + count })
}

/** The product of the sizes in a `TensorShapeProto`; 1 for a scalar, which has none. */
function elementsOf(shape: Uint8Array): number {
  let elements = 1
  visitFields(shape, (dimension) => {
    if (dimension.number !== 2 || dimension.wire === 'varint') return
    let size = 0
    visitFields(dimension.bytes, (field) => {
      if (field.number === 1 && field.wire === 'varint') size = int64Of(field) ?? NaN
    })
    elements *= size
  })
  return elements
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function exact(value: bigint): number | undefined {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : undefined
}
