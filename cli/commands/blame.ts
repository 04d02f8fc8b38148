/**
 * `mlv blame`: which version last moved each metric of a model.
 */
import { blameModel } from '../../src/ops/models/blame-model.ts'
import { defineCommand } from '../command.ts'
import { AT } from '../common-options.ts'
import { EXIT } from '../exit-code.ts'
import { blameText } from '../format/blame-text.ts'
import { blameJson } from '../json/blame-json.ts'
import { required } from '../option.ts'

/** The command. */
export const blameCommand = defineCommand({
  name: 'blame',
  summary: 'Show which version last moved each metric',
  details: [
    'For each metric of a version: the version that last improved it and the one that last worsened it, each compared',
    'with the version before, what was not the same between their runs (see mlv help why), who recorded it, and when',
    "the alias first named it. A model's name alone means its version in production, else the newest.",
    'A change within the tolerance the model declares today is none. Retired versions are passed over.',
  ],
  arguments: { version: required('model', 'the model, or a version of it: churn, churn@staging, churn@v12') },
  options: { at: AT },
  examples: [
    { line: 'mlv blame churn', does: 'who made production as good, and as slow, as it is?' },
    { line: 'mlv blame churn@v12 --json', does: 'one version, for a program' },
  ],
  run: async ({ output, withRepository }, { version }, options) => {
    const blame = await withRepository((repository) => blameModel(repository, version, options))
    output.answer(
      () => blameJson(blame),
      () => blameText(blame),
    )
    return EXIT.ok
  },
})
