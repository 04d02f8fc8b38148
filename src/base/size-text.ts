/**
 * Sizes as people write them: `50MB`, `1.5 GiB`, `4096`.
 */

const SIZE = /^([0-9]{1,15}(?:\.[0-9]{1,6})?)\s*([kmgt]i?)?b?$/i
const FACTORS: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['k', 1e3],
  ['m', 1e6],
  ['g', 1e9],
  ['t', 1e12],
  ['ki', 2 ** 10],
  ['mi', 2 ** 20],
  ['gi', 2 ** 30],
  ['ti', 2 ** 40],
])

/**
 * Reads a size in bytes, rounded to a whole one; `undefined` for anything else. `k`, `M`, `G`, `T` count by 1,000 and
 * `Ki` and so on by 1,024.
 */
export function sizeOfText(text: string): number | undefined {
  const found = SIZE.exec(text.trim())
  const factor = FACTORS.get(found?.[2]?.toLowerCase() ?? '')
  return found === null || factor === undefined ? undefined : Math.round(Number(found[1]) * factor)
}
