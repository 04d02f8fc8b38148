/**
 * Columns of the table of runs: what can be shown, and what is shown when nobody chose.
 */
import type { WireKnownKey, WireRuns } from '../../server/wire.ts'
import type { GridColumn } from '../table/grid.tsx'

/** Kinds of columns that are no parameter and no metric. */
export type HeadField = 'name' | 'created' | 'elapsed' | 'experiment' | 'status' | 'tag' | 'model' | 'branch' | 'id'

/** What a column shows. */
export interface RunColumn extends GridColumn {
  /** A field of the filter grammar; also what it is sorted by. `select` for the boxes. */
  readonly id: string
  readonly kind: 'select' | 'head' | 'param' | 'metric'
  readonly title: string
  /** The part of a metric's summary; empty for the last value. */
  readonly part: string
}

/** Columns that every run has something for. */
export const HEAD_FIELDS: readonly { readonly field: HeadField; readonly title: string; readonly width: number }[] = [
  { field: 'name', title: 'Run', width: 250 },
  { field: 'created', title: 'Started', width: 110 },
  { field: 'elapsed', title: 'Took', width: 104 },
  { field: 'experiment', title: 'Experiment', width: 120 },
  { field: 'status', title: 'Status', width: 92 },
  { field: 'tag', title: 'Tags', width: 130 },
  { field: 'model', title: 'Versions', width: 220 },
  { field: 'branch', title: 'Code', width: 140 },
  { field: 'id', title: 'Id', width: 124 },
]

/** Parts of a metric's summary that a column can show; the first is the one without a name. */
export const SUMMARY_PARTS = ['last', 'best', 'min', 'max', 'count'] as const

const DEFAULT_KEYS = 8

/** Every field that some run has, in the order the chooser lists them. */
export interface KnownFields {
  readonly parameters: readonly WireKnownKey[]
  readonly metrics: readonly WireKnownKey[]
}

/** Nothing is known yet. */
export const NOTHING_KNOWN: KnownFields = { parameters: [], metrics: [] }

/**
 * Fields when nobody chose: what tells the runs apart, and metrics but the machine's, those with a goal first. Tags
 * where there are any.
 */
export function defaultFields(known: WireRuns['keys'], isTagged: boolean): readonly string[] {
  const varying = known.parameters.filter(({ varies }) => varies)
  const own = known.metrics.filter(({ key }) => !key.startsWith('system/'))
  const metrics = [...own.filter(hasGoal), ...own.filter((metric) => !hasGoal(metric))]
  const shown = metrics.slice(0, DEFAULT_KEYS).map(({ field }) => field)
  return [
    'name',
    // A phone shows two columns beside the name, and what a run came to is one of them.
    ...(isNarrow() ? [...shown, 'created', 'elapsed'] : ['created', 'elapsed', ...shown]),
    ...varying.slice(0, DEFAULT_KEYS).map(({ field }) => field),
    'model',
    ...(isTagged ? ['tag'] : []),
  ]
}

/** Whether it was said which way a metric is better. */
export function hasGoal({ goal }: WireKnownKey): boolean {
  return goal === 'min' || goal === 'max'
}

/** The part of a metric's summary that a field ends with, and the field without it. */
export function partOfField(field: string, known: KnownFields): { readonly field: string; readonly part: string } {
  if (known.metrics.some((metric) => metric.field === field)) return { field, part: '' }
  for (const part of SUMMARY_PARTS) {
    if (field.endsWith(`.${part}`)) return { field: field.slice(0, -part.length - 1), part }
  }
  return { field, part: '' }
}

/** What a person calls a field: its key, without `metric.` and quotes. */
export function fieldTitle(field: string): string {
  const key = field.replace(/^(?:metric|param)\./, '')
  return key.startsWith('"') ? key.slice(1, -1).replace(/\\(.)/g, '$1') : key
}

/** How columns are drawn. */
export interface ColumnLooks {
  readonly pinned: ReadonlySet<string>
  /** In pixels, drawn by hand; these win. */
  readonly widths: ReadonlyMap<string, number>
  readonly isGrouped: boolean
  readonly isWithCurves: boolean
}

/** Makes columns of fields. */
export function columnsOf(fields: readonly string[], known: KnownFields, looks: ColumnLooks): readonly RunColumn[] {
  const select: RunColumn = { id: 'select', kind: 'select', title: '', part: '', width: 34, isPinned: true }
  return [select, ...fields.map((field) => columnOf(field, known, looks))]
}

/** On a phone the name leaves room for what is beside it. */
function usualWidth({ field, width }: (typeof HEAD_FIELDS)[number]): number {
  return field === 'name' && isNarrow() ? 160 : width
}

function isNarrow(): boolean {
  return innerWidth < 700
}

function columnOf(
  field: string,
  known: KnownFields,
  { pinned, widths, isGrouped, isWithCurves }: ColumnLooks,
): RunColumn {
  const isPinned = field === 'name' || pinned.has(field)
  const head = HEAD_FIELDS.find((one) => one.field === field)
  if (head !== undefined) {
    const width = widths.get(field) ?? usualWidth(head)
    return { id: field, kind: 'head', title: head.title, part: '', width, isPinned }
  }
  const { field: base, part } = partOfField(field, known)
  const title = fieldTitle(base)
  const kind = field.startsWith('metric.') ? 'metric' : 'param'
  // Beside the title there is room for the arrow of the sorting and for the menu.
  const usual = Math.min(220, Math.max(isGrouped ? 168 : 104, 8 * (title.length + (part === '' ? 0 : 6)) + 50))
  const width = widths.get(field) ?? (hasCurve({ kind, part }, isWithCurves) ? Math.max(usual, CURVE_WIDTH) : usual)
  return { id: field, kind, title, part, width, isPinned }
}

/** Beside the last value of a metric there is room for a curve. */
export function hasCurve({ kind, part }: Pick<RunColumn, 'kind' | 'part'>, isWithCurves: boolean): boolean {
  return isWithCurves && kind === 'metric' && part === ''
}

const CURVE_WIDTH = 150
