/**
 * `mlv gate`: whether a change keeps what was asked of it.
 */
import { isFailed } from '../../src/domain/review/gate.ts'
import { jobPlace, setOutputs } from '../../src/ops/record/job-files.ts'
import { currentCiJob } from '../../src/ops/review/read-ci-job.ts'
import { reviewRequest } from '../../src/ops/review/review-request.ts'
import { defineCommand } from '../command.ts'
import { EXIT } from '../exit-code.ts'
import { gateText } from '../format/gate-text.ts'
import { gateJson } from '../json/gate-json.ts'
import { optional } from '../option.ts'

/** The command. */
export const gateCommand = defineCommand({
  name: 'gate',
  summary: 'Check that a change keeps its limits',
  details: [
    "Judges the newest finished runs of a change by the gates of 'model.yaml', else of 'mlv.yaml' as the base has it,",
    'so that no change loosens its own. Without gates, every metric with a goal is held to its tolerance. Where runs',
    'were repeated, what chance explains does not fail. Ends with exit code 1 when a rule is broken.',
  ],
  arguments: {
    change: optional('base..head', "commits or branches; the pull request of the job, else the remote's branch..HEAD"),
  },
  options: {},
  examples: [
    { line: 'mlv gate', does: 'what this branch adds to the branch it came from' },
    { line: 'mlv gate origin/main..HEAD --json', does: 'for a program' },
  ],
  run: async ({ output, withRepository, openOptions }, { change }) => {
    const job = await currentCiJob(jobPlace(openOptions).files, openOptions.variables)
    const report = await withRepository((repository) => reviewRequest(repository, change, job))
    const isBroken = report.reviews.some(({ gates }) => gates.some(isFailed))
    await setOutputs(openOptions, [{ name: 'passed', value: String(!isBroken) }])
    output.answer(
      () => gateJson(report),
      () => gateText(report),
    )
    return isBroken ? EXIT.difference : EXIT.ok
  },
})
