/**
 * Bisections as JSON.
 */
import { valueMap } from '../../src/base/value.ts'
import type { ValueMap } from '../../src/base/value.ts'
import type {
  BisectedCommit,
  BisectOutcome,
  BisectReport,
  BisectStep,
  TriedCommit,
} from '../../src/ops/rerun/bisect-options.ts'
import { ruleJson } from './content-json.ts'
import { integer, listJson } from './json-members.ts'
import { differenceJson } from './model-json.ts'

/** What `mlv bisect` reports. */
export function bisectJson(report: BisectReport): ValueMap {
  const { metric, rule, bound, good, bad, commits, steps, outcome, lastGood, causes, codeStat } = report
  return valueMap({
    metric,
    rule: ruleJson(rule),
    bound: valueMap({ ...bound }),
    good: triedJson(good),
    bad: triedJson(bad),
    commits: integer(commits),
    steps: listJson(steps, stepJson),
    outcome: outcomeJson(outcome),
    lastGood: triedJson(lastGood),
    causes: listJson(causes, differenceJson),
    codeStat,
    contradictions: listJson(report.contradictions, triedJson),
  })
}

function outcomeJson(outcome: BisectOutcome): ValueMap {
  const firstBad = triedJson(outcome.firstBad)
  switch (outcome.kind) {
    case 'found':
      return valueMap({ kind: outcome.kind, firstBad })
    case 'suspects':
      return valueMap({ kind: outcome.kind, firstBad, suspects: listJson(outcome.suspects, commitJson) })
    case 'open':
      return valueMap({ kind: outcome.kind, firstBad, next: commitJson(outcome.next), left: integer(outcome.left) })
  }
}

function stepJson({ how, told, ...tried }: BisectStep): ValueMap {
  return new Map([...triedJson(tried), ...valueMap({ how, told })])
}

function triedJson({ verdict, runs, values, isClear, ...commit }: TriedCommit): ValueMap {
  return new Map([...commitJson(commit), ...valueMap({ verdict, runs, values, clear: isClear })])
}

function commitJson({ commit, subject, by, at }: BisectedCommit): ValueMap {
  return valueMap({ commit, subject, by, at })
}
