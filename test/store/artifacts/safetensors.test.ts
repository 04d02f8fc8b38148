/**
 * Tensors of safetensors files: digests for honest files, and for hostile ones a reason instead of a crash, a hang or
 * an allocation (row D6 of the threat list).
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sha256Of } from '../../../src/base/digest.ts'
import { collectFiles } from '../../../src/store/artifacts/collect.ts'
import { recordFiles } from '../../../src/store/artifacts/record-files.ts'
import { tensorReader } from '../../../src/store/artifacts/safetensors.ts'
import type { TensorReading } from '../../../src/store/artifacts/safetensors.ts'
import { memoryWorld } from './artifact-world.ts'

const DATA = Buffer.from('0123456789abcdef')

/** A file with this header and data; the header's declared length may lie. */
function fileWith(header: unknown, data: Uint8Array = DATA, declared?: bigint): Buffer {
  const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(declared ?? BigInt(text.length))
  return Buffer.concat([length, text, data])
}

function read(bytes: Uint8Array, chunkBytes = 1024, sizeBytes = bytes.length): TensorReading {
  const reader = tensorReader(sizeBytes)
  for (let at = 0; at < bytes.length; at += chunkBytes) reader.update(bytes.subarray(at, at + chunkBytes))
  return reader.finish()
}

function problemOf(bytes: Uint8Array): string {
  const reading = read(bytes)
  return reading.kind === 'unreadable' ? reading.problem : `read ${reading.tensors.length} tensors`
}

const TWO = {
  __metadata__: { format: 'pt' },
  'b.weight': { dtype: 'F32', shape: [2], data_offsets: [0, 8] },
  'a.bias': { dtype: 'BF16', shape: [2, 2], data_offsets: [8, 16] },
}

test('tensors are told in file order with the digest of their own bytes', () => {
  expect(read(fileWith(TWO))).toEqual({
    kind: 'tensors',
    tensors: [
      { name: 'b.weight', dtype: 'F32', shape: [2], sha256: sha256Of('01234567') },
      { name: 'a.bias', dtype: 'BF16', shape: [2, 2], sha256: sha256Of('89abcdef') },
    ],
  })
})

test('how a file is cut into chunks does not matter', () => {
  const file = fileWith(TWO)
  const whole = read(file)
  for (let size = 1; size <= file.length; size += 1) expect(read(file, size)).toEqual(whole)
})

test('scalars, empty tensors and files without tensors are read', () => {
  const empty = sha256Of('')
  const header = {
    first: { dtype: 'F32', shape: [0, 7], data_offsets: [0, 0] },
    scalar: { dtype: 'F64', shape: [], data_offsets: [0, 8] },
    middle: { dtype: 'I8', shape: [0], data_offsets: [8, 8] },
    rest: { dtype: 'U8', shape: [8], data_offsets: [8, 16] },
    last: { dtype: 'I8', shape: [0], data_offsets: [16, 16] },
  }
  const reading = read(fileWith(header))
  expect(reading.kind === 'tensors' ? reading.tensors.map(({ name, sha256 }) => [name, sha256]) : reading).toEqual([
    ['first', empty],
    ['scalar', sha256Of('01234567')],
    ['middle', empty],
    ['rest', sha256Of('89abcdef')],
    ['last', empty],
  ])
  expect(read(fileWith({}, Buffer.alloc(0)))).toEqual({ kind: 'tensors', tensors: [] })
  expect(read(fileWith(`{}${' '.repeat(30)}`, Buffer.alloc(0)))).toEqual({ kind: 'tensors', tensors: [] })
})

test('a hundred thousand empty tensors do not exhaust the stack', () => {
  const entries = Array.from(
    { length: 100_000 },
    (_, index) => `"t${index}":{"dtype":"I8","shape":[0],"data_offsets":[0,0]}`,
  )
  expect(problemOf(fileWith(`{${entries.join(',')}}`, Buffer.alloc(0)))).toBe('read 100000 tensors')
})

const one = (fields: object) => ({ t: { dtype: 'U8', shape: [16], data_offsets: [0, 16], ...fields } })
const cover = (first: readonly number[], second: readonly number[]) => ({
  t: { dtype: 'U8', shape: [(first[1] ?? 0) - (first[0] ?? 0)], data_offsets: first },
  u: { dtype: 'U8', shape: [(second[1] ?? 0) - (second[0] ?? 0)], data_offsets: second },
})

test.each([
  ['a header of 2^63 bytes', fileWith({}, DATA, 2n ** 63n), 'header length 9223372036854775808 exceeds the file'],
  ['a header of 2^64-1 bytes', fileWith({}, DATA, 2n ** 64n - 1n), 'exceeds the file'],
  ['a header one byte longer than the file', fileWith({}, DATA, 19n), 'header length 19 exceeds the file'],
  ['no header', Buffer.from('1234567'), 'the file ends early'],
  ['an empty file', Buffer.alloc(0), 'the file ends early'],
  ['a header that is no JSON', fileWith('{'), 'the safetensors header'],
  ['a header that is a list', fileWith([]), 'expected a mapping'],
  ['a header that is not UTF-8', fileWith('{"\xff":1}'.replace('\xff', '\ud800')), 'the safetensors header'],
  ['one tensor twice', fileWith('{"t":{"dtype":"U8","shape":[16],"data_offsets":[0,16]},"t":1}'), "'t' appears twice"],
  ['an end behind the file', fileWith(one({ shape: [17], data_offsets: [0, 17] })), 'it ends behind the file'],
  [
    'an end far behind the file',
    fileWith(one({ shape: [2 ** 50], data_offsets: [0, 2 ** 50] })),
    'ends behind the file',
  ],
  ['a negative offset', fileWith(one({ data_offsets: [-16, 0] })), 'expected an integer of at least 0'],
  ['an end before its beginning', fileWith(one({ data_offsets: [16, 0] })), 'its shape and its offsets do not agree'],
  ['offsets that overlap', fileWith(cover([0, 10], [8, 16])), 'it overlaps another tensor'],
  ['a gap', fileWith(cover([0, 7], [8, 16])), 'there is a gap before it'],
  ['data that no tensor covers', fileWith(one({ shape: [15], data_offsets: [0, 15] })), 'bytes follow the last tensor'],
  ['a shape that does not fit', fileWith(one({ shape: [4, 5] })), 'its shape and its offsets do not agree'],
  ['a shape that overflows', fileWith(one({ shape: [2 ** 32, 2 ** 32, 2 ** 32, 0.5] })), 'expected an integer'],
  ['a shape whose product wraps to 16', fileWith(one({ shape: [2 ** 52, 2 ** 12, 16] })), 'do not agree'],
  ['too many dimensions', fileWith(one({ shape: Array(65).fill(1) })), 'it has too many dimensions'],
  ['a type nobody knows', fileWith(one({ dtype: 'Q3' })), 'its type Q3 is not known'],
  ['offsets that are text', fileWith(one({ data_offsets: ['0', '16'] })), 'expected an integer'],
  ['three offsets', fileWith(one({ data_offsets: [0, 16, 16] })), 'expected two offsets'],
  ['no offsets', fileWith(one({ data_offsets: undefined })), 'this field is missing'],
  ['deep nesting', fileWith(`${'['.repeat(1000)}${']'.repeat(1000)}`), 'nested deeper than 64'],
  ['a name of 2,000 bytes', fileWith({ ['n'.repeat(2000)]: one({}).t }), 'the name of a tensor is too long'],
])('%s is told, and the rest of the file passes by', (_, bytes, problem) => {
  expect(problemOf(bytes)).toContain(problem)
})

test('a header that claims 100 MB of a huge file is refused without gathering it', () => {
  const reader = tensorReader(2 ** 40)
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(100_000_001n)
  reader.update(length)
  reader.update(new Uint8Array(1000))
  expect(reader.finish()).toEqual({ kind: 'unreadable', problem: 'header length 100000001 exceeds 16777216' })
})

test('a hostile header is read in no time', () => {
  const shape = Array(64).fill(2 ** 53 - 1)
  const entries = Array.from({ length: 2000 }, (_, index) => [
    `t${index}`,
    { dtype: 'U8', shape, data_offsets: [0, 16] },
  ])
  const started = performance.now()
  expect(problemOf(fileWith(Object.fromEntries(entries)))).toContain('do not agree')
  expect(performance.now() - started).toBeLessThan(2000)
})

test('a file cut anywhere has no tensors', () => {
  const file = fileWith(TWO)
  for (let end = 0; end < file.length; end += 1) {
    expect(read(file.subarray(0, end), 1024).kind).toBe('unreadable')
    expect(read(file.subarray(0, end), 5, file.length).kind).toBe('unreadable')
  }
})

test('law: noise is never read as tensors, and never throws', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(40), (noise, length) => {
      const bytes = Buffer.concat([Buffer.from([length, 0, 0, 0, 0, 0, 0, 0]), noise])
      const reading = read(bytes, 7)
      expect(reading.kind === 'unreadable' || length >= 2).toBe(true)
    }),
  )
})

test('a run records the tensors it can read, and says of which file it could not', async () => {
  const { store, files, work, write } = await memoryWorld()
  const large = Buffer.alloc(2 * 1024 * 1024, 3)
  await write('small.safetensors', fileWith(TWO))
  await write(
    'large.safetensors',
    fileWith({ t: { dtype: 'U8', shape: [large.length], data_offsets: [0, large.length] } }, large),
  )
  await write('broken.safetensors', fileWith({}, DATA, 2n ** 63n))
  const recorded = await recordFiles(store, await collectFiles(files, work, ['.']))
  expect(recorded.files.map(({ path, tensors }) => [path, tensors?.map((tensor) => tensor.sha256)])).toEqual([
    ['broken.safetensors', undefined],
    ['large.safetensors', [sha256Of(large)]],
    ['small.safetensors', [sha256Of('01234567'), sha256Of('89abcdef')]],
  ])
  expect([...recorded.unreadable]).toEqual([
    ['broken.safetensors', 'header length 9223372036854775808 exceeds the file'],
  ])
})
