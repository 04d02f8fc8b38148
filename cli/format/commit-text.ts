/**
 * What a commit did, for the person who waited for it: the run, the version, and what became of every metric.
 */
import type { CommitReport } from '../../src/ops/record/commit-run.ts'
import { metricChanges } from '../../src/ops/revisions/baseline.ts'
import type { RecoverReport } from '../../src/ops/record/recover-runs.ts'
import { bytesText, countText } from './bytes.ts'
import { styled } from './line.ts'
import type { Line, Style } from './line.ts'
import { firstMetricLines, metricMoveLines } from './metric-change.ts'
import { shellQuoted } from './shell-quoted.ts'
import { shortId } from './short-id.ts'

/** Writes what was recorded, and how it compares. */
export function commitText(report: CommitReport): readonly Line[] {
  const { run, version, baseline, changes } = report
  return [
    ['run ', styled('subject', shortId(run.id)), ` of ${run.experiment}${contentsText(report)}`],
    ...versionLines(version),
    ...changeLines(baseline, changes),
  ]
}

/**
 * What to type next: to see why when a metric got worse, to put a new version to use when none did. Where nothing is in
 * production and the version is not known to be the best, to look at all of them.
 */
export function commitNext({
  run,
  version,
  baseline,
  changes,
}: Pick<CommitReport, 'run' | 'version' | 'baseline' | 'changes'>): string {
  const id = shortId(run.id)
  const isWorse = changes.some(({ verdict }) => verdict?.kind === 'worse')
  if (version === undefined || !version.created) return baseline?.kind === 'run' ? `mlv diff @~1 @` : `mlv show ${id}`
  const { model, number } = version.version
  if (isWorse) return `mlv diff ${shellQuoted(revisionIn(baseline?.label ?? ''))} ${model}@v${number}`
  return isBest(run, baseline) ? `mlv promote ${model}@v${number} production` : `mlv models ${model}`
}

/** Whether a run that is no worse than its baseline is also better than every version it could be used instead of. */
function isBest({ metrics }: CommitReport['run'], baseline: CommitReport['baseline']): boolean {
  if (baseline?.kind !== 'version') return true
  return baseline.rivals?.every((rival) => isBetter(metricChanges(rival, metrics))) ?? false
}

/** Better by one goal, and worse by none. */
function isBetter(changes: CommitReport['changes']): boolean {
  const has = (kind: string): boolean => changes.some(({ verdict }) => verdict?.kind === kind)
  return has('better') && !has('worse')
}

/** Writes what was sealed, and what was left because it is still running. */
export function recoverText({ sealed, skippedLive }: RecoverReport): readonly Line[] {
  if (sealed.length === 0 && skippedLive.length === 0) return [['nothing was interrupted']]
  const live = skippedLive.map((run): Line => ['left ', styled('subject', shortId(run)), ': still running'])
  return [...sealed.map(sealedLine), ...live]
}

const STATUS_STYLES: { readonly [S in RecoverReport['sealed'][number]['status']]: Style } = {
  finished: 'good',
  failed: 'bad',
  killed: 'warning',
}

function sealedLine({ run, status, alreadyRecorded, cutBytes }: RecoverReport['sealed'][number]): Line {
  const torn = cutBytes === 0 ? '' : `, ${bytesText(cutBytes)} of a torn write cut off`
  if (alreadyRecorded) return ['run ', styled('subject', shortId(run)), ` was on the branch already${torn}`]
  return ['recorded run ', styled('subject', shortId(run)), ' as ', styled(STATUS_STYLES[status], status), torn]
}

/** How much a run holds: `: 3 parameters, 2 files (1 MB)`; empty when it holds neither. */
export function contentsText({ run }: Pick<CommitReport, 'run'>): string {
  const parts = [
    run.parameters.size === 0 ? [] : [countText(run.parameters.size, 'parameter')],
    run.files.count === 0 ? [] : [`${countText(run.files.count, 'file')} (${bytesText(run.files.sizeBytes)})`],
  ].flat()
  return parts.length === 0 ? '' : `: ${parts.join(', ')}`
}

/** How metrics moved, and from what; nothing for a run that measured nothing. */
export function changeLines(baseline: CommitReport['baseline'], changes: CommitReport['changes']): readonly Line[] {
  if (changes.length === 0) return []
  if (baseline === undefined) return [['metrics'], ...firstMetricLines(changes)]
  return [[`compared with ${baseline.label}`], ...metricMoveLines(changes)]
}

/** Which version was registered, or joined. */
export function versionLines(registration: CommitReport['version']): readonly Line[] {
  if (registration === undefined) return []
  const { version, created } = registration
  const label = styled('strong', `${version.model}@v${version.number}`)
  return [created ? ['registered ', label] : ['same content as ', label, '; the run was added to it']]
}

/** A label such as `churn@production (v2)` holds the revision first. */
function revisionIn(label: string): string {
  return label.split(' ')[0] ?? label
}
