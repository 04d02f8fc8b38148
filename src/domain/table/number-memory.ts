/**
 * Memory for many short lists of numbers, side by side. A list in a buffer of its own takes some hundred bytes more,
 * and a hundred thousand of them, made and dropped while a table is read, leave holes that nobody gets back.
 */

/** An array of numbers that lies in a buffer. */
interface ArrayKind<Numbers> {
  new (buffer: ArrayBuffer, offsetBytes: number, length: number): Numbers
  readonly BYTES_PER_ELEMENT: number
}

const LEAST_BYTES = 16 * 1024
const MOST_BYTES = 1024 * 1024
/** Every list begins where a double may. */
const ALIGNED_BYTES = 8

/** Places lists side by side. What was placed stays in memory as long as any list beside it. */
export class NumberMemory {
  #buffer = new ArrayBuffer(0)
  #usedBytes = 0

  /** Copies a list into an array of that kind, which must hold its numbers. */
  place<Numbers extends { readonly set: (numbers: ArrayLike<number>) => void }>(
    kind: ArrayKind<Numbers>,
    numbers: ArrayLike<number>,
  ): Numbers {
    const sizeBytes = Math.ceil((numbers.length * kind.BYTES_PER_ELEMENT) / ALIGNED_BYTES) * ALIGNED_BYTES
    if (this.#usedBytes + sizeBytes > this.#buffer.byteLength) {
      const next = Math.min(MOST_BYTES, Math.max(LEAST_BYTES, 2 * this.#buffer.byteLength))
      this.#buffer = new ArrayBuffer(Math.max(sizeBytes, next))
      this.#usedBytes = 0
    }
    const placed = new kind(this.#buffer, this.#usedBytes, numbers.length)
    placed.set(numbers)
    this.#usedBytes += sizeBytes
    return placed
  }
}
