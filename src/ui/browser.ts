/**
 * What the pages ask of the browser they run in: the time, kept choices, downloads and the clipboard.
 */

/** The time now: milliseconds since the Unix epoch, UTC. */
export function nowMs(): number {
  return Date.now()
}

/** Milliseconds since the Unix epoch of an ISO 8601 text; NaN when it is none. */
export function instantMs(text: string): number {
  return Date.parse(text)
}

/** Reads a choice kept in this browser; `undefined` when none was kept or the browser keeps nothing. */
export function keptChoice(name: string): string | undefined {
  try {
    return localStorage.getItem(`mlv.${name}`) ?? undefined
  } catch {
    return undefined
  }
}

/** Keeps a choice in this browser, if it keeps anything. */
export function keepChoice(name: string, value: string): void {
  try {
    localStorage.setItem(`mlv.${name}`, value)
  } catch {
    // A browser that keeps nothing still shows everything.
  }
}

/** Hands a file to the person at the screen. */
export function download(fileName: string, content: Blob): void {
  const address = URL.createObjectURL(content)
  const link = document.createElement('a')
  link.href = address
  link.download = fileName
  link.click()
  URL.revokeObjectURL(address)
}

/** Puts a text on the clipboard; false when the browser does not allow it. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return false
  }
}

/** ISO 8601 in UTC of milliseconds since the Unix epoch. */
export function isoText(ms: number): string {
  return new Date(ms).toISOString()
}
