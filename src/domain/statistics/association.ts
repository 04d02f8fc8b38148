/**
 * Which inputs go together, so that nothing can tell which of them counts.
 */
import type { Input } from './inputs.ts'
import { rankCorrelation, ranksOf } from './rank.ts'

/** Inputs that go together, and how much the two nearest of them do: from 0.7 to 1. */
export interface TiedInputs {
  /** Indices, ascending; two at least. */
  readonly members: readonly number[]
  readonly association: number
}

/** From here on two inputs are told to go together. */
export const TIED_FROM = 0.7
const BINS = 5

/** Groups of inputs each of which goes with another of its group. */
export function tiedInputs(inputs: readonly Input[]): readonly TiedInputs[] {
  const bins = inputs.map(binsOf)
  const groupOf = inputs.map((_, index) => index)
  const strongest = new Map<number, number>()
  for (let left = 0; left < inputs.length; left += 1) {
    for (let right = left + 1; right < inputs.length; right += 1) {
      const strength = association(inputs[left], inputs[right], bins[left], bins[right])
      if (strength < TIED_FROM) continue
      const [into, from] = [groupOf[left] ?? left, groupOf[right] ?? right]
      strongest.set(into, Math.max(strength, strongest.get(into) ?? 0, strongest.get(from) ?? 0))
      groupOf.forEach((group, index) => group === from && (groupOf[index] = into))
    }
  }
  return [...strongest].flatMap(([group, strength]) => {
    const members = groupOf.flatMap((one, index) => (one === group ? [index] : []))
    return members.length < 2 ? [] : [{ members, association: strength }]
  })
}

/** From 0, nothing to do with one another, to 1: the greater of the correlation of ranks and of Cramér's V. */
function association(
  left: Input | undefined,
  right: Input | undefined,
  leftBins: Uint8Array | undefined,
  rightBins: Uint8Array | undefined,
): number {
  if (left === undefined || right === undefined || leftBins === undefined || rightBins === undefined) return 0
  return Math.max(
    cramer(leftBins, rightBins),
    left.kind === 'number' && right.kind === 'number' ? ranked(left, right) : 0,
    presence(left, right, rightBins),
    presence(right, left, leftBins),
  )
}

/** How far a parameter that all have tells which runs have the other: a momentum goes with some optimizers alone. */
function presence({ codes, missing }: Input, whole: Input, wholeBins: Uint8Array): number {
  if (missing === 0 || whole.missing > 0) return 0
  return cramer(
    codes.map((code) => Math.min(1, code)),
    wholeBins,
  )
}

function ranked({ numbers: left }: Input, { numbers: right }: Input): number {
  const both = Array.from(left, (_, index) => index).filter((index) => {
    return !Number.isNaN(left[index] ?? NaN) && !Number.isNaN(right[index] ?? NaN)
  })
  const pick = (numbers: Float64Array): Float64Array => Float64Array.from(both, (index) => numbers[index] ?? 0)
  return Math.abs(rankCorrelation(pick(left), pick(right))?.value ?? 0)
}

/** Categories as they are; numbers in five parts of as many samples, those without a value apart. */
function binsOf({ kind, codes, numbers, distinct, missing }: Input): Uint8Array {
  if (kind === 'category' || distinct <= BINS) return codes
  const ranks = ranksOf(numbers.map((value) => (Number.isNaN(value) ? Infinity : value)))
  const present = numbers.length - missing
  return Uint8Array.from(numbers, (value, index) =>
    Number.isNaN(value) ? 0 : 1 + Math.min(BINS - 1, Math.floor((((ranks[index] ?? 1) - 1) * BINS) / present)),
  )
}

/**
 * Cramér's V of two columns of categories, without what chance alone makes of it: Bergsma, A bias-correction for
 * Cramér's V and Tschuprow's T, Journal of the Korean Statistical Society 42 (2013).
 */
function cramer(left: Uint8Array, right: Uint8Array): number {
  const count = left.length
  const [rows, columns, cells] = [new Map<number, number>(), new Map<number, number>(), new Map<number, number>()]
  const add = (counts: Map<number, number>, key: number): unknown => counts.set(key, (counts.get(key) ?? 0) + 1)
  for (let index = 0; index < count; index += 1) {
    const [row, column] = [left[index] ?? 0, right[index] ?? 0]
    add(rows, row)
    add(columns, column)
    add(cells, row * 256 + column)
  }
  // The sum of (seen - expected)² / expected over all cells, those without a sample too.
  let square = -count
  for (const [key, seen] of cells)
    square += (seen ** 2 * count) / ((rows.get(key >> 8) ?? 1) * (columns.get(key & 255) ?? 1))
  const [r, c] = [rows.size, columns.size]
  const phi = Math.max(0, square / count - ((r - 1) * (c - 1)) / (count - 1))
  const [fairRows, fairColumns] = [r - (r - 1) ** 2 / (count - 1), c - (c - 1) ** 2 / (count - 1)]
  const least = Math.min(fairRows, fairColumns) - 1
  return least <= 0 ? 0 : Math.min(1, Math.sqrt(phi / least))
}
