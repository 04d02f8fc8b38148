/**
 * Lengths in style.
 */

/** A length in pixels as a style takes it. */
export function px(length: number): string {
  return `${length}px`
}
