/**
 * Credentials from git's own helpers (git-credential(1)), for one scheme, host and port.
 *
 * Secrets go over pipes: never into an argument, a variable, a message or a file of ours.
 */
import { refuse } from '../../domain/failure.ts'
import { runGit } from '../../store/git/git-command.ts'
import type { GitProgram } from '../../store/git/git-command.ts'

/** A user name and its secret. */
export interface Credential {
  readonly username: string
  readonly password: string
}

/** What git-credential calls a context. */
export interface CredentialSource {
  /** Asks the helpers; `undefined` when none knows one. */
  readonly fill: (url: URL) => Promise<Credential | undefined>
  /** Tells the helpers that a credential works, or that it does not. */
  readonly report: (url: URL, credential: Credential, works: boolean) => Promise<void>
}

/** Asks the helpers a user's git has, in a folder whose configuration may name more. */
export function gitCredentials(git: GitProgram, folder: string): CredentialSource {
  const ask = async (action: 'fill' | 'approve' | 'reject', input: string): Promise<string | undefined> => {
    // A helper may open a window or ask on the terminal, as it does for git's own fetch.
    const env = { GIT_TERMINAL_PROMPT: git.variables['GIT_ASKPASS'] === undefined ? '0' : '1' }
    const { exitCode, stdout } = await runGit(git, ['credential', action], { input, cwd: folder, env })
    return exitCode === 0 ? Buffer.from(stdout).toString('utf8') : undefined
  }
  return {
    fill: async (url) => {
      const answer = await ask('fill', `${contextOf(url)}\n`)
      return answer === undefined ? undefined : credentialOf(answer)
    },
    report: async (url, credential, works) => {
      const secret = `username=${credential.username}\npassword=${credential.password}\n`
      await ask(works ? 'approve' : 'reject', `${contextOf(url)}${secret}\n`)
    },
  }
}

/** The header that carries a credential (RFC 7617). */
export function basicAuthorization({ username, password }: Credential): string {
  return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`
}

/** A line break in a value would be a line of its own to the helper (CVE-2020-5260). */
function contextOf(url: URL): string {
  const lines = [
    ['protocol', url.protocol.replace(/:$/, '')],
    ['host', url.host],
    ['path', decoded(url.pathname).replace(/^\//, '')],
    ...(url.username === '' ? [] : [['username', decoded(url.username)]]),
  ]
  for (const [name = '', value = ''] of lines) checkValue(name, value)
  return lines.map(([name, value]) => `${name}=${value}\n`).join('')
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch (caught) {
    if (!(caught instanceof URIError)) throw caught
    return text
  }
}

function credentialOf(answer: string): Credential | undefined {
  const values = new Map(answer.split('\n').map((line) => [line.split('=', 1)[0], line.slice(line.indexOf('=') + 1)]))
  const [username, password] = [values.get('username'), values.get('password')]
  if (username === undefined || password === undefined) return undefined
  checkValue('username', username)
  checkValue('password', password)
  return { username, password }
}

function checkValue(what: string, value: string): void {
  if (/[\r\n\0]/.test(value)) throw refuse('credential-invalid', { what })
}
