/**
 * A metric by group, as bars or as boxes with every run beside them.
 */
import type { Direction } from '../../domain/statistics/pareto.ts'
import { spreadOfSample } from '../../domain/statistics/spread.ts'
import type { SampleSpread } from '../../domain/statistics/spread.ts'
import { metricText, numberText } from '../base/number-text.ts'
import { cellNumber } from '../base/wire-value.ts'
import type { FullRow } from '../runs/row-source.ts'
import { rangeOf, rangesOf } from './group-ranges.ts'
import type { ValueRange } from './group-ranges.ts'
import { axisBelow, pathMark, shortened } from './axis-marks.ts'
import type { PlotFrame, PlotInk } from './axis-marks.ts'
import type { PlotAxis } from './plot-axis.ts'
import type { Mark, Picture } from './picture.ts'

/** Runs with one value of a field, and what they measured. */
export interface MetricGroup {
  /** The value as text; empty for the runs without one. */
  readonly name: string
  readonly rows: readonly FullRow[]
  /** Of the rows with a finite value. */
  readonly spread: SampleSpread
  readonly points: readonly { readonly row: FullRow; readonly value: number }[]
}

/** How groups are drawn. */
export type GroupLook = 'box' | 'bar'

/** The ranges that a field is cut into, where nearly every run has a number of its own; `undefined` where it is not. */
export function fieldRanges(rows: readonly FullRow[], field: string): readonly ValueRange[] | undefined {
  if (!/^(?:param|metric)\./.test(field)) return undefined
  return rangesOf(rows.map((row) => cellNumber(row.cells.get(field)) ?? NaN).filter(Number.isFinite))
}

/**
 * Groups rows by a field, or by ranges of it where it has very many values; runs without a finite metric are in none.
 * The best first where a goal says what that is: by the mean of bars and the median of boxes; else by name.
 */
export function metricGroups(
  rows: readonly FullRow[],
  metric: string,
  field: string,
  look: GroupLook,
  goal: Direction | undefined,
): readonly MetricGroup[] {
  const groups = new Map<string, { row: FullRow; value: number }[]>()
  const ranges = fieldRanges(rows, field) ?? []
  for (const row of rows) {
    const value = cellNumber(row.cells.get(metric))
    if (value === undefined || !Number.isFinite(value)) continue
    const cell = row.cells.get(field)
    const name = rangeOf(ranges, cellNumber(cell) ?? NaN)?.name ?? cell?.text ?? ''
    const present = groups.get(name)
    if (present === undefined) groups.set(name, [{ row, value }])
    else present.push({ row, value })
  }
  const made = [...groups].flatMap(([name, points]): readonly MetricGroup[] => {
    const spread = spreadOfSample(points.map(({ value }) => value))
    return spread === undefined ? [] : [{ name, points, spread, rows: points.map(({ row }) => row) }]
  })
  const middle = ({ spread }: MetricGroup): number => (look === 'bar' ? spread.mean : spread.median)
  const sign = goal === 'max' ? -1 : 1
  const places = new Map(ranges.map(({ name }, index) => [name, String(index)]))
  const placeOf = ({ name }: MetricGroup): string => places.get(name) ?? name
  return made.sort((left, right) => {
    const byPlace = byName(placeOf(left), placeOf(right))
    return goal === undefined ? byPlace : sign * (middle(left) - middle(right)) || byPlace
  })
}

/** Numbers by their size, before texts; the runs without a value last. */
function byName(left: string, right: string): number {
  if (left === '' || right === '') return Number(left === '') - Number(right === '')
  const [a, b] = [Number(left), Number(right)]
  if (!Number.isNaN(a) && !Number.isNaN(b)) return a - b
  return left < right ? -1 : left > right ? 1 : 0
}

/** What is between two lines of groups, in pixels. */
export const GROUP_HEIGHT = 40
const TOP = 24
const BELOW = 50
const COUNT_WIDTH = 118
const NARROW = 520

/** Where the values of groups are drawn. */
export function groupFrame(groups: readonly MetricGroup[], width: number): PlotFrame {
  const longest = groups.reduce((most, { name }) => Math.max(most, nameText(name).length), 6)
  const left = Math.min(width * 0.32, 24 + longest * 7)
  const right = width < NARROW ? 12 : COUNT_WIDTH
  return { left, top: TOP, width: Math.max(80, width - left - right), height: groups.length * GROUP_HEIGHT }
}

/** What a group is called; a long number is rounded. */
export function nameText(name: string): string {
  if (name === '') return 'no value'
  return name.length > LONG_NUMBER && Number.isFinite(Number(name)) ? numberText(Number(name)) : name
}

const LONG_NUMBER = 9

/** What a group says, in words. */
export function groupText({ name, spread }: MetricGroup, title: string): string {
  const { interval, mean, median, count } = spread
  const within =
    interval === undefined ? 'one run' : `from ${metricText(interval.low)} to ${metricText(interval.high)} (95 %)`
  return `${nameText(name)}: ${count} runs, mean ${title} ${metricText(mean)}, ${within}, median ${metricText(median)}`
}

/** How groups are drawn, and what they are groups by. */
export interface GroupDrawing {
  readonly axis: PlotAxis
  readonly look: GroupLook
  /** The name of the field. */
  readonly by: string
  /** In pixels. */
  readonly width: number
  readonly ink: PlotInk
}

/** All of it. The axis goes from zero for bars, whose length is what is compared. */
export function groupPicture(groups: readonly MetricGroup[], { axis, look, by, width, ink }: GroupDrawing): Picture {
  const frame = groupFrame(groups, width)
  const xOf = (value: number): number => frame.left + axis.placeOf(value) * frame.width
  const marks = groups.flatMap((group, index): readonly Mark[] => {
    const y = frame.top + (index + 0.5) * GROUP_HEIGHT
    const name = shortened(nameText(group.name), Math.floor((frame.left - 16) / 6.6))
    const isNarrow = width < NARROW
    const x = frame.left - 10
    const words: Mark[] = [
      { kind: 'text', x, y: isNarrow ? y - 6 : y, text: name, fill: ink.strong, size: 12, anchor: 'end' },
    ]
    const count = `n = ${group.spread.count.toLocaleString('en-GB')}`
    if (isNarrow) words.push({ kind: 'text', x, y: y + 8, text: count, fill: ink.text, size: 11, anchor: 'end' })
    else words.push(...numberMarks(group, frame.left + frame.width + 10, y, look, ink))
    return [...(look === 'bar' ? barMarks(group, xOf, y, ink) : boxMarks(group, xOf, y, ink)), ...words]
  })
  const heads = headMarks(frame, by, look, width < NARROW, ink)
  const height = frame.top + frame.height + BELOW
  return { width, height, marks: [...axisBelow(axis, frame, ink), ...heads, ...marks] }
}

/** What the names are, and the numbers at the other side. */
function headMarks(frame: PlotFrame, by: string, look: GroupLook, isNarrow: boolean, ink: PlotInk): readonly Mark[] {
  const name = shortened(by, Math.floor((frame.left - 10) / 7))
  const place = { kind: 'text', y: frame.top - 12, size: 12 } as const
  const head: Mark = { ...place, x: frame.left - 10, text: name, fill: ink.strong, anchor: 'end', isStrong: true }
  if (isNarrow) return [head]
  const text = look === 'bar' ? 'mean ±95 %' : 'median'
  return [head, { ...place, x: frame.left + frame.width + 10, text, fill: ink.text, size: 11, anchor: 'start' }]
}

function numberMarks({ spread }: MetricGroup, x: number, y: number, look: GroupLook, ink: PlotInk): readonly Mark[] {
  const { interval, mean, median, count } = spread
  const half = interval === undefined ? '' : ` ±${halfText(interval.high - interval.value)}`
  const text = look === 'bar' ? `${metricText(mean)}${half}` : metricText(median)
  return [
    { kind: 'text', x, y: y - 7, text, fill: ink.strong, size: 12, anchor: 'start' },
    {
      kind: 'text',
      x,
      y: y + 8,
      text: `n = ${count.toLocaleString('en-GB')}`,
      fill: ink.text,
      size: 11,
      anchor: 'start',
    },
  ]
}

/** Two digits say how sure a mean is. */
function halfText(half: number): string {
  return half >= 1e-3 && half < 100 ? half.toPrecision(2) : numberText(Number(half.toPrecision(2)))
}

function barMarks({ spread }: MetricGroup, xOf: (value: number) => number, y: number, ink: PlotInk): readonly Mark[] {
  const [zero, end] = [xOf(0), xOf(spread.mean)]
  const bar: Mark = {
    kind: 'box',
    x: Math.min(zero, end),
    y: y - 10,
    width: Math.max(1, Math.abs(end - zero)),
    height: 20,
    fill: ink.accent,
    alpha: 0.55,
  }
  if (spread.interval === undefined) return [bar]
  const [low, high] = [xOf(spread.interval.low), xOf(spread.interval.high)]
  return [
    bar,
    pathMark([low, y, high, y], ink.strong, 1.5),
    pathMark([low, y - 5, low, y + 5], ink.strong, 1.5),
    pathMark([high, y - 5, high, y + 5], ink.strong, 1.5),
  ]
}

const MOST_POINTS = 400
// Half of how high a box is, and a dot within it.
const HALF_BOX = 12
const DOT = 2.2

function boxMarks(group: MetricGroup, xOf: (value: number) => number, y: number, ink: PlotInk): readonly Mark[] {
  const { quarter, median, threeQuarters, whiskers, count } = group.spread
  const [from, to] = [xOf(quarter), xOf(threeQuarters)]
  const every = Math.ceil(group.points.length / MOST_POINTS)
  // Of very many runs those beyond the whiskers are all drawn, and some of the others.
  const drawn = group.points.filter(({ value }, index) => {
    return index % every === 0 || value < whiskers.low || value > whiskers.high
  })
  const dots = drawn.map(({ row, value }): Mark => {
    const shift = (2 * jitterOf(row.head.id) - 1) * (HALF_BOX - DOT - 1.5)
    return { kind: 'dot', x: xOf(value), y: y + shift, radius: DOT, fill: ink.accent, alpha: count > 60 ? 0.35 : 0.7 }
  })
  if (count < 4) return dots
  const box = { x: from, y: y - HALF_BOX, width: Math.max(1, to - from), height: 2 * HALF_BOX }
  return [
    ...dots,
    { kind: 'box', ...box, stroke: ink.strong, alpha: 1 },
    // Of few runs a quarter may lie beyond the last run that is no outlier: no line goes into the box then.
    pathMark([Math.min(from, xOf(whiskers.low)), y, from, y], ink.strong),
    pathMark([to, y, Math.max(to, xOf(whiskers.high)), y], ink.strong),
    pathMark([xOf(median), y - HALF_BOX, xOf(median), y + HALF_BOX], ink.strong, 2.5),
  ]
}

/** Where a run stands within its line, from 0 to 1: by its id, so that it stands there each time. */
export function jitterOf(id: string): number {
  let hash = 2_166_136_261
  for (const character of id) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16_777_619) >>> 0
  return (hash % 1009) / 1008
}
