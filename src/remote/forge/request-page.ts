/**
 * The page where a person opens a pull request for a branch, for hosts whose pages are known by their name.
 */
import type { RemoteUrl } from '../remote-url.ts'

const SSH = /^(?:[^@]+@)?([^:]+):(.+)$/

/**
 * The page for a branch to be merged into another; `undefined` for a folder, and for hosts that are not known.
 *
 * GitHub and Gitea's descendants compare two branches; GitLab begins a merge request.
 */
export function requestPage(remote: RemoteUrl, branch: string, into: string): string | undefined {
  const place = placeOf(remote)
  if (place === undefined) return undefined
  const [from, to] = [branch, into].map(encodeURIComponent)
  const home = `https://${place.host}/${place.path.split('/').map(encodeURIComponent).join('/')}`
  if (/(?:^|\.)gitlab\./.test(place.host)) {
    const query = `merge_request%5Bsource_branch%5D=${from}&merge_request%5Btarget_branch%5D=${to}`
    return `${home}/-/merge_requests/new?${query}`
  }
  if (place.host === 'github.com' || /(?:^|\.)(?:github|gitea|forgejo)\.|^codeberg\.org$/.test(place.host)) {
    return `${home}/compare/${to}...${from}`
  }
  return undefined
}

function placeOf({ kind, text }: RemoteUrl): { readonly host: string; readonly path: string } | undefined {
  const [, host = '', path = ''] =
    (kind === 'ssh' ? SSH : /^(?:https?|ssh):\/\/(?:[^@/]*@)?([^/:]+)(?::\d+)?\/(.+)$/).exec(text) ?? []
  if (kind === 'folder' || host === '' || path === '') return undefined
  return { host: host.toLowerCase(), path: path.replace(/^\/+|\/+$|\.git\/?$/g, '') }
}
