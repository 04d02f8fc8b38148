/**
 * The address of a remote as a person types it, checked before git sees it (rows S2 and S5): known schemes only,
 * nothing a program could take for an option, no password that would end up in configuration and process lists.
 */
import { hiddenCharacterAt } from '../base/printable.ts'
import { refuse } from '../domain/failure.ts'
import type { Failure } from '../domain/failure.ts'
import { withoutCredentials } from './git-progress.ts'

/** A checked address. */
export type RemoteUrl =
  | { readonly kind: 'url'; readonly text: string }
  /** `user@host:path`, as ssh has it. */
  | { readonly kind: 'ssh'; readonly text: string }
  /** A folder of this machine, as typed. */
  | { readonly kind: 'folder'; readonly text: string }

const SCHEMES = ['https', 'http', 'ssh', 'git', 'file']
const URL_FORM = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/(?:([^/@]*)@)?([^/]*)(\/.*)?$/
const SSH_FORM = /^(?:([^/:@]+)@)?([^/:@]+):(?!\/\/)(.+)$/

/** Checks an address. @throws `remote-url-invalid` with what is wrong */
export function parseRemoteUrl(text: string): RemoteUrl {
  if (text === '') throw invalid(text, 'it is empty')
  if (text.startsWith('-')) throw invalid(text, 'it could be read as an option')
  if (hiddenCharacterAt(text) !== undefined) throw invalid(text, 'it holds a character that cannot be seen')
  if (/%(?:0[0-9a-f]|1[0-9a-f]|7f)/i.test(text)) throw invalid(text, 'it holds an escaped control character')
  const url = URL_FORM.exec(text)
  if (url !== null) return checkedUrl(text, url)
  if (text.includes('::')) throw invalid(text, 'remote helpers are not used')
  const ssh = SSH_FORM.exec(text)
  // One letter before a colon is a drive of Windows.
  if (ssh === null || /^[A-Za-z]:[\\/]/.test(text)) return { kind: 'folder', text }
  const [, user = '', host = '', path = ''] = ssh
  if (isScheme(host)) throw invalid(text, `it could be meant as a URL with the scheme '${host}', and is none`)
  if ([user, host, path].some((part) => part.startsWith('-'))) throw invalid(text, 'ssh could read it as an option')
  return { kind: 'ssh', text }
}

const SCHEMES_OF_OTHERS = ['javascript', 'vbscript', 'file', 'http', 'https', 'ssh', 'ftp', 'ftps', 'gopher']

/** Whether what stands before a colon is a scheme rather than a host of ssh. */
export function isScheme(host: string): boolean {
  return SCHEMES_OF_OTHERS.includes(host.toLowerCase())
}

/** The folder a clone of an address goes to, as git names it. @throws `remote-url-invalid` when it names none */
export function folderNameOf({ text }: RemoteUrl): string {
  const name = text
    .replace(/[/\\]+$/, '')
    .replace(/\/\.git$/, '')
    .replace(/\.git$/, '')
    .split(/[/\\:]/)
    .at(-1)
  if (name === undefined || name === '' || name === '.' || name === '..' || name.startsWith('-')) {
    throw invalid(text, 'it does not say what to call the folder')
  }
  return name
}

function checkedUrl(text: string, [, scheme = '', user = '', host = '', path]: RegExpExecArray): RemoteUrl {
  if (!SCHEMES.includes(scheme.toLowerCase())) throw invalid(text, `the scheme '${scheme}' is not used`)
  if (user.includes(':')) throw invalid(text, 'it holds a password; let a credential helper of git keep that')
  if (user.startsWith('-') || host.startsWith('-')) throw invalid(text, 'ssh could read it as an option')
  if (/[?#\\]/.test(`${user}${host}`)) throw invalid(text, 'its host is not a host')
  if (scheme.toLowerCase() === 'file' ? host !== '' : host === '') {
    throw invalid(text, host === '' ? 'it names no host' : 'a file is on this machine and has no host')
  }
  if (path === undefined || path === '/') throw invalid(text, 'it names no repository')
  return { kind: 'url', text }
}

function invalid(text: string, problem: string): Failure {
  return refuse('remote-url-invalid', { url: withoutCredentials(text), problem })
}
