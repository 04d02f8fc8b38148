/**
 * Groups of numbers of which nearly every run has one of its own: ranges of about as many runs each.
 */
import { numberText } from '../base/number-text.ts'

/** Numbers from one to another, both within. */
export interface ValueRange {
  readonly low: number
  readonly high: number
  /** `0.01 to 0.1` */
  readonly name: string
}

// So many values can be read beside each other.
const MOST_VALUES = 20
const RANGES = 8

/** The ranges, ascending; `undefined` where there are few enough values for a group each. */
export function rangesOf(numbers: readonly number[]): readonly ValueRange[] | undefined {
  const counts = new Map<number, number>()
  for (const number of numbers) counts.set(number, (counts.get(number) ?? 0) + 1)
  if (counts.size <= MOST_VALUES) return undefined
  const ranges: ValueRange[] = []
  let [low, seen] = [NaN, 0]
  for (const [value, count] of [...counts].sort(([left], [right]) => left - right)) {
    if (Number.isNaN(low)) low = value
    seen += count
    // Runs with one value stay together, however many they are.
    if (seen < ((ranges.length + 1) * numbers.length) / RANGES) continue
    ranges.push({ low, high: value, name: `${numberText(low)} to ${numberText(value)}` })
    low = NaN
  }
  return ranges
}

/** The range of a number; `undefined` for one that is in none. */
export function rangeOf(ranges: readonly ValueRange[], value: number): ValueRange | undefined {
  return ranges.find(({ low, high }) => value >= low && value <= high)
}
