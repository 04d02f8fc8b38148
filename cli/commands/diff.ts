/**
 * `mlv diff`: what differs between two runs or versions, and whether it got better.
 */
import { isWithoutDifference } from '../../src/domain/comparison.ts'
import { compareRevisions } from '../../src/ops/read/compare-revisions.ts'
import { refuse } from '../../src/domain/failure.ts'
import { isRange } from '../../src/ops/review/find-change.ts'
import { jobPlace } from '../../src/ops/record/job-files.ts'
import { currentCiJob } from '../../src/ops/review/read-ci-job.ts'
import { reviewRequest } from '../../src/ops/review/review-request.ts'
import { defineCommand } from '../command.ts'
import type { Session } from '../command.ts'
import { AT } from '../common-options.ts'
import { EXIT } from '../exit-code.ts'
import type { ExitCode } from '../exit-code.ts'
import { comparisonMarkdown } from '../format/comparison-markdown.ts'
import { comparisonText } from '../format/comparison-text.ts'
import { reportMarkdown } from '../format/review-markdown.ts'
import { reportText } from '../format/review-text.ts'
import { reportView } from '../format/review-view.ts'
import { comparisonJson } from '../json/comparison-json.ts'
import { reportJson } from '../json/review-json.ts'
import { choice, flag, optional } from '../option.ts'

/** The command. */
export const diffCommand = defineCommand({
  name: 'diff',
  summary: 'Compare two runs or versions',
  details: [
    'Compares metrics by their goals and tolerances, parameters, files down to the tensor, datasets, code and',
    "environment. Markdown is safe to post as a comment: names stand in code and cannot act. See 'mlv help show' for",
    'how runs and versions are named. A change of code, base..head, is compared by the runs made from it: see',
    "'mlv help pr'.",
  ],
  arguments: {
    base: optional('base', 'the run or version to compare with; or a change of code, such as main..HEAD'),
    head: optional('head', 'the run or version that may be better; left out for a change of code'),
  },
  options: {
    format: choice('--format <format>', 'how to print it', ['text', 'json', 'markdown']),
    exitCode: flag('--exit-code', 'end with exit code 1 when anything differs'),
    pr: flag('--pr', 'compare the two sides of the pull request of this job, or what this branch adds to its base'),
    at: AT,
  },
  examples: [
    { line: 'mlv diff churn@production churn@latest', does: 'should the newest version be promoted?' },
    { line: 'mlv diff @~1 @', does: 'the last two runs' },
    { line: 'mlv diff main..HEAD', does: 'what the code of this branch did to the metrics' },
    { line: 'mlv diff churn@v11 churn@v12 --format markdown', does: 'for a pull request' },
  ],
  run: async (session, { base, head }, { format, exitCode, pr, ...options }) => {
    if (pr && base !== undefined) throw refuse('usage-invalid', { problem: '--pr finds both sides by itself' })
    if (base === undefined || head === undefined) return diffChange(session, base, { format, exitCode, pr })
    const { output, withRepository } = session
    const report = await withRepository((repository) => compareRevisions(repository, base, head, options))
    const document = () => comparisonJson(report)
    if (format === 'json') output.document(document())
    else {
      output.answer(document, () => {
        return format === 'text' ? comparisonText(report) : comparisonMarkdown(report).map((line) => [line])
      })
    }
    return exitCode && !isWithoutDifference(report.comparison) ? EXIT.difference : EXIT.ok
  },
})

/** Compares what was recorded on both sides of a change of code. */
async function diffChange(
  { output, withRepository, openOptions }: Session,
  change: string | undefined,
  { format, exitCode, pr }: { readonly format: string; readonly exitCode: boolean; readonly pr: boolean },
): Promise<ExitCode> {
  if (!pr && (change === undefined || !isRange(change))) {
    throw refuse('usage-invalid', { problem: 'name two runs or versions, or a change: main..HEAD, or --pr' })
  }
  const job = await currentCiJob(jobPlace(openOptions).files, openOptions.variables)
  const view = reportView(await withRepository((repository) => reviewRequest(repository, change, job)))
  if (format === 'json') output.document(reportJson(view))
  else {
    output.answer(
      () => reportJson(view),
      () => (format === 'text' ? reportText(view) : reportMarkdown(view).map((line) => [line])),
    )
  }
  const isStill = view.reviews.every(({ metrics }) => metrics.every(({ verdict }) => verdict === 'unchanged'))
  return exitCode && !isStill ? EXIT.difference : EXIT.ok
}
