/**
 * `mlv models`: the models, or the versions of one.
 */
import { valueMap } from '../../src/base/value.ts'
import type { ValueMap } from '../../src/base/value.ts'
import { listModels, showModel } from '../../src/ops/models/list-models.ts'
import type { ModelRow, ModelView } from '../../src/ops/models/list-models.ts'
import { defineCommand } from '../command.ts'
import { AT } from '../common-options.ts'
import { EXIT } from '../exit-code.ts'
import { modelTable, versionTable } from '../format/model-table.ts'
import { integer, listJson, maybe } from '../json/json-members.ts'
import { aliasJson, modelJson, stateJson, versionJson } from '../json/model-json.ts'
import { optional } from '../option.ts'

/** The command. */
export const modelsCommand = defineCommand({
  name: 'models',
  summary: 'List models, or the versions of one',
  arguments: { name: optional('name', 'the model whose versions to list') },
  options: { at: AT },
  examples: [
    { line: 'mlv models', does: 'every model with its newest version and its aliases' },
    { line: 'mlv models churn', does: 'every version of one, newest first' },
  ],
  run: async ({ output, nowMs, withRepository }, { name }, options) => {
    const reader = { isPerson: output.isTerminal, nowMs }
    if (name !== undefined) {
      const view = await withRepository((repository) => showModel(repository, name, options))
      output.answerTable(
        () => modelViewJson(view),
        () => versionTable(view, reader),
      )
      return EXIT.ok
    }
    const rows = await withRepository((repository) => listModels(repository, options))
    output.answerTable(
      () => modelsJson(rows),
      () => modelTable(rows, reader),
    )
    if (rows.length === 0) output.talk(['no models yet'])
    return EXIT.ok
  },
})

/** Models as JSON. */
export function modelsJson(rows: readonly ModelRow[]): ValueMap {
  const row = ({ model, versions, latest, aliases }: ModelRow): ValueMap =>
    valueMap({
      model: modelJson(model),
      versions: integer(versions),
      latest: maybe(latest, versionJson),
      aliases: listJson(aliases, aliasJson),
    })
  return valueMap({ models: listJson(rows, row) })
}

/** One model as JSON. */
export function modelViewJson({ model, versions, aliases }: ModelView): ValueMap {
  const version = (entry: ModelView['versions'][number]): ValueMap =>
    valueMap({ version: versionJson(entry.version), state: stateJson(entry.state), aliases: entry.aliases })
  return valueMap({
    model: modelJson(model),
    versions: listJson(versions, version),
    aliases: listJson(aliases, aliasJson),
  })
}
