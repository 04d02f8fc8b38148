/**
 * What `mlv site` tells of a site, for the tests of its document.
 */
import { parseOid } from '../../src/domain/oid.ts'
import type { SitePlace, SiteReport } from '../../src/site/make/make-site.ts'

/** A site that is a folder. */
export const SITE_PLACE: SitePlace = { kind: 'folder', path: 'public' }

const TIP = parseOid('8f1ad268ed9f98550716b0d8f3f92d3847c8b4c8')
if (TIP === undefined) throw new Error('the sample names no commit')

/** What was written. */
export const SITE_REPORT: SiteReport = {
  written: { path: '/home/ada/churn/public', files: 131, sizeBytes: 2_410_992 },
  tally: { runs: 40, models: 1, incomplete: 2, files: 12, fileBytes: 180_214, leftOut: 3, missing: 1 },
  tip: TIP,
}
