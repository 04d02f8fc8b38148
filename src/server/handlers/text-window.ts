/**
 * A part of a file as text. Pure, so that a copy of the pages can answer in the browser.
 */
import type { WireText } from '../wire.ts'

/** At most so many bytes are shown at once. */
export const TEXT_BYTES = 256 * 1024

const LOOK_BYTES = 8192

/** The text that begins at a byte. @param bytes from there on, at least `TEXT_BYTES` where there are more */
export function textWindow(
  bytes: Uint8Array,
  at: number,
  sizeBytes: number,
): Pick<WireText, 'next' | 'isBinary' | 'text'> {
  const window = bytes.subarray(0, TEXT_BYTES)
  if (window.subarray(0, LOOK_BYTES).includes(0)) return { next: null, isBinary: true, text: '' }
  // A window ends between lines where it can, so that neither a line nor a character is cut in two.
  const lineEnd = at + window.length < sizeBytes ? window.lastIndexOf(10) + 1 : window.length
  const shown = window.subarray(0, lineEnd === 0 ? window.length : lineEnd)
  const next = at + shown.length
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(shown)
  return { next: next < sizeBytes ? next : null, isBinary: false, text }
}
