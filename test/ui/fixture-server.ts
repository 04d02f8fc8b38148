/**
 * A server of made-up answers, for tests of the pages: any size, and events on demand.
 */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { resolve } from 'node:path'
import type { WireEvent, WireModel, WireSparklines } from '../../src/server/wire.ts'
import { fixtureHead, fixtureModel, fixtureRun } from './fixture-data.ts'
import { fixtureChoices, fixtureRuns } from './fixture-runs.ts'
import type { FixtureSize } from './fixture-data.ts'
import { fixtureLines } from './fixture-lines.ts'

/** A server that is up, with what it was asked. */
export interface FixtureServer {
  readonly address: string
  /** Paths with their queries, in order. */
  readonly asked: string[]
  /** Bodies of POSTs, in order. */
  readonly told: unknown[]
  /** Tells every page that listens. */
  readonly tell: (event: WireEvent) => void
  /** How many points each curve has from now on. */
  readonly setPoints: (points: number) => void
  readonly close: () => Promise<void>
}

const PAGES = resolve(import.meta.dirname, '..', '..', 'dist', 'ui')
const TYPES = { 'index.html': 'text/html; charset=utf-8', 'app.js': 'text/javascript', 'app.css': 'text/css' }
// What `mlv ui` sends: a page that breaks it must break here too.
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'self'",
].join('; ')

/** Starts a server on a free port of this machine. */
export async function startFixture(size: FixtureSize): Promise<FixtureServer> {
  const asked: string[] = []
  const told: unknown[] = []
  const listeners = new Set<ServerResponse>()
  const state: State = { points: size.points, size, listeners, told, alias: ALIAS, history: [] }
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    void answer(state, request, response)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('not listening')
  return {
    address: `http://127.0.0.1:${address.port}/`,
    asked,
    told,
    tell: (event) => {
      for (const listener of listeners) listener.write(`data: ${JSON.stringify(event)}\n\n`)
    },
    setPoints: (points) => (state.points = points),
    close: () => {
      server.closeAllConnections()
      return new Promise((done) => server.close(() => done()))
    },
  }
}

const ALIAS: WireModel['aliases'][number] = {
  name: 'production',
  version: 2,
  previous: 1,
  by: 'Ada <ada@example.com>',
  at: new Date(1_795_000_000_000).toISOString(),
  reason: 'better',
}

interface State {
  points: number
  alias: WireModel['aliases'][number]
  history: WireModel['history']
  readonly size: FixtureSize
  readonly listeners: Set<ServerResponse>
  readonly told: unknown[]
}

async function answer(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '', 'http://fixture')
  const path = decodeURIComponent(url.pathname.slice(1))
  if (path === 'api/events') return listen(state, response)
  const asset = path === '' ? 'index.html' : path
  if (asset === 'index.html' || asset === 'app.js' || asset === 'app.css') {
    response.writeHead(200, { 'content-type': TYPES[asset], 'content-security-policy': POLICY })
    response.end(readFileSync(resolve(PAGES, asset)))
    return
  }
  const body = request.method === 'POST' ? await bodyOf(request) : undefined
  if (body !== undefined) state.told.push(body)
  const [status, value] = answerTo(state, path, url.searchParams, body)
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(value))
}

function listen(state: State, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.write(`data: ${JSON.stringify({ kind: 'hello', live: [] } satisfies WireEvent)}\n\n`)
  state.listeners.add(response)
  response.on('close', () => state.listeners.delete(response))
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return JSON.parse(text)
}

const NO_REVISION = { code: 'revision-not-found', what: 'no such revision', why: '', next: null }

function answerTo(state: State, path: string, query: URLSearchParams, body: unknown): readonly [number, unknown] {
  const [, first = '', name = '', part = ''] = path.split('/')
  const index = 99_999 - Number(name.slice(4))
  switch (first) {
    case 'session':
      return [200, { mlvVersion: '0.1.0', repository: 'fixture', startedAt: '', writeToken: 'token', isStatic: false }]
    case 'runs':
      return fixtureRuns(state.size, query)
    case 'values':
      return fixtureChoices(state.size, query)
    case 'sparklines':
      return [200, sparklines(query)]
    case 'run':
      if (part === 'standing') return [200, { experiment: 'churn', metrics: [], beside: [], commitPage: null }]
      return [200, fixtureRun(index, state.points)]
    case 'series':
      return [200, fixtureLines(query, state.points)]
    case 'models':
      return [
        200,
        {
          models: [{ name: 'churn', description: null, owners: [], versions: 2, latest: null, aliases: [state.alias] }],
        },
      ]
    case 'model':
      return [200, fixtureModel(state.alias, state.history)]
    case 'compare': {
      const ids = query.get('runs')?.split(',') ?? []
      // Versions are not known here: pages that ask must do without.
      if (ids.some((id) => id.includes('@'))) return [404, { error: NO_REVISION }]
      return [200, compare(ids)]
    }
    case 'promote':
    case 'rollback':
      return moveAlias(state, first, body)
    case 'views':
      return [200, { views: [] }]
    default:
      return [404, { error: { code: 'server-not-found', what: `no ${path}`, why: '', next: null } }]
  }
}

/** Curves that fall, one a run and metric. */
function sparklines(query: URLSearchParams): WireSparklines {
  const runs = (query.get('runs') ?? '').split(',')
  const values = [9, 5, 6, 3, null, 2, 1.5, 1]
  const curves = query.getAll('metric').map((metric) => ({ metric, values }))
  return { runs: runs.map((run) => ({ run, curves })) }
}

function compare(ids: readonly string[]): unknown {
  const indices = ids.map((id) => 99_999 - Number(id.slice(4)))
  const full = indices.map((index) => fixtureRun(index, 100))
  return {
    runs: indices.map(fixtureHead),
    labels: ids,
    parameters: ['lr', 'optimizer', 'seed'].map((key, at) => ({
      key,
      varies: key !== 'seed',
      values: full.map(({ parameters }) => parameters[at]?.value ?? null),
    })),
    metrics: ['auc', 'loss'].map((key, at) => ({
      key,
      rule: full[0]?.metrics[at]?.rule,
      varies: true,
      values: full.map(({ metrics }) => metrics[at]?.summary ?? null),
      verdicts: full.map((_, place) => (place === 0 ? null : { kind: 'better', change: 0.1, relative: 0.1 })),
      noise: full.map(() => null),
    })),
    differences: full.slice(1).map((_, at) => ({
      head: at + 1,
      files: [],
      datasets: [],
      environment: [{ what: 'numpy', base: '2.1', head: '2.2' }],
      isSameCode: true,
    })),
  }
}

function moveAlias(state: State, kind: string, body: unknown): readonly [number, unknown] {
  const { reason, revision } = body as { readonly reason: string; readonly revision?: string }
  const version = kind === 'promote' ? Number(revision?.split('@v')[1]) : (state.alias.previous ?? 1)
  const from = state.alias.version
  state.alias = { ...state.alias, version, previous: from, reason }
  const subject = `${kind} churn@production to v${version}`
  state.history = [{ commit: 'ef'.repeat(20), at: state.alias.at, by: 'Ada', subject, kind, reason }, ...state.history]
  return [200, { alias: state.alias, from, isChanged: true, commit: 'ef'.repeat(20) }]
}
