/**
 * How large a file the Git LFS server of this clone takes, as far as it is known without asking it: what git's
 * configuration says (`mlv.maxObjectSize`), else what the host of the remote publishes.
 */
import { sizeOfText } from '../../base/size-text.ts'
import type { StoreKind } from '../../domain/branch.ts'
import { Failure, refuse } from '../../domain/failure.ts'
import { objectLimitOf, SMALLEST_LIMIT_BYTES } from '../../domain/host-limits.ts'
import type { ObjectLimit } from '../../domain/host-limits.ts'
import { lfsEndpoints } from '../../remote/lfs/lfs-settings.ts'
import type { LfsEndpoint } from '../../remote/lfs/lfs-endpoint.ts'
import { readTrustedHosts } from '../../remote/trusted-hosts.ts'
import { readGitConfig, settingOf } from '../../store/git/git-config.ts'
import { lfsRemote } from '../repository/artifact-store-access.ts'
import type { Repository } from '../repository/repository.ts'

/** Something that is to be kept. */
export interface Sized {
  readonly path: string
  readonly sizeBytes: number
}

/** The first of the files that the server would not take, and its refusal; `undefined` when it takes all. */
export async function beyondLimit(
  repository: Repository,
  kind: StoreKind,
  files: readonly Sized[],
  remote?: string,
): Promise<Failure | undefined> {
  const large = files.filter(({ sizeBytes }) => sizeBytes > SMALLEST_LIMIT_BYTES)
  if (kind !== 'lfs' || large.length === 0) return undefined
  const limit = await findLimit(repository, remote)
  const found = limit === undefined ? undefined : large.find(({ sizeBytes }) => sizeBytes > limit.limitBytes)
  if (limit === undefined || found === undefined) return undefined
  return refuse('host-limit-exceeded', { path: found.path, sizeBytes: found.sizeBytes, ...limit })
}

async function findLimit(repository: Repository, remote: string | undefined): Promise<ObjectLimit | undefined> {
  const { git, place } = repository
  if (git === undefined) return undefined
  const given = settingOf(await readGitConfig(git, place.gitDir), 'mlv.maxobjectsize')
  if (given === undefined) return limitOfHost(repository, remote)
  if (given === 'none') return undefined
  const limitBytes = sizeOfText(given)
  if (limitBytes === undefined) {
    throw refuse('usage-invalid', { problem: `mlv.maxObjectSize is a size such as 5GB or none, not '${given}'` })
  }
  return { by: 'mlv.maxObjectSize', limitBytes, why: "git's configuration says so in this clone" }
}

/** A remote that cannot be read as one is for the push to refuse, not for a commit. */
async function limitOfHost(repository: Repository, remote: string | undefined): Promise<ObjectLimit | undefined> {
  const { git, files, commonDir, worktree } = repository
  try {
    const found = await lfsRemote(repository, remote, await readTrustedHosts(files, commonDir))
    if (git === undefined || found === undefined) return undefined
    return objectLimitOf(hostOf(await lfsEndpoints(git, files, worktree ?? commonDir, found)('upload')))
  } catch (caught) {
    if (caught instanceof Failure) return undefined
    throw caught
  }
}

function hostOf(endpoint: LfsEndpoint): string {
  switch (endpoint.kind) {
    case 'http':
      return endpoint.url.hostname
    case 'ssh':
      return endpoint.target.replace(/^.*@/, '')
    case 'folder':
      return ''
  }
}
