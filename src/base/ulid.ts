/**
 * ULIDs in lower case: 48 bits of milliseconds, 80 random bits, 26 characters of Crockford's base 32.
 *
 * Text order is time order. Source: https://github.com/ulid/spec
 */
import { assert } from './assert.ts'
import type { Brand } from './brand.ts'
import type { Clock, Entropy } from './clock.ts'

/** A lower-case ULID. */
export type Ulid = Brand<string, 'Ulid'>

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
const ULID = /^[0-7][0-9a-hjkmnp-tv-z]{25}$/
const TIME_CHARACTERS = 10
const RANDOM_BYTES = 10

/** Reads a ULID; `undefined` for anything but 26 lower-case characters of its alphabet. */
export function parseUlid(text: string): Ulid | undefined {
  return ULID.test(text) ? (text as Ulid) : undefined
}

/** Makes a ULID of this moment. */
export function newUlid(clock: Clock, entropy: Entropy): Ulid {
  return ulidFrom(clock.nowMs(), entropy.randomBytes(RANDOM_BYTES))
}

/** Makes a ULID from milliseconds since the epoch and ten random bytes. */
export function ulidFrom(ms: number, random: Uint8Array): Ulid {
  assert(random.length === RANDOM_BYTES, 'ten random bytes')
  let text = ''
  let rest = Math.max(0, Math.floor(ms))
  for (let index = 0; index < TIME_CHARACTERS; index += 1) {
    text = ALPHABET.charAt(rest % 32) + text
    rest = Math.floor(rest / 32)
  }
  let bits = 0n
  for (const byte of random) bits = (bits << 8n) | BigInt(byte)
  let tail = ''
  for (let index = 0; index < 16; index += 1) {
    tail = ALPHABET.charAt(Number(bits & 31n)) + tail
    bits >>= 5n
  }
  return (text + tail) as Ulid
}

/** Milliseconds since the epoch at which a ULID was made. */
export function ulidMs(ulid: Ulid): number {
  let ms = 0
  for (let index = 0; index < TIME_CHARACTERS; index += 1) ms = ms * 32 + (DIGITS[ulid.charCodeAt(index)] ?? 0)
  return ms
}

/** What each character counts, indexed by its code. */
const DIGITS = Uint8Array.from({ length: 128 }, (_, code) => Math.max(0, ALPHABET.indexOf(String.fromCharCode(code))))
