/**
 * `mlv pr comment`: one comment for each model of a change, edited in place, and what the change came to as a status
 * of its commit.
 */
import { refuse } from '../../domain/failure.ts'
import type { Oid } from '../../domain/oid.ts'
import { forgeToken } from '../../domain/review/ci-job.ts'
import type { CiJob } from '../../domain/review/ci-job.ts'
import { stickyMarker, startsWithMarker } from '../../domain/review/sticky-marker.ts'
import type { StickyMarker } from '../../domain/review/sticky-marker.ts'
import { subjectName } from '../../domain/review/review.ts'
import type { ReviewSubject } from '../../domain/review/review.ts'
import type { Forge, ForgeComment } from '../../remote/forge/forge.ts'
import { openForge } from '../../remote/forge/open-forge.ts'
import type { ForgeWorld } from '../../remote/forge/open-forge.ts'

/** One review as it is to be posted. */
export interface PostedReview {
  readonly subject: ReviewSubject
  /** Markdown, without the marker. */
  readonly body: string
  readonly passed: boolean
  /** One line for the status. */
  readonly description: string
}

/** What became of one review. */
export interface PostedComment {
  readonly subject: ReviewSubject
  readonly did: 'created' | 'edited' | 'unchanged'
  readonly comment: number
}

/** What was posted, and where. */
export interface PostReport {
  readonly request: number
  readonly commit: Oid
  /** Empty when a newer commit was pushed meanwhile: its own job reports. */
  readonly comments: readonly PostedComment[]
  readonly isOutdated: boolean
}

/** Room for what a host counts otherwise. */
const LIMIT_DESCRIPTION = 140

/**
 * Posts reviews to the request a job runs for, or follows.
 *
 * @throws `forge-token-missing`, `usage-invalid` outside of a pull request, `remote-unreachable`, `remote-refused`
 */
export async function postReport(job: CiJob, world: ForgeWorld, reviews: readonly PostedReview[]): Promise<PostReport> {
  const token = forgeToken(job.forge, world.variables)
  if (token === undefined) throw refuse('forge-token-missing', { forge: job.forge })
  const forge = openForge(job, token, world)
  try {
    return await postTo(forge, job, reviews)
  } finally {
    await forge.close()
  }
}

async function postTo(forge: Forge, job: CiJob, reviews: readonly PostedReview[]): Promise<PostReport> {
  const { request, commit } = await findRequest(job, forge)
  // A job that was slow must not put its words over those of a newer commit.
  if ((await forge.headOf(request)) !== commit) return { request, commit, comments: [], isOutdated: true }
  const authors = await authorsOf(forge)
  // Each review looks for comments of its own marker, so what is done for one is nothing to the others.
  const before = await forge.comments(request)
  const comments: PostedComment[] = []
  for (const review of reviews) {
    comments.push(await postOne(forge, request, review, { authors, before, workflow: job.workflow }))
    // A fork that says it passed passes nothing that a branch may require.
    if (job.follows?.isFork === true && review.passed) continue
    await forge.setStatus(commit, {
      context: `mlv/${subjectName(review.subject)}`,
      state: review.passed ? 'success' : 'failure',
      description: review.description.slice(0, LIMIT_DESCRIPTION),
      ...(job.page === undefined ? {} : { page: job.page }),
    })
  }
  return { request, commit, comments, isOutdated: false }
}

async function findRequest(job: CiJob, forge: Forge): Promise<{ readonly request: number; readonly commit: Oid }> {
  if (job.change !== undefined) return { request: job.change.number, commit: job.change.headCommit }
  if (job.follows === undefined) throw refuse('usage-invalid', { problem: 'this job runs for no pull request' })
  const { headCommit, owner, branch } = job.follows
  const request = await forge.requestOf({ owner, branch }, headCommit)
  if (request !== undefined) return { request, commit: headCommit }
  throw refuse('usage-invalid', { problem: `no open pull request is at ${headCommit.slice(0, 12)}` })
}

/** Whose comments are ours: the token's own, or those of jobs where a token is not told its name. */
async function authorsOf(forge: Forge): Promise<ReadonlySet<string>> {
  const login = await forge.login()
  return new Set(login === undefined ? forge.jobLogins : [login])
}

interface Identity {
  readonly authors: ReadonlySet<string>
  readonly workflow: string
  /** All comments of the request, as they were when posting began. */
  readonly before: readonly ForgeComment[]
}

async function postOne(
  forge: Forge,
  request: number,
  review: PostedReview,
  identity: Identity,
): Promise<PostedComment> {
  const { subject } = review
  const marker = stickyMarker(identity.workflow, subject)
  const body = `${marker}\n${review.body}`
  const [found, ...others] = ownComments(identity.before, marker, identity.authors)
  for (const other of others) await forge.remove(request, other.id)
  if (found === undefined) {
    const made = await forge.create(request, body)
    return settle(forge, request, { subject, marker, made, authors: identity.authors })
  }
  if (found.body.replaceAll('\r\n', '\n') === body) return { subject, did: 'unchanged', comment: found.id }
  await forge.edit(request, found.id, body)
  return { subject, did: 'edited', comment: found.id }
}

/** Two jobs may have found no comment at the same time: the older of two stays, in both eyes alike. */
async function settle(
  forge: Forge,
  request: number,
  {
    subject,
    marker,
    made,
    authors,
  }: {
    readonly subject: ReviewSubject
    readonly marker: StickyMarker
    readonly made: ForgeComment
    readonly authors: ReadonlySet<string>
  },
): Promise<PostedComment> {
  const [first, ...others] = ownComments(await forge.comments(request), marker, authors)
  if (first === undefined || first.id === made.id) {
    for (const other of others) await forge.remove(request, other.id)
    return { subject, did: 'created', comment: made.id }
  }
  await forge.edit(request, first.id, made.body)
  await forge.remove(request, made.id)
  return { subject, did: 'edited', comment: first.id }
}

/** Oldest first. */
function ownComments(
  comments: readonly ForgeComment[],
  marker: StickyMarker,
  authors: ReadonlySet<string>,
): readonly ForgeComment[] {
  return comments
    .filter(({ author, body }) => authors.has(author) && startsWithMarker(body, marker))
    .sort((left, right) => left.id - right.id)
}
