/**
 * `mlv promote`: makes an alias name a version.
 */
import { promoteVersion } from '../../src/ops/promote-version.ts'
import { defineCommand } from '../command.ts'
import { EXIT } from '../exit-code.ts'
import { aliasText } from '../format/alias-text.ts'
import { styled } from '../format/line.ts'
import { aliasReportJson } from '../json/model-json.ts'
import { required, text } from '../option.ts'

/** The command. */
export const promoteCommand = defineCommand({
  name: 'promote',
  summary: 'Make an alias name a version',
  details: ['One commit on the branch that changes one file: the version, the one before it, metrics, who, when, why.'],
  arguments: {
    version: required('model@version', 'such as churn@v12 or churn@latest'),
    alias: required('alias', 'such as production or champion'),
  },
  options: { reason: text('-r, --reason <text>', 'why') },
  examples: [
    { line: 'mlv promote churn@v12 production', does: 'put version 12 into production' },
    { line: "mlv promote churn@latest champion --reason 'beats v11 on every slice'", does: 'with a reason' },
  ],
  run: async ({ output, withRepository }, { version, alias }, options) => {
    const report = await withRepository((repository) => promoteVersion(repository, version, alias, options))
    output.answer(
      () => aliasReportJson(report),
      () => aliasText(report),
    )
    if (report.changed) {
      output.talk([styled('faint', `undo: mlv rollback ${report.alias.model} ${report.alias.name}`)])
    }
    return EXIT.ok
  },
})
