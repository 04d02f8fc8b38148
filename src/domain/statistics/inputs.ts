/**
 * Parameters as a forest takes them: small whole numbers, whose order means something for numbers, nothing for texts.
 */

/** A value of a parameter; `undefined` where a run has none. */
export type InputValue = number | boolean | string | undefined

/** One input of a forest. */
export interface Input {
  readonly key: string
  /** Numbers and truth values have an order, all else are categories. */
  readonly kind: 'number' | 'category'
  /** One for each sample, below `codeCount`. 0 is for those without a value where there are such. */
  readonly codes: Uint8Array
  readonly codeCount: number
  /** The values as numbers, NaN where there is none; empty for categories. */
  readonly numbers: Float64Array
  /** How many values there are, and how many samples have none. */
  readonly distinct: number
  readonly missing: number
}

/** Why a parameter is no input. */
export type NoInput = 'constant' | 'own-values'

/** More codes than this are no use to a forest of our size. */
export const MOST_CODES = 64
const MOST_CATEGORIES = 32

/**
 * Makes an input of a column of values. `constant` where all samples are alike; `own-values` where there are too many
 * texts to tell anything of each: more than 32, or one for every two samples.
 */
export function inputOf(key: string, values: readonly InputValue[]): Input | NoInput {
  const present = values.filter((value) => value !== undefined)
  const missing = values.length - present.length
  const isNumeric = present.every((value) => typeof value !== 'string')
  if (!isNumeric) return categoryInput(key, values, missing)
  const numbers = Float64Array.from(values, (value) => (value === undefined ? NaN : Number(value)))
  const sorted = [...new Set(numbers)].filter((value) => !Number.isNaN(value)).sort((left, right) => left - right)
  if (sorted.length + Math.min(1, missing) < 2) return 'constant'
  const codeOf = numberCodes(sorted, numbers)
  const codes = Uint8Array.from(numbers, (value) => (Number.isNaN(value) ? 0 : (codeOf.get(value) ?? 0)))
  return { key, kind: 'number', codes, codeCount: MOST_CODES, numbers, distinct: sorted.length, missing }
}

/** A code from 1 for each value; where there are too many, neighbours share one so that each stands for as many. */
function numberCodes(sorted: readonly number[], numbers: Float64Array): ReadonlyMap<number, number> {
  const most = MOST_CODES - 1
  if (sorted.length <= most) return new Map(sorted.map((value, index) => [value, index + 1]))
  const all = numbers.filter((value) => !Number.isNaN(value)).sort()
  const codes = new Map<number, number>()
  all.forEach((value, index) => {
    if (!codes.has(value)) codes.set(value, 1 + Math.floor((index * most) / all.length))
  })
  return codes
}

function categoryInput(key: string, values: readonly InputValue[], missing: number): Input | NoInput {
  const texts = values.map((value) => (value === undefined ? undefined : String(value)))
  const names = [...new Set(texts.filter((text) => text !== undefined))].sort()
  if (names.length + Math.min(1, missing) < 2) return 'constant'
  if (names.length > Math.min(MOST_CATEGORIES, values.length / 2)) return 'own-values'
  const codeOf = new Map(names.map((name, index) => [name, index + 1]))
  const codes = Uint8Array.from(texts, (text) => (text === undefined ? 0 : (codeOf.get(text) ?? 0)))
  const numbers = new Float64Array(0)
  return { key, kind: 'category', codes, codeCount: names.length + 1, numbers, distinct: names.length, missing }
}
