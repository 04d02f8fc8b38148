/**
 * Repetitions as JSON.
 */
import { valueMap } from '../../src/base/value.ts'
import type { ValueMap } from '../../src/base/value.ts'
import type { RerunReport, SeedRepeats } from '../../src/ops/rerun/rerun-options.ts'
import { integer, listJson, mapJson, maybe } from './json-members.ts'
import { differenceJson, outcomeJson, receiptJson, repeatedMetricJson } from './model-json.ts'
import { runJson } from './run-json.ts'

/** What `mlv rerun` reports. */
export function rerunJson(report: RerunReport): ValueMap {
  const { of, label, run, exitCode, compared, differences, outcome, version, receipt, seeds, operation, folder, told } =
    report
  return valueMap({
    of,
    label,
    run: maybe(run, runJson),
    exitCode: integer(exitCode),
    outcome: run === undefined ? undefined : outcomeJson(outcome),
    compared: listJson(compared, repeatedMetricJson),
    differences: listJson(differences, differenceJson),
    version,
    receipt: maybe(receipt, receiptJson),
    seeds: maybe(seeds, seedsJson),
    operation,
    worktree: folder,
    told,
  })
}

function seedsJson({ key, runs, metrics }: SeedRepeats): ValueMap {
  return valueMap({
    key,
    runs,
    metrics: mapJson(metrics, ({ count, ...numbers }) => valueMap({ count: integer(count), ...numbers })),
  })
}
