/**
 * Which parameters count for a metric, asked of a table of runs that is at hand: the server's, or that of a site. Pure
 * at run time, so that a browser answers by it.
 */
import { askImportance, hasMetric, metricNames, metricNotFound } from '../../domain/run-importance.ts'
import type { ImportanceWish, RunImportance } from '../../domain/run-importance.ts'
import { importanceSteps } from '../../domain/statistics/importance.ts'
import { chosenRows } from '../../domain/table/run-table.ts'
import type { RowChoice, RunTable } from '../../domain/table/run-table.ts'

/**
 * Measures among the runs that are chosen. The table has to know the part of the metric that is asked for; `nowMs` is
 * what `-7d` counts back from.
 *
 * @throws `metric-not-found`, `filter-invalid`
 */
export async function importanceOfTable(
  table: RunTable,
  wish: ImportanceWish,
  choice: RowChoice,
  nowMs: number,
): Promise<RunImportance> {
  const rows = chosenRows(table, choice, nowMs)
  if (!hasMetric(table, rows, wish.metric)) throw metricNotFound(wish.metric, metricNames(table, rows))
  return importanceOfRows(table, rows, wish)
}

/** Measures among rows, some of which have the metric. It lets others work in between. */
export async function importanceOfRows(
  table: RunTable,
  rows: Uint32Array,
  wish: ImportanceWish,
): Promise<RunImportance> {
  const { question, skipped, goal } = askImportance(table, rows, wish)
  const steps = importanceSteps(question)
  for (;;) {
    const step = steps.next()
    if (step.done === true) return { wish, goal, skipped, asked: question.outcomes.length, importance: step.value }
    await new Promise((resolve) => setImmediate(resolve))
  }
}
