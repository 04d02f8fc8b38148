/**
 * A forge on loopback with the answers of the public API documents: comments, requests and statuses of one project,
 * kept in memory. Shapes as of GitHub REST 2022-11-28, Gitea 1.x and GitLab v4.
 */
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { onTestFinished } from 'vitest'

/** Whose API. */
export type ForgeFlavour = 'github' | 'gitea' | 'gitlab'

/** A comment as it is kept. */
export interface KeptComment {
  readonly id: number
  readonly author: string
  body: string
}

/** A running forge. */
export interface ForgeServer {
  /** The address without the path of the API. */
  readonly origin: string
  readonly api: string
  readonly comments: KeptComment[]
  readonly statuses: {
    readonly commit: string
    readonly context: string
    readonly state: string
    readonly description: string
  }[]
  /** The open request: where it is now. */
  readonly request: { readonly number: number; head: string; readonly owner: string; readonly branch: string }
  /** Answers to come before any other: status codes, one a request. */
  readonly failures: number[]
  /** Method and path of every request, in order. */
  readonly requests: string[]
  /** Tokens seen in headers. */
  readonly tokens: Set<string>
  /** What runs before a comment is made: another job that is as fast. */
  beforeCreate: (() => void) | undefined
}

/** What `/user` answers a token of a job. */
const NO_USER = { github: 403, gitea: 403, gitlab: 0 } as const
/** Who a job writes as. */
export const JOB_LOGIN = { github: 'github-actions[bot]', gitea: 'forgejo-actions', gitlab: 'project_7_bot' } as const

/** Starts a forge with one open request; it ends with the test. */
export async function startForge(flavour: ForgeFlavour, head: string): Promise<ForgeServer> {
  const state: ForgeServer = {
    origin: '',
    api: '',
    comments: [],
    statuses: [],
    request: { number: 7, head, owner: 'fork-owner', branch: 'wider' },
    failures: [],
    requests: [],
    tokens: new Set(),
    beforeCreate: undefined,
  }
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      answer(flavour, state, request, response, body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const address = server.address()
  const origin = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
  const path = { github: '', gitea: '/api/v1', gitlab: '/api/v4' }[flavour]
  return Object.assign(state, { origin, api: `${origin}${path}` })
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, string>> {
  const parts: Uint8Array[] = []
  for await (const part of request) parts.push(part as Uint8Array)
  const text = Buffer.concat(parts).toString('utf8')
  return text === '' ? {} : (JSON.parse(text) as Record<string, string>)
}

type Answer = readonly [status: number, document: unknown]

function answer(
  flavour: ForgeFlavour,
  state: ForgeServer,
  request: IncomingMessage,
  response: ServerResponse,
  body: Record<string, string>,
): void {
  const url = new URL(request.url ?? '/', 'http://forge')
  const method = request.method ?? 'GET'
  state.requests.push(`${method} ${url.pathname}`)
  const token = request.headers.authorization ?? request.headers['private-token']
  state.tokens.add(String(token))
  const failure = state.failures.shift()
  const path = url.pathname.replace(/^\/api\/v[14]/, '')
  const [status, document]: Answer =
    failure === undefined
      ? (flavour === 'gitlab' ? gitlab : issues)(flavour, state, { method, path, query: url.searchParams, body })
      : [failure, { message: 'busy' }]
  response.writeHead(status, { 'content-type': 'application/json', ...(failure === 429 ? { 'retry-after': '0' } : {}) })
  response.end(status === 204 ? undefined : JSON.stringify(document))
}

interface Asked {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly body: Record<string, string>
}

function issues(flavour: ForgeFlavour, state: ForgeServer, { method, path, query, body }: Asked): Answer {
  const shown = ({ id, author, body: text }: KeptComment) => ({ id, user: { login: author, type: 'Bot' }, body: text })
  if (path === '/user') return [NO_USER[flavour], { message: 'Resource not accessible by integration' }]
  if (path === '/repos/team/models/pulls/7') return [200, { number: 7, head: { sha: state.request.head } }]
  if (path === '/repos/team/models/pulls') {
    const isAsked = query.get('head') === `${state.request.owner}:${state.request.branch}`
    return [200, isAsked && query.get('page') === '1' ? [{ number: 7, head: { sha: state.request.head } }] : []]
  }
  if (path === '/repos/team/models/issues/7/comments') {
    if (method === 'GET') return [200, paged(state.comments.map(shown), query)]
    return [201, shown(create(state, JOB_LOGIN[flavour], body['body'] ?? ''))]
  }
  const id = /^\/repos\/team\/models\/issues\/comments\/([0-9]+)$/.exec(path)?.[1]
  if (id !== undefined) return change(state, method, Number(id), body, shown)
  const commit = /^\/repos\/team\/models\/statuses\/([0-9a-f]{40})$/.exec(path)?.[1]
  return commit === undefined ? [404, { message: 'Not Found' }] : setStatus(state, commit, body['context'] ?? '', body)
}

function gitlab(flavour: ForgeFlavour, state: ForgeServer, { method, path, query, body }: Asked): Answer {
  const shown = ({ id, author, body: text }: KeptComment) => ({
    id,
    author: { username: author },
    body: text,
    system: false,
  })
  if (path === '/user') return [200, { username: JOB_LOGIN[flavour] }]
  if (path === '/projects/7/merge_requests/7') return [200, { iid: 7, sha: state.request.head }]
  if (path === '/projects/7/merge_requests/7/notes') {
    if (method === 'GET') return [200, paged(state.comments.map(shown), query)]
    return [201, shown(create(state, JOB_LOGIN.gitlab, body['body'] ?? ''))]
  }
  const id = /^\/projects\/7\/merge_requests\/7\/notes\/([0-9]+)$/.exec(path)?.[1]
  if (id !== undefined) return change(state, method, Number(id), body, shown)
  const commit = /^\/projects\/7\/statuses\/([0-9a-f]{40})$/.exec(path)?.[1]
  return commit === undefined ? [404, { message: '404 Not Found' }] : setStatus(state, commit, body['name'] ?? '', body)
}

function paged<Item>(items: readonly Item[], query: URLSearchParams): readonly Item[] {
  const size = Number(query.get('per_page') ?? 30)
  const page = Number(query.get('page') ?? 1)
  return items.slice((page - 1) * size, page * size)
}

function create(state: ForgeServer, author: string, body: string): KeptComment {
  const before = state.beforeCreate
  state.beforeCreate = undefined
  before?.()
  const made = { id: Math.max(0, ...state.comments.map(({ id }) => id)) + 1, author, body }
  state.comments.push(made)
  return made
}

function change(
  state: ForgeServer,
  method: string,
  id: number,
  { body }: Record<string, string>,
  shown: (comment: KeptComment) => unknown,
): Answer {
  const index = state.comments.findIndex((comment) => comment.id === id)
  const comment = state.comments[index]
  if (comment === undefined) return [404, { message: 'Not Found' }]
  if (method === 'DELETE') {
    state.comments.splice(index, 1)
    return [204, null]
  }
  comment.body = body ?? ''
  return [200, shown(comment)]
}

function setStatus(state: ForgeServer, commit: string, context: string, body: Record<string, string>): Answer {
  state.statuses.push({ commit, context, state: body['state'] ?? '', description: body['description'] ?? '' })
  return [201, {}]
}
