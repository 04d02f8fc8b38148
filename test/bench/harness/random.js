/**
 * Chance with a seed, so that two benches of one seed do the same work.
 */

/**
 * A generator of numbers in [0, 1): mulberry32.
 *
 * @param {number} seed
 * @returns {() => number}
 */
export function randomNumbers(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Bytes that do not compress. */
export function randomBytes(/** @type {() => number} */ random, /** @type {number} */ count) {
  const words = new Uint32Array(Math.ceil(count / 4))
  for (let index = 0; index < words.length; index += 1) words[index] = random() * 2 ** 32
  return Buffer.from(words.buffer, 0, count)
}
