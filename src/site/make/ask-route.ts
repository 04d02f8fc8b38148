/**
 * Answers of the server's own handlers, without a server: what a site keeps is what `mlv ui` would have answered.
 */
import { instantOf } from '../../base/clock.ts'
import { keepCurves } from '../../ops/read/keep-curves.ts'
import { keepRuns } from '../../ops/read/kept-runs.ts'
import type { PinnedRepository } from '../../ops/read/pinned-repository.ts'
import { keepSparklines } from '../../ops/read/read-sparklines.ts'
import type { ServerContext } from '../../server/context.ts'
import { openFileCaches } from '../../server/file-caches.ts'
import { refusalAnswer } from '../../server/refusal.ts'
import { addressOf } from '../../server/request.ts'
import { routesAt } from '../../server/routes.ts'
import type { KeptAnswer } from '../site-document.ts'

/** Asks for the JSON at an address below the pages, such as `api/models`. A refusal is an answer, a bug is thrown. */
export type AskRoute = (address: string) => Promise<KeptAnswer>

/** Makes a way to ask about a repository that stands still. */
export function routeAsker({ repository, atMs }: PinnedRepository, mlvVersion: string): AskRoute {
  const context: ServerContext = {
    repository,
    mlvVersion,
    startedAt: instantOf(atMs),
    writeToken: null,
    runs: keepRuns(repository),
    series: keepCurves(repository),
    sparklines: keepSparklines(repository),
    caches: openFileCaches(),
    feed: { listen: () => undefined, close: () => undefined },
  }
  return async (address) => {
    const { segments, query } = addressOf(`/${address}`)
    const found = routesAt(segments).find(({ route: { method } }) => method === 'GET')
    if (found?.route.answer.kind !== 'json') throw new Error(`no route answers ${address} with JSON`)
    const question = { parts: found.parts, query, range: undefined, ifRange: undefined, body: new Map() }
    try {
      return { status: 200, body: await found.route.answer.handle(context, question) }
    } catch (caught) {
      const { status, body, isBug } = refusalAnswer(caught, () => 'mlv ui')
      if (isBug) throw caught
      return { status, body }
    }
  }
}
