/**
 * What was posted, as JSON.
 */
import { valueMap } from '../../src/base/value.ts'
import type { ValueMap } from '../../src/base/value.ts'
import type { PostReport } from '../../src/ops/review/post-report.ts'
import { integer, listJson } from './json-members.ts'

/** What `mlv pr comment` reports. */
export function postJson({ request, commit, comments, isOutdated }: PostReport): ValueMap {
  return valueMap({
    request: integer(request),
    commit,
    isOutdated,
    comments: listJson(comments, ({ subject, did, comment }) =>
      valueMap({ subject: valueMap({ ...subject }), did, comment: integer(comment) }),
    ),
  })
}
