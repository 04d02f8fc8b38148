/**
 * What counts for a metric, as the wire has it. Pure, so that a copy of the pages can answer in the browser.
 */
import type { ImportanceWish, RunImportance } from '../../domain/run-importance.ts'
import { parseField } from '../../domain/query.ts'
import { LEAST_RUNS } from '../../domain/statistics/importance.ts'
import { badRequest } from '../refusal.ts'
import type { Query } from '../request.ts'
import type { WireImportance, WireImportanceAnswer } from '../wire.ts'
import type { TableQuestion } from '../../domain/table/run-table.ts'
import { fieldText } from '../../domain/table/table-keys.ts'
import { fieldsIn } from './field-list.ts'

/** What is asked, and the rows of the table of runs that it is asked of, with what has to be known of them. */
export interface ImportanceAsked {
  readonly wish: ImportanceWish
  readonly rows: TableQuestion
}

/** Reads a question. @throws a refusal for what is no metric or parameter, `filter-invalid` */
export function importanceQuestion(query: Pick<Query, 'one'>): ImportanceAsked {
  const metric = parseField(query.one('metric') ?? '')
  if (metric.kind !== 'metric') throw badRequest("'metric' names no metric")
  const parameters = fieldsIn(query.one('params') ?? '').map((text) => {
    const field = parseField(text)
    if (field.kind !== 'param') throw badRequest("'params' names what is no parameter")
    return field.key
  })
  const wish = { metric: metric.key, part: metric.part, parameters }
  const filter = query.one('filter')
  return {
    wish,
    rows: {
      ...(filter === undefined ? {} : { filter }),
      archived: query.one('archived') === '1',
      columns: [metricText(wish)],
      sort: [],
      from: 0,
      count: 0,
    },
  }
}

/** Answers it. */
export function wireImportance({ wish, goal, skipped, asked, importance }: RunImportance): WireImportance {
  return {
    metric: metricText(wish),
    goal,
    asked,
    runs: importance.runs,
    leastRuns: LEAST_RUNS,
    skipped,
    leftOut: importance.leftOut.map(({ key, why }) => ({ key, field: fieldText('param', key), why })),
    answer: answerOf(importance),
  }
}

function metricText({ metric, part }: ImportanceWish): string {
  const field = fieldText('metric', metric)
  return part === 'last' ? field : `${field}.${part}`
}

function answerOf(importance: RunImportance['importance']): WireImportanceAnswer {
  if (importance.kind === 'refused') return { kind: 'refused', why: importance.why }
  const { skill, isUseful, parameters, tied } = importance
  return {
    kind: 'measured',
    skill,
    isUseful,
    parameters: parameters.map(({ correlation, ...parameter }) => ({
      ...parameter,
      field: fieldText('param', parameter.key),
      correlation: correlation === undefined ? null : wireCorrelation(correlation),
    })),
    tied: tied.map(({ keys, ...group }) => ({ ...group, fields: keys.map((key) => fieldText('param', key)) })),
  }
}

function wireCorrelation({ count, ...interval }: { value: number; low: number; high: number; count: number }) {
  return { ...interval, runs: count }
}
