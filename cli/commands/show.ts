/**
 * `mlv show`: everything recorded of one run or version.
 */
import { valueMap } from '../../src/base/value.ts'
import type { ValueMap } from '../../src/base/value.ts'
import { showRevision } from '../../src/ops/read/show-revision.ts'
import type { Shown } from '../../src/ops/read/show-revision.ts'
import { defineCommand } from '../command.ts'
import { AT } from '../common-options.ts'
import { EXIT } from '../exit-code.ts'
import { recordText } from '../format/record-text.ts'
import { fileJson } from '../json/content-json.ts'
import { listJson } from '../json/json-members.ts'
import { receiptJson, stateJson, versionJson } from '../json/model-json.ts'
import { environmentJson, notesJson, runJson, versionLabelJson } from '../json/run-json.ts'
import { required } from '../option.ts'

/** The command. */
export const showCommand = defineCommand({
  name: 'show',
  summary: 'Show one run or version',
  details: [
    'A revision is the start of a run id, MODEL@vN, MODEL@ALIAS, MODEL@latest, any of these with ~N for N steps back,',
    '@ or @~N for the newest runs, best:METRIC, or a commit or branch for the runs made from it.',
  ],
  arguments: { revision: required('revision', 'the run or version') },
  options: { at: AT },
  examples: [
    { line: 'mlv show @', does: 'the newest run' },
    { line: 'mlv show churn@production', does: 'the version in production' },
    { line: 'mlv show churn@production --at 2026-11-01', does: 'the version that was in production then' },
  ],
  run: async ({ output, withRepository }, { revision }, options) => {
    const shown = await withRepository((repository) => showRevision(repository, revision, options))
    output.answer(
      () => shownJson(shown),
      () => recordText(shown),
    )
    return EXIT.ok
  },
})

/** The record as JSON. */
export function shownJson(shown: Shown): ValueMap {
  if (shown.kind === 'run') {
    return valueMap({
      kind: shown.kind,
      run: runJson(shown.run),
      notes: notesJson(shown.notes),
      files: listJson(shown.files, fileJson),
      environment: environmentJson(shown.environment),
      versions: listJson(shown.versions, versionLabelJson),
    })
  }
  return valueMap({
    kind: shown.kind,
    version: versionJson(shown.version),
    state: stateJson(shown.state),
    files: listJson(shown.files, fileJson),
    aliases: shown.aliases,
    receipts: listJson(shown.receipts, receiptJson),
  })
}
