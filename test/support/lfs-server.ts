/**
 * A small Git LFS server on loopback, kept in memory, with the faults of real ones at hand.
 */
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What the server does otherwise than a good one. */
export interface LfsFaults {
  /** User and password it wants, as `user:password`. */
  readonly credential?: string
  /** Called before each request is answered; what it returns is sent instead. */
  readonly answer?: (request: { readonly method: string; readonly path: string }) => Answer | undefined
  /** Headers it wants with the bytes of an object; a token when absent. */
  readonly header?: Readonly<Record<string, string>>
  /** Told of each request before it is answered; names of headers are in lower case. */
  readonly onRequest?: (headers: Readonly<Record<string, unknown>>, path: string) => void
  /** Cuts the connection after so many bytes of an object, so many times. */
  cut?: { afterBytes: number; times: number }
}

/** A reply made up by a test. */
export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** A running server. */
export interface LfsServer {
  readonly url: string
  readonly objects: Map<string, Buffer>
  /** `METHOD path authorization-or-dash`, in order. */
  readonly requests: string[]
  readonly faults: LfsFaults
  readonly close: () => Promise<void>
}

/** Starts a server on a port of its own. */
export async function startLfsServer(faults: LfsFaults = {}): Promise<LfsServer> {
  const objects = new Map<string, Buffer>()
  const requests: string[] = []
  const server: Server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [method = '', path = ''] = [request.method, request.url]
    requests.push(`${method} ${path} ${request.headers.authorization === undefined ? '-' : 'authorized'}`)
    faults.onRequest?.(request.headers, path)
    const made = faults.answer?.({ method, path })
    if (made !== undefined) return reply(response, made)
    if (path.endsWith('/objects/batch')) return batch(request, response)
    const oid = path.slice(path.lastIndexOf('/') + 1)
    if (method === 'PUT') return put(request, response, oid)
    get(request, response, oid)
  }

  async function batch(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = (await bytesOf(request)).toString('utf8')
    const wanted = faults.credential && `Basic ${Buffer.from(faults.credential).toString('base64')}`
    if (wanted !== undefined && request.headers.authorization !== wanted) {
      return reply(response, { status: 401, headers: { 'www-authenticate': 'Basic realm="lfs"' } })
    }
    const asked = JSON.parse(text) as { operation: string; objects: { oid: string; size: number }[] }
    const answers = asked.objects.map(({ oid, size }) => {
      const has = objects.has(oid)
      const action = {
        [asked.operation]: {
          href: `http://${request.headers.host ?? ''}/objects/${oid}`,
          header: faults.header ?? { 'x-token': 'once' },
        },
      }
      if (asked.operation === 'upload') return has ? { oid, size } : { oid, size, actions: action }
      return has ? { oid, size, actions: action } : { oid, size, error: { code: 404, message: 'not here' } }
    })
    reply(response, { status: 200, body: JSON.stringify({ transfer: 'basic', objects: answers }) })
  }

  async function put(request: IncomingMessage, response: ServerResponse, oid: string): Promise<void> {
    if (isCut()) return cutAfter(request)
    const bytes = await bytesOf(request)
    if (createHash('sha256').update(bytes).digest('hex') !== oid) return reply(response, { status: 422 })
    objects.set(oid, bytes)
    reply(response, { status: 200 })
  }

  function get(request: IncomingMessage, response: ServerResponse, oid: string): void {
    const bytes = objects.get(oid)
    if (bytes === undefined) return reply(response, { status: 404 })
    const [range, first = '0', last = String(bytes.length)] =
      /^bytes=([0-9]+)-([0-9]+)/.exec(request.headers.range ?? '') ?? []
    const part = bytes.subarray(Number(first), Number(last) + 1)
    response.writeHead(range !== undefined ? 206 : 200, { 'content-length': part.length })
    if (!isCut()) return void response.end(part)
    response.write(part.subarray(0, faults.cut?.afterBytes), () => response.destroy())
  }

  function isCut(): boolean {
    if (faults.cut === undefined || faults.cut.times === 0) return false
    faults.cut.times -= 1
    return true
  }

  function cutAfter(request: IncomingMessage): void {
    let seen = 0
    request.on('data', (chunk: Buffer) => {
      seen += chunk.length
      if (seen >= (faults.cut?.afterBytes ?? 0)) request.destroy()
    })
  }

  return {
    url: `${origin}/team/churn.git/info/lfs`,
    objects,
    requests,
    faults,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

function reply(response: ServerResponse, { status, headers = {}, body = '' }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/vnd.git-lfs+json', ...headers }).end(body)
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts)
}
