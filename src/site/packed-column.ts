/**
 * Columns of many values as short JSON: what is the same everywhere is written once, what is one of a few is counted.
 */

/** What JSON holds. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [member: string]: Json }

/** A column of values. */
export type PackedColumn =
  | { readonly all: Json; readonly count: number }
  /** `at` are indexes into `words`. */
  | { readonly words: readonly Json[]; readonly at: readonly number[] }
  | { readonly list: readonly Json[] }

/** A double as JSON holds it: what JSON cannot write, zero below nothing too, is a text. */
export type PackedNumber = number | string

/** Packs a column. */
export function packColumn(values: readonly Json[]): PackedColumn {
  const words = new Map<string, number>()
  const kept: Json[] = []
  const at = values.map((value) => {
    const text = JSON.stringify(value)
    const known = words.get(text)
    if (known !== undefined) return known
    words.set(text, kept.length)
    return kept.push(value) - 1
  })
  const [first] = values
  if (kept.length === 1 && first !== undefined) return { all: first, count: values.length }
  return kept.length * 3 < values.length ? { words: kept, at } : { list: values }
}

/** The values of a column. */
export function unpackColumn(column: PackedColumn): readonly Json[] {
  if ('list' in column) return column.list
  if ('all' in column) return new Array<Json>(column.count).fill(column.all)
  return column.at.map((index) => column.words[index] ?? null)
}

/** Packs any double. */
export function packNumber(value: number): PackedNumber {
  return Number.isFinite(value) && !Object.is(value, -0) ? value : Object.is(value, -0) ? '-0' : String(value)
}

/** The double that was packed. */
export function unpackNumber(value: Json | undefined): number {
  return typeof value === 'number' ? value : Number(value)
}

/** Ascending whole numbers as steps from one to the next. */
export function packRising(values: readonly number[]): readonly number[] {
  return values.map((value, index) => value - (index === 0 ? 0 : (values[index - 1] ?? 0)))
}

/** The numbers whose steps were packed. */
export function unpackRising(steps: readonly number[]): readonly number[] {
  let sum = 0
  return steps.map((step) => (sum += step))
}
