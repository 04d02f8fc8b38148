/**
 * Axes of plots over many runs: numbers along a line, or texts in places of their own.
 */
import { isoText } from '../browser.ts'
import { elapsedText, numberText } from '../base/number-text.ts'
import { cellNumber } from '../base/wire-value.ts'
import { HEAD_FIELDS, fieldTitle } from '../runs/columns.ts'
import type { FullRow } from '../runs/row-source.ts'
import type { AxisBrush } from './brushes.ts'

/** A field laid along an axis from 0 to 1. */
export interface PlotAxis {
  readonly field: string
  readonly title: string
  readonly kind: 'number' | 'text'
  readonly isLog: boolean
  /** Whether it could be logarithmic: all numbers are above 0. */
  readonly mayBeLog: boolean
  /** Where a run is; `undefined` when it has no such value. */
  readonly place: (row: FullRow) => number | undefined
  /** Where a value is. */
  readonly placeOf: (value: number | string) => number
  readonly ticks: readonly { readonly at: number; readonly text: string }[]
  /** What lies on a part of the axis; `undefined` when that is nothing. */
  readonly brush: (from: number, to: number) => AxisBrush | undefined
  /** Runs that have no place on it. */
  readonly missing: number
  /** The values of an axis of texts, in their order. */
  readonly texts: readonly string[]
}

/** Which scale a field has: its own where nobody chose. */
export type ScaleKind = 'auto' | 'log' | 'linear'

const TICKS = 5
const LOG_FROM = 50
// A parameter over two decades was chosen by its powers of ten; a little less, as 0.3 / 0.003 is below 100.
const PARAMETER_LOG_FROM = 100 * (1 - 1e-9)
const MOST_TEXT_TICKS = 24
// So few values are all told, but for those of metrics, which nobody chose.
const FEW = 7

/** What a field is called wherever it is chosen. */
export function anyFieldTitle(field: string): string {
  return HEAD_FIELDS.find((one) => one.field === field)?.title ?? fieldTitle(field)
}

/** Makes an axis for what the runs have of a field. Positive numbers that go far are laid by their logarithm. */
export function plotAxis(field: string, rows: readonly FullRow[], scale: ScaleKind = 'auto'): PlotAxis {
  const numbers: number[] = []
  const texts = new Set<string>()
  let textCount = 0
  for (const { cells } of rows) {
    const cell = cells.get(field)
    const number = cellNumber(cell)
    if (number !== undefined && Number.isFinite(number)) numbers.push(number)
    else if (cell != null && cell.number === null) {
      texts.add(cell.text)
      textCount += 1
    }
  }
  return numbers.length >= textCount && numbers.length > 0
    ? numberAxis(field, numbers, scale, rows.length)
    : textAxis(field, [...texts].sort(), rows.length - textCount)
}

function numberAxis(field: string, numbers: readonly number[], scale: ScaleKind, count: number): PlotAxis {
  const low = numbers.reduce((least, one) => Math.min(least, one), Infinity)
  const high = numbers.reduce((most, one) => Math.max(most, one), -Infinity)
  const mayBeLog = low > 0
  const few = [...new Set(numbers)].sort((left, right) => left - right)
  const isLog = mayBeLog && (scale === 'log' || (scale === 'auto' && goesByFactors(field, few, numbers)))
  const to = isLog ? Math.log : (value: number) => value
  const from = isLog ? Math.exp : (value: number) => value
  const [start, end] = [to(low), to(high)]
  const room = end === start ? Math.abs(start) * 0.1 || 1 : (end - start) * 0.04
  const [first, span] = [start - room, end - start + 2 * room]
  const isTold = few.length === 1 || (few.length <= FEW && !field.startsWith('metric.'))
  const values = isTold ? few : isLog ? logTicks(low, high) : evenTicks(low, high)
  const placeOf = (value: number): number => (to(value) - first) / span
  return {
    field,
    title: anyFieldTitle(field),
    kind: 'number',
    isLog,
    mayBeLog,
    texts: [],
    missing: count - numbers.length,
    place: (row) => {
      const value = cellNumber(row.cells.get(field))
      return value === undefined || !Number.isFinite(value) ? undefined : placeOf(value)
    },
    placeOf: (value) => placeOf(Number(value)),
    ticks: values.map((value) => ({ at: placeOf(value), text: tickText(field, value, high - low) })),
    brush: (a, b) => {
      const [least, most] = [Math.min(a, b), Math.max(a, b)]
      // Beyond the last value an end is open, so that runs to come are kept as well.
      const ends = [least <= placeOf(low) ? -Infinity : from(first + least * span), from(first + most * span)]
      const range = [ends[0] ?? -Infinity, most >= placeOf(high) ? Infinity : (ends[1] ?? Infinity)].map(rounded)
      const [lower = -Infinity, upper = Infinity] = range
      return lower === -Infinity && upper === Infinity ? undefined : { kind: 'range', from: lower, to: upper }
    },
  }
}

/** Whether a field is laid by its logarithm while nobody chose. */
function goesByFactors(field: string, distinct: readonly number[], numbers: readonly number[]): boolean {
  const [low, high] = [distinct[0] ?? 1, distinct.at(-1) ?? 1]
  // Of many values their middle tells how they were chosen: evenly or by factors.
  if (field.startsWith('param.') && distinct.length <= FEW && high / low >= PARAMETER_LOG_FROM) return true
  return isSpreadByFactors(numbers, low, high)
}

/** Whether positive numbers go far, and their middle is in the middle when they are laid by their logarithm. */
function isSpreadByFactors(numbers: readonly number[], low: number, high: number): boolean {
  if (high / low < LOG_FROM) return false
  const sorted = [...numbers].sort((left, right) => left - right)
  const median = sorted[Math.floor(sorted.length / 2)] ?? low
  const plain = (median - low) / (high - low)
  const logarithmic = Math.log(median / low) / Math.log(high / low)
  return Math.abs(logarithmic - 0.5) < Math.abs(plain - 0.5)
}

/** Four digits say as much as a hand draws. Moments are larger than what they differ in. */
function rounded(value: number): number {
  if (!Number.isFinite(value) || value > 1e11) return value
  return Number(value.toPrecision(4))
}

function textAxis(field: string, values: readonly string[], missing: number): PlotAxis {
  const indexOf = new Map(values.map((text, index) => [text, index]))
  const placeAt = (index: number): number => (index + 0.5) / Math.max(1, values.length)
  const every = Math.ceil(values.length / MOST_TEXT_TICKS)
  return {
    field,
    title: anyFieldTitle(field),
    kind: 'text',
    isLog: false,
    mayBeLog: false,
    texts: values,
    missing,
    place: (row) => {
      const index = indexOf.get(row.cells.get(field)?.text ?? '')
      return index === undefined ? undefined : placeAt(index)
    },
    placeOf: (value) => placeAt(indexOf.get(String(value)) ?? 0),
    ticks: values.flatMap((text, index) => (index % every === 0 ? [{ at: placeAt(index), text }] : [])),
    brush: (a, b) => {
      const inside = values.filter((_, index) => placeAt(index) >= Math.min(a, b) && placeAt(index) <= Math.max(a, b))
      return inside.length === 0 || inside.length === values.length
        ? undefined
        : { kind: 'values', operands: inside.map(operandText) }
    },
  }
}

/** Where the ends of a brush are on an axis, from 0 to 1; empty for what it has no place for. */
export function brushPlaces(
  axis: PlotAxis,
  brush: AxisBrush,
): readonly { readonly from: number; readonly to: number }[] {
  if (brush.kind === 'none') return []
  if (brush.kind === 'range') {
    if (axis.kind !== 'number') return []
    const from = brush.from === -Infinity || (axis.isLog && brush.from <= 0) ? 0 : clamped(axis.placeOf(brush.from))
    return [{ from, to: brush.to === Infinity ? 1 : clamped(axis.placeOf(brush.to)) }]
  }
  const half = 0.5 / Math.max(1, axis.texts.length)
  return axis.texts
    .filter((text) => brush.operands.includes(operandText(text)))
    .map((text) => ({ from: axis.placeOf(text) - half, to: axis.placeOf(text) + half }))
}

/** Whether a run is within a brush, as the filter would tell. */
export function isWithin(row: FullRow, field: string, brush: AxisBrush): boolean {
  const cell = row.cells.get(field)
  if (brush.kind === 'none') return cell == null
  if (cell == null) return false
  if (brush.kind === 'values')
    return brush.operands.some((operand) => operandText(cell.text) === operand || cell.text === operand)
  const number = cellNumber(cell)
  return number !== undefined && number >= brush.from && number <= brush.to
}

/** A text as the filter grammar takes it; what it reads as a truth value stays bare. */
export function operandText(text: string): string {
  return /^(?:true|false|null)$/.test(text) ? text : `"${text.replace(/[\\"]/g, '\\$&')}"`
}

/** Round numbers within a range, five or so. */
export function evenTicks(low: number, high: number): readonly number[] {
  if (low === high) return [low]
  const rough = (high - low) / TICKS
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = power * ([1, 2, 5, 10].find((one) => one * power >= rough) ?? 10)
  const first = Math.ceil(low / step)
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, index) => (first + index) * step)
}

/** Powers of ten, and where there are but few of them twos and fives as well. */
function logTicks(low: number, high: number): readonly number[] {
  const first = Math.floor(Math.log10(low) + 1e-9)
  const last = Math.ceil(Math.log10(high) - 1e-9)
  const parts = last - first <= 2 ? [1, 2, 5] : [1]
  const every = Math.ceil((last - first) / 6)
  return Array.from({ length: last - first + 1 }, (_, index) => index)
    .filter((index) => index % Math.max(1, every) === 0)
    .flatMap((index) => parts.map((part) => part * 10 ** (first + index)))
    .filter((value) => value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9))
}

const TWO_DAYS_MS = 172_800_000

function tickText(field: string, value: number, range: number): string {
  if (field === 'created') return range < TWO_DAYS_MS ? clockText(value) : isoText(value).slice(0, 10)
  if (field === 'elapsed') return elapsedText(value)
  return numberText(Number(value.toPrecision(6)))
}

/** Month, day and minute, UTC: `11-18 14:30`. */
function clockText(value: number): string {
  return isoText(value).slice(5, 16).replace('T', ' ')
}

function clamped(part: number): number {
  return Math.min(1, Math.max(0, part))
}
