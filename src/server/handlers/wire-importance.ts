/**
 * What counts for a metric, as the wire has it. Pure, so that a copy of the pages can answer in the browser.
 */
import type { ImportanceWish, RunImportance } from '../../domain/run-importance.ts'
import { parseField } from '../../domain/query.ts'
import { LEAST_RUNS } from '../../domain/statistics/importance.ts'
import { badRequest } from '../refusal.ts'
import type { Query } from '../request.ts'
import type { WireImportance, WireImportanceAnswer } from '../wire.ts'
import { fieldText } from '../../domain/table/table-keys.ts'
import { fieldsIn } from './field-list.ts'

/** Reads a question. @throws a refusal for what is no metric or parameter, `filter-invalid` */
export function importanceWish(query: Pick<Query, 'one'>): ImportanceWish {
  const metric = parseField(query.one('metric') ?? '')
  if (metric.kind !== 'metric') throw badRequest("'metric' names no metric")
  const parameters = fieldsIn(query.one('params') ?? '').map((text) => {
    const field = parseField(text)
    if (field.kind !== 'param') throw badRequest("'params' names what is no parameter")
    return field.key
  })
  return { metric: metric.key, part: metric.part, parameters }
}

/** Answers it. */
export function wireImportance({ wish, goal, skipped, asked, importance }: RunImportance): WireImportance {
  const metric = fieldText('metric', wish.metric)
  return {
    metric: wish.part === 'last' ? metric : `${metric}.${wish.part}`,
    goal,
    asked,
    runs: importance.runs,
    leastRuns: LEAST_RUNS,
    skipped,
    leftOut: importance.leftOut.map(({ key, why }) => ({ key, field: fieldText('param', key), why })),
    answer: answerOf(importance),
  }
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
