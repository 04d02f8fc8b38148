/**
 * `mlv remote trust`: lets files of the repository name a server that is not the remote's own.
 */
import { refuse } from '../../domain/failure.ts'
import { parseLfsRemote } from '../../remote/lfs/lfs-endpoint.ts'
import { lfsHostOf, namedByRepository } from '../../remote/lfs/lfs-settings.ts'
import { trustHost } from '../../remote/trusted-hosts.ts'
import { lfsRemote, NAMED_BY_BRANCH, usualRemote } from '../repository/artifact-store-access.ts'
import { requireGit } from '../repository/repository.ts'
import type { Repository } from '../repository/repository.ts'
import { settingsHere } from '../repository/share-state.ts'

/** What was trusted. */
export interface TrustReport {
  readonly remote: string
  readonly hosts: readonly {
    /** Scheme, host and port. */
    readonly host: string
    /** `server`: the remote's own server names it in its answers. */
    readonly namedBy: '.lfsconfig' | 'mlv.json' | 'server'
    /** False when it was trusted already. */
    readonly added: boolean
  }[]
}

/**
 * Trusts every server that `.lfsconfig` and the branch name now, or only `origin`, a server that the remote's own may
 * name; one they name later is asked about again.
 *
 * @throws `remote-not-found`, `remote-url-invalid`
 */
export async function trustRemote(
  repository: Repository,
  name: string | undefined,
  origin?: string,
): Promise<TrustReport> {
  const git = requireGit(repository, 'read the configuration of a remote')
  const { files, commonDir, worktree } = repository
  const remote = await lfsRemote(repository, name ?? (await usualRemote(repository)) ?? 'origin', [])
  if (remote === undefined) throw refuse('remote-not-found', { text: name ?? 'origin', known: [] })
  const hosts: TrustReport['hosts'][number][] = []
  const own = lfsHostOf(parseLfsRemote(remote.url))
  if (origin !== undefined) {
    const host = originOf(origin)
    const added = await trustHost(files, commonDir, { namedBy: own, host })
    return { remote: remote.name, hosts: [{ host, namedBy: 'server', added }] }
  }
  for (const text of await namedByRepository(git, files, worktree ?? commonDir, remote.name)) {
    const host = lfsHostOf(parseLfsRemote(text))
    if (host === own) continue
    hosts.push({ host, namedBy: '.lfsconfig', added: await trustHost(files, commonDir, { namedBy: own, host }) })
  }
  const settings = await settingsHere(repository, remote.name)
  for (const address of [...(settings?.stores ?? []), ...(settings?.mirrors ?? [])]) {
    if (address.kind !== 's3' || address.endpoint === undefined) continue
    const { endpoint: host } = address
    const added = await trustHost(files, commonDir, { namedBy: NAMED_BY_BRANCH, host })
    hosts.push({ host, namedBy: 'mlv.json', added })
  }
  return { remote: remote.name, hosts }
}

function originOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw refuse('usage-invalid', { problem: `--host takes a server like https://storage.example:9000, not '${text}'` })
  }
  return url.origin
}
