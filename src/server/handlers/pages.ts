/**
 * Where a page is and what it keeps: `GET /api/session`, `GET` and `POST /api/views`.
 */
import { listViews, saveView } from '../../ops/read/saved-views.ts'
import type { Repository } from '../../ops/repository/repository.ts'
import type { JsonHandler } from '../context.ts'
import { badRequest } from '../refusal.ts'
import type { WireSession, WireViews } from '../wire.ts'
import { basename } from 'node:path'

/** Where the page is. */
export const sessionHandler: JsonHandler = ({ repository, mlvVersion, startedAt, writeToken }) => {
  const session: WireSession = {
    mlvVersion,
    repository: basename(repository.worktree ?? repository.commonDir),
    startedAt,
    writeToken,
    isStatic: writeToken === null,
  }
  return Promise.resolve(session)
}

/** The saved views. */
export const viewsHandler: JsonHandler = ({ repository }) => wireViews(repository)

/** Keeps or removes a view, and answers with all there are. */
export const changeViewHandler: JsonHandler = async ({ repository }, { body }) => {
  const [name, hash] = [body.get('name'), body.get('hash')]
  if (name === undefined || name === null) throw badRequest("'name' is missing")
  if (hash === undefined) throw badRequest("'hash' is missing; null removes the view")
  await saveView(repository, name, hash ?? undefined)
  return wireViews(repository)
}

async function wireViews(repository: Repository): Promise<WireViews> {
  const views = await listViews(repository)
  return { views: views.map(({ name, hash }) => ({ name, hash })) }
}
