/**
 * GitHub, and Gitea and Forgejo which speak alike: a pull request is an issue, and its comments are the issue's.
 *
 * GitHub REST API 2022-11-28 (docs.github.com/rest), Gitea API 1.1 (docs.gitea.com).
 */
import type { Value } from '../../base/value.ts'
import { parseOid } from '../../domain/oid.ts'
import type { Forge, ForgeComment } from './forge.ts'
import { numberAt, ownName, textAt } from './reply.ts'
import type { RestClient } from './rest-client.ts'

/** Where GitHub and Gitea differ. */
export interface IssueForgeOptions {
  /** `owner/name`. */
  readonly project: string
  readonly jobLogins: readonly string[]
  readonly close: () => Promise<void>
}

/** Opens a project of GitHub, Gitea or Forgejo. */
export function issueForge(rest: RestClient, { project, jobLogins, close }: IssueForgeOptions): Forge {
  const repo = `/repos/${project}`
  return {
    jobLogins,
    close,
    login: () => ownName(rest, 'login'),
    headOf: async (request) => parseOid(textAt(await rest.read(`${repo}/pulls/${request}`), 'head', 'sha')),
    requestOf: async ({ owner, branch }, head) => {
      const open = await rest.readAll(`${repo}/pulls`, { state: 'open', head: `${owner}:${branch}` })
      const found = open.find((request) => textAt(request, 'head', 'sha') === head)
      return found === undefined ? undefined : numberAt(found, 'number')
    },
    comments: async (request) => (await rest.readAll(`${repo}/issues/${request}/comments`, {})).map(commentOf),
    create: async (request, body) =>
      commentOf(await rest.write('POST', `${repo}/issues/${request}/comments`, { body })),
    edit: async (_request, id, body) => {
      await rest.write('PATCH', `${repo}/issues/comments/${id}`, { body })
    },
    remove: async (_request, id) => {
      await rest.write('DELETE', `${repo}/issues/comments/${id}`)
    },
    setStatus: async (commit, { context, state, description, page }) => {
      const target = page === undefined ? {} : { target_url: page }
      await rest.write('POST', `${repo}/statuses/${commit}`, { context, state, description, ...target })
    },
  }
}

function commentOf(value: Value): ForgeComment {
  return { id: numberAt(value, 'id'), author: textAt(value, 'user', 'login'), body: textAt(value, 'body') }
}
