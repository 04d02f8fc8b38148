/**
 * What a command that was run came to, as JSON.
 */
import { valueMap } from '../../src/base/value.ts'
import type { ValueMap } from '../../src/base/value.ts'
import type { RunCommandReport } from '../../src/ops/record/run-command-options.ts'
import { recordedMembers } from './commit-json.ts'
import { integer } from './json-members.ts'

/** What `mlv run` reports, on standard error. */
export function runCommandJson(report: RunCommandReport): ValueMap {
  return valueMap({
    exitCode: integer(report.exitCode),
    signal: report.signal,
    ...recordedMembers(report),
  })
}
