/**
 * Axes of plots over many runs: numbers along a line, or texts in places of their own.
 */
import { numberText } from '../base/number-text.ts'
import { cellNumber } from '../base/wire-value.ts'
import type { FullRow } from '../runs/row-source.ts'

/** A field laid along an axis from 0 to 1. */
export interface PlotAxis {
  readonly field: string
  /** Where a run is; `undefined` when it has no such value. */
  readonly place: (row: FullRow) => number | undefined
  readonly ticks: readonly { readonly at: number; readonly text: string }[]
  /** The condition of the filter grammar for a part of the axis; empty when it holds nothing. */
  readonly condition: (from: number, to: number) => string
  readonly isLog: boolean
}

const TICKS = 5
const LOG_FROM = 50

/** Makes an axis for what the runs have of a field. Positive numbers that go far are laid by their logarithm. */
export function plotAxis(field: string, rows: readonly FullRow[]): PlotAxis {
  const numbers = rows.flatMap((row) => cellNumber(row.cells.get(field)) ?? []).filter(Number.isFinite)
  const texts = rows.flatMap((row) => {
    const cell = row.cells.get(field)
    return cell != null && cell.number === null ? [cell.text] : []
  })
  return numbers.length >= texts.length && numbers.length > 0 ? numberAxis(field, numbers) : textAxis(field, texts)
}

function numberAxis(field: string, numbers: readonly number[]): PlotAxis {
  const low = numbers.reduce((least, one) => Math.min(least, one), Infinity)
  const high = numbers.reduce((most, one) => Math.max(most, one), -Infinity)
  const isLog = low > 0 && high / low >= LOG_FROM
  const to = isLog ? Math.log : (value: number) => value
  const from = isLog ? Math.exp : (value: number) => value
  const [start, end] = [to(low), to(high)]
  const room = end === start ? Math.abs(start) * 0.1 || 1 : (end - start) * 0.04
  const [first, span] = [start - room, end - start + 2 * room]
  const values = isLog ? logTicks(low, high) : evenTicks(low, high)
  return {
    field,
    isLog,
    place: (row) => {
      const value = cellNumber(row.cells.get(field))
      return value === undefined || !Number.isFinite(value) ? undefined : (to(value) - first) / span
    },
    ticks: values.map((value) => ({ at: (to(value) - first) / span, text: numberText(Number(value.toPrecision(6))) })),
    condition: (a, b) => {
      const ends = [from(first + Math.min(a, b) * span), from(first + Math.max(a, b) * span)]
      const [least = '', most = ''] = ends.map((value) => String(Number(value.toPrecision(4))))
      return `${field} >= ${least} and ${field} <= ${most}`
    },
  }
}

function textAxis(field: string, texts: readonly string[]): PlotAxis {
  const values = [...new Set(texts)].sort()
  const placeOf = (index: number): number => (index + 0.5) / Math.max(1, values.length)
  const every = Math.ceil(values.length / 24)
  return {
    field,
    isLog: false,
    place: (row) => {
      const index = values.indexOf(row.cells.get(field)?.text ?? '')
      return index === -1 ? undefined : placeOf(index)
    },
    ticks: values.flatMap((text, index) => (index % every === 0 ? [{ at: placeOf(index), text }] : [])),
    condition: (a, b) => {
      const inside = values.filter((_, index) => placeOf(index) >= Math.min(a, b) && placeOf(index) <= Math.max(a, b))
      return inside.length === 0 ? '' : `${field} in (${inside.map(operandText).join(', ')})`
    },
  }
}

/** A text as the filter grammar takes it; what it reads as a truth value stays bare. */
function operandText(text: string): string {
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

function logTicks(low: number, high: number): readonly number[] {
  const first = Math.ceil(Math.log10(low) - 1e-9)
  const count = Math.floor(Math.log10(high) + 1e-9) - first + 1
  const every = Math.ceil(count / 6)
  return Array.from({ length: Math.max(0, count) }, (_, index) => 10 ** (first + index)).filter(
    (_, i) => i % every === 0,
  )
}

// Viridis without its brightest end, which a light page would swallow.
const SCALE = ['#440154', '#46327e', '#365c8d', '#277f8e', '#1fa187', '#4ac16d', '#9fc93a']
const DARK_SCALE = ['#7a5cc9', '#6f7fd6', '#5a9fd4', '#48bcc0', '#4fd39a', '#9be15d', '#fde725']

/** A colour for a place from 0 to 1: the same order to every kind of eye. */
export function scaleColour(at: number | undefined, theme: 'dark' | 'light'): string {
  if (at === undefined) return theme === 'dark' ? '#5b6470' : '#b4bcc6'
  const scale = theme === 'dark' ? DARK_SCALE : SCALE
  return scale[Math.min(scale.length - 1, Math.max(0, Math.floor(at * scale.length)))] ?? '#888888'
}
