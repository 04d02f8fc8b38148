/**
 * Which LFS server a remote has: what the user configured, else what the repository's `.lfsconfig` says about the same
 * host, else what follows from the remote's URL (git-lfs-config(5), "List of options").
 */
import { join } from 'node:path'
import { refuse } from '../../domain/failure.ts'
import { runGit } from '../../store/git/git-command.ts'
import type { GitProgram } from '../../store/git/git-command.ts'
import type { Files } from '../../store/files/files.ts'
import { parseLfsRemote } from './lfs-endpoint.ts'
import type { LfsEndpoint } from './lfs-endpoint.ts'

/** A remote as the LFS server is looked for. */
export interface LfsRemote {
  readonly name: string
  /** As git has it after `url.<base>.insteadOf`. */
  readonly url: string
  /** Hosts that `.lfsconfig` may name besides the remote's own. */
  readonly trustedHosts: ReadonlySet<string>
}

/** Finds the server for an operation. @throws as `lfsEndpoints` */
export type FindLfsEndpoint = (operation: 'upload' | 'download') => Promise<LfsEndpoint>

/**
 * Finds the servers of a remote. The settings are read once, when the first is asked for: each reading is a process.
 *
 * @param folder where git's configuration is read; the worktree, else the git folder.
 * @throws `remote-url-invalid`, `lfs-host-untrusted` when `.lfsconfig` names another host (row S3)
 */
export function lfsEndpoints(git: GitProgram, files: Files, folder: string, remote: LfsRemote): FindLfsEndpoint {
  let ofUser: Promise<Settings> | undefined
  let ofRepository: Promise<Settings> | undefined
  return async (operation) => {
    ofUser ??= settingsOf(git, ['config', '--null', '--list'], folder)
    const byUser = chosen(await ofUser, remote.name, operation)
    if (byUser !== undefined) return withInfoLfs(byUser)
    ofRepository ??= committedSettings(git, files, folder)
    const byRepository = chosen(await ofRepository, remote.name, operation)
    return byRepository === undefined ? parseLfsRemote(remote.url) : withInfoLfs(trusted(byRepository, remote))
  }
}

/** Addresses that the repository's own `.lfsconfig` gives for a remote, each once. */
export async function namedByRepository(
  git: GitProgram,
  files: Files,
  folder: string,
  remote: string,
): Promise<readonly string[]> {
  const settings = await committedSettings(git, files, folder)
  const found = (['download', 'upload'] as const).flatMap((operation) => chosen(settings, remote, operation) ?? [])
  return [...new Set(found)]
}

async function committedSettings(git: GitProgram, files: Files, folder: string): Promise<Settings> {
  const committed = join(folder, '.lfsconfig')
  if ((await files.lstat(committed))?.kind !== 'file') return new Map()
  return settingsOf(git, ['config', '--null', '--list', '--file', committed], folder)
}

type Settings = ReadonlyMap<string, string>

async function settingsOf(git: GitProgram, args: readonly string[], folder: string): Promise<Settings> {
  const { exitCode, stdout } = await runGit(git, args, { cwd: folder })
  if (exitCode !== 0) return new Map()
  const entries = Buffer.from(stdout).toString('utf8').split('\0')
  return new Map(entries.map((entry) => [entry.split('\n', 1)[0] ?? '', entry.slice(entry.indexOf('\n') + 1)]))
}

function chosen(settings: Settings, remote: string, operation: 'upload' | 'download'): string | undefined {
  const pushing = operation === 'upload' ? ['lfs.pushurl', `remote.${remote}.lfspushurl`] : []
  const [general, own] = [settings.get('lfs.url'), settings.get(`remote.${remote}.lfsurl`)]
  return pushing.map((key) => settings.get(key)).find((value) => value !== undefined) ?? general ?? own
}

/** A server that was named outright is asked where it is, without `info/lfs` behind it. */
function withInfoLfs(text: string): LfsEndpoint {
  const endpoint = parseLfsRemote(text)
  return endpoint.kind === 'http' ? { kind: 'http', url: new URL(text) } : endpoint
}

function trusted(text: string, remote: LfsRemote): string {
  const [host, expected] = [lfsHostOf(parseLfsRemote(text)), lfsHostOf(parseLfsRemote(remote.url))]
  if (host === expected || remote.trustedHosts.has(host)) return text
  throw refuse('lfs-host-untrusted', { remote: remote.name, host, expected })
}

/** Scheme, host and port, which is what a credential is for; of a folder the folder. Without spaces. */
export function lfsHostOf(endpoint: LfsEndpoint): string {
  switch (endpoint.kind) {
    case 'http':
      return endpoint.url.origin
    case 'ssh':
      return `ssh://${endpoint.target}${endpoint.port === undefined ? '' : `:${endpoint.port}`}`
    case 'folder':
      return `file://${encodeURI(endpoint.path)}`
  }
}
