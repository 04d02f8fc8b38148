/**
 * A metric by group: which optimizer is better, and is it sure. A click selects the runs of a group.
 */
import { useMemo, useState } from 'preact/hooks'
import { SearchedTable } from '../base/facts.tsx'
import { metricText } from '../base/number-text.ts'
import { px } from '../base/pixels.ts'
import { setState, stateOf } from '../base/route.ts'
import { theme } from '../base/theme.ts'
import type { FullRow } from '../runs/row-source.ts'
import { filter, selected, setSelected } from '../runs/runs-state.ts'
import { plotInk } from './axis-marks.ts'
import { CanvasMarks } from './canvas-marks.tsx'
import { FieldSelect } from './field-select.tsx'
import {
  fieldRanges,
  GROUP_HEIGHT,
  groupFrame,
  groupPicture,
  groupText,
  metricGroups,
  nameText,
} from './group-marks.ts'
import type { GroupLook, MetricGroup } from './group-marks.ts'
import { anyFieldTitle, plotAxis } from './plot-axis.ts'
import { NoMetric, PlotNotes } from './plot-notes.tsx'
import { usePlotSize } from './plot-size.ts'
import { PlotTools } from './plot-tools.tsx'
import type { PlotCsv } from './plot-tools.tsx'
import { ScaleSelect } from './scale-select.tsx'
import { goalOfField, plotFields, scaleOf, useKeptDrawing, usePlotRows } from './use-plot-rows.ts'

const MOST_GROUPS = 60
// As many as an address can hold.
const MOST_SELECTED = 500

/** A metric by group of the runs that match. */
export function GroupsView() {
  const { metrics, parameters, varying } = plotFields()
  const metric = stateOf('gm') || (metrics[0] ?? '')
  const field = stateOf('gf') || (parameters.find((one) => varying.has(one)) ?? 'experiment')
  const look: GroupLook = stateOf('gk') === 'bar' ? 'bar' : 'box'
  const { rows, total, refusal, isWhole } = usePlotRows(filter.value, [metric, field])
  const drawing = useKeptDrawing(
    rows !== undefined && isWhole ? <Groups rows={rows} metric={metric} field={field} look={look} /> : undefined,
  )
  if (metric === '') return <NoMetric title="These runs have no metric to compare" />
  return (
    <div class="plot-view">
      <div class="board-bar">
        <FieldSelect label="metric" value={metric} only="metrics" onPick={(gm) => setState({ gm })} />
        {look === 'box' && <ScaleSelect field={metric} />}
        <FieldSelect label="by" value={field} onPick={(gf) => setState({ gf })} />
        <span class="tabs" role="group" aria-label="How to draw">
          <button aria-pressed={look === 'box'} onClick={() => setState({ gk: '' })}>
            Boxes
          </button>
          <button aria-pressed={look === 'bar'} onClick={() => setState({ gk: 'bar' })}>
            Bars
          </button>
        </span>
      </div>
      <PlotNotes rows={rows} total={total} refusal={refusal} />
      {drawing}
    </div>
  )
}

interface GroupsProps {
  readonly rows: readonly FullRow[]
  readonly metric: string
  readonly field: string
  readonly look: GroupLook
}

function Groups({ rows, metric, field, look }: GroupsProps) {
  const [isTable, setTable] = useState(false)
  const { box, width } = usePlotSize()
  const goal = goalOfField(metric)
  const all = useMemo(() => metricGroups(rows, metric, field, look, goal), [rows, metric, field, look, goal])
  const groups = all.slice(0, MOST_GROUPS)
  const isCut = useMemo(() => fieldRanges(rows, field) !== undefined, [rows, field])
  const scale = look === 'bar' ? 'linear' : scaleOf(metric)
  const picture = useMemo(() => {
    const shown = all.slice(0, MOST_GROUPS)
    const axis = plotAxis(metric, look === 'bar' ? barRows(shown, metric) : shown.flatMap((group) => group.rows), scale)
    return groupPicture(shown, { axis, look, by: anyFieldTitle(field), width, ink: plotInk() })
  }, [all, metric, field, look, width, scale, theme.value])
  const measured = all.reduce((sum, group) => sum + group.rows.length, 0)
  return (
    <div class="card plot-card">
      <header>
        <span class="muted hint">{hintText(look, goal !== undefined)}</span>
        <PlotTools
          name={`${anyFieldTitle(metric)}-by-${anyFieldTitle(field)}`}
          isTable={isTable}
          onTable={() => setTable(!isTable)}
          picture={groups.length === 0 ? undefined : () => picture}
          csv={() => groupsCsv(all, field)}
        />
      </header>
      <div ref={box} />
      {groups.length === 0 && (
        <p class="waiting">None of these runs has a number of it: choose another metric above.</p>
      )}
      {isTable && <GroupTable groups={all} metric={metric} field={field} />}
      {!isTable && groups.length > 0 && (
        <div class="plot-stage" style={{ height: px(picture.height) }}>
          <CanvasMarks picture={picture} label={`${anyFieldTitle(metric)} of ${groups.length} groups`} />
          <GroupButtons groups={groups} title={anyFieldTitle(metric)} top={groupFrame(groups, width).top} />
        </div>
      )}
      <p class="hover-line">
        {measured.toLocaleString('en-GB')} of {rows.length.toLocaleString('en-GB')} runs
        {isCut && `; ${anyFieldTitle(field)} is cut into ranges of about as many runs each`}
        {all.length > MOST_GROUPS && `; the first ${MOST_GROUPS} of ${all.length} groups are drawn`}
      </p>
    </div>
  )
}

function hintText(look: GroupLook, isJudged: boolean): string {
  const shown = look === 'bar' ? 'Mean with its 95 % interval.' : 'Median, quarters, and the runs.'
  return `${shown}${isJudged ? ' The best first.' : ''} Click a group to select its runs.`
}

/** Rows whose axis holds zero, the means and the ends of their intervals. */
function barRows(groups: readonly MetricGroup[], metric: string): readonly FullRow[] {
  const ends = groups.flatMap(({ spread: { mean, interval } }) => [mean, interval?.low ?? mean, interval?.high ?? mean])
  const [head] = groups.flatMap(({ rows }) => rows.map((row) => row.head))
  if (head === undefined) return []
  return [0, ...ends].map((number) => ({ head, cells: new Map([[metric, { text: '', number }]]) }))
}

function GroupButtons({ groups, title, top }: { groups: readonly MetricGroup[]; title: string; top: number }) {
  const chosen = new Set(selected.value)
  return (
    <>
      {groups.map((group, index) => (
        <button
          key={group.name}
          class="group-line"
          style={{ top: px(top + index * GROUP_HEIGHT), height: px(GROUP_HEIGHT) }}
          title={groupText(group, title)}
          aria-label={`Select ${groupText(group, title)}`}
          aria-pressed={group.rows.every(({ head }) => chosen.has(head.id))}
          onClick={() => setSelected(group.rows.slice(0, MOST_SELECTED).map(({ head }) => head.id))}
        />
      ))}
    </>
  )
}

const COLUMNS = ['Runs', 'Mean', 'From', 'To', 'Deviation', 'Least', 'Quarter', 'Median', 'Three quarters', 'Greatest']

function numbersOf({ spread }: MetricGroup): readonly (number | undefined)[] {
  const { count, mean, interval, deviation, min, quarter, median, threeQuarters, max } = spread
  return [count, mean, interval?.low, interval?.high, deviation, min, quarter, median, threeQuarters, max]
}

function GroupTable({ groups, metric, field }: { groups: readonly MetricGroup[]; metric: string; field: string }) {
  return (
    <SearchedTable
      label={`groups of ${anyFieldTitle(metric)}`}
      heads={[{ title: anyFieldTitle(field) }, ...COLUMNS.map((title) => ({ title, isNumber: true }))]}
      rows={groups}
      nameOf={({ name }) => nameText(name)}
      cells={(group) => [
        nameText(group.name),
        ...numbersOf(group).map((number) => (number === undefined ? '–' : metricText(number))),
      ]}
    />
  )
}

function groupsCsv(groups: readonly MetricGroup[], field: string): PlotCsv {
  return {
    heads: [field, 'runs', 'mean', 'low95', 'high95', 'deviation', 'min', 'quarter', 'median', 'three_quarters', 'max'],
    rows: groups.map((group) => [group.name, ...numbersOf(group)]),
  }
}
