/**
 * The server of `mlv ui` in this process, and a client that says whatever a test wants it to say.
 */
import { Agent, request } from 'node:http'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { onTestFinished } from 'vitest'
import { hostOptions } from '../../src/host.ts'
import { openRepository } from '../../src/ops/repository/repository.ts'
import type { Repository } from '../../src/ops/repository/repository.ts'
import { startServer } from '../../src/server/serve.ts'
import type { ServeOptions } from '../../src/server/serve.ts'
import { GIT_VARIABLES } from './repository.ts'

/** An answer, whole. */
export interface UiAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  /** The body as JSON. */
  readonly json: () => unknown
}

/** A request; headers are sent as they are, and `host` is the right one unless they name another. */
export interface UiRequest {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** A server with its client. */
export interface UiServer {
  readonly repository: Repository
  readonly port: number
  /** `/s/…` */
  readonly base: string
  readonly cookie: string
  readonly writeToken: string
  readonly issueLink: () => string
  /** What the server called a bug. */
  readonly bugs: readonly unknown[]
  /** Asks with nothing but what is given; the target is sent as it is. */
  readonly ask: (target: string, request?: UiRequest) => Promise<UiAnswer>
  /** Asks as the page does, below the base; fails for a refusal. */
  readonly get: (path: string) => Promise<unknown>
  /** Writes as the page does. */
  readonly post: (path: string, body: object) => Promise<UiAnswer>
  /** Asks as the page does, and hands on the answer before its body. */
  readonly open: (path: string, headers?: Readonly<Record<string, string>>) => Promise<IncomingMessage>
  readonly close: () => Promise<void>
}

const ASSETS = { 'index.html': '<!doctype html><title>mlv</title>', 'app.js': '"use strict"', 'app.css': '' }

/** Serves a repository until the test ends. */
export async function startUi(folder: string, options: Partial<ServeOptions> = {}): Promise<UiServer> {
  const server = await serveUi(folder, options)
  onTestFinished(server.close)
  return server
}

/** Serves a repository until it is closed. */
export async function serveUi(folder: string, options: Partial<ServeOptions> = {}): Promise<UiServer> {
  const repository = await openRepository({ ...hostOptions(folder), variables: GIT_VARIABLES })
  const bugs: unknown[] = []
  const { port, issueLink, close } = await startServer(repository, {
    port: 0,
    mlvVersion: '0.0.0',
    assets: ASSETS,
    nextOf: () => 'look again',
    onBug: (error) => bugs.push(error),
    ...options,
  })
  const agent = new Agent({ keepAlive: true, maxSockets: 64 })
  const send = (target: string, { method = 'GET', headers = {}, body }: UiRequest = {}): Promise<IncomingMessage> => {
    return new Promise((resolve, reject) => {
      const all = { host: `127.0.0.1:${port}`, ...headers }
      const sent = request({ host: '127.0.0.1', port, path: target, method, headers: all, agent, setHost: false })
      sent.once('response', resolve)
      sent.once('error', reject)
      sent.end(body)
    })
  }
  const ask = async (target: string, wanted?: UiRequest): Promise<UiAnswer> => wholeOf(await send(target, wanted))
  const entered = await ask(new URL(issueLink()).pathname + new URL(issueLink()).search)
  const cookie = (entered.headers['set-cookie']?.[0] ?? '').split(';')[0] ?? ''
  const base = /url=([^"]+)\/"/.exec(entered.body.toString())?.[1] ?? ''
  const session = await ask(`${base}/api/session`, { headers: { cookie } })
  const { writeToken } = session.json() as { readonly writeToken: string }
  let closed: Promise<void> | undefined
  const closeAll = async (): Promise<void> => {
    agent.destroy()
    await close()
    await repository.close()
  }
  return {
    repository,
    port,
    base,
    cookie,
    writeToken,
    issueLink,
    bugs,
    ask,
    get: async (path) => {
      const { status, json, body } = await ask(`${base}/${path}`, { headers: { cookie } })
      if (status !== 200) throw new Error(`${path}: ${status} ${body.toString()}`)
      return json()
    },
    post: (path, body) => {
      const headers = { cookie, 'content-type': 'application/json', 'x-mlv-token': writeToken }
      return ask(`${base}/${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
    },
    open: (path, headers = {}) => send(`${base}/${path}`, { headers: { cookie, ...headers } }),
    close: () => (closed ??= closeAll()),
  }
}

/** Reads an answer to its end. */
export async function wholeOf(message: IncomingMessage): Promise<UiAnswer> {
  const chunks: Buffer[] = []
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk)
  const body = Buffer.concat(chunks)
  const json = (): unknown => JSON.parse(body.toString('utf8'))
  return { status: message.statusCode ?? 0, headers: message.headers, body, json }
}
