/**
 * Reviews the change that is meant: the one that was typed, else the pull request of the job mlv runs in, else what
 * this clone has over the remote's branch. In a job, what the clone lacks is fetched first.
 */
import type { CiJob } from '../../domain/review/ci-job.ts'
import type { Oid } from '../../domain/oid.ts'
import type { ReviewReport } from '../../domain/review/review.ts'
import { fetchForReview } from './fetch-for-review.ts'
import { findChange } from './find-change.ts'
import { reviewChange } from './review-change.ts'
import type { Repository } from '../repository/repository.ts'

/**
 * Reviews a change.
 *
 * @param text `main..HEAD`; absent for the change of the job, or of this clone.
 * @param job absent outside of a continuous integration, where nothing is fetched.
 * @throws what finding, fetching and reviewing refuse
 */
export async function reviewRequest(
  repository: Repository,
  text: string | undefined,
  job: CiJob | undefined,
): Promise<ReviewReport> {
  const typed = await findChange(repository, text, job?.change)
  if (job === undefined) return reviewChange(repository, typed)
  const found = await fetchForReview(repository, typed)
  const request = text === undefined ? job.change : undefined
  const merged = request === undefined ? undefined : await mergedHere(repository, request.headCommit)
  const baseName = request?.baseName
  return reviewChange(repository, {
    ...found,
    ...(merged === undefined ? {} : { merged }),
    ...(baseName === undefined ? {} : { baseName }),
  })
}

/**
 * Forges check out a commit of their own for a request, its base and head merged (`refs/pull/7/merge`, pipelines of
 * merged results), so what the job trains is of that one.
 */
async function mergedHere({ context }: Repository, head: Oid): Promise<Oid | undefined> {
  const here = await context.engine.resolveCommit('HEAD')
  if (here === undefined || here === head) return undefined
  const { parents } = await context.engine.readCommit(here)
  return parents.length > 1 && parents.includes(head) ? here : undefined
}
