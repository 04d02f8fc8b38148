/**
 * `mlv rollback`: moves an alias back to what it named before.
 */
import { rollbackAlias } from '../../src/ops/models/rollback-alias.ts'
import { defineCommand } from '../command.ts'
import { EXIT } from '../exit-code.ts'
import { aliasText } from '../format/alias-text.ts'
import { styled } from '../format/line.ts'
import { aliasReportJson } from '../json/model-json.ts'
import { optional, required, text } from '../option.ts'

/** The command. */
export const rollbackCommand = defineCommand({
  name: 'rollback',
  summary: 'Move an alias back to what it named before',
  details: [
    "Restores the alias file's earlier content exactly, as 'git revert' of the newest promotion would. Done again, it",
    'goes one step further back.',
  ],
  arguments: {
    model: required('model', 'the model'),
    alias: optional('alias', "the alias; when left out the model's only one, else production"),
  },
  options: {
    to: text('--to <version>', 'back to this version, such as v11, when it is not the last one'),
    reason: text('-r, --reason <text>', 'why'),
  },
  examples: [
    { line: 'mlv rollback churn', does: 'production names again what it named before' },
    { line: "mlv rollback churn champion --to v9 --reason 'drift since v10'", does: 'further back at once' },
  ],
  run: async ({ output, withRepository }, { model, alias }, options) => {
    const report = await withRepository((repository) => rollbackAlias(repository, model, alias, options))
    output.answer(
      () => aliasReportJson(report),
      () => aliasText(report),
    )
    if (report.changed) {
      const { name, version } = report.alias
      output.talk([
        styled('faint', `next: mlv checkout ${model}@${name} puts the files of v${version.number} in place`),
      ])
    }
    return EXIT.ok
  },
})
