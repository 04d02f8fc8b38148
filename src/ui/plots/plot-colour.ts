/**
 * Colours of runs by a field: a scale for numbers, a hue each for a few texts.
 */
import { looksOf } from '../base/colour.ts'
import { theme } from '../base/theme.ts'
import type { FullRow } from '../runs/row-source.ts'
import { plotAxis } from './plot-axis.ts'
import type { PlotAxis, ScaleKind } from './plot-axis.ts'

/** How runs are coloured. */
export interface PlotColour {
  readonly axis: PlotAxis
  readonly of: (row: FullRow) => string
  /** Colours in the order of the axis; names beside them where each stands for one text. */
  readonly steps: readonly { readonly colour: string; readonly name: string | undefined }[]
}

// Viridis without its brightest end, which a light page would swallow.
const SCALE = ['#440154', '#46327e', '#365c8d', '#277f8e', '#1fa187', '#4ac16d', '#9fc93a']
const DARK_SCALE = ['#7a5cc9', '#6f7fd6', '#5a9fd4', '#48bcc0', '#4fd39a', '#9be15d', '#fde725']
const HUES = 10

/** Colours by a field. */
export function plotColour(field: string, rows: readonly FullRow[], scale: ScaleKind): PlotColour {
  const axis = plotAxis(field, rows, scale)
  if (axis.kind === 'text' && axis.texts.length <= HUES) return hues(axis)
  const colours = theme.value === 'dark' ? DARK_SCALE : SCALE
  return {
    axis,
    of: (row) => {
      const at = axis.place(row)
      if (at === undefined) return noColour()
      return colours[Math.min(colours.length - 1, Math.max(0, Math.floor(at * colours.length)))] ?? noColour()
    },
    steps: colours.map((colour) => ({ colour, name: undefined })),
  }
}

function hues(axis: PlotAxis): PlotColour {
  const looks = looksOf(axis.texts)
  return {
    axis,
    of: (row) => looks.get(row.cells.get(axis.field)?.text ?? '')?.colour ?? noColour(),
    steps: axis.texts.map((name) => ({ colour: looks.get(name)?.colour ?? noColour(), name })),
  }
}

/** The colour of a run without a value. */
export function noColour(): string {
  return theme.value === 'dark' ? '#5b6470' : '#b4bcc6'
}
