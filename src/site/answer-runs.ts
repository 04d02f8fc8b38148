/**
 * The table of a site: the handlers of the server themselves, over the runs that the site has.
 */
import { askRuns } from '../domain/run-importance.ts'
import type { OutlineFacts } from '../domain/run-outline.ts'
import { measureImportance } from '../domain/statistics/importance.ts'
import { matches, parseFilter } from '../domain/query.ts'
import type { KeptHead } from '../ops/read/kept-runs.ts'
import type { ServerContext } from '../server/context.ts'
import { choicesHandler, runsHandler } from '../server/handlers/runs.ts'
import { importanceWish, wireImportance } from '../server/handlers/wire-importance.ts'
import type { WireImportance, WireRunHead } from '../server/wire.ts'
import { askedOf, serverStub } from './answer-by-handler.ts'
import type { SiteQuestion } from './answer-site.ts'
import { siteSubject } from './open-site.ts'

/** A window of the runs that match. */
export async function answerRuns(question: SiteQuestion): Promise<object> {
  return runsHandler(await contextOf(question), askedOf(question))
}

/** Values that a filter could name. */
export async function answerChoices(question: SiteQuestion): Promise<object> {
  return choicesHandler(await contextOf(question), askedOf(question))
}

/** Which parameters count for a metric. */
export async function answerImportance({ site, query }: SiteQuestion): Promise<WireImportance> {
  const wish = importanceWish(query)
  const [filter, archived] = [query.one('filter'), query.one('archived') === '1']
  const { atMs } = await site.site()
  const { runs } = await site.table()
  const condition = filter === undefined ? undefined : parseFilter(filter)
  const subjects = [...runs.values()]
    .filter(({ head }) => archived || !head.isArchived)
    .map((run) => siteSubject(run, atMs))
    .filter((subject) => condition === undefined || matches(condition, subject))
  const { question, skipped, goal } = askRuns(subjects, wish)
  const importance = measureImportance(question)
  return wireImportance({ wish, goal, skipped, asked: question.outcomes.length, importance })
}

/** As much of a server as these handlers look at: its clock and its table. */
async function contextOf({ site }: SiteQuestion): Promise<ServerContext> {
  const { atMs } = await site.site()
  const { runs, table } = await site.table()
  const kept = {
    table,
    headOf: (id: Parameters<typeof runs.get>[0]): KeptHead | undefined => {
      const run = runs.get(id)
      return run === undefined ? undefined : keptHead(run.head)
    },
  }
  const clock = { nowMs: () => atMs }
  return serverStub({
    repository: { clock } as unknown as ServerContext['repository'],
    runs: { open: () => Promise.resolve(kept) },
  })
}

function keptHead(head: WireRunHead): KeptHead {
  const { isArchived, versions, ...rest } = head
  const told = Object.entries({ ...rest, archived: isArchived }).filter(([, value]) => value !== null)
  // What this site wrote was parsed when it was recorded.
  return {
    facts: Object.fromEntries(told) as unknown as OutlineFacts,
    versions: versions as unknown as KeptHead['versions'],
    isLive: false,
  }
}
