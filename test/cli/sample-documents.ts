/**
 * The documents that commands print for the sample reports, by the name of their schema.
 */
import { valueMap } from '../../src/base/value.ts'
import type { ValueMap } from '../../src/base/value.ts'
import { bisectJson } from '../../cli/json/bisect-json.ts'
import { blameJson } from '../../cli/json/blame-json.ts'
import { boardJson } from '../../cli/json/board-json.ts'
import { claimsJson, madeCardJson } from '../../cli/json/card-json.ts'
import { checkoutJson } from '../../cli/commands/checkout.ts'
import { bundleJson } from '../../cli/commands/bundle.ts'
import { exportJson } from '../../cli/commands/export.ts'
import { sqlJson } from '../../cli/commands/sql.ts'
import { cacheJson } from '../../cli/commands/cache.ts'
import { unbundleJson } from '../../cli/commands/unbundle.ts'
import { cloneJson } from '../../cli/commands/clone.ts'
import { doctorJson } from '../../cli/commands/doctor.ts'
import { estimateJson } from '../../cli/commands/estimate.ts'
import { remoteJson } from '../../cli/commands/remote.ts'
import { gcJson, remoteGcJson } from '../../cli/commands/gc.ts'
import { getJson } from '../../cli/commands/get.ts'
import { fsckJson } from '../../cli/commands/fsck.ts'
import { commandJson, helpCommand, overviewJson } from '../../cli/commands/help.ts'
import { initJson } from '../../cli/commands/init.ts'
import { logJson } from '../../cli/commands/log.ts'
import { lineageJson } from '../../cli/commands/lineage.ts'
import { groupsJson, runsJson } from '../../cli/commands/ls.ts'
import { modelsJson, modelViewJson } from '../../cli/commands/models.ts'
import { noteJson } from '../../cli/commands/note.ts'
import { retireJson } from '../../cli/commands/retire.ts'
import { revertJson } from '../../cli/commands/revert.ts'
import { shownJson } from '../../cli/commands/show.ts'
import { statusJson } from '../../cli/commands/status.ts'
import { commitJson, recoverJson } from '../../cli/json/commit-json.ts'
import { comparisonJson } from '../../cli/json/comparison-json.ts'
import { aliasReportJson, requestJson } from '../../cli/json/model-json.ts'
import { shareJson } from '../../cli/json/share-json.ts'
import { plotJson } from '../../cli/commands/plot.ts'
import { activityJson } from '../../cli/commands/top.ts'
import { siteJson } from '../../cli/commands/site.ts'
import { uiJson } from '../../cli/commands/ui.ts'
import { tailJson } from '../../cli/commands/tail.ts'
import { arrayLines } from '../../cli/format/array-line.ts'
import { reportView } from '../../cli/format/review-view.ts'
import { auditJson } from '../../cli/json/audit-json.ts'
import { checkJson } from '../../cli/json/check-json.ts'
import { gateJson } from '../../cli/json/gate-json.ts'
import { importanceJson } from '../../cli/json/importance-json.ts'
import { postJson } from '../../cli/json/post-json.ts'
import { reportJson } from '../../cli/json/review-json.ts'
import { explanationJson } from '../../cli/json/explanation-json.ts'
import { runCommandJson } from '../../cli/json/run-command-json.ts'
import { rerunJson } from '../../cli/json/rerun-json.ts'
import { sweepJson } from '../../cli/json/sweep-json.ts'
import { VERBS } from '../../cli/verbs.ts'
import { loggedJson } from '../../cli/log-target.ts'
import { sampleUlid } from '../support/sample.ts'
import * as judgements from './sample-judgements.ts'
import * as repetitions from './sample-repetitions.ts'
import * as requests from './sample-requests.ts'
import * as reports from './sample-reports.ts'
import { storeChangeJson, storeCopyJson, storeJson, storeUserJson } from '../../cli/json/store-json.ts'
import * as bundles from './sample-bundles.ts'
import { SMALL_ACTIVITY } from './sample-activity.ts'
import { IMPORTANCE, MEASURED_IMPORTANCE } from './sample-importance.ts'
import { SITE_PLACE, SITE_REPORT } from './sample-site.ts'
import * as stores from './sample-stores.ts'
import * as reviews from './sample-review.ts'
import * as sharing from './sample-sharing.ts'

const { ARRAY_SWEEP, ARRAY_WISHES } = repetitions

/** Every document but that of a failure, which test/cli/errors.test.ts makes. */
export const DOCUMENTS: Readonly<Record<string, readonly ValueMap[]>> = {
  init: [initJson(reports.INIT)],
  commit: [commitJson(reports.COMMIT), recoverJson(reports.RECOVER)],
  run: [runCommandJson(reports.RUN_REPORT)],
  'log-metric': [loggedJson(reports.LOGGED)],
  'log-param': [loggedJson(reports.LOGGED)],
  'log-artifact': [loggedJson(reports.LOGGED)],
  ls: [runsJson(reports.ROWS), runsJson(reports.ROWS.slice(0, 1), reports.CURVES), groupsJson(reports.GROUPS)],
  show: [shownJson(reports.SHOWN_RUN), shownJson(reports.SHOWN_VERSION)],
  rerun: [rerunJson(repetitions.RERUN)],
  sweep: [sweepJson(repetitions.SWEEP), arrayLines(ARRAY_SWEEP, ARRAY_WISHES).document],
  plot: [plotJson(repetitions.PLOT)],
  importance: [importanceJson(IMPORTANCE, MEASURED_IMPORTANCE)],
  ui: [uiJson('http://127.0.0.1:8123/enter?token=4Zr1tQpV')],
  site: [siteJson(SITE_PLACE, SITE_REPORT)],
  top: [activityJson(SMALL_ACTIVITY)],
  tail: [tailJson(sampleUlid(40), repetitions.TAIL)],
  why: [explanationJson(repetitions.CONFOUNDED), explanationJson(repetitions.ATTRIBUTABLE)],
  bisect: [judgements.FOUND, judgements.FOUND_ONE, judgements.OPEN].map(bisectJson),
  board: [boardJson(judgements.BOARD)],
  blame: [blameJson(judgements.BLAME)],
  lineage: [lineageJson(judgements.LINEAGE)],
  card: [claimsJson(judgements.CLAIMS), madeCardJson(judgements.MADE)],
  diff: [comparisonJson(reports.COMPARISON), reportJson(reportView(reviews.REPORT))],
  pr: [reportJson(reportView(reviews.REPORT)), reportJson(reportView(reviews.FIRST)), postJson(reviews.POSTED)],
  gate: [gateJson(reviews.REPORT)],
  check: [checkJson(requests.CHECK)],
  audit: [auditJson(requests.AUDIT)],
  log: [logJson(reports.LOG)],
  note: [noteJson(reports.NOTE)],
  models: [modelsJson(reports.MODELS), modelViewJson(reports.MODEL_VIEW)],
  checkout: [checkoutJson(reports.CHECKOUT)],
  promote: [aliasReportJson(reports.PROMOTE), aliasReportJson(reports.PROMOTE_AGAIN), requestJson(requests.REQUEST)],
  rollback: [aliasReportJson(reports.PROMOTE)],
  revert: [revertJson(reports.REVERT)],
  retire: [retireJson(reports.RETIRE)],
  sync: [shareJson(sharing.PUSH)],
  push: [shareJson(sharing.PUSH)],
  pull: [shareJson(sharing.PULL)],
  fetch: [shareJson(sharing.FETCH)],
  bundle: [bundleJson(bundles.BUNDLE)],
  unbundle: [unbundleJson(bundles.UNBUNDLE)],
  estimate: [estimateJson(reports.ESTIMATE)],
  cache: [cacheJson(bundles.CACHE), cacheJson(undefined)],
  clone: [cloneJson(sharing.CLONE)],
  status: [statusJson(reports.STATUS)],
  fsck: [fsckJson(reports.FSCK)],
  gc: [gcJson(reports.GARBAGE), remoteGcJson(stores.REMOTE_GARBAGE), remoteGcJson(stores.LFS_GARBAGE)],
  sql: [
    sqlJson({
      columns: ['experiment', 'n'],
      rows: [
        ['churn', 2],
        [null, 0.5],
      ],
      isCut: true,
    }),
  ],
  export: [
    exportJson({ columns: [{ name: 'id', type: 'text' }], rows: 1 }, { file: 'runs.parquet', format: 'parquet' }),
  ],
  store: [
    storeJson(stores.STORE),
    storeChangeJson(stores.STORE_CHANGE),
    storeCopyJson(stores.STORE_COPIES),
    storeUserJson('trust', { url: 'https://git.example/team/ranking.git', changed: true }),
  ],
  get: [getJson(reports.GOT)],
  remote: [remoteJson(reports.TRUST)],
  doctor: [doctorJson(reports.DOCTOR)],
  completion: [valueMap({ shell: 'bash', script: '# bash completion for mlv\n' })],
  help: [overviewJson(VERBS), commandJson(helpCommand)],
}
