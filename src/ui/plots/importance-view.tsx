/**
 * Which parameters count for a metric, how sure that is, and when it cannot be told.
 */
import { useMemo, useState } from 'preact/hooks'
import type { WireImportance, WireInterval } from '../../server/wire.ts'
import { Answered, Empty, useAnswer } from '../base/answer.tsx'
import { api } from '../base/api.ts'
import { SearchedTable } from '../base/facts.tsx'
import { px } from '../base/pixels.ts'
import { addressOf, setState, stateOf } from '../base/route.ts'
import { theme } from '../base/theme.ts'
import { fieldTitle } from '../runs/columns.ts'
import { filter } from '../runs/runs-state.ts'
import { plotInk } from './axis-marks.ts'
import { CanvasMarks } from './canvas-marks.tsx'
import { FieldSelect } from './field-select.tsx'
import { importancePicture } from './importance-marks.ts'
import type { MeasuredImportance } from './importance-marks.ts'
import { usePlotSize } from './plot-size.ts'
import { PlotTools } from './plot-tools.tsx'
import type { PlotCsv } from './plot-tools.tsx'
import { NoMetric, WiderFilter } from './plot-notes.tsx'
import { plotFields } from './use-plot-rows.ts'

/** Importance of the parameters of the runs that match. */
export function ImportanceView() {
  const { metrics } = plotFields()
  const metric = stateOf('im') || (metrics[0] ?? '')
  if (metric === '') return <NoMetric title="These runs have no metric" />
  return <ImportanceOf metric={metric} />
}

function ImportanceOf({ metric }: { metric: string }) {
  const text = filter.value
  const answer = useAnswer((stop) => api.importance(metric, text, stop), [metric, text])
  return (
    <div class="plot-view">
      <div class="board-bar">
        <FieldSelect label="metric" value={metric} only="metrics" onPick={(im) => setState({ im })} />
        {answer.isWaiting && <span class="muted">Measuring…</span>}
      </div>
      <Answered answer={answer}>{(value) => <Told told={value} />}</Answered>
    </div>
  )
}

function Told({ told }: { told: WireImportance }) {
  const { answer } = told
  if (answer.kind === 'refused') return <Refused told={told} why={answer.why} />
  return <Measured told={told} answer={answer} />
}

const REFUSED: Readonly<Record<'too-few-runs' | 'constant-metric' | 'no-parameter', string>> = {
  'too-few-runs': 'Too few runs to tell what counts',
  'constant-metric': 'All of these runs have the same value',
  'no-parameter': 'No parameter differs among these runs',
}

function Refused({ told, why }: { told: WireImportance; why: keyof typeof REFUSED }) {
  return (
    <Empty title={REFUSED[why]}>
      {why === 'too-few-runs' && (
        <p>
          {told.asked} {told.asked === 1 ? 'run has' : 'runs have'} a last value of {fieldTitle(told.metric)}; with
          fewer than {told.leastRuns}, any order of parameters would be chance. {told.leastRuns - told.asked} more, and
          it can be told.
        </p>
      )}
      {why === 'constant-metric' && <p>Choose another metric above, or other runs by the filter.</p>}
      {why === 'no-parameter' && (
        <>
          <p>Record runs with parameters that differ, and this tells which of them count:</p>
          <pre>mlv run -p lr=0.01 -- python train.py</pre>
        </>
      )}
      {skippedText(told) !== '' && <p class="muted">{skippedText(told)}</p>}
      <WiderFilter />
      {why === 'no-parameter' && <LeftOut told={told} />}
    </Empty>
  )
}

function Measured({ told, answer }: { told: WireImportance; answer: MeasuredImportance }) {
  const [isTable, setTable] = useState(false)
  const { box, width } = usePlotSize()
  const picture = useMemo(() => importancePicture(answer, width, plotInk()), [answer, width, theme.value])
  return (
    <div class="card plot-card importance">
      <header>
        <SkillNote told={told} answer={answer} />
        <PlotTools
          name={`importance-${fieldTitle(told.metric)}`}
          isTable={isTable}
          onTable={() => setTable(!isTable)}
          picture={() => picture}
          csv={() => importanceCsv(answer)}
        />
      </header>
      <div ref={box} />
      {isTable ? (
        <ImportanceTable told={told} answer={answer} />
      ) : (
        <div class={`plot-stage ${answer.isUseful ? '' : 'is-useless'}`} style={{ height: px(picture.height) }}>
          <CanvasMarks picture={picture} label={answer.parameters.map(sentence).join('; ')} />
        </div>
      )}
      {answer.tied.map(({ fields, association, importance }) => (
        <p key={fields.join()} class="tied-note" role="note">
          <b>{fields.map(fieldTitle).join(', ')}</b> go together ({association.toFixed(2)}): each may stand for the
          others. Together: {intervalText(importance)}.
        </p>
      ))}
      <p class="muted hover-line">{skippedText(told)}</p>
      <LeftOut told={told} />
      <p class="muted hover-line">
        Importance is the part of the order of runs by {fieldTitle(told.metric)} that a parameter has a hand in,
        measured on runs that a random forest had not seen. Two parameters that act together are both counted.
      </p>
    </div>
  )
}

function SkillNote({ told, answer }: { told: WireImportance; answer: MeasuredImportance }) {
  const skill = `R² ${intervalText(answer.skill)} on runs it had not seen`
  const sampled = told.asked > told.runs ? ` sampled of ${told.asked.toLocaleString('en-GB')}` : ''
  const runs = `${told.runs.toLocaleString('en-GB')} runs${sampled}`
  return (
    <p class={answer.isUseful ? 'skill-note' : 'skill-note is-poor'} role="status">
      {answer.isUseful ? (
        <>
          <b>{runs}.</b> {skill}.
        </>
      ) : (
        <>
          <b>The parameters do not foretell {fieldTitle(told.metric)}</b>: {skill}, which may be nothing. What is below
          says nothing either. {runs}.
        </>
      )}
    </p>
  )
}

/** `0.42 (0.31 to 0.53)` */
function intervalText({ value, low, high }: WireInterval): string {
  return `${part(value)} (${part(low)} to ${part(high)})`
}

function part(value: number): string {
  return value.toFixed(2).replace(/^-0\.00$/, '0.00')
}

function sentence({ field, importance }: MeasuredImportance['parameters'][number]): string {
  return `${fieldTitle(field)} ${intervalText(importance)}`
}

function skippedText({ skipped: { running, withoutMetric, notFinite } }: WireImportance): string {
  const parts = [
    running > 0 ? `${running} still run` : '',
    withoutMetric > 0 ? `${withoutMetric} have no such metric` : '',
    notFinite > 0 ? `of ${notFinite} the value is no finite number` : '',
  ].filter((text) => text !== '')
  return parts.length === 0 ? '' : `Not asked: ${parts.join(', ')}.`
}

const LEFT_OUT = {
  constant: 'the same for all',
  'own-values': 'a text of its own for nearly every run',
  'too-many': 'beyond the first 40 parameters',
} as const

function LeftOut({ told: { leftOut } }: { told: WireImportance }) {
  if (leftOut.length === 0) return null
  return (
    <details class="left-out">
      <summary>
        {leftOut.length === 1 ? 'one parameter was' : `${leftOut.length} parameters were`} not looked at
      </summary>
      <ul>
        {leftOut.map(({ field, why }) => (
          <li key={field}>
            {fieldTitle(field)}: {LEFT_OUT[why]}
          </li>
        ))}
      </ul>
    </details>
  )
}

function ImportanceTable({ told, answer }: { told: WireImportance; answer: MeasuredImportance }) {
  return (
    <SearchedTable
      label="importance of parameters"
      heads={[
        { title: 'Parameter' },
        { title: 'Importance', isNumber: true },
        { title: 'Correlation ρ', isNumber: true },
        { title: 'Values', isNumber: true },
        { title: 'Runs without', isNumber: true },
      ]}
      rows={answer.parameters}
      nameOf={({ field }) => fieldTitle(field)}
      cells={({ field, importance, correlation, distinct, missing }) => [
        <a href={addressOf('runs', { view: 'scatter', px: field, py: told.metric, filter: filter.value })}>
          {fieldTitle(field)}
        </a>,
        intervalText(importance),
        correlation === null ? 'categories' : `${intervalText(correlation)}, n ${correlation.runs}`,
        String(distinct),
        String(missing),
      ]}
    />
  )
}

function importanceCsv({ parameters }: MeasuredImportance): PlotCsv {
  return {
    heads: ['parameter', 'importance', 'low95', 'high95', 'rho', 'rho_low95', 'rho_high95', 'values', 'missing'],
    rows: parameters.map(({ key, importance, correlation, distinct, missing }) => [
      key,
      importance.value,
      importance.low,
      importance.high,
      correlation?.value,
      correlation?.low,
      correlation?.high,
      distinct,
      missing,
    ]),
  }
}
