/**
 * GitLab: a merge request has notes. REST API v4 (docs.gitlab.com/api).
 */
import type { Value } from '../../base/value.ts'
import { parseOid } from '../../domain/oid.ts'
import type { Forge, ForgeComment } from './forge.ts'
import { numberAt, ownName, textAt } from './reply.ts'
import type { RestClient } from './rest-client.ts'

/** Which project. */
export interface GitlabOptions {
  /** The number of the project. */
  readonly project: string
  readonly close: () => Promise<void>
}

/** Opens a project of GitLab. */
export function gitlabForge(rest: RestClient, { project, close }: GitlabOptions): Forge {
  const home = `/projects/${project}`
  const notes = (request: number): string => `${home}/merge_requests/${request}/notes`
  return {
    // Every token of GitLab that may write has a user.
    jobLogins: [],
    close,
    login: () => ownName(rest, 'username'),
    headOf: async (request) => parseOid(textAt(await rest.read(`${home}/merge_requests/${request}`), 'sha')),
    requestOf: async ({ branch }, head) => {
      const open = await rest.readAll(`${home}/merge_requests`, { state: 'opened', source_branch: branch })
      const found = open.find((request) => textAt(request, 'sha') === head)
      return found === undefined ? undefined : numberAt(found, 'iid')
    },
    comments: async (request) =>
      (await rest.readAll(notes(request), { sort: 'asc', order_by: 'created_at' })).map(noteOf),
    create: async (request, body) => noteOf(await rest.write('POST', notes(request), { body })),
    edit: async (request, id, body) => {
      await rest.write('PUT', `${notes(request)}/${id}`, { body })
    },
    remove: async (request, id) => {
      await rest.write('DELETE', `${notes(request)}/${id}`)
    },
    setStatus: async (commit, { context, state, description, page }) => {
      const target = page === undefined ? {} : { target_url: page }
      const status = { name: context, state: state === 'success' ? 'success' : 'failed', description, ...target }
      await rest.write('POST', `${home}/statuses/${commit}`, status)
    },
  }
}

function noteOf(value: Value): ForgeComment {
  return { id: numberAt(value, 'id'), author: textAt(value, 'author', 'username'), body: textAt(value, 'body') }
}
