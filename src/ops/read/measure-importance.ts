/**
 * `mlv importance`: which parameters count for a metric, among the runs that match a filter.
 */
import { askRuns } from '../../domain/run-importance.ts'
import type { ImportanceWish, RunImportance } from '../../domain/run-importance.ts'
import { importanceSteps } from '../../domain/statistics/importance.ts'
import { listRuns } from './list-runs.ts'
import type { ListRunsOptions } from './list-runs.ts'
import type { Repository } from '../repository/repository.ts'

/**
 * Measures. It takes a second or two of one processor at the most, and lets others work in between.
 *
 * @throws `metric-not-found`, `filter-invalid`, `branch-not-found`
 */
export async function measureRunImportance(
  repository: Repository,
  wish: ImportanceWish,
  runs: Pick<ListRunsOptions, 'filter' | 'archived' | 'at' | 'live'>,
): Promise<RunImportance> {
  const rows = await listRuns(repository, runs)
  const subjects = rows.map(({ run: { id, status, parameters, metrics }, isLive }) => {
    return { id, status: isLive === true ? 'running' : status, parameters, metrics }
  })
  const { question, skipped, goal } = askRuns(subjects, wish)
  const steps = importanceSteps(question)
  for (;;) {
    const step = steps.next()
    if (step.done === true) return { wish, goal, skipped, asked: question.outcomes.length, importance: step.value }
    await new Promise((resolve) => setImmediate(resolve))
  }
}
