/**
 * The state of the page of runs. All that a link should show again is in the address.
 */
import { computed, effect, signal } from '@preact/signals'
import type { WireKnownKey } from '../../server/wire.ts'
import { addressOf, route, setState, stateOf } from '../base/route.ts'
import { NOTHING_KNOWN, columnsOf, defaultFields } from './columns.ts'
import type { KnownFields, RunColumn } from './columns.ts'

// Keys of parameters have no line breaks, and may have every other mark.
const SEPARATOR = '\n'

/** Ways to look at the runs that match. */
export type RunsView = (typeof VIEWS)[number]

const VIEWS = ['table', 'charts', 'scatter', 'parallel', 'groups', 'importance'] as const

/** Keys of the runs that match, as the server told last. */
export const known = signal<KnownFields>(NOTHING_KNOWN)

/** Whether some run that was brought has a tag; `undefined` until one was brought. */
export const isTagged = signal<boolean | undefined>(undefined)

/** The address of the page of runs as it was left, so that the way back leads to the same runs and ticks. */
export const runsAddress = signal('#/runs')
effect(() => {
  const { page, query } = route.value
  if (page === 'runs') runsAddress.value = addressOf('runs', Object.fromEntries(query))
})

/** The filter, in the server's grammar; empty for none. */
export const filter = computed(() => stateOf('filter'))
/** How the runs are looked at. */
export const view = computed<RunsView>(() => {
  const text = stateOf('view')
  return VIEWS.find((one) => one === text) ?? 'table'
})
/** The field that runs are grouped by; empty for none. */
export const groupField = computed(() => stateOf('group'))
/** Whether columns that are the same for every run are left out. */
export const isOnlyDiffering = computed(() => stateOf('diff') === '1')
/** Whether small curves stand beside the values of metrics. */
export const isWithCurves = computed(() => stateOf('curves') === '1')
/** Ids of the selected runs, in the order they were selected. */
export const selected = computed<readonly string[]>(() => listOf('sel', ','))
/** The run that others are compared with; empty for none. */
export const baseline = computed(() => stateOf('base'))
/** Fields to sort by, a leading `-` for descending; empty for the newest first. */
export const sortFields = computed<readonly string[]>(() => listOf('sort', SEPARATOR))

const chosen = computed<readonly string[]>(() => listOf('cols', SEPARATOR))
const pinned = computed<ReadonlySet<string>>(() => new Set(listOf('pin', SEPARATOR)))
const widths = computed<ReadonlyMap<string, number>>(
  () => new Map(listOf('width', SEPARATOR).map((text) => widthOf(text))),
)

/** Fields of the columns that were chosen, or those that are shown when nobody chose. */
export const fields = computed<readonly string[]>(() => {
  const { parameters, metrics } = known.value
  // Groups come without their runs, which may have tags.
  if (chosen.value.length === 0) return defaultFields(known.value, isTagged.value ?? groupField.value !== '')
  if (chosen.value[0] !== '*') return chosen.value
  return ['name', 'created', 'elapsed', ...metrics.map(({ field }) => field), ...parameters.map(({ field }) => field)]
})

/** The columns of the table before those that do not differ are left out. */
export const columns = computed<readonly RunColumn[]>(() =>
  columnsOf(fields.value, known.value, {
    pinned: pinned.value,
    widths: widths.value,
    isGrouped: groupField.value !== '',
    isWithCurves: isWithCurves.value && groupField.value === '',
  }),
)

/** The metric that the runs are sorted by, best first; empty when they are not. */
export const bestBy = computed(() => {
  const [first = '', ...others] = sortFields.value
  if (first === '' || others.length > 0) return ''
  return known.value.metrics.find(({ field, goal }) => first === bestFirst(field, goal))?.field ?? ''
})

/** Sorts by a metric with a goal, best first, and shows it; no sorting for an empty field. */
export function setBestBy(field: string): void {
  const goal = known.peek().metrics.find((metric) => metric.field === field)?.goal ?? null
  const shown = fields.peek()
  const isShown = field === '' || shown.includes(field)
  setState({
    sort: field === '' ? '' : bestFirst(field, goal),
    ...(isShown ? {} : { cols: [shown[0] ?? 'name', field, ...shown.slice(1)].join(SEPARATOR) }),
  })
}

function bestFirst(field: string, goal: WireKnownKey['goal']): string {
  return goal === 'max' ? `-${field}` : goal === 'min' ? field : ''
}

/** Moves a column one place to the left or right. */
export function moveField(field: string, step: -1 | 1): void {
  const present = [...fields.peek()]
  const at = present.indexOf(field)
  const other = present[at + step]
  if (at === -1 || other === undefined) return
  present[at] = other
  present[at + step] = field
  setFields(present)
}

/** Which way is better in a column; `null` where neither is. */
export function goalOf({ id, kind, part }: RunColumn): WireKnownKey['goal'] {
  if (kind !== 'metric' || part === 'count') return null
  const base = part === '' ? id : id.slice(0, -part.length - 1)
  return known.value.metrics.find(({ field }) => field === base)?.goal ?? null
}

/** Sets the filter; the selection stays. */
export function setFilter(text: string, size: 'step' | 'small' = 'step'): void {
  setState({ filter: text.trim() }, size)
}

/** Adds a condition to the filter there is. */
export function addToFilter(condition: string): void {
  setFilter(filterWith(condition))
}

/** The filter there is, with one condition more. */
export function filterWith(condition: string): string {
  const text = filter.peek()
  return text === '' ? condition : `${/\bor\b/.test(text) ? `(${text})` : text} and ${condition}`
}

/** Sorts by a field, or turns its direction, or stops sorting by it. Others stay when `isMore`. */
export function toggleSort(field: string, isMore: boolean): void {
  const present = sortFields.peek()
  const at = present.findIndex((one) => one === field || one === `-${field}`)
  const next = at === -1 ? `-${field}` : present[at] === `-${field}` ? field : undefined
  const others = isMore ? present.filter((_, index) => index !== at) : []
  const kept = next === undefined ? others : isMore ? placed(present, at, next) : [next]
  setState({ sort: kept.join(SEPARATOR) })
}

function placed(present: readonly string[], at: number, next: string): readonly string[] {
  return at === -1 ? [...present, next] : present.map((one, index) => (index === at ? next : one))
}

/** Selects a run or takes it out of the selection. */
export function toggleSelected(id: string): void {
  const present = selected.peek()
  setSelected(present.includes(id) ? present.filter((one) => one !== id) : [...present, id])
}

/** Selects these runs too. */
export function alsoSelect(ids: readonly string[]): void {
  setSelected([...new Set([...selected.peek(), ...ids])])
}

/** Selects these runs and no others; a step back brings many that were let go. */
export function setSelected(ids: readonly string[]): void {
  setState({ sel: ids.join(',') }, ids.length === 0 && selected.peek().length > 1 ? 'step' : 'small')
}

/** Shows these columns; all there are for `*`, the usual ones for none. */
export function setFields(next: readonly string[]): void {
  setState({ cols: next.join(SEPARATOR) }, 'small')
}

/** Keeps a column in sight, or lets it go. */
export function togglePinned(field: string): void {
  const next = new Set(pinned.peek())
  if (!next.delete(field)) next.add(field)
  setState({ pin: [...next].join(SEPARATOR) }, 'small')
}

/** Draws a column so many pixels wide. */
export function setWidth(field: string, width: number): void {
  const next = new Map(widths.peek()).set(field, width)
  setState({ width: [...next].map(([name, pixels]) => `${pixels} ${name}`).join(SEPARATOR) }, 'small')
}

function widthOf(text: string): readonly [string, number] {
  const space = text.indexOf(' ')
  return [text.slice(space + 1), Number(text.slice(0, space)) || 100]
}

function listOf(key: string, separator: string): readonly string[] {
  const text = stateOf(key)
  return text === '' ? [] : text.split(separator)
}
