/**
 * `mlv check`: whether a change of the registry may be merged. The status a host is told to require.
 */
import { isPassed } from '../../src/domain/review/request-check.ts'
import { checkRequest } from '../../src/ops/guard/check-request.ts'
import { appendText, jobPlace } from '../../src/ops/record/job-files.ts'
import { currentCiJob } from '../../src/ops/review/read-ci-job.ts'
import { defineCommand } from '../command.ts'
import { EXIT } from '../exit-code.ts'
import { checkMarkdown, checkText } from '../format/check-text.ts'
import { checkJson } from '../json/check-json.ts'
import { choice, flag, optional } from '../option.ts'

/** The command. */
export const checkCommand = defineCommand({
  name: 'check',
  summary: 'Check that a promotion may be merged',
  details: [
    'Judges what a branch would do to the registry: it changes nothing but aliases, models, states, notes and views;',
    'edits no version or run; each alias names a version that exists and is in use, follows on what the base has or',
    "gives back what it was before, and says the version's own metrics; the store has its files; and the gates of the",
    'model as the base has them hold. In a job of a pull request it fetches what the clone lacks. Ends with exit code',
    '1 when something is broken.',
  ],
  arguments: {
    change: optional(
      'base..head',
      "a request or two commits; that of the job, else the remote's mlv..HEAD, when absent",
    ),
  },
  options: {
    offline: flag('--offline', 'do not ask the store for the files'),
    format: choice('--format <format>', 'how to print it', ['text', 'markdown']),
    summary: flag('--summary', 'add it to the summary of the job'),
  },
  examples: [
    { line: 'mlv check', does: 'in a job of a pull request, or with a request checked out' },
    { line: 'mlv check mlv-promote/churn-production-1', does: 'one request, as it was fetched' },
    { line: 'mlv check origin/mlv..HEAD --offline', does: 'without asking the store' },
  ],
  run: async ({ output, openOptions, withRepository }, { change }, { offline, format, summary }) => {
    const place = jobPlace(openOptions)
    const job = await currentCiJob(place.files, openOptions.variables)
    const wanted = { ...(change === undefined ? {} : { change }), ...(job === undefined ? {} : { job }) }
    const report = await withRepository((repository) => checkRequest(repository, { ...wanted, isOffline: offline }))
    if (summary) await appendText(place, openOptions.variables['GITHUB_STEP_SUMMARY'], checkMarkdown(report))
    output.answer(
      () => checkJson(report),
      () => (format === 'text' ? checkText(report) : checkMarkdown(report).map((line) => [line])),
    )
    return isPassed(report) ? EXIT.ok : EXIT.difference
  },
})
