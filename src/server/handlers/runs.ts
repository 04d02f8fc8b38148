/**
 * `GET /api/runs` and `GET /api/values`: windows of the table of runs, and what its columns hold.
 */
import { fieldChoices } from '../../domain/table/field-choices.ts'
import { askRunTable } from '../../domain/table/run-table.ts'
import type { TableQuestion } from '../../domain/table/run-table.ts'
import type { JsonHandler } from '../context.ts'
import { badRequest } from '../refusal.ts'
import type { Query } from '../request.ts'
import type { WireChoices, WireRuns } from '../wire.ts'
import { fieldsIn } from './field-list.ts'
import { wireHead } from './run-head.ts'

const MOST_ROWS = 1_000
const USUAL_ROWS = 100
const MOST_CHOICES = 100
const USUAL_CHOICES = 12

/** Lists runs, live ones too. */
export const runsHandler: JsonHandler = async ({ repository, runs }, { query }): Promise<WireRuns> => {
  const question = tableQuestion(query)
  const { table, headOf } = await runs.open(question)
  const { total, rows, keys, best, groups } = askRunTable(table, question, repository.clock.nowMs())
  return {
    total,
    from: question.from,
    columns: question.columns,
    rows: rows.flatMap(({ id, cells }) => {
      const head = headOf(id)
      return head === undefined ? [] : [{ ...wireHead(head.facts, head.versions, head.isLive), cells }]
    }),
    keys,
    best,
    groups: groups ?? null,
  }
}

/** Values that a filter could name. */
export const choicesHandler: JsonHandler = async ({ runs }, { query }): Promise<WireChoices> => {
  const field = query.one('field')
  if (field === undefined) throw badRequest("'field' names a field of the filter grammar")
  const limit = query.count('limit', USUAL_CHOICES, MOST_CHOICES)
  const { table } = await runs.open()
  return { field, values: fieldChoices(table, { field, text: query.one('text') ?? '', limit }) }
}

/** Reads the query of `GET /api/runs`. @throws a refusal */
export function tableQuestion(query: Query): TableQuestion {
  const [filter, group, member] = [query.one('filter'), query.one('group'), query.one('member')]
  return {
    ...(filter === undefined ? {} : { filter }),
    sort: fieldsIn(query.one('sort') ?? ''),
    columns: fieldsIn(query.one('columns') ?? ''),
    from: query.count('from', 0, Number.MAX_SAFE_INTEGER),
    count: query.count('count', USUAL_ROWS, MOST_ROWS),
    archived: query.one('archived') === '1',
    isWithoutKeys: query.one('keys') === '0',
    ...(group === undefined ? {} : { group }),
    ...(member === undefined ? {} : { member }),
  }
}
