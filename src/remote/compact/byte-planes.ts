/**
 * Byte planes: the first bytes of all elements, then the second, and so on. Signs and exponents of floats are alike
 * from one element to the next, their last digits are noise; apart, the one compresses and the other costs nothing.
 */

/** Bytes an element has. */
export type ElementWidth = 1 | 2 | 4 | 8

/** Every width there is. */
export const ELEMENT_WIDTHS: readonly ElementWidth[] = [1, 2, 4, 8]

/** Reads a width; `undefined` for any other number. */
export function parseElementWidth(value: number): ElementWidth | undefined {
  return ELEMENT_WIDTHS.find((width) => width === value)
}

/** Puts bytes into planes. What is left over behind the last whole element stays behind the planes, as it is. */
export function splitPlanes(bytes: Uint8Array, width: ElementWidth): Uint8Array {
  if (width === 1) return bytes
  const count = Math.floor(bytes.length / width)
  const planes = new Uint8Array(bytes.length)
  for (let plane = 0; plane < width; plane += 1) {
    const start = plane * count
    for (let at = 0, from = plane; at < count; at += 1, from += width) planes[start + at] = bytes[from] ?? 0
  }
  planes.set(bytes.subarray(count * width), count * width)
  return planes
}

/** Undoes `splitPlanes`. */
export function joinPlanes(planes: Uint8Array, width: ElementWidth): Uint8Array {
  if (width === 1) return planes
  const count = Math.floor(planes.length / width)
  const bytes = new Uint8Array(planes.length)
  for (let plane = 0; plane < width; plane += 1) {
    const start = plane * count
    for (let at = 0, to = plane; at < count; at += 1, to += width) bytes[to] = planes[start + at] ?? 0
  }
  bytes.set(planes.subarray(count * width), count * width)
  return bytes
}

/** The exclusive or of bytes and as many others: zero where both are the same. Undoes itself. */
export function differenceOf(bytes: Uint8Array, others: Uint8Array): Uint8Array {
  const result = new Uint8Array(bytes.length)
  for (let at = 0; at < bytes.length; at += 1) result[at] = (bytes[at] ?? 0) ^ (others[at] ?? 0)
  return result
}
