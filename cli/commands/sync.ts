/**
 * `mlv sync`: pulls, then pushes.
 */
import { syncBranch } from '../../src/ops/share/pull-branch.ts'
import { defineCommand } from '../command.ts'
import { EXIT } from '../exit-code.ts'
import { pushText } from '../format/share-text.ts'
import { shareJson } from '../json/share-json.ts'
import { optional } from '../option.ts'
import { shareOptions } from '../share-options.ts'

/** The command. */
export const syncCommand = defineCommand({
  name: 'sync',
  summary: 'Pull, then push',
  details: ["The same as 'mlv pull' and 'mlv push' in one go."],
  arguments: { remote: optional('remote', "a remote of git's configuration; origin, or the only one, when absent") },
  options: {},
  examples: [
    { line: 'mlv sync', does: 'with the usual remote' },
    { line: 'mlv sync upstream', does: 'with another remote' },
  ],
  run: async (session, input) => {
    const options = shareOptions(session, input.remote)
    const report = await session.withRepository((repository) => syncBranch(repository, options))
    session.output.progress('')
    session.output.answer(
      () => shareJson(report),
      () => pushText(report),
    )
    return report.refused.length === 0 ? EXIT.ok : EXIT.conflict
  },
})
