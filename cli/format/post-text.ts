/**
 * What was posted, for a log.
 */
import { subjectName } from '../../src/domain/review/review.ts'
import type { PostReport } from '../../src/ops/review/post-report.ts'
import type { Line } from './line.ts'

/** One line for each comment. */
export function postText({ request, commit, comments, isOutdated }: PostReport): readonly Line[] {
  if (isOutdated)
    return [
      [`nothing posted: #${request} has moved on from ${commit.slice(0, 10)}, and that is reported by its own job`],
    ]
  return comments.map(({ subject, did, comment }): Line => {
    return [`#${request}: comment ${comment} on ${subjectName(subject)} ${did}`]
  })
}
