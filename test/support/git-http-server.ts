/**
 * A git server over HTTP on a loopback port: stock `git http-backend` as a CGI program, behind basic authentication
 * when a password is given. Commands that talk to it must be started, not waited for: it answers from this process.
 */
import { spawn } from 'node:child_process'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { once } from 'node:events'
import { onTestFinished } from 'vitest'
import { GIT_VARIABLES } from './repository.ts'

/** A server and what it was asked. */
export interface GitHttpServer {
  /** `http://127.0.0.1:PORT`, without user or password. */
  readonly origin: string
  /** Method and path of every request, in order. */
  readonly requests: readonly string[]
  /** What every further request is answered with; `undefined` to serve again. */
  fail: number | undefined
}

/** Serves the repositories below a folder until the test ends. */
export async function serveGit(root: string, password?: string): Promise<GitHttpServer> {
  const requests: string[] = []
  const state: { fail: number | undefined } = { fail: undefined }
  const server = createServer((request, response) => {
    requests.push(`${request.method ?? ''} ${request.url ?? ''}`)
    if (state.fail !== undefined) response.writeHead(state.fail).end('\u001b[2Jno\n')
    else if (password !== undefined && !isAuthorized(request, password)) {
      response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="git"' }).end()
    } else serve(root, request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    origin: `http://127.0.0.1:${port}`,
    requests,
    get fail() {
      return state.fail
    },
    set fail(status) {
      state.fail = status
    },
  }
}

function isAuthorized(request: IncomingMessage, password: string): boolean {
  return request.headers.authorization === `Basic ${Buffer.from(`ada:${password}`).toString('base64')}`
}

function serve(root: string, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://localhost')
  const { 'content-type': type, 'content-length': length, 'content-encoding': encoding } = request.headers
  const backend = spawn('git', ['http-backend'], {
    env: {
      ...GIT_VARIABLES,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: decodeURIComponent(url.pathname),
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method,
      REMOTE_USER: 'ada',
      REMOTE_ADDR: '127.0.0.1',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      ...(type === undefined ? {} : { CONTENT_TYPE: type }),
      ...(length === undefined ? {} : { CONTENT_LENGTH: length }),
      ...(encoding === undefined ? {} : { HTTP_CONTENT_ENCODING: encoding }),
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  backend.stdin.on('error', () => undefined)
  request.pipe(backend.stdin)
  const chunks: Buffer[] = []
  backend.stdout.on('data', (chunk: Buffer) => void chunks.push(chunk))
  backend.on('close', () => {
    const output = Buffer.concat(chunks)
    const end = output.indexOf('\r\n\r\n')
    let status = 200
    for (const line of output.subarray(0, Math.max(0, end)).toString('latin1').split('\r\n')) {
      const [name = '', value = ''] = line.split(/: (.*)/s)
      if (name === 'Status') status = Number.parseInt(value, 10)
      else response.setHeader(name, value)
    }
    response.writeHead(end < 0 ? 500 : status).end(output.subarray(end + 4))
  })
}
