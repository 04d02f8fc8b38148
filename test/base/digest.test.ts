/**
 * SHA-256: the published vectors, and that pieces give the digest of the whole.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseSha256, sha256Of, sha256Stream } from '../../src/base/digest.ts'

test.each([
  ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
])('sha256Of %j is the digest of FIPS 180-4', (text, digest) => {
  expect(sha256Of(text)).toBe(digest)
  expect(sha256Of(new TextEncoder().encode(text))).toBe(digest)
})

test('text is digested as UTF-8', () => {
  expect(sha256Of('é')).toBe(sha256Of(Uint8Array.of(0xc3, 0xa9)))
})

test('a digest does not depend on how the bytes are cut', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array()), (chunks) => {
      const stream = sha256Stream()
      for (const chunk of chunks) stream.update(chunk)
      expect(stream.digest()).toBe(sha256Of(Buffer.concat(chunks)))
    }),
  )
})

test.each(['', 'e3b0', 'E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855', `${'0'.repeat(64)}\n`])(
  '%j is not read as a digest',
  (text) => {
    expect(parseSha256(text)).toBeUndefined()
  },
)

test('64 lower-case hex digits are read as a digest', () => {
  expect(parseSha256('0'.repeat(64))).toBe('0'.repeat(64))
})
