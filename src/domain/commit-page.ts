/**
 * Where a host of code shows a commit, for hosts whose addresses are known.
 */
import type { Oid } from './oid.ts'

/** What stands between a project and a commit, by host. */
const HOSTS: Readonly<Record<string, string>> = {
  'github.com': '/commit/',
  'gitlab.com': '/-/commit/',
  'codeberg.org': '/commit/',
  'bitbucket.org': '/commits/',
}

/** A name a host would give a user or project: nothing in it can change what an address means. */
const PROJECT = /^[A-Za-z0-9_~-][\w.~-]*(?:\/[A-Za-z0-9_~-][\w.~-]*)+$/

/**
 * The page of a commit at the host that the address of a remote names; `undefined` for hosts that are not known. Users
 * and passwords in the address are left out.
 */
export function commitPageOf(remoteUrl: string, commit: Oid): string | undefined {
  const url = /^(?:https?|ssh|git):\/\/(?:[^/@]*@)?([^/:]+)(?::\d+)?\/(.+)$/.exec(remoteUrl)
  const [, host = '', path = ''] = url ?? /^(?:[^/:@]+@)?([^/:@]+):(?!\/\/)(.+)$/.exec(remoteUrl) ?? []
  const before = Object.hasOwn(HOSTS, host.toLowerCase()) ? HOSTS[host.toLowerCase()] : undefined
  const project = path.replace(/^\/+|\/+$/g, '').replace(/\.git$/, '')
  if (before === undefined || !PROJECT.test(project)) return undefined
  return `https://${host.toLowerCase()}/${project}${before}${commit}`
}
