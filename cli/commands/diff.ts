/**
 * `mlv diff`: what differs between two runs or versions, and whether it got better.
 */
import { isWithoutDifference } from '../../src/domain/comparison.ts'
import { compareRevisions } from '../../src/ops/compare-revisions.ts'
import { defineCommand } from '../command.ts'
import { AT } from '../common-options.ts'
import { EXIT } from '../exit-code.ts'
import { comparisonMarkdown } from '../format/comparison-markdown.ts'
import { comparisonText } from '../format/comparison-text.ts'
import { comparisonJson } from '../json/comparison-json.ts'
import { choice, flag, required } from '../option.ts'

/** The command. */
export const diffCommand = defineCommand({
  name: 'diff',
  summary: 'Compare two runs or versions',
  details: [
    'Compares metrics by their goals and tolerances, parameters, files down to the tensor, datasets, code and',
    "environment. Markdown is safe to post as a comment: names stand in code and cannot act. See 'mlv help show' for",
    'how runs and versions are named.',
  ],
  arguments: {
    base: required('base', 'the run or version to compare with'),
    head: required('head', 'the run or version that may be better'),
  },
  options: {
    format: choice('--format <format>', 'how to print it', ['text', 'json', 'markdown']),
    exitCode: flag('--exit-code', 'end with exit code 1 when anything differs'),
    at: AT,
  },
  examples: [
    { line: 'mlv diff churn@production churn@latest', does: 'should the newest version be promoted?' },
    { line: 'mlv diff @~1 @', does: 'the last two runs' },
    { line: 'mlv diff churn@v11 churn@v12 --format markdown', does: 'for a pull request' },
  ],
  run: async ({ output, withRepository }, { base, head }, { format, exitCode, ...options }) => {
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
