/**
 * Sweeps for a terminal: a line a trial as it ends, and what came of all.
 */
import { formatParameterText } from '../../src/domain/parameter-text.ts'
import type { Sweep } from '../../src/domain/sweep.ts'
import type { SweepReport, TrialReport } from '../../src/ops/sweep/sweep-options.ts'
import { countText } from './bytes.ts'
import { styled } from './line.ts'
import type { Line } from './line.ts'
import { numberText } from './number.ts'
import { shellQuoted } from './shell-quoted.ts'
import { shortId } from './short-id.ts'

/** `trial 3: lr=0.1 depth=4  auc 0.9310`. */
export function trialLine(report: TrialReport, { metric }: Pick<Sweep, 'metric'>): Line {
  const { run, value, trial } = report
  const measured = value === undefined || metric === undefined ? '' : `  ${metric.key} ${numberText(value)}`
  const failed = run.status === 'finished' ? [] : [styled('bad', `  ${run.status}`)]
  return [styled('faint', `trial ${trial.number}: `), parametersText(report), measured, ...failed]
}

/** Writes what came of a sweep. */
export function sweepText(report: SweepReport, file: string): readonly Line[] {
  const { group, trialCount, trials, best, version, told, isInterrupted } = report
  const known = trials.filter(({ isKnown }) => isKnown).length
  const failed = trials.filter(({ run }) => run.status !== 'finished').length
  const counts = [
    `${trials.length} of ${countText(trialCount, 'trial')}`,
    ...(known === 0 ? [] : [`${known} of them before`]),
    ...(failed === 0 ? [] : [`${failed} failed`]),
  ]
  return [
    [styled('strong', group), `: ${counts.join(', ')}`],
    ...(best === undefined ? [] : [bestLine(best)]),
    ...(version === undefined ? [] : [[styled('good', `registered ${version.model}@v${version.number}`)]]),
    ...told.map((line) => [styled('warning', 'note:'), ` ${line}`]),
    isInterrupted
      ? [styled('warning', 'interrupted'), `; go on: mlv sweep ${shellQuoted(file)} --resume`]
      : [styled('faint', `next: mlv ls -f 'group = ${group}'`)],
  ]
}

function bestLine(best: TrialReport): Line {
  const value = best.value === undefined ? '' : `, ${numberText(best.value)},`
  return [
    'best: trial ',
    String(best.trial.number),
    value,
    ` with ${parametersText(best)}`,
    ` (run ${shortId(best.run.id)})`,
  ]
}

function parametersText({ trial }: TrialReport): string {
  return [...trial.parameters].map(([key, value]) => `${key}=${formatParameterText(value)}`).join(' ')
}
