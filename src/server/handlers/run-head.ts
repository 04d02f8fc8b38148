/**
 * What every list says of a run.
 */
import { isDirty } from '../../domain/code-state.ts'
import { elapsedMsOf } from '../../domain/run-outline.ts'
import type { RunRow } from '../../ops/revisions/run-row.ts'
import type { WireRunHead } from '../wire.ts'

/** The head of a run. */
export function wireRunHead({ run, notes, versions, isLive }: RunRow): WireRunHead {
  const { code } = run
  return {
    id: run.id,
    name: notes.name ?? null,
    experiment: run.experiment,
    status: isLive === true ? 'running' : run.status,
    startedAt: run.startedAt,
    elapsedMs: isLive === true ? null : (elapsedMsOf(run) ?? null),
    message: run.message ?? null,
    tags: notes.tags,
    group: run.group ?? null,
    branch: code.kind === 'commit' ? (code.branch ?? null) : null,
    commit: code.kind === 'commit' ? code.commit : null,
    isDirty: isDirty(code),
    isArchived: notes.archived,
    versions: versions.map(({ model, number, aliases }) => ({ model, number, aliases })),
  }
}
