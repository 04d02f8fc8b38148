/**
 * Sizes and counts for people.
 */

const UNITS = ['kB', 'MB', 'GB', 'TB', 'PB'] as const

/** A size with three significant digits, by powers of 1,000: `512 B`, `1.21 MB`. */
export function bytesText(sizeBytes: number): string {
  if (sizeBytes < 1000) return `${sizeBytes} B`
  let amount = sizeBytes / 1000
  let unit = 0
  // 999.5 would be shown as 1000.
  while (amount >= 999.5 && unit < UNITS.length - 1) {
    amount /= 1000
    unit += 1
  }
  const decimals = amount >= 99.95 ? 0 : amount >= 9.995 ? 1 : 2
  return `${amount.toFixed(decimals)} ${UNITS[unit] ?? ''}`
}

/** A count with its noun: `1 file`, `3 files`. */
export function countText(count: number, noun: string, nouns = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : nouns}`
}
