/**
 * `GET /api/run/:id/standing` and `GET /api/lineage`: what a run stands beside, and what it comes from.
 */
import { readCommitPage } from '../../ops/read/commit-page.ts'
import { readLineage } from '../../ops/read/read-lineage.ts'
import type { KnownLineage } from '../../ops/read/read-lineage.ts'
import { readStanding } from '../../ops/read/read-standing.ts'
import type { Repository } from '../../ops/repository/repository.ts'
import type { JsonHandler } from '../context.ts'
import { badRequest } from '../refusal.ts'
import type { WireLineage, WireStanding } from '../wire.ts'
import { wireStanding } from './wire-standing.ts'

const USUAL_NODES = 60
const MOST_NODES = 200

/** What was read of a repository's lineage, as long as somebody asks about that repository. */
const known = new WeakMap<Repository, KnownLineage>()

/** How a run stands. */
export const standingHandler: JsonHandler = async (
  { repository },
  { parts: [revision = ''] },
): Promise<WireStanding> => {
  const standing = await readStanding(repository, revision)
  return wireStanding(standing, (await readCommitPage(repository, revision)) ?? null)
}

/** What a thing came of, and what came of it. */
export const lineageHandler: JsonHandler = async ({ repository }, { query }): Promise<WireLineage> => {
  const of = query.one('of')
  if (of === undefined) throw badRequest("'of' names a run, a version or data")
  const before = known.get(repository)
  const mostNodes = Math.max(1, query.count('nodes', USUAL_NODES, MOST_NODES))
  const found = await readLineage(repository, of, { mostNodes, ...(before === undefined ? {} : { known: before }) })
  known.set(repository, found.known)
  return found.lineage
}
