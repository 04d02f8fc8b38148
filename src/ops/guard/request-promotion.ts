/**
 * `mlv promote --request`: asks for a promotion instead of making it. The request is a branch on the remote whose
 * diff is one alias file; whoever reviews it sees versions and metrics, and merging it is the promotion.
 */
import { refuse } from '../../domain/failure.ts'
import { parseAliasName } from '../../domain/name.ts'
import type { Oid } from '../../domain/oid.ts'
import { nextRequestNumber, requestRef, REQUESTS } from '../../domain/promotion-request.ts'
import type { RefName } from '../../domain/ref-name.ts'
import { requestPage } from '../../remote/forge/request-page.ts'
import { pushRefs, remoteUrl, trackingRef } from '../../remote/git-transport.ts'
import type { GitRemote } from '../../remote/git-transport.ts'
import { parseRemoteUrl } from '../../remote/remote-url.ts'
import { readVersions } from '../../store/branch/read-models.ts'
import { openSnapshot, REGISTRY_REF } from '../../store/branch/snapshot.ts'
import type { BranchSnapshot } from '../../store/branch/snapshot.ts'
import { startRequest } from '../../store/branch/transaction.ts'
import { runGit } from '../../store/git/git-command.ts'
import { fetchAreas } from '../share/fetch-branch.ts'
import { personOf, planPromotion } from '../models/promote-version.ts'
import type { AliasReport } from '../models/promote-version.ts'
import { publishedSnapshot } from '../repository/published-branch.ts'
import type { Repository } from '../repository/repository.ts'
import { resolveVersion } from '../revisions/resolve-revision.ts'
import { openRemote } from '../repository/share-state.ts'
import type { ShareOptions } from '../repository/share-state.ts'

/** A request that was pushed; or nothing, when the alias names that version already. */
export interface RequestReport extends Omit<AliasReport, 'operation'> {
  readonly remote: string
  /** Absent when nothing was to be asked for. */
  readonly branch: RefName | undefined
  readonly commit: Oid | undefined
  /** Where to open the pull request; absent for hosts that are not known. */
  readonly page: string | undefined
}

/**
 * Asks for a promotion on what the remote has now. The version is the one this clone calls so.
 *
 * @throws `version-unpublished`, `push-refused`, `remote-not-found`, `remote-unreachable`, what `planPromotion` refuses
 */
export async function requestPromotion(
  repository: Repository,
  revision: string,
  aliasText: string,
  options: ShareOptions & { readonly reason?: string },
): Promise<RequestReport> {
  const name = parseAliasName(aliasText)
  const remote = await openRemote(repository, options)
  await fetchAreas(repository, remote)
  const published = await publishedSnapshot(repository, remote.name)
  const wanted = await publishedVersion(repository, published, { revision, remote: remote.name })
  const by = personOf((await repository.context.signatures()).author)
  const { reason } = options
  const wish = { revision: wanted, name, by, ...(reason === undefined ? {} : { reason }) }
  const { draft, result } = await planPromotion(repository, published, wish)
  if (draft === undefined)
    return { ...result, remote: remote.name, branch: undefined, commit: undefined, page: undefined }
  const taken = await requestNames(repository, remote.name)
  const ref = requestRef(result.alias.model, name, nextRequestNumber(taken, result.alias.model, name))
  // It stands beside what was fetched, so that no branch of the user's is left and the next fetch forgets it if need
  // be.
  const tracking = trackingRef(remote.name, ref)
  const commit = await startRequest(repository.context, { ref: tracking, published }, draft)
  await pushRequest(repository, remote, { ref, tracking, commit })
  const branch = ref.slice('refs/heads/'.length)
  const url = parseRemoteUrl(await remoteUrl(remote.git, remote.place, remote.name))
  const page = requestPage(url, branch, REGISTRY_REF.slice('refs/heads/'.length))
  return { ...result, remote: remote.name, branch: ref, commit, page }
}

/** `model@v3`, by the number the remote has it under. @throws `version-unpublished`, `version-not-found` */
async function publishedVersion(
  { context }: Repository,
  published: BranchSnapshot,
  { revision, remote }: { readonly revision: string; readonly remote: string },
): Promise<string> {
  const wanted = await resolveVersion(await openSnapshot(context.engine), revision)
  const there = await readVersions(published, wanted.model)
  const found = there.find(({ uid }) => uid === wanted.uid)
  const text = `${wanted.model}@v${wanted.number}`
  if (found === undefined) throw refuse('version-unpublished', { version: text, remote })
  return `${found.model}@v${found.number}`
}

async function pushRequest(
  { place }: Repository,
  remote: GitRemote,
  { ref, tracking, commit }: { readonly ref: RefName; readonly tracking: RefName; readonly commit: Oid },
): Promise<void> {
  let isPushed = false
  try {
    const outcome = (await pushRefs(remote, [{ ref, commit, creates: true }])).get(ref)
    isPushed = outcome?.kind === 'pushed'
    if (isPushed) return
    const problem = outcome?.kind === 'refused' ? outcome.problem : 'there is such a request already'
    throw refuse('push-refused', { remote: remote.name, ref, problem })
  } finally {
    if (!isPushed) await runGit(remote.git, [`--git-dir=${place.gitDir}`, 'update-ref', '-d', tracking, commit])
  }
}

/** Names of requests on the remote, as far as it was fetched, without what is before them. */
async function requestNames({ context }: Repository, remote: string): Promise<readonly string[]> {
  const there = REQUESTS.replace('refs/heads/', `refs/remotes/${remote}/`)
  return (await context.engine.listRefs(there)).map(({ ref }) => ref.slice(there.length))
}
