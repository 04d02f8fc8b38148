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

const YEAR_SECONDS = 31_536_000

/**
 * Reads a choice kept for this host, whatever the port; `undefined` when none was kept, and where a page is a file.
 *
 * @param name letters alone
 */
export function keptForHost(name: string): string | undefined {
  try {
    const start = `mlv-${name}=`
    const found = document.cookie.split('; ').find((pair) => pair.startsWith(start))
    return found?.slice(start.length)
  } catch {
    return undefined
  }
}

/** Keeps a choice for this host for a year: cookies know no ports. The value is letters alone. */
export function keepForHost(name: string, value: string): void {
  try {
    document.cookie = `mlv-${name}=${value}; Path=/; SameSite=Strict; Max-Age=${YEAR_SECONDS}`
  } catch {
    // As above.
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
