/**
 * `mlv bisect`: the first commit of the code with which a metric was bad.
 */
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { refuse } from '../../src/domain/failure.ts'
import { bisectRuns } from '../../src/ops/rerun/bisect-runs.ts'
import type { LaunchOptions } from '../../src/ops/rerun/bisect-options.ts'
import { openRepository } from '../../src/ops/repository/repository.ts'
import { defineCommand } from '../command.ts'
import type { Session } from '../command.ts'
import { EXIT } from '../exit-code.ts'
import { bisectText, tryText } from '../format/bisect-text.ts'
import { bisectJson } from '../json/bisect-json.ts'
import { count, flag, requiredText, text } from '../option.ts'
import { talkingTerminal } from '../talking-terminal.ts'

/** The command. */
export const bisectCommand = defineCommand({
  name: 'bisect',
  summary: 'Find the commit that made a metric worse',
  details: [
    'A binary search over the commits of the code from good to bad, along first parents. Recorded runs of the same',
    'experiment that were started alike, whatever their seeds, say which commits are good; several runs of a commit',
    'count by their mean, and a question mark stands where they disagree. With --run the command of the good run is',
    'run at each commit that is missing, in a worktree of its own. A commit whose runs fail is skipped. Whatever was',
    'run is recorded at once: a search that is begun again goes on where it was. Your files are not touched.',
    'A value is bad when it is worse than the threshold, or than good by more than the tolerance: the given one, else',
    "the metric's own, or what good's runs differ by where that is more; where there is neither, when it is nearer to",
    'bad than to good. Exit code 1 when the first bad commit was not found.',
  ],
  arguments: {},
  options: {
    metric: requiredText('--metric <key>', 'the metric that got worse'),
    good: requiredText('--good <revision>', 'a run or version whose metric was good'),
    bad: requiredText('--bad <revision>', 'a run, a version or a commit whose metric is bad'),
    run: flag('--run', 'run what was never run'),
    repeats: count('--repeats <count>', 'with --run, so many runs at each commit, with other seeds'),
    threshold: text('--threshold <value>', 'the last value that is good'),
    tolerance: text('--tolerance <value>', "by how much a value may be worse than good's"),
    allowForeign: flag('--allow-foreign', 'with --run, run a command that somebody else recorded'),
  },
  examples: [
    { line: 'mlv bisect --metric val/auc --good churn@v11 --bad churn@v12', does: 'with what is recorded' },
    { line: 'mlv bisect --metric loss --good churn@v11 --bad main --run', does: 'run what is missing' },
    {
      line: 'mlv bisect --metric loss --good churn@v11 --bad main --run --repeats 3 --threshold 0.4',
      does: 'against noise',
    },
  ],
  run: async (session, _, { run, repeats, threshold, tolerance, allowForeign, ...ends }) => {
    const { output, withRepository } = session
    if (threshold !== undefined && tolerance !== undefined) {
      throw refuse('usage-invalid', { problem: '--threshold does not go with --tolerance' })
    }
    if (!run && (repeats !== undefined || allowForeign)) {
      throw refuse('usage-invalid', { problem: '--repeats and --allow-foreign need --run' })
    }
    const numbers = { ...numberOf('threshold', threshold), ...numberOf('tolerance', tolerance) }
    const launch = run ? { launch: launchOf(session, { repeats: repeats ?? 1, allowForeign }) } : {}
    const report = await withRepository((repository) => {
      return bisectRuns(repository, {
        ...ends,
        ...numbers,
        ...launch,
        onTry: ({ commit, left }) => output.talk(tryText(commit, left)),
      })
    })
    output.answer(
      () => bisectJson(report),
      () => bisectText(report),
    )
    return report.outcome.kind === 'found' ? EXIT.ok : EXIT.difference
  },
})

/** @throws `usage-invalid` for what is no number */
function numberOf<Name extends 'threshold' | 'tolerance'>(
  name: Name,
  given: string | undefined,
): { readonly [N in Name]?: number } {
  if (given === undefined) return {}
  const value = given.trim() === '' ? NaN : Number(given)
  if (!Number.isFinite(value) || (name === 'tolerance' && value < 0)) {
    throw refuse('usage-invalid', { problem: `--${name} takes a number, not '${given}'` })
  }
  return { [name]: value } as { readonly [N in Name]?: number }
}

/** Worktrees go outside of the repository, so that no tool takes them for part of the user's. */
function launchOf(session: Session, options: Pick<LaunchOptions, 'repeats' | 'allowForeign'>): LaunchOptions {
  const { openOptions } = session
  const name = Buffer.from(openOptions.entropy.randomBytes(6)).toString('hex')
  return {
    ...options,
    folder: (launch) => join(tmpdir(), `mlv-bisect-${name}-${launch}`),
    terminal: talkingTerminal(session),
    open: (place) => openRepository({ ...openOptions, ...place }),
  }
}
