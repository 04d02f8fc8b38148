/**
 * `mlv fetch`: looks at what others recorded.
 */
import { fetchBranch } from '../../src/ops/share/fetch-branch.ts'
import { defineCommand } from '../command.ts'
import { EXIT } from '../exit-code.ts'
import { fetchText } from '../format/share-text.ts'
import { shareJson } from '../json/share-json.ts'
import { optional } from '../option.ts'
import { FETCH_CODE, shareOptions } from '../share-options.ts'

/** The command. */
export const fetchCommand = defineCommand({
  name: 'fetch',
  summary: 'Look at what others recorded, changing nothing',
  details: [
    'Moves only what this clone knows of the remote. A remote whose history was replaced is refused and told.',
    'Code that was sent without a branch comes when a command needs it; with --code all of it comes now.',
  ],
  arguments: { remote: optional('remote', "a remote of git's configuration; origin, or the only one, when absent") },
  options: { code: FETCH_CODE },
  examples: [
    { line: 'mlv fetch', does: 'of the usual remote' },
    { line: 'mlv fetch upstream', does: 'of another remote' },
  ],
  run: async (session, input, { code }) => {
    const options = { ...shareOptions(session, input.remote), bringsCode: code }
    const report = await session.withRepository((repository) => fetchBranch(repository, options))
    session.output.progress('')
    session.output.answer(
      () => shareJson(report),
      () => fetchText(report),
    )
    return EXIT.ok
  },
})
