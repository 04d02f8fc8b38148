/**
 * Charts for terminals: several curves over one axis, each with a hue and, where there are several, a letter on it, so
 * that they are told apart without colour.
 */
import { brailleCells, brailleSign, lineOf, scaleOf } from './braille-chart.ts'
import type { ChartScale, DotColumn } from './braille-chart.ts'
import { displayWidth } from './display-width.ts'
import { styled } from './line.ts'
import type { Line, Span, Style } from './line.ts'
import { numberText } from './number.ts'

/** One curve. */
export interface ChartCurve {
  /** Two a character, the first on the left. On a logarithmic scale the logarithms. */
  readonly columns: readonly (DotColumn | undefined)[]
  /** Columns of dots with values that are not finite. */
  readonly broken: ReadonlySet<number>
}

/** What is around the curves. */
export interface ChartFrame {
  /** Lines of the chart itself. */
  readonly height: number
  /** Values are shown as powers of ten. */
  readonly isLog: boolean
  /** Curves whose values decide the scale; those that are drawn when absent. */
  readonly among?: readonly ChartCurve[]
  /** What the axis is called, and what it says at its start, middle and end. */
  readonly axis: { readonly title: string; readonly from: string; readonly middle: string; readonly to: string }
}

/** Characters on the left of a chart, a space behind them. */
export const LABEL_WIDTH = 10

const HUES: readonly Style[] = ['curve1', 'curve2', 'curve3', 'curve4']
const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'

/** The most curves that have a letter each. */
export const MOST_CURVES = LETTERS.length

/** The letter of a curve in its hue, for a legend; counted from 0. */
export function curveLetter(index: number): Span {
  return styled(hueOf(index), LETTERS[index] ?? '?')
}

/** Draws curves, their scale and their axis. A chart of one curve has no letters. */
export function chartLines(curves: readonly ChartCurve[], frame: ChartFrame): readonly Line[] {
  const scale = scaleOf((frame.among ?? curves).flatMap(({ columns }) => columns))
  const width = Math.ceil(Math.max(0, ...curves.map(({ columns }) => columns.length)) / 2)
  return [
    ...(scale === undefined ? [['nothing to draw']] : drawnLines(curves, scale, frame)),
    ...brokenLine(curves, width),
    axisLine(frame.axis, width),
  ]
}

function drawnLines(curves: readonly ChartCurve[], scale: ChartScale, { height, isLog }: ChartFrame): readonly Line[] {
  const cells = curves.map(({ columns }) => brailleCells(columns, scale, height))
  const letters = curves.length < 2 ? new Map<string, number>() : letterPlaces(curves, scale, height)
  const middle = height < 5 ? -1 : Math.floor((height - 1) / 2)
  const labelled = scale.low === scale.high ? [lineOf(scale, scale, height)] : [0, middle, height - 1]
  const label = (line: number): string => {
    if (!labelled.includes(line)) return ''
    const value = scale.high - (scale.high - scale.low) * (line / (height - 1))
    return numberText(isLog ? 10 ** value : value)
  }
  return Array.from({ length: height }, (_, line): Line => {
    const row = cells.map((lines) => lines[line] ?? new Uint8Array())
    const signs = Array.from({ length: row[0]?.length ?? 0 }, (__, at): Span => {
      const lettered = letters.get(`${line} ${at}`)
      if (lettered !== undefined) return curveLetter(lettered)
      const bits = row.reduce((all, of) => all | (of[at] ?? 0), 0)
      const first = row.findIndex((of) => (of[at] ?? 0) !== 0)
      return bits === 0 || curves.length < 2 ? brailleSign(bits) : styled(hueOf(first), brailleSign(bits))
    })
    return [styled('faint', label(line).padStart(LABEL_WIDTH)), ' ', ...joinedSpans(signs)]
  })
}

/** Where letters stand on their curves, every few characters and each curve at others: `line character` to curve. */
function letterPlaces(curves: readonly ChartCurve[], scale: ChartScale, height: number): ReadonlyMap<string, number> {
  const places = new Map<string, number>()
  const spacing = Math.max(16, 3 * curves.length)
  curves.forEach(({ columns }, curve) => {
    const width = Math.ceil(columns.length / 2)
    const first = Math.floor((spacing * (curve + 0.5)) / curves.length)
    let isPlaced = false
    for (let at = first; at < width; at += spacing) isPlaced = place(curve, at) || isPlaced
    // A short curve has its letter where it ends.
    const last = columns.findLastIndex((column) => column !== undefined)
    if (!isPlaced && last >= 0) place(curve, Math.floor(last / 2))
  })
  return places

  function place(curve: number, at: number): boolean {
    const column = curves[curve]?.columns[2 * at] ?? curves[curve]?.columns[2 * at + 1]
    if (column === undefined) return false
    const key = `${lineOf(column, scale, height)} ${at}`
    if (places.has(key)) return false
    places.set(key, curve)
    return true
  }
}

/** A sign below each place where a curve is not finite; the letter of the curve where there are several. */
function brokenLine(curves: readonly ChartCurve[], width: number): readonly Line[] {
  if (curves.every(({ broken }) => broken.size === 0)) return []
  const signs = Array.from({ length: width }, (_, at): Span => {
    const curve = curves.findIndex(({ broken }) => broken.has(2 * at) || broken.has(2 * at + 1))
    if (curve < 0) return ' '
    return curves.length < 2 ? styled('bad', '×') : curveLetter(curve)
  })
  return [[styled('bad', 'not finite'.padStart(LABEL_WIDTH)), ' ', ...joinedSpans(signs)]]
}

function axisLine({ title, from, middle, to }: ChartFrame['axis'], width: number): Line {
  const [left, center, right] = [from, middle, to].map(displayWidth)
  const start = Math.floor((width - (center ?? 0)) / 2)
  const isRoomy = start - (left ?? 0) >= 2 && width - start - (center ?? 0) - (right ?? 0) >= 2
  const gap = (used: number): string => ' '.repeat(Math.max(1, used))
  const text = isRoomy
    ? `${from}${gap(start - (left ?? 0))}${middle}${gap(width - start - (center ?? 0) - (right ?? 0))}${to}`
    : `${from}${gap(width - (left ?? 0) - (right ?? 0))}${to}`
  return [styled('faint', `${title.padStart(LABEL_WIDTH)} ${text}`)]
}

/** Joins neighbours of one style, and leaves out what is empty at the end. */
function joinedSpans(signs: readonly Span[]): Line {
  const line: Span[] = []
  for (const sign of signs) {
    const before = line.at(-1)
    const [style, known] = [styleOf(sign), before === undefined ? undefined : styleOf(before)]
    if (before === undefined || style !== known) line.push(sign)
    else
      line[line.length - 1] =
        style === undefined ? textIn(before) + textIn(sign) : styled(style, textIn(before) + textIn(sign))
  }
  return line
}

function styleOf(span: Span): Style | undefined {
  return typeof span === 'string' ? undefined : span.style
}

function textIn(span: Span): string {
  return typeof span === 'string' ? span : span.text
}

function hueOf(curve: number): Style {
  return HUES[curve % HUES.length] ?? 'strong'
}
