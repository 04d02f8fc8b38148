/**
 * The local server: pages about one repository, for one person on this machine.
 *
 * Law: nothing is answered before the guard of its route has let it pass, and whatever a handler throws becomes a
 * refusal with words.
 */
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { instantOf } from '../base/clock.ts'
import type { FailureDetail } from '../domain/failure.ts'
import { keepCurves } from '../ops/read/keep-curves.ts'
import { keepRuns } from '../ops/read/kept-runs.ts'
import { keepSparklines } from '../ops/read/read-sparklines.ts'
import type { Repository } from '../ops/repository/repository.ts'
import type { Question, ServerContext } from './context.ts'
import { openFileCaches } from './file-caches.ts'
import { checkAsker, checkHost } from './guards.ts'
import type { Asker } from './guards.ts'
import { openLiveFeed } from './live-feed.ts'
import { leadOn, LEAD_ON_PATH, LEAD_ON_SCRIPT } from './lead-on.ts'
import { refusalPage, refusalPageHeaders, wantsPage } from './refusal-page.ts'
import { refusalAnswer, ServerRefusal } from './refusal.ts'
import type { RefusalAnswer } from './refusal.ts'
import { addressOf, readBody } from './request.ts'
import type { Address } from './request.ts'
import { sendJson, sendText } from './respond.ts'
import { ASSETS, routesAt } from './routes.ts'
import type { Route } from './routes.ts'
import { makeSecrets } from './secrets.ts'
import type { Secrets } from './secrets.ts'

/** How to serve. */
export interface ServeOptions {
  /** 0 for any that is free. */
  readonly port: number
  readonly mlvVersion: string
  /** The bytes of the pages. */
  readonly assets: Readonly<Record<keyof typeof ASSETS, string>>
  /** What to type after a refusal. */
  readonly nextOf: (detail: FailureDetail) => string
  /** Told of what no handler foresaw; never of a secret. */
  readonly onBug: (error: unknown) => void
  /** A link was used; called before the answer is sent. */
  readonly onEnter?: () => void
  /** How often the repository is looked at while a page is open; a second when absent. */
  readonly lookEveryMs?: number
  /** How often a page hears that the server is there, when nothing happens. */
  readonly heartbeatMs?: number
}

/** A server that answers. */
export interface RunningServer {
  readonly port: number
  /** A link that lets in one browser, once. It is a secret: show it to the person who started the server alone. */
  readonly issueLink: () => string
  /** Ends every answer, and the server. */
  readonly close: () => Promise<void>
}

const HOST = '127.0.0.1'
const LIMIT_CONNECTIONS = 200
const LIMITS = {
  maxHeaderSize: 16_384,
  // A request that trickles in holds a connection no longer than this.
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 2_000,
}
/** A connection on which nothing moves in either direction is cut. */
const LIMIT_IDLE_MS = 120_000

/** What the handling of one request needs. */
interface Served {
  readonly context: ServerContext
  readonly secrets: Secrets
  readonly options: ServeOptions
  readonly port: () => number
}

/** Serves a repository on this machine alone, until it is closed. @throws what `listen` does, such as `EADDRINUSE` */
export async function startServer(repository: Repository, options: ServeOptions): Promise<RunningServer> {
  const secrets = makeSecrets(repository.entropy)
  const { lookEveryMs: everyMs, heartbeatMs, onBug } = options
  const feed = openLiveFeed(repository, {
    ...(everyMs === undefined ? {} : { everyMs }),
    ...(heartbeatMs === undefined ? {} : { heartbeatMs }),
    onBug,
  })
  const context: ServerContext = {
    repository,
    mlvVersion: options.mlvVersion,
    startedAt: instantOf(repository.clock.nowMs()),
    writeToken: secrets.writeToken,
    runs: keepRuns(repository),
    series: keepCurves(repository),
    sparklines: keepSparklines(repository),
    caches: openFileCaches(),
    feed,
  }
  const server = createServer(LIMITS)
  const served = { context, secrets, options, port: () => portOf(server) }
  server.on('request', (request, response) => void answer(served, request, response))
  server.maxConnections = LIMIT_CONNECTIONS
  server.setTimeout(LIMIT_IDLE_MS)
  await listen(server, options.port)
  return {
    port: portOf(server),
    issueLink: () => `http://${HOST}:${portOf(server)}/enter?token=${secrets.issueLink()}`,
    close: async () => {
      feed.close()
      await new Promise<void>((resolve) => {
        server.close(() => {
          resolve()
        })
        server.closeAllConnections()
      })
    },
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host: HOST, port, exclusive: true }, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

async function answer(served: Served, request: IncomingMessage, response: ServerResponse): Promise<void> {
  // A reader that went away is no failure.
  response.on('error', () => undefined)
  try {
    await route(served, request, response)
  } catch (caught) {
    const refusal = refusalAnswer(caught, served.options.nextOf)
    if (refusal.isBug) served.options.onBug(caught)
    // Half an answer must not look like a whole one.
    if (response.headersSent) response.destroy()
    else sendRefusal(request, response, refusal)
  }
}

/** A person gets a page, a program JSON. */
function sendRefusal(request: IncomingMessage, response: ServerResponse, refusal: RefusalAnswer): void {
  const { status, body } = refusal
  const headers = request.complete ? {} : { connection: 'close' }
  if (!wantsPage(request.method, request.headers.accept)) {
    sendJson(response, status, body, headers)
    return
  }
  const text = refusalPage(refusal)
  sendText(response, status, {
    type: 'text/html; charset=utf-8',
    text,
    headers: { ...headers, ...refusalPageHeaders(refusal) },
  })
}

async function route(served: Served, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { secrets } = served
  const asker = askerOf(request)
  checkHost(asker, served.port())
  const address = addressOf(request.url ?? '')
  if (isAt(address, '/enter')) {
    enter(served, address, request, response)
    return
  }
  if (isAt(address, LEAD_ON_PATH) && request.method === 'GET') {
    sendText(response, 200, { type: ASSETS['app.js'], text: LEAD_ON_SCRIPT })
    return
  }
  const [, , ...below] = address.segments
  const isBelow =
    address.segments.length > 2 && isAt({ ...address, segments: address.segments.slice(0, 2) }, secrets.base)
  const found = isBelow ? routesAt(below) : []
  // Who may not ask at all is not told what there is.
  checkAsker(asker, found.some(({ route: { guard } }) => guard === 'page') ? 'page' : 'read', secrets, served.port())
  const chosen = found.find(({ route: { method } }) => method === request.method)
  if (chosen === undefined)
    throw found.length === 0 ? notFound() : wrongMethod(found.map(({ route: { method } }) => method))
  checkAsker(asker, chosen.route.guard, secrets, served.port())
  await perform(served, chosen, { address, request, response })
}

/**
 * Lets a browser in. The page it gets leads on by itself, so that the next request comes from this server's page. So
 * does the refusal of a link that was used: a browser that has the cookie is among its pages, and no other is.
 */
function enter(
  { secrets, options }: Served,
  { query }: Address,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  if (request.method !== 'GET') throw wrongMethod(['GET'])
  const token = query.one('token') ?? ''
  if (!secrets.redeem(token)) {
    const why = 'a link works once, and for the mlv ui that printed it alone'
    const next = "run 'mlv ui' again, and open the link it prints"
    const lead = secrets.isUsed(token) ? { leadTo: `${secrets.base}/` } : {}
    throw new ServerRefusal(401, 'server-session', { what: 'this link does not work any more', why, next, ...lead })
  }
  options.onEnter?.()
  const text = `<!doctype html><meta charset="utf-8"><title>mlv</title>${leadOn(`${secrets.base}/`)}`
  sendText(response, 200, { type: 'text/html; charset=utf-8', text, headers: { 'set-cookie': secrets.setCookie } })
}

async function perform(
  { context, options }: Served,
  { route: { answer: how, guard }, parts }: { readonly route: Route; readonly parts: readonly string[] },
  {
    address,
    request,
    response,
  }: { readonly address: Address; readonly request: IncomingMessage; readonly response: ServerResponse },
): Promise<void> {
  if (how.kind === 'asset') {
    sendText(response, 200, { type: ASSETS[how.file], text: options.assets[how.file] })
    return
  }
  const question: Question = {
    parts,
    query: address.query,
    range: request.headers.range,
    ifRange: oneHeader(request.headers['if-range']),
    lastEventId: oneHeader(request.headers['last-event-id']),
    body: guard === 'write' ? await readBody(request) : new Map(),
  }
  if (how.kind === 'stream') await how.handle(context, question, response)
  else sendJson(response, 200, await how.handle(context, question))
}

function askerOf({ headers, rawHeaders }: IncomingMessage): Asker {
  const hosts = rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === 'host')
  return {
    hosts,
    origin: headers.origin,
    fetchSite: oneHeader(headers['sec-fetch-site']),
    cookie: headers.cookie,
    writeToken: oneHeader(headers['x-mlv-token']),
  }
}

function oneHeader(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : header?.join(', ')
}

function isAt({ segments }: Pick<Address, 'segments'>, path: string): boolean {
  return `/${segments.join('/')}` === path
}

function notFound(): ServerRefusal {
  return new ServerRefusal(404, 'server-request', { what: 'there is no such page', why: 'no route has this address' })
}

function wrongMethod(methods: readonly string[]): ServerRefusal {
  const what = `this address answers ${methods.join(' and ')} alone`
  return new ServerRefusal(405, 'server-request', { what, why: 'each route has its methods' })
}
