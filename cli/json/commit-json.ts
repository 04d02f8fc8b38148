/**
 * What was recorded, as JSON.
 */
import { valueMap } from '../../src/base/value.ts'
import type { ValueMap } from '../../src/base/value.ts'
import type { CommitReport } from '../../src/ops/record/commit-run.ts'
import type { RunCommandReport } from '../../src/ops/record/run-command-options.ts'
import type { RecoverReport } from '../../src/ops/record/recover-runs.ts'
import { metricChangeJson } from './content-json.ts'
import { integer, listJson, maybe } from './json-members.ts'
import { versionJson } from './model-json.ts'
import { notesJson, runJson } from './run-json.ts'

/** What `mlv commit` reports. */
export function commitJson(report: CommitReport): ValueMap {
  return valueMap(recordedMembers(report))
}

/** The members of every report of a run that was recorded just now. */
export function recordedMembers(report: Omit<RunCommandReport, 'exitCode' | 'signal'>) {
  return {
    run: runJson(report.run),
    notes: notesJson(report.notes),
    version: maybe(report.version, ({ version, created }) => valueMap({ version: versionJson(version), created })),
    baseline: maybe(report.baseline, ({ kind, label }) => valueMap({ kind, label })),
    changes: listJson(report.changes, metricChangeJson),
    operation: report.operation,
    commit: report.commit,
    warnings: report.warnings,
  }
}

/** What `mlv commit --recover` reports. */
export function recoverJson({ sealed, skippedLive }: RecoverReport): ValueMap {
  return valueMap({
    sealed: listJson(sealed, ({ run, status, alreadyRecorded, cutBytes, told }) =>
      valueMap({ run, status, alreadyRecorded, cutBytes: integer(cutBytes), problems: told }),
    ),
    skippedLive,
  })
}
