/**
 * The documents that commands print for the sample reports, by the name of their schema.
 */
import { valueMap } from '../../src/base/value.ts'
import type { ValueMap } from '../../src/base/value.ts'
import { checkoutJson } from '../../cli/commands/checkout.ts'
import { cloneJson } from '../../cli/commands/clone.ts'
import { doctorJson } from '../../cli/commands/doctor.ts'
import { remoteJson } from '../../cli/commands/remote.ts'
import { gcJson } from '../../cli/commands/gc.ts'
import { getJson } from '../../cli/commands/get.ts'
import { fsckJson } from '../../cli/commands/fsck.ts'
import { commandJson, helpCommand, overviewJson } from '../../cli/commands/help.ts'
import { initJson } from '../../cli/commands/init.ts'
import { logJson } from '../../cli/commands/log.ts'
import { groupsJson, runsJson } from '../../cli/commands/ls.ts'
import { modelsJson, modelViewJson } from '../../cli/commands/models.ts'
import { noteJson } from '../../cli/commands/note.ts'
import { retireJson } from '../../cli/commands/retire.ts'
import { revertJson } from '../../cli/commands/revert.ts'
import { shownJson } from '../../cli/commands/show.ts'
import { statusJson } from '../../cli/commands/status.ts'
import { commitJson, recoverJson } from '../../cli/json/commit-json.ts'
import { comparisonJson } from '../../cli/json/comparison-json.ts'
import { aliasReportJson } from '../../cli/json/model-json.ts'
import { shareJson } from '../../cli/json/share-json.ts'
import { tailJson } from '../../cli/commands/tail.ts'
import { arrayLines } from '../../cli/format/array-line.ts'
import { explanationJson } from '../../cli/json/explanation-json.ts'
import { runCommandJson } from '../../cli/json/run-command-json.ts'
import { rerunJson } from '../../cli/json/rerun-json.ts'
import { sweepJson } from '../../cli/json/sweep-json.ts'
import { VERBS } from '../../cli/verbs.ts'
import { loggedJson } from '../../cli/log-target.ts'
import { sampleUlid } from '../support/sample.ts'
import * as repetitions from './sample-repetitions.ts'
import * as reports from './sample-reports.ts'
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
  ls: [runsJson(reports.ROWS), groupsJson(reports.GROUPS)],
  show: [shownJson(reports.SHOWN_RUN), shownJson(reports.SHOWN_VERSION)],
  rerun: [rerunJson(repetitions.RERUN)],
  sweep: [sweepJson(repetitions.SWEEP), arrayLines(ARRAY_SWEEP, ARRAY_WISHES).document],
  tail: [tailJson(sampleUlid(40), repetitions.TAIL)],
  why: [explanationJson(repetitions.CONFOUNDED), explanationJson(repetitions.ATTRIBUTABLE)],
  diff: [comparisonJson(reports.COMPARISON)],
  log: [logJson(reports.LOG)],
  note: [noteJson(reports.NOTE)],
  models: [modelsJson(reports.MODELS), modelViewJson(reports.MODEL_VIEW)],
  checkout: [checkoutJson(reports.CHECKOUT)],
  promote: [aliasReportJson(reports.PROMOTE), aliasReportJson(reports.PROMOTE_AGAIN)],
  rollback: [aliasReportJson(reports.PROMOTE)],
  revert: [revertJson(reports.REVERT)],
  retire: [retireJson(reports.RETIRE)],
  sync: [shareJson(sharing.PUSH)],
  push: [shareJson(sharing.PUSH)],
  pull: [shareJson(sharing.PULL)],
  fetch: [shareJson(sharing.FETCH)],
  clone: [cloneJson(sharing.CLONE)],
  status: [statusJson(reports.STATUS)],
  fsck: [fsckJson(reports.FSCK)],
  gc: [gcJson(reports.GARBAGE)],
  get: [getJson(reports.GOT)],
  remote: [remoteJson(reports.TRUST)],
  doctor: [doctorJson(reports.DOCTOR)],
  completion: [valueMap({ shell: 'bash', script: '# bash completion for mlv\n' })],
  help: [overviewJson(VERBS), commandJson(helpCommand)],
}
