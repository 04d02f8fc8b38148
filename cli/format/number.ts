/**
 * Numbers for people: four significant digits, and as many as a change needs to be seen. Programs get every digit.
 */

const SIGNIFICANT = 4
const CHANGE_SIGNIFICANT = 2
const MOST_DECIMALS = 10
const LEAST_PLAIN = 1e-4
const MOST_PLAIN = 1e15

/** A number in at most a dozen characters: `12`, `0.9240`, `1234.5`, `1.000e-7`, `NaN`. */
export function numberText(value: number): string {
  if (!Number.isFinite(value)) return String(value)
  if (!isPlain(value)) return value.toExponential(SIGNIFICANT - 1)
  return Number.isInteger(value) ? String(value) : value.toFixed(decimalsFor(value, SIGNIFICANT))
}

/** A number in full, as short as it reads back: what a program is given. */
export function exactNumberText(value: number): string {
  return Object.is(value, -0) ? '-0.0' : String(value)
}

/** Two numbers and their difference with the same decimals, so many that the difference shows. */
export interface ChangeText {
  readonly base: string
  readonly head: string
  /** With its sign: `+0.0070`. */
  readonly change: string
}

/** Writes a change from base to head. */
export function changeText(base: number, head: number, change: number): ChangeText {
  const write = writerFor([base, head, change].filter(Number.isFinite), change)
  const signed = change < 0 || Object.is(change, -0) ? write(change) : `+${write(change)}`
  return { base: write(base), head: write(head), change: signed }
}

/** A part of one as a percentage with its sign: `+12.5%`. */
export function percentText(part: number): string {
  const percent = part * 100
  const decimals = Math.abs(percent) >= 100 ? 0 : Math.abs(percent) >= 10 ? 1 : 2
  return `${percent < 0 ? '' : '+'}${percent.toFixed(decimals)}%`
}

function writerFor(finite: readonly number[], change: number): (value: number) => string {
  if (finite.every((value) => Number.isInteger(value) && isPlain(value))) return String
  const largest = Math.max(...finite.map(Math.abs))
  if (!isPlain(largest)) return (value) => writeFinite(value, () => value.toExponential(SIGNIFICANT - 1))
  const wanted = [decimalsFor(largest, SIGNIFICANT), decimalsFor(change, CHANGE_SIGNIFICANT)]
  const decimals = Math.min(MOST_DECIMALS, Math.max(...wanted))
  return (value) => writeFinite(value, () => value.toFixed(decimals))
}

function writeFinite(value: number, write: () => string): string {
  return Number.isFinite(value) ? write() : String(value)
}

function isPlain(value: number): boolean {
  const magnitude = Math.abs(value)
  return value === 0 || (magnitude >= LEAST_PLAIN && magnitude < MOST_PLAIN)
}

/** Decimals that show so many significant digits; at least one, because the number is no integer. */
function decimalsFor(value: number, significant: number): number {
  if (value === 0 || !Number.isFinite(value)) return 1
  return Math.max(1, significant - 1 - Math.floor(Math.log10(Math.abs(value))))
}
