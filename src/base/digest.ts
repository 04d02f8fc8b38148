/**
 * SHA-256 digests, the identity of every artifact: 64 lower-case hex digits.
 */
import { createHash } from 'node:crypto'
import type { Brand } from './brand.ts'

/** A SHA-256 digest in lower-case hex. */
export type Sha256 = Brand<string, 'Sha256'>

const SHA256 = /^[0-9a-f]{64}$/

/** Reads a digest; `undefined` for anything but 64 lower-case hex digits. */
export function parseSha256(text: string): Sha256 | undefined {
  return SHA256.test(text) ? (text as Sha256) : undefined
}

/** Digests bytes, or text as UTF-8. */
export function sha256Of(content: Uint8Array | string): Sha256 {
  return createHash('sha256').update(content).digest('hex') as Sha256
}

/** A digest that takes its bytes piece by piece. */
export interface Sha256Stream {
  readonly update: (chunk: Uint8Array) => void
  /** Ends the stream; calling it twice is a bug. */
  readonly digest: () => Sha256
}

/** Starts a digest that takes its bytes piece by piece. */
export function sha256Stream(): Sha256Stream {
  const hash = createHash('sha256')
  return { update: (chunk) => void hash.update(chunk), digest: () => hash.digest('hex') as Sha256 }
}
