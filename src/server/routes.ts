/**
 * Every route there is: method, path, who may ask, and who answers. Nothing else is served, and no part of a request
 * ever chooses code by its name.
 */
import type { JsonHandler, StreamHandler } from './context.ts'
import type { Guard } from './guards.ts'
import { compareHandler, diffHandler } from './handlers/compare.ts'
import {
  evaluationsHandler,
  tableHandler,
  tablesHandler,
  tensorsHandler,
  textHandler,
  versionFilesHandler,
} from './handlers/content.ts'
import { fileHandler } from './handlers/file.ts'
import { importanceHandler } from './handlers/importance.ts'
import { linesHandler } from './handlers/lines.ts'
import { modelHandler, modelsHandler, promoteHandler, rollbackHandler } from './handlers/models.ts'
import { findOutputHandler, outputHandler } from './handlers/output.ts'
import { changeViewHandler, sessionHandler, viewsHandler } from './handlers/pages.ts'
import { runHandler } from './handlers/run.ts'
import { lineageHandler, standingHandler } from './handlers/relations.ts'
import { choicesHandler, runsHandler } from './handlers/runs.ts'
import { seriesHandler } from './handlers/series.ts'
import { sparklinesHandler } from './handlers/sparklines.ts'
import { pathParts } from './request.ts'

/** One route. A part of its path that begins with a colon is left open, and is never empty. */
export interface Route {
  readonly method: 'GET' | 'POST'
  /** Below the base of the server, without a leading slash; the page itself is empty. */
  readonly path: string
  readonly guard: Guard
  readonly answer: RouteAnswer
}

/** How a route answers. */
export type RouteAnswer =
  | { readonly kind: 'json'; readonly handle: JsonHandler }
  | { readonly kind: 'stream'; readonly handle: StreamHandler }
  /** A file of the pages. */
  | { readonly kind: 'asset'; readonly file: 'index.html' | 'app.js' | 'app.css' }

/** The files of the pages, with their types. */
export const ASSETS = {
  'index.html': 'text/html; charset=utf-8',
  'app.js': 'text/javascript; charset=utf-8',
  'app.css': 'text/css; charset=utf-8',
} as const

const eventsHandler: StreamHandler = ({ feed }, { lastEventId }, response) => {
  feed.listen(response, lastEventId)
  return Promise.resolve()
}

/** The table. */
export const ROUTES: readonly Route[] = [
  { method: 'GET', path: '', guard: 'page', answer: { kind: 'asset', file: 'index.html' } },
  { method: 'GET', path: 'app.js', guard: 'read', answer: { kind: 'asset', file: 'app.js' } },
  { method: 'GET', path: 'app.css', guard: 'read', answer: { kind: 'asset', file: 'app.css' } },
  read('session', sessionHandler),
  read('runs', runsHandler),
  read('values', choicesHandler),
  read('importance', importanceHandler),
  read('sparklines', sparklinesHandler),
  read('series', linesHandler),
  read('run/:id', runHandler),
  read('run/:id/series', seriesHandler),
  read('run/:id/standing', standingHandler),
  read('run/:id/output', outputHandler),
  read('run/:id/output/find', findOutputHandler),
  read('run/:id/tensors', tensorsHandler),
  read('run/:id/table', tableHandler),
  read('run/:id/text', textHandler),
  read('run/:id/evaluations', evaluationsHandler),
  read('tables', tablesHandler),
  { method: 'GET', path: 'api/run/:id/file', guard: 'read', answer: { kind: 'stream', handle: fileHandler } },
  read('compare', compareHandler),
  read('diff', diffHandler),
  read('lineage', lineageHandler),
  read('models', modelsHandler),
  read('model/:name', modelHandler),
  read('model/:name/version/:number/files', versionFilesHandler),
  read('views', viewsHandler),
  { method: 'GET', path: 'api/events', guard: 'read', answer: { kind: 'stream', handle: eventsHandler } },
  write('views', changeViewHandler),
  write('promote', promoteHandler),
  write('rollback', rollbackHandler),
]

/** Routes of a path, whatever their method, with the parts they leave open. */
export function routesAt(
  segments: readonly string[],
): readonly { readonly route: Route; readonly parts: readonly string[] }[] {
  return ROUTES.flatMap((route) => {
    const parts = pathParts(route.path, segments)
    return parts === undefined ? [] : [{ route, parts }]
  })
}

function read(path: string, handle: JsonHandler): Route {
  return { method: 'GET', path: `api/${path}`, guard: 'read', answer: { kind: 'json', handle } }
}

function write(path: string, handle: JsonHandler): Route {
  return { method: 'POST', path: `api/${path}`, guard: 'write', answer: { kind: 'json', handle } }
}
