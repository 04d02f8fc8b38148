/**
 * Which runs a site has.
 */
import { parseFilter } from '../../domain/query.ts'
import { parseExperimentName } from '../../domain/key.ts'
import { listRuns } from '../../ops/read/list-runs.ts'
import type { Repository } from '../../ops/repository/repository.ts'
import type { RunRow } from '../../ops/revisions/run-row.ts'

/** Which runs: all of them when nothing is said. */
export interface SiteChoice {
  /** The filter grammar. */
  readonly filter?: string
  readonly experiment?: string
  /** The newest of those that match. */
  readonly limit?: number
}

/** Whether a choice may leave runs out. */
export function isPartial({ filter, experiment, limit }: SiteChoice): boolean {
  return filter !== undefined || experiment !== undefined || limit !== undefined
}

/** The runs of a site, oldest first, archived ones too. @throws `filter-invalid`, `name-invalid`, `branch-not-found` */
export async function chooseRuns(repository: Repository, choice: SiteChoice): Promise<readonly RunRow[]> {
  const { filter, experiment, limit } = choice
  // By itself, so that a refusal points at the place that was typed.
  if (filter !== undefined) parseFilter(filter)
  const named = experiment === undefined ? undefined : `experiment = ${quoted(parseExperimentName(experiment))}`
  const both = filter !== undefined && named !== undefined ? `(${filter}) and ${named}` : (filter ?? named)
  const rows = await listRuns(repository, {
    archived: true,
    ...(both === undefined ? {} : { filter: both }),
    ...(limit === undefined ? {} : { limit }),
  })
  return [...rows].sort((left, right) => (left.run.id < right.run.id ? -1 : 1))
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}
