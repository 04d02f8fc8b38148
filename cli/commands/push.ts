/**
 * `mlv push`: sends what this clone recorded to a remote.
 */
import { pushBranch } from '../../src/ops/share/push-branch.ts'
import { defineCommand } from '../command.ts'
import { EXIT } from '../exit-code.ts'
import { pushText } from '../format/share-text.ts'
import { shareJson } from '../json/share-json.ts'
import { flag, optional } from '../option.ts'
import { shareOptions } from '../share-options.ts'

/** The command. */
export const pushCommand = defineCommand({
  name: 'push',
  summary: 'Send what was recorded here to a remote',
  details: [
    'Artifacts go first, then the branch; nothing is ever forced. Where others were faster, theirs is fetched and',
    'yours put on top, one operation after the other. Without a network all stays here and goes with the next push.',
  ],
  arguments: { remote: optional('remote', "a remote of git's configuration; origin, or the only one, when absent") },
  options: { incomplete: flag('--incomplete', 'push records too whose artifacts are lost') },
  examples: [
    { line: 'mlv push', does: 'send what is recorded here to the usual remote' },
    { line: 'mlv push upstream', does: 'to another remote' },
  ],
  run: async (session, input, { incomplete }) => {
    const options = { ...shareOptions(session, input.remote), isIncomplete: incomplete }
    const report = await session.withRepository((repository) => pushBranch(repository, options))
    session.output.progress('')
    session.output.answer(
      () => shareJson(report),
      () => pushText(report),
    )
    return report.refused.length === 0 ? EXIT.ok : EXIT.conflict
  },
})
