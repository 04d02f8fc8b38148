/**
 * The table of a site: the handlers of the server themselves, over the runs that the site has.
 */
import type { OutlineFacts } from '../domain/run-outline.ts'
import type { KeptHead } from '../ops/read/kept-runs.ts'
import type { ServerContext } from '../server/context.ts'
import { importanceHandler } from '../server/handlers/importance.ts'
import { choicesHandler, runsHandler } from '../server/handlers/runs.ts'
import type { WireRunHead } from '../server/wire.ts'
import { askedOf, serverStub } from './answer-by-handler.ts'
import type { SiteQuestion } from './site-question.ts'

/** A window of the runs that match. */
export async function answerRuns(question: SiteQuestion): Promise<object> {
  return runsHandler(await contextOf(question), askedOf(question))
}

/** Values that a filter could name. */
export async function answerChoices(question: SiteQuestion): Promise<object> {
  return choicesHandler(await contextOf(question), askedOf(question))
}

/** Which parameters count for a metric. */
export async function answerImportance(question: SiteQuestion): Promise<object> {
  return importanceHandler(await contextOf(question), askedOf(question))
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
