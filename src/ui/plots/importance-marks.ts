/**
 * Importances as bars with their intervals, and beside them which way each parameter goes with the metric.
 */
import type { WireImportanceAnswer, WireParameterImportance } from '../../server/wire.ts'
import { fieldTitle } from '../runs/columns.ts'
import { pathMark, shortened } from './axis-marks.ts'
import type { PlotInk } from './axis-marks.ts'
import type { Mark, Picture } from './picture.ts'

/** What was measured. */
export type MeasuredImportance = Extract<WireImportanceAnswer, { readonly kind: 'measured' }>

const LINE = 30
const TOP = 26
const GAP = 30

/** A line for each parameter. */
export function importancePicture(answer: MeasuredImportance, width: number, ink: PlotInk): Picture {
  const { parameters } = answer
  const longest = Math.max(8, ...parameters.map(({ field }) => fieldTitle(field).length))
  const left = Math.min(width * 0.3, 20 + longest * 7)
  const room = width - left - GAP - 16
  const columns = { left, bar: room * 0.62, middle: left + room * 0.62 + GAP + room * 0.19, half: room * 0.19 }
  const most = Math.max(0.05, ...parameters.map(({ importance }) => Math.min(1, importance.high)))
  const lines = parameters.flatMap((parameter, index) => {
    return lineMarks(parameter, TOP + (index + 0.5) * LINE, columns, most, ink)
  })
  const height = TOP + parameters.length * LINE + 8
  return { width, height, marks: [...headMarks(columns, height, ink), ...lines] }
}

interface Columns {
  readonly left: number
  readonly bar: number
  readonly middle: number
  readonly half: number
}

function headMarks({ left, middle, half }: Columns, height: number, ink: PlotInk): readonly Mark[] {
  const head = (x: number, text: string, anchor: 'start' | 'middle' | 'end' = 'start'): Mark => {
    return { kind: 'text', x, y: 11, text, fill: ink.text, size: 11, anchor }
  }
  return [
    head(left, 'Importance, 95 % interval'),
    head(middle - half, '−1'),
    head(middle, half < 60 ? 'ρ' : 'Correlation ρ', 'middle'),
    head(middle + half, '+1', 'end'),
    pathMark([left, TOP, left, height - 8], ink.edge),
    pathMark([middle, TOP, middle, height - 8], ink.edge),
  ]
}

function lineMarks(
  { field, importance, correlation }: WireParameterImportance,
  y: number,
  { left, bar, middle, half }: Columns,
  most: number,
  ink: PlotInk,
): readonly Mark[] {
  const xOf = (part: number): number => left + (Math.min(most, Math.max(0, part)) / most) * bar
  const isSure = importance.low > 0
  const name = shortened(fieldTitle(field), Math.floor((left - 12) / 6.6))
  const marks: Mark[] = [
    { kind: 'text', x: left - 8, y, text: name, fill: isSure ? ink.strong : ink.text, size: 12, anchor: 'end' },
    {
      kind: 'box',
      x: left,
      y: y - 8,
      width: xOf(importance.value) - left,
      height: 16,
      fill: isSure ? ink.accent : ink.edge,
      alpha: 0.6,
    },
    pathMark([xOf(importance.low), y, xOf(importance.high), y], ink.strong, 1.5),
    pathMark([xOf(importance.high), y - 4, xOf(importance.high), y + 4], ink.strong, 1.5),
  ]
  if (isSure) marks.push(pathMark([xOf(importance.low), y - 4, xOf(importance.low), y + 4], ink.strong, 1.5))
  if (correlation === null) {
    const text = 'categories'
    return [...marks, { kind: 'text', x: middle, y, text, fill: ink.text, size: 11, anchor: 'middle' }]
  }
  const at = (part: number): number => middle + part * half
  const { value, low, high } = correlation
  const isSigned = low > 0 || high < 0
  const box = { x: Math.min(middle, at(value)), y: y - 6, width: Math.abs(at(value) - middle), height: 12 }
  const fill = !isSigned ? ink.edge : value > 0 ? UP : DOWN
  return [...marks, { kind: 'box', ...box, fill, alpha: 0.75 }, pathMark([at(low), y, at(high), y], ink.strong, 1.5)]
}

// Apart for every kind of eye, in both themes.
const UP = '#2f9bd6'
const DOWN = '#d5702a'
