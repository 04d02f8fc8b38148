/**
 * Importance of parameters as a table with bars, and what must be said of it.
 */
import type { RunImportance } from '../../src/domain/run-importance.ts'
import type { MeasuredImportance, ParameterImportance } from '../../src/domain/statistics/importance.ts'
import type { Interval } from '../../src/domain/statistics/spread.ts'
import { column } from './columns.ts'
import type { Table } from './columns.ts'
import { styled } from './line.ts'
import { exactNumberText } from './number.ts'

const BAR = 20
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']

/** The table of `mlv importance`, the most important first; a person sees bars. */
export function importanceTable({ parameters, isUseful }: MeasuredImportance, isPerson: boolean): Table {
  if (!isPerson) return tableForProgram(parameters)
  const most = Math.max(0.05, ...parameters.map(({ importance }) => importance.value))
  return {
    columns: [
      { title: 'parameter', align: 'left', whenNarrow: 'cut' },
      column('importance', 'right'),
      { ...column('95 %', 'right'), whenNarrow: 'drop' },
      { ...column(''), whenNarrow: 'drop-first' },
      column('correlation', 'right'),
      { ...column('95 %', 'right'), whenNarrow: 'drop' },
    ],
    rows: parameters.map(({ key, importance, correlation }) => [
      isUseful && importance.low > 0 ? styled('subject', key) : styled('faint', key),
      part(importance.value),
      styled('faint', ends(importance)),
      styled('faint', bar(importance.value / most)),
      correlation === undefined ? styled('faint', 'categories') : signed(correlation.value),
      correlation === undefined ? '' : styled('faint', ends(correlation)),
    ]),
  }
}

function tableForProgram(parameters: readonly ParameterImportance[]): Table {
  const titles = ['importance', 'low95', 'high95', 'correlation', 'correlation_low95', 'correlation_high95', 'runs']
  return {
    columns: [column('parameter'), ...titles.map((title) => column(title, 'right'))],
    rows: parameters.map(({ key, importance, correlation }) => [
      key,
      ...[importance.value, importance.low, importance.high].map(exactNumberText),
      ...[correlation?.value, correlation?.low, correlation?.high].map((one) =>
        one === undefined ? '' : exactNumberText(one),
      ),
      correlation === undefined ? '' : String(correlation.count),
    ]),
  }
}

/** What is said beside the table: how good the forest is, which parameters go together, and who was not asked. */
export function importanceWords(told: RunImportance, measured: MeasuredImportance): readonly string[] {
  const { asked, skipped } = told
  const { runs, skill, isUseful, tied, leftOut } = measured
  const sample = asked > runs ? `, a sample of ${asked}` : ''
  const rest = [
    skipped.running > 0 ? `${skipped.running} still run` : '',
    skipped.withoutMetric > 0 ? `${skipped.withoutMetric} without the metric` : '',
    skipped.notFinite > 0 ? `${skipped.notFinite} whose value is not finite` : '',
    leftOut.length > 0 ? `parameters ${leftOut.map(({ key, why }) => `${key} (${LEFT_OUT[why]})`).join(', ')}` : '',
  ].filter((words) => words !== '')
  return [
    `R² ${part(skill.value)} (${ends(skill)}) on runs not shown, of ${runs} runs${sample}`,
    ...(isUseful
      ? []
      : ['that may be nothing: the parameters do not foretell this metric, and the table says nothing']),
    ...tied.map(({ keys, association, importance }) => {
      const together = `${part(importance.value)} (${ends(importance)})`
      return `${keys.join(', ')} go together (${part(association)}): only what both count for is sure, ${together}`
    }),
    ...(rest.length === 0 ? [] : [`not looked at: ${rest.join('; ')}`]),
  ]
}

const LEFT_OUT = { constant: 'all alike', 'own-values': 'a text for each run', 'too-many': 'beyond the bound' } as const

function part(value: number): string {
  return value.toFixed(2).replace(/^-0\.00$/, '0.00')
}

function signed(value: number): string {
  return `${value >= 0 ? '+' : ''}${part(value)}`
}

function ends({ low, high }: Interval): string {
  return `${part(low)} to ${part(high)}`
}

/** A bar of up to twenty characters, in eighths of one. */
function bar(share: number): string {
  const eighths = Math.round(Math.min(1, Math.max(0, share)) * BAR * 8)
  return '█'.repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? '')
}
