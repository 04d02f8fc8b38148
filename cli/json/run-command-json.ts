/**
 * What a command that was run came to, as JSON.
 */
import { valueMap } from '../../src/base/value.ts'
import type { ValueMap } from '../../src/base/value.ts'
import type { RunCommandReport } from '../../src/ops/run-command-options.ts'
import { metricChangeJson } from './content-json.ts'
import { integer, listJson, maybe } from './json-members.ts'
import { versionJson } from './model-json.ts'
import { notesJson, runJson } from './run-json.ts'

/** What `mlv run` reports, on standard error. */
export function runCommandJson(report: RunCommandReport): ValueMap {
  return valueMap({
    exitCode: integer(report.exitCode),
    signal: report.signal,
    run: runJson(report.run),
    notes: notesJson(report.notes),
    version: maybe(report.version, ({ version, created }) => valueMap({ version: versionJson(version), created })),
    baseline: maybe(report.baseline, ({ kind, label }) => valueMap({ kind, label })),
    changes: listJson(report.changes, metricChangeJson),
    operation: report.operation,
    commit: report.commit,
    warnings: report.warnings,
  })
}
