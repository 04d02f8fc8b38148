/**
 * `mlv why`: what a change of metrics can be put down to.
 */
import { explainRevisions } from '../../src/ops/read/explain-change.ts'
import { defineCommand } from '../command.ts'
import { AT } from '../common-options.ts'
import { EXIT } from '../exit-code.ts'
import { explanationText } from '../format/explanation-text.ts'
import { explanationJson } from '../json/explanation-json.ts'
import { required } from '../option.ts'

/** The command. */
export const whyCommand = defineCommand({
  name: 'why',
  summary: 'Split a change of metrics by its causes',
  details: [
    'Code, data, parameters, environment, hardware and seed are compared. When exactly one was not the same, the',
    'change is put down to it; when several were, the comparison is confounded, and recorded runs that differ in one',
    'of them only are looked for; when none was, the metrics vary by themselves, and equal runs say by how much.',
    'Files that are recorded as parameters, data or metrics do not count as code.',
  ],
  arguments: {
    base: required('base', 'the run or version to compare with'),
    head: required('head', 'the run or version that came out otherwise'),
  },
  options: { at: AT },
  examples: [
    { line: 'mlv why churn@production churn@latest', does: 'what made the newest version better?' },
    { line: 'mlv why @~1 @ --json', does: 'the last two runs, for a program' },
  ],
  run: async ({ output, withRepository }, { base, head }, options) => {
    const explanation = await withRepository((repository) => explainRevisions(repository, base, head, options))
    output.answer(
      () => explanationJson(explanation),
      () => explanationText(explanation),
    )
    return EXIT.ok
  },
})
