/**
 * Damage to the bytes of a file, as disks, kills and other programs do it; the same for the same seed.
 */

/** One damage: what was done, and the bytes after it. */
export interface Damage {
  readonly what: string
  readonly bytes: Uint8Array
}

/** So many damages of each kind at places spread over the file, never outside of it and never none. */
export function* damagesOf(bytes: Uint8Array, places: number, seed = 1): Generator<Damage> {
  // A slice of a Buffer is the Buffer itself.
  const whole = Uint8Array.from(bytes)
  const random = randomNumbers(seed)
  const stride = whole.length / places
  for (let place = 0; place < places; place += 1) {
    const at = Math.min(whole.length - 1, Math.floor((place + random()) * stride))
    const bit = Math.floor(random() * 8)
    yield { what: `bit ${bit} of byte ${at} is flipped`, bytes: withBytes(whole, at, [(whole[at] ?? 0) ^ (1 << bit)]) }
    yield { what: `it is cut at ${at}`, bytes: whole.subarray(0, at) }
    const zeros = whole.slice(at, at + 512).fill(0)
    if (!Buffer.from(zeros).equals(whole.subarray(at, at + zeros.length))) {
      yield { what: `${zeros.length} bytes at ${at} are zeros`, bytes: withBytes(whole, at, zeros) }
    }
    const other = Math.floor(random() * whole.length)
    const piece = whole.slice(other, other + 64)
    const moved = withBytes(whole, at, piece.subarray(0, whole.length - at))
    if (!Buffer.from(moved).equals(whole)) yield { what: `what was at ${other} is at ${at} too`, bytes: moved }
  }
}

function withBytes(whole: Uint8Array, at: number, bytes: ArrayLike<number>): Uint8Array {
  const copy = Uint8Array.from(whole)
  copy.set(bytes, at)
  return copy
}

/** Mulberry32: small, and the same everywhere. */
function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
