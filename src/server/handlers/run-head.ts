/**
 * What every list says of a run.
 */
import { outlineFacts } from '../../domain/run-outline.ts'
import type { OutlineFacts } from '../../domain/run-outline.ts'
import type { RunRow, VersionLabel } from '../../ops/revisions/run-row.ts'
import type { WireRunHead } from '../wire.ts'

/** The head of a run. */
export function wireRunHead({ run, notes, versions, isLive }: RunRow): WireRunHead {
  return wireHead(outlineFacts(run, notes), versions, isLive === true)
}

/** The head of a run of which only the outline is known. */
export function wireHead(facts: OutlineFacts, versions: readonly VersionLabel[], isLive: boolean): WireRunHead {
  return {
    id: facts.id,
    name: facts.name ?? null,
    experiment: facts.experiment,
    status: isLive ? 'running' : facts.status,
    startedAt: facts.startedAt,
    elapsedMs: isLive ? null : (facts.elapsedMs ?? null),
    message: facts.message ?? null,
    tags: facts.tags,
    group: facts.group ?? null,
    branch: facts.branch ?? null,
    commit: facts.commit ?? null,
    isDirty: facts.isDirty,
    isArchived: facts.archived,
    versions: versions.map(({ model, number, aliases }) => ({ model, number, aliases })),
  }
}
