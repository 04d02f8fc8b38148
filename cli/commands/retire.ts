/**
 * `mlv retire`: marks a version as no longer to be used. Nothing is deleted.
 */
import { valueMap } from '../../src/base/value.ts'
import type { ValueMap } from '../../src/base/value.ts'
import { retireVersion } from '../../src/ops/models/retire-version.ts'
import type { RetireReport } from '../../src/ops/models/retire-version.ts'
import { defineCommand } from '../command.ts'
import { EXIT } from '../exit-code.ts'
import { styled } from '../format/line.ts'
import type { Line } from '../format/line.ts'
import { stateJson, versionJson } from '../json/model-json.ts'
import { required, requiredText } from '../option.ts'

/** The command. */
export const retireCommand = defineCommand({
  name: 'retire',
  summary: 'Mark a version as no longer to be used',
  details: ['A retired version can be shown, compared and checked out, but not promoted. Its number is never reused.'],
  arguments: { version: required('model@version', 'such as churn@v9') },
  options: { reason: requiredText('-r, --reason <text>', 'why; must be given') },
  examples: [
    { line: "mlv retire churn@v9 --reason 'trained on leaked labels'", does: 'nobody promotes it by mistake' },
    { line: 'mlv retire churn@v3 -r obsolete --json', does: 'for a script' },
  ],
  run: async ({ output, withRepository }, { version }, options) => {
    const report = await withRepository((repository) => retireVersion(repository, version, options))
    output.answer(
      () => retireJson(report),
      () => retireText(report),
    )
    return EXIT.ok
  },
})

/** The report as JSON. */
export function retireJson({ version, state, operation }: RetireReport): ValueMap {
  return valueMap({ version: versionJson(version), state: stateJson(state), operation })
}

/** The report for people. */
export function retireText({ version, state, operation }: RetireReport): readonly Line[] {
  const done = operation === undefined ? ' was retired already' : ' is retired'
  const reason = state.retired === undefined ? '' : `: ${state.retired.reason}`
  return [[styled('strong', `${version.model}@v${version.number}`), done, reason]]
}
