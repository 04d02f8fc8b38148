/**
 * Sweeps as JSON.
 */
import { valueMap } from '../../src/base/value.ts'
import type { ValueMap } from '../../src/base/value.ts'
import type { SweepReport, TrialReport } from '../../src/ops/sweep/sweep-options.ts'
import { integer, listJson, mapJson, maybe } from './json-members.ts'
import { versionJson } from './model-json.ts'

/** What `mlv sweep` reports. */
export function sweepJson(report: SweepReport): ValueMap {
  const { group, trialCount, trials, best, version, operation, commit, isInterrupted, told } = report
  return valueMap({
    group,
    trialCount: integer(trialCount),
    trials: listJson(trials, trialJson),
    best: integer(best?.trial.number),
    version: maybe(version, versionJson),
    operation,
    commit,
    interrupted: isInterrupted,
    told,
  })
}

function trialJson({ trial, run, value, isKnown }: TrialReport): ValueMap {
  return valueMap({
    number: integer(trial.number),
    parameters: mapJson(trial.parameters, (parameter) => parameter),
    run: run.id,
    status: run.status,
    value,
    known: isKnown,
  })
}
