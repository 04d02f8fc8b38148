/**
 * What a command that was run came to, for the person who waited for it.
 */
import { instantMs } from '../../src/base/clock.ts'
import type { RunCommandReport } from '../../src/ops/record/run-command-options.ts'
import { changeLines, contentsText, versionLines } from './commit-text.ts'
import { styled } from './line.ts'
import type { Line, Style } from './line.ts'
import { shortId } from './short-id.ts'
import { durationText } from './time.ts'

/** Writes how the command ended, what was recorded, and how it compares. */
export function runText(report: RunCommandReport): readonly Line[] {
  const { run, version, baseline, changes } = report
  const contents = contentsText(report)
  return [
    ['run ', styled('subject', shortId(run.id)), ` of ${run.experiment} `, endSpan(report), contents],
    ...versionLines(version),
    ...changeLines(baseline, changes),
  ]
}

const STYLES: { readonly [S in RunCommandReport['run']['status']]: Style } = {
  finished: 'good',
  failed: 'bad',
  killed: 'warning',
}

function endSpan({ run }: RunCommandReport): Line[number] {
  const elapsedMs = run.resources?.elapsedMs ?? endMs(run) - instantMs(run.startedAt)
  return styled(STYLES[run.status], `${endText(run)} after ${durationText(elapsedMs)}`)
}

function endText(run: RunCommandReport['run']): string {
  switch (run.status) {
    case 'finished':
      return 'finished'
    case 'failed':
      return `failed with exit code ${run.exitCode}`
    case 'killed':
      return run.signal === undefined ? 'killed' : `killed by ${run.signal}`
  }
}

function endMs(run: RunCommandReport['run']): number {
  return instantMs(run.status === 'killed' ? run.lastSeenAt : run.endedAt)
}
