/**
 * What a page asks of a site.
 */
import type { Query } from '../server/request.ts'
import type { OpenSite } from './open-site.ts'

/** One question. */
export interface SiteQuestion {
  readonly site: OpenSite
  /** Parts of the path that the route leaves open. */
  readonly parts: readonly string[]
  readonly query: Query
}
