/**
 * `mlv pr`: what a change of code did to the models, as a reviewer reads it, and where the change is discussed.
 */
import { refuse } from '../../src/domain/failure.ts'
import type { CiJob } from '../../src/domain/review/ci-job.ts'
import { isFailed } from '../../src/domain/review/gate.ts'
import { appendText, jobPlace, readReport, setOutputs, writeText } from '../../src/ops/record/job-files.ts'
import { postReport } from '../../src/ops/review/post-report.ts'
import type { PostedReview } from '../../src/ops/review/post-report.ts'
import { currentCiJob } from '../../src/ops/review/read-ci-job.ts'
import { reviewRequest } from '../../src/ops/review/review-request.ts'
import { defineCommand } from '../command.ts'
import type { Session } from '../command.ts'
import { EXIT } from '../exit-code.ts'
import { postText } from '../format/post-text.ts'
import { reportFile } from '../format/report-file.ts'
import type { ReportFormat } from '../format/report-file.ts'
import { reportMarkdown } from '../format/review-markdown.ts'
import { reportText } from '../format/review-text.ts'
import { reportView } from '../format/review-view.ts'
import type { ReportView } from '../../src/domain/review/report-view.ts'
import { gateCounts, verdictCounts } from '../format/review-words.ts'
import { postJson } from '../json/post-json.ts'
import { reportJson } from '../json/review-json.ts'
import { choice, flag, optional, required, text } from '../option.ts'

/** Room for the marker that a comment starts with. */
const LIMIT_BODY = 64_900

/** The command. */
export const prCommand = defineCommand({
  name: 'pr',
  summary: 'Report what a change did to the models',
  details: [
    "'report' compares the newest finished runs made from the code of a change with those of the code it is to be",
    'merged into, else with the version in production. Runs that are alike but for seeds count together: what chance',
    'explains is told as noise. Names stand in code and cannot act. In a job of a pull request it fetches what the',
    "clone lacks. 'comment' posts it: one comment for each model, edited in place, and a status of the commit. It",
    'needs a token in GITHUB_TOKEN, GITLAB_TOKEN, FORGEJO_TOKEN, GITEA_TOKEN or MLV_FORGE_TOKEN. A job of a fork has',
    'none that may write: there, write the report to a file and post it from a second job with --report, which checks',
    "it and renders it anew. A step of Actions gets the outputs 'passed' and 'report'.",
  ],
  arguments: {
    action: required('report|comment', "the word 'report' or 'comment'"),
    change: optional('base..head', "commits or branches; the pull request of the job, else the remote's branch..HEAD"),
  },
  options: {
    format: choice('--format <format>', 'how to print it', ['text', 'markdown', 'html', 'json', 'junit', 'sarif']),
    output: text('--output <file>', 'write it to a file instead'),
    report: text('--report <file>', "post a report that 'mlv pr report --format json' wrote"),
    summary: flag('--summary', 'add it to the summary of the job'),
    exitCode: flag('--exit-code', 'end with exit code 1 when a gate is broken'),
  },
  examples: [
    { line: 'mlv pr report', does: 'what this branch adds to the branch it came from' },
    { line: 'mlv pr report origin/main..HEAD --format html --output review.html', does: 'a page to look at' },
    { line: 'mlv pr comment --summary --exit-code', does: 'in a job of a pull request' },
    { line: 'mlv pr comment --report report.json', does: 'in a second job, for pull requests of forks' },
  ],
  run: async (session, { action, change }, options) => {
    const { variables } = session.openOptions
    const place = jobPlace(session.openOptions)
    const job = await currentCiJob(place.files, variables)
    const { report: file } = options
    const view =
      file === undefined ? await review(session, change, job) : withOrigin(job, await readReport(place, file))
    if (options.summary) await appendText(place, variables['GITHUB_STEP_SUMMARY'], reportMarkdown(view))
    if (action === 'comment') await comment(session, job, view)
    else if (action === 'report') await print(session, view, options)
    else throw refuse('usage-invalid', { problem: `expected 'report' or 'comment', not '${action}'` })
    const isFailing = view.reviews.some(isBroken)
    await setOutputs(session.openOptions, [
      { name: 'passed', value: String(!isFailing) },
      ...(options.output === undefined ? [] : [{ name: 'report' as const, value: options.output }]),
    ])
    return options.exitCode && isFailing ? EXIT.difference : EXIT.ok
  },
})

function review(session: Session, change: string | undefined, job: CiJob | undefined): Promise<ReportView> {
  return session.withRepository(async (repository) => reportView(await reviewRequest(repository, change, job)))
}

/** Says who measured what a report of a fork tells. */
function withOrigin(job: CiJob | undefined, view: ReportView): ReportView {
  if (job?.follows?.isFork !== true) return view
  const notice = `a job of the fork of ${job.follows.owner} wrote this report, so what it says was not measured here`
  return { ...view, reviews: view.reviews.map((each) => ({ ...each, notices: [notice, ...each.notices] })) }
}

async function print(
  session: Session,
  view: ReportView,
  { format, output: file }: { readonly format: 'text' | ReportFormat; readonly output?: string },
): Promise<void> {
  const { output } = session
  if (file !== undefined) {
    await writeText(jobPlace(session.openOptions), file, reportFile(view, format === 'text' ? 'markdown' : format))
    output.talk([`wrote ${file}`])
    return
  }
  if (format === 'json') output.document(reportJson(view))
  else {
    output.answer(
      () => reportJson(view),
      () => (format === 'text' ? reportText(view) : reportFile(view, format).map((line) => [line])),
    )
  }
}

async function comment(session: Session, job: CiJob | undefined, view: ReportView): Promise<void> {
  if (job === undefined) {
    throw refuse('usage-invalid', { problem: 'this is no job of GitHub, GitLab, Gitea or Forgejo; see mlv pr report' })
  }
  const posted = await postReport(
    job,
    session.openOptions,
    view.reviews.map((each) => postedReview(view, each)),
  )
  session.output.answer(
    () => postJson(posted),
    () => postText(posted),
  )
}

function postedReview(view: ReportView, each: ReportView['reviews'][number]): PostedReview {
  const body = reportMarkdown({ ...view, reviews: [each] }, LIMIT_BODY).join('\n')
  const description = `${gateCounts(each)}; ${verdictCounts(each)}`
  return { subject: each.subject, body: `${body}\n`, passed: !isBroken(each), description }
}

function isBroken({ gates }: Pick<ReportView['reviews'][number], 'gates'>): boolean {
  return gates.some(isFailed)
}
