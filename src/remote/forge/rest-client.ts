/**
 * JSON over HTTP as the APIs of forges speak it: a token, pages, and patience with a busy server.
 */
import type { Value } from '../../base/value.ts'
import { isValueList } from '../../base/value.ts'
import { refuse } from '../../domain/failure.ts'
import { readStrictJson } from '../../store/documents/strict-json.ts'
import { urlLabel } from '../http.ts'
import type { Http, HttpReply, HttpRequest } from '../http.ts'
import { retrying } from '../retry.ts'
import type { RetryWorld } from '../retry.ts'

/** How an API is asked. */
export interface RestOptions {
  readonly http: Http
  readonly retry: RetryWorld
  /** Ends without a slash. */
  readonly api: URL
  /** Goes to the API's own origin and nowhere else. */
  readonly credentials: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string>>
}

/** One API. Paths start with a slash and have no query. */
export interface RestClient {
  /** The document at a path. @throws `remote-unreachable`, `remote-refused`, `document-malformed` */
  readonly read: (path: string, query?: Query) => Promise<Value>
  /** All items of a list that comes in pages, at most a hundred of them. */
  readonly readAll: (path: string, query: Query) => Promise<readonly Value[]>
  readonly write: (method: 'POST' | 'PATCH' | 'PUT' | 'DELETE', path: string, body?: Query) => Promise<Value>
}

/** Members of a query or of a body. */
export type Query = Readonly<Record<string, string | number>>

const LIMIT_REPLY_BYTES = 16 * 1024 * 1024
const LIMIT_COMPLAINT_BYTES = 500
const PAGE_ITEMS = 50
const MOST_PAGES = 100
const NO_CONTENT = 204

/** Opens a client. */
export function restClient(options: RestOptions): RestClient {
  const read = async (path: string, query: Query = {}): Promise<Value> => {
    return exchange(options, 'GET', urlOf(options.api, path, query), undefined)
  }
  return {
    read,
    readAll: async (path, query) => {
      const items: Value[] = []
      for (let page = 1; page <= MOST_PAGES; page += 1) {
        const found = await read(path, { ...query, per_page: PAGE_ITEMS, limit: PAGE_ITEMS, page })
        if (!isValueList(found))
          throw refusedReply(urlOf(options.api, path, {}), 'it answered with something that is no list')
        items.push(...found)
        if (found.length < PAGE_ITEMS) break
      }
      return items
    },
    write: (method, path, body) => exchange(options, method, urlOf(options.api, path, {}), body),
  }
}

function urlOf(api: URL, path: string, query: Query): URL {
  const url = new URL(`${api.href.replace(/\/$/, '')}${path}`)
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value))
  return url
}

function exchange(
  options: RestOptions,
  method: HttpRequest['method'],
  url: URL,
  body: Query | undefined,
): Promise<Value> {
  const { http, headers, credentials, retry } = options
  const bytes = body === undefined ? undefined : new TextEncoder().encode(JSON.stringify(body))
  return retrying(retry, async () => {
    const reply = await http.send({
      method,
      url,
      headers: {
        accept: 'application/json',
        'user-agent': 'mlv',
        ...headers,
        ...(bytes === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(bytes.length) }),
      },
      credentials,
      ...(bytes === undefined ? {} : { body: () => bytes }),
    })
    if (reply.status >= 300) throw await refusal(url, reply)
    const text = await reply.text(LIMIT_REPLY_BYTES)
    return reply.status === NO_CONTENT || text === '' ? null : readStrictJson(text, urlLabel(url))
  })
}

async function refusal(url: URL, reply: HttpReply): Promise<Error> {
  const retryAfter = reply.header('retry-after')
  const complaint = (await reply.text(LIMIT_COMPLAINT_BYTES)).trim()
  return refuse('remote-refused', {
    url: urlLabel(url),
    problem: complaint === '' ? `status ${reply.status}` : complaint,
    status: reply.status,
    ...(retryAfter === undefined ? {} : { retryAfter }),
  })
}

function refusedReply(url: URL, problem: string): Error {
  return refuse('remote-refused', { url: urlLabel(url), problem })
}
