/**
 * JSON strings inside a longer text, found in linear time and without a regular expression's stack.
 */

/** The offset after the closing quote of the JSON string that opens at `start`; `undefined` when it never closes. */
export function jsonStringEnd(text: string, start: number): number | undefined {
  let quote = text.indexOf('"', start + 1)
  while (quote !== -1 && isEscaped(text, quote)) quote = text.indexOf('"', quote + 1)
  return quote === -1 ? undefined : quote + 1
}

/** Reads a JSON string with its quotes; `undefined` for anything else. */
export function parseJsonString(token: string): string | undefined {
  try {
    const value: unknown = JSON.parse(token)
    return typeof value === 'string' ? value : undefined
  } catch {
    return undefined
  }
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0
  while (text.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes += 1
  return backslashes % 2 === 1
}

const BACKSLASH = 92
