/**
 * `mlv rerun`: repeats a recorded run in a worktree of its own, and with --verify says whether it came out the same.
 */
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { openRepository } from '../../src/ops/repository/repository.ts'
import type { RerunReport } from '../../src/ops/rerun/rerun-options.ts'
import { rerunVersion } from '../../src/ops/rerun/rerun-version.ts'
import { defineCommand } from '../command.ts'
import type { Session } from '../command.ts'
import { EXIT, passedExitCode } from '../exit-code.ts'
import type { ExitCode } from '../exit-code.ts'
import { rerunText } from '../format/rerun-text.ts'
import { rerunJson } from '../json/rerun-json.ts'
import { choice, count, flag, pairs, required, text } from '../option.ts'
import { talkingTerminal } from '../talking-terminal.ts'

/** The command. */
export const rerunCommand = defineCommand({
  name: 'rerun',
  summary: 'Run a recorded run again, and verify it',
  details: [
    'The recorded code goes into a worktree of its own; your files are not touched. Inputs that git does not keep are',
    'taken from where they were recorded and their digests checked; the recorded command runs in its recorded folder;',
    'the new run names the old one as its parent. What the command prints goes to standard error.',
    'With --verify every metric is compared within its declared tolerance, or else to nine digits, and a receipt is',
    'committed beside the version: reproduced, or which metrics differed and which of code, data, parameters,',
    'environment and hardware was not the same. Exit code 1 when a metric differed.',
    'A run that somebody else recorded is repeated only with --allow-foreign: its command and its code run as you.',
  ],
  arguments: { revision: required('revision', 'the run or version to repeat') },
  options: {
    verify: flag('--verify', 'compare the metrics and commit a receipt'),
    seedRepeats: count('--seed-repeats <count>', 'run it with so many other seeds, and tell how much the metrics vary'),
    changes: pairs('--with-changes <key=value>...', 'another value for a recorded parameter'),
    restoreEnvironment: choice('--restore-environment <tool>', 'install the recorded packages in the worktree first', [
      'none',
      'uv',
      'pip',
      'npm',
    ]),
    allowChangedData: flag('--allow-changed-data', 'go on with data that is not the recorded one'),
    allowForeign: flag('--allow-foreign', 'run a command that somebody else recorded, with their code'),
    keep: flag('--keep', 'leave the worktree where it is'),
    worktree: text('--worktree <dir>', 'where the worktree goes; a temporary folder when absent'),
    message: text('-m, --message <text>', 'one line on what the repetition is for'),
  },
  examples: [
    { line: 'mlv rerun churn@production --verify', does: 'does production still come out as recorded?' },
    { line: 'mlv rerun @ --seed-repeats 5', does: 'how much of the newest run is chance?' },
    { line: 'mlv rerun churn@v12 --with-changes lr=0.01', does: 'the same with another learning rate' },
    { line: 'mlv rerun churn@v12 --verify --restore-environment uv', does: 'with the packages of then' },
  ],
  run: async (session, { revision }, { restoreEnvironment, worktree, ...options }) => {
    const { openOptions, output } = session
    const report = await session.withRepository((repository) => {
      return rerunVersion(repository, {
        ...options,
        revision,
        ...(restoreEnvironment === 'none' ? {} : { restoreEnvironment }),
        folder: worktree === undefined ? temporaryName(session) : resolve(openOptions.folder, worktree),
        terminal: talkingTerminal(session),
        open: (place) => openRepository({ ...openOptions, ...place }),
      })
    })
    output.answer(
      () => rerunJson(report),
      () => rerunText(report),
    )
    return exitCodeOf(report, options.verify)
  },
})

/** A command that failed has no result to compare; what it ended with is then the answer. */
function exitCodeOf({ outcome, exitCode }: RerunReport, isVerifying: boolean): ExitCode {
  if (isVerifying) return outcome.kind === 'reproduced' && exitCode === 0 ? EXIT.ok : EXIT.difference
  return passedExitCode(exitCode)
}

/** Outside the repository, so that no tool takes it for part of the user's worktree. */
function temporaryName({ openOptions }: Session): string {
  const name = Buffer.from(openOptions.entropy.randomBytes(6)).toString('hex')
  return join(tmpdir(), `mlv-rerun-${name}`)
}
