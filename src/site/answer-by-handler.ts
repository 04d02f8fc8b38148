/**
 * Handlers of the server, called in a browser: they are pure but for what their context gives them.
 */
import type { Question, ServerContext } from '../server/context.ts'
import type { SiteQuestion } from './site-question.ts'

/** A context that has what a handler looks at and nothing else. */
export function serverStub(has: Partial<ServerContext>): ServerContext {
  // A handler that looked for more would break the tests that hold every route against the server's.
  return has as ServerContext
}

/** A question as handlers are asked. */
export function askedOf({ parts, query }: SiteQuestion): Question {
  return { parts, query, range: undefined, ifRange: undefined, body: new Map() }
}
