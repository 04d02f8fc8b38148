/**
 * Where the LFS server of a remote is, and how it wants to be asked (git-lfs's docs/api/server-discovery.md and
 * authentication.md).
 */
import { spawn } from 'node:child_process'
import { printable } from '../../base/printable.ts'
import { refuse } from '../../domain/failure.ts'
import { fieldsOf, mapOf, optional, required, textValue } from '../../store/documents/decode.ts'
import { readStrictJson } from '../../store/documents/strict-json.ts'
import { namerByHost } from '../network-guard.ts'
import type { Namer } from '../network-guard.ts'
import { isScheme } from '../remote-url.ts'
import { headersNamedBy, placeNamedBy } from './lfs-batch.ts'
import { basicAuthorization } from './lfs-credentials.ts'
import { collectGit, runGit } from '../../store/git/git-command.ts'
import type { GitProgram, GitResult } from '../../store/git/git-command.ts'

/** A remote's LFS server. */
export type LfsEndpoint =
  | { readonly kind: 'http'; readonly url: URL }
  /** Asked over ssh where it is and with which headers, for each operation. */
  | { readonly kind: 'ssh'; readonly target: string; readonly port?: string; readonly path: string }
  /** A repository on this machine's disks: objects are files in its git folder. */
  | { readonly kind: 'folder'; readonly path: string }

type SshEndpoint = Extract<LfsEndpoint, { kind: 'ssh' }>

/** How to reach an HTTP endpoint: for an ssh remote, what the server said. */
export interface LfsAccess {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  /** Who named the URL; absent where the user or the remote itself did. */
  readonly namedBy?: Namer
}

const SCP_LIKE = /^(?:([^@/:\s]+)@)?([^@/:\s]+):(?!\/\/)(.+)$/

/**
 * Reads the URL of a git remote.
 *
 * @throws `remote-url-invalid` for another scheme, a control character, and a user or host that ssh would take for an
 * option (row S2)
 */
export function parseLfsRemote(text: string): LfsEndpoint {
  if (/[\0-\x1f\x7f]/.test(text)) throw invalidUrl(text, 'it has a control character')
  if (/%(?:[01][0-9a-f]|7f)/i.test(text)) throw invalidUrl(text, 'it holds an escaped control character')
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return parseSchemeUrl(text)
  if (/^[a-z][a-z0-9+.-]*::/i.test(text)) throw invalidUrl(text, 'remote helpers are not used')
  const scp = SCP_LIKE.exec(text)
  if (scp === null || /^[A-Za-z]:[\\/]/.test(text)) return { kind: 'folder', path: text }
  const [, user, host = '', path = ''] = scp
  if (isScheme(host)) throw invalidUrl(text, `it could be meant as a URL with the scheme '${host}', and is none`)
  return sshEndpoint(text, { user, host, port: undefined, path })
}

function parseSchemeUrl(text: string): LfsEndpoint {
  // A URL parser mends these by itself, and git reads another host in them.
  if (/^(?!file:)[^:]*:\/\/(?:\/|[^/]*[?#\\])/i.test(text)) throw invalidUrl(text, 'its host is not a host')
  if (!URL.canParse(text)) throw invalidUrl(text, 'it is no URL')
  const url = new URL(text)
  switch (url.protocol) {
    case 'file:':
      // On Windows a host in it would be asked for the file, and sent the user's own credentials.
      if (url.hostname !== '') throw invalidUrl(text, 'a file is on this machine and has no host')
      return { kind: 'folder', path: decodeURIComponent(url.pathname) }
    case 'http:':
    case 'https:':
      if (url.hostname === '') throw invalidUrl(text, 'it names no host')
      return { kind: 'http', url: infoLfs(url) }
    case 'ssh:':
    case 'git+ssh:':
      return sshEndpoint(text, {
        user: url.username === '' ? undefined : decodeURIComponent(url.username),
        host: url.hostname,
        port: url.port === '' ? undefined : url.port,
        path: decodeURIComponent(url.pathname),
      })
    default:
      throw invalidUrl(text, `its scheme '${url.protocol.replace(/:$/, '')}' is none that objects travel by`)
  }
}

function sshEndpoint(
  text: string,
  parts: {
    readonly user: string | undefined
    readonly host: string
    readonly port: string | undefined
    readonly path: string
  },
): LfsEndpoint {
  const { user, host, port, path } = parts
  if (host === '' || host.startsWith('-') || user?.startsWith('-') === true)
    throw invalidUrl(text, 'ssh would take it for an option')
  const target = user === undefined ? host : `${user}@${host}`
  return { kind: 'ssh', target, path, ...(port === undefined ? {} : { port }) }
}

/** `https://host/repo.git/info/lfs`, whether or not the remote says `.git`. */
function infoLfs(remote: URL): URL {
  const url = new URL(remote)
  const path = url.pathname.replace(/\/+$/, '')
  url.pathname = `${path.endsWith('.git') ? path : `${path}.git`}/info/lfs`
  url.search = ''
  url.hash = ''
  return url
}

/** An address that holds a user and a password, as machines in CI are given: they go into a header and nowhere else. */
export function accessByUrl(given: URL): LfsAccess {
  if (given.password === '') return { url: given, headers: {} }
  const url = new URL(given)
  const [username, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)]
  url.username = ''
  url.password = ''
  return { url, headers: { Authorization: basicAuthorization({ username, password }) } }
}

/**
 * Asks an ssh remote where its server is: `git-lfs-authenticate PATH OPERATION`.
 *
 * @throws `remote-unreachable`, `remote-refused`
 */
export async function authenticateBySsh(
  git: GitProgram,
  endpoint: SshEndpoint,
  operation: 'upload' | 'download',
  folder: string,
): Promise<LfsAccess> {
  const remoteCommand = `git-lfs-authenticate ${shellWord(endpoint.path)} ${operation}`
  const command = await sshCommand(git, folder)
  const args = [...portArguments(endpoint), endpoint.target, remoteCommand]
  const { exitCode, stdout, stderr } = await runSsh(git, command, args, folder)
  if (exitCode !== 0) {
    const [url, words] = [`ssh://${endpoint.target}`, printable(stderr.trim().slice(0, 300))]
    // What ssh itself ends with when it did not get to the command.
    if (exitCode === 255) throw refuse('remote-unreachable', { url, problem: words })
    throw refuse('remote-refused', { url, problem: `git-lfs-authenticate: ${words}` })
  }
  const access = accessOf(Buffer.from(stdout).toString('utf8'), endpoint.target)
  const host = endpoint.target.replace(/^.*@/, '')
  if (access.url.hostname === host) return access
  return { ...access, namedBy: await namerByHost(await hostBehind(git, command, endpoint, folder)) }
}

/** The host ssh connects to: the one of the address may be a name from the user's own ssh configuration. */
async function hostBehind(git: GitProgram, command: string, endpoint: SshEndpoint, folder: string): Promise<string> {
  const { exitCode, stdout } = await runSsh(git, command, ['-G', ...portArguments(endpoint), endpoint.target], folder)
  const [, told] = exitCode === 0 ? (/^hostname (\S+)$/m.exec(Buffer.from(stdout).toString('utf8')) ?? []) : []
  return told ?? endpoint.target.replace(/^.*@/, '')
}

/** The user's own ssh command is a line for the shell, as git runs it; everything else stays an argument. */
function runSsh(git: GitProgram, command: string, args: readonly string[], folder: string): Promise<GitResult> {
  const child = spawn('/bin/sh', ['-c', `${command} "$@"`, 'ssh', ...args], {
    cwd: folder,
    env: { ...git.variables },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  child.stdin.on('error', () => undefined)
  child.stdin.end()
  return collectGit(child)
}

function portArguments({ port }: SshEndpoint): readonly string[] {
  return port === undefined ? [] : ['-p', port]
}

function accessOf(text: string, server: string): LfsAccess {
  const fields = fieldsOf(readStrictJson(text, `git-lfs-authenticate of ${server}`), { file: server })
  const url = placeNamedBy(required(fields, 'href', textValue), { label: server, url: undefined })
  const headers = optional(
    fields,
    'header',
    mapOf((name) => name, textValue),
  )
  return { url, headers: headersNamedBy(headers ?? new Map(), server) }
}

async function sshCommand(git: GitProgram, folder: string): Promise<string> {
  const { GIT_SSH_COMMAND, GIT_SSH } = git.variables
  if (GIT_SSH_COMMAND !== undefined) return GIT_SSH_COMMAND
  const configured = await runGit(git, ['config', '--get', 'core.sshCommand'], { cwd: folder })
  const line = Buffer.from(configured.stdout).toString('utf8').trim()
  if (configured.exitCode === 0 && line !== '') return line
  return GIT_SSH === undefined ? 'ssh' : shellWord(GIT_SSH)
}

function shellWord(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

function invalidUrl(url: string, problem: string): Error {
  return refuse('remote-url-invalid', { url, problem })
}
