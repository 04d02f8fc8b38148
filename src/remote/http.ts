/**
 * HTTP as the stores need it: streamed bodies, the proxies of the environment, and credentials that never leave the
 * host they were given for.
 *
 * Redirects are followed here and not by the library below, which would send the same headers to another host.
 */
import { Readable } from 'node:stream'
import type { Dispatcher, EnvHttpProxyAgent } from 'undici'
import { printable } from '../base/printable.ts'
import { Failure, refuse } from '../domain/failure.ts'
import { errnoOf } from '../store/files/disk-failure.ts'
import { machineNetwork, networkGuard } from './network-guard.ts'
import type { Namer, Network, NetworkGuard } from './network-guard.ts'

/** One request. */
export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  /** Headers for the origin of `url` alone: left out after a redirect to another host (RFC 9110, 15.4). */
  readonly credentials?: Readonly<Record<string, string>>
  /** The server that named the URL; absent for one that the user named, which may be anywhere (row S1). */
  readonly namedBy?: Namer
  /** Made anew for each try. Its length must be in `content-length`. */
  readonly body?: () => AsyncIterable<Uint8Array> | Uint8Array
}

/** The answer. Its body must be read or dropped. */
export interface HttpReply {
  readonly status: number
  /** Who answered, after redirects: for requests to places that this answer names. */
  readonly namer: Namer
  /** Names in lower case; of a header that is repeated, the first. */
  readonly header: (name: string) => string | undefined
  readonly body: AsyncIterable<Uint8Array>
  /** Lets go of a body nobody reads. */
  readonly drop: () => Promise<void>
  /** The body as text, cut to `limitBytes`. */
  readonly text: (limitBytes: number) => Promise<string>
}

/** Sends requests over one pool of connections. Close it at the end. */
export interface Http {
  /**
   * @throws `remote-unreachable` when there was no answer, `remote-refused` after too many or unsafe redirects,
   * `address-private` when a server names what is further inside the network than itself
   */
  readonly send: (request: HttpRequest) => Promise<HttpReply>
  readonly close: () => Promise<void>
}

const MOST_REDIRECTS = 5
const HEADERS_MS = 60_000
const STALLED_MS = 120_000
const CONNECT_MS = 20_000

/** What may be told of the network. */
export interface HttpOptions {
  /** This machine's when absent. */
  readonly network?: Network
  /** Origins that servers may name wherever they are; none when absent. */
  readonly trustedOrigins?: ReadonlySet<string>
}

/** Opens a client with the proxies of the environment: `https_proxy`, `http_proxy`, `no_proxy`. */
export function openHttp(
  variables: Readonly<Record<string, string | undefined>>,
  { network = machineNetwork, trustedOrigins = new Set() }: HttpOptions = {},
): Http {
  const guard = networkGuard({ network, trustedOrigins, connectMs: CONNECT_MS }, async (connect) => {
    const { EnvHttpProxyAgent } = await import('undici')
    const times = { headersTimeout: HEADERS_MS, bodyTimeout: STALLED_MS }
    return new EnvHttpProxyAgent({ ...proxiesOf(variables), connect, ...times })
  })
  return { send: (wanted) => follow(guard, wanted, 0), close: guard.close }
}

/** Names a URL for people: never its user, query or fragment, which may hold secrets. */
export function urlLabel(url: URL): string {
  return printable(`${url.protocol}//${url.host}${url.pathname}`)
}

function proxiesOf(variables: Readonly<Record<string, string | undefined>>): EnvHttpProxyAgent.Options {
  const find = (name: string): string | undefined => variables[name] ?? variables[name.toUpperCase()]
  const [httpProxy, httpsProxy, noProxy] = [find('http_proxy'), find('https_proxy'), find('no_proxy')]
  return {
    // An empty text switches off what the library would read from the real environment by itself.
    httpProxy: httpProxy ?? '',
    httpsProxy: httpsProxy ?? '',
    noProxy: noProxy ?? '',
  }
}

async function follow(guard: NetworkGuard, wanted: HttpRequest, redirects: number): Promise<HttpReply> {
  const reply = await exchange(guard, wanted)
  const location = reply.header('location')
  if (reply.status < 301 || reply.status > 308 || reply.status === 304 || location === undefined) return reply
  await reply.drop()
  if (redirects === MOST_REDIRECTS) throw refusedRedirect(wanted.url, 'it redirects in a circle')
  return follow(guard, { ...redirected(wanted, location), namedBy: reply.namer }, redirects + 1)
}

function redirected(wanted: HttpRequest, location: string): HttpRequest {
  if (!URL.canParse(location, wanted.url.href))
    throw refusedRedirect(wanted.url, 'it redirects to something that is no URL')
  const url = new URL(location, wanted.url)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw refusedRedirect(wanted.url, `it redirects to ${printable(url.protocol)}`)
  }
  if (wanted.url.protocol === 'https:' && url.protocol === 'http:') {
    throw refusedRedirect(wanted.url, 'it redirects from https to http')
  }
  if (url.origin === wanted.url.origin) return { ...wanted, url }
  const { method, headers, body } = wanted
  return { method, headers, url, ...(body === undefined ? {} : { body }) }
}

function refusedRedirect(url: URL, problem: string): Error {
  return refuse('remote-refused', { url: urlLabel(url), problem })
}

async function exchange(guard: NetworkGuard, wanted: HttpRequest): Promise<HttpReply> {
  const { url, namedBy } = wanted
  const limit = guard.limitFor(url, namedBy)
  try {
    const { request } = await import('undici')
    const dispatcher = await guard.dispatcher(limit)
    const body = wanted.body?.()
    const answer = await request(url, {
      method: wanted.method,
      headers: { ...wanted.headers, ...wanted.credentials },
      dispatcher,
      body: body === undefined ? null : bodyToSend(body),
    })
    return replyOf(url, guard.namer(url, limit), answer)
  } catch (caught) {
    if (caught instanceof Failure) throw caught
    throw unreachable(url, caught)
  }
}

function bodyToSend(body: AsyncIterable<Uint8Array> | Uint8Array): Uint8Array | Readable {
  return body instanceof Uint8Array ? body : Readable.from(body, { objectMode: false })
}

function replyOf(url: URL, namer: Namer, answer: Dispatcher.ResponseData): HttpReply {
  const header = (name: string): string | undefined => {
    const value = answer.headers[name]
    return typeof value === 'string' ? value : value?.[0]
  }
  return {
    status: answer.statusCode,
    namer,
    header,
    body: bodyOf(url, answer),
    drop: () => answer.body.dump(),
    text: async (limitBytes) => {
      const parts: Uint8Array[] = []
      let count = 0
      for await (const part of bodyOf(url, answer)) {
        parts.push(part)
        count += part.length
        if (count >= limitBytes) break
      }
      return Buffer.concat(parts).subarray(0, limitBytes).toString('utf8')
    },
  }
}

async function* bodyOf(url: URL, answer: Dispatcher.ResponseData): AsyncIterable<Uint8Array> {
  try {
    for await (const part of answer.body) yield part as Uint8Array
  } catch (caught) {
    throw unreachable(url, caught)
  }
}

function unreachable(url: URL, caught: unknown): Error {
  const problem = errnoOf(caught) ?? (caught instanceof Error ? caught.message : 'the connection failed')
  return refuse('remote-unreachable', { url: urlLabel(url), problem: printable(problem) }, caught)
}
