/**
 * `mlv pull`: takes in what others recorded.
 */
import { pullBranch } from '../../src/ops/share/pull-branch.ts'
import { defineCommand } from '../command.ts'
import { EXIT } from '../exit-code.ts'
import { pullText } from '../format/share-text.ts'
import { shareJson } from '../json/share-json.ts'
import { flag, optional } from '../option.ts'
import { FETCH_CODE, shareOptions } from '../share-options.ts'

/** The command. */
export const pullCommand = defineCommand({
  name: 'pull',
  summary: 'Take in what others recorded',
  details: [
    'Fetches the branch and puts what only this clone has on top of it, one operation after the other.',
    'Numbers of versions that others took meanwhile change; what the remote keeps out is told with how to do it again.',
  ],
  arguments: { remote: optional('remote', "a remote of git's configuration; origin, or the only one, when absent") },
  options: {
    artifacts: flag('--artifacts', 'bring every artifact that is not in this clone, too'),
    code: FETCH_CODE,
  },
  examples: [
    { line: 'mlv pull', does: 'from the usual remote' },
    { line: 'mlv pull --artifacts --code', does: 'all there is, to work without a network' },
    { line: 'mlv pull --json', does: 'for a script: what came, and what was decided' },
  ],
  run: async (session, input, { artifacts, code }) => {
    const options = { ...shareOptions(session, input.remote), bringsArtifacts: artifacts, bringsCode: code }
    const report = await session.withRepository((repository) => pullBranch(repository, options))
    session.output.progress('')
    session.output.answer(
      () => shareJson(report),
      () => pullText(report),
    )
    return EXIT.ok
  },
})
