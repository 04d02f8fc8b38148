/**
 * `mlv run`: runs a command and records it while it runs. Standard output belongs to the command.
 */
import { refuse } from '../../src/domain/failure.ts'
import { findRun } from '../../src/ops/record/resume-run.ts'
import { runCommand } from '../../src/ops/record/run-command.ts'
import type { RunCommandOptions, RunCommandReport } from '../../src/ops/record/run-command-options.ts'
import type { Repository } from '../../src/ops/repository/repository.ts'
import { defineCommand } from '../command.ts'
import type { Session, Values } from '../command.ts'
import { passedExitCode } from '../exit-code.ts'
import type { ExitCode } from '../exit-code.ts'
import { styled } from '../format/line.ts'
import { commitNext } from '../format/commit-text.ts'
import { runText } from '../format/run-text.ts'
import { runCommandJson } from '../json/run-command-json.ts'
import { flag, list, pairs, several, size, text } from '../option.ts'
import { sweepSpace } from '../sweep-space.ts'

const OPTIONS = {
  experiment: text('-e, --experiment <name>', 'the line of work the run belongs to'),
  message: text('-m, --message <text>', 'one line on what the run is for'),
  params: pairs('-p, --param <key=value>...', 'a parameter; {key} in the command becomes its value'),
  model: text('--model <name[=path]>', 'register the file or folder as the next version of a model'),
  tags: list('-t, --tag <tag>...', 'a tag to find the run by'),
  sweep: text('--sweep <file>', "run it once for each trial of a sweep; see 'mlv help sweep'"),
  resume: text('--resume <run>', 'take a run up again: in a new stretch, or as its child when it is sealed'),
  parent: text('--parent <run>', 'the run this one belongs to'),
  group: text('--group <name>', 'the group of runs this one belongs to'),
  allowSecrets: flag('--allow-secrets', 'snapshot uncommitted code even where it looks like a secret'),
  codeLimitBytes: size('--code-limit <size>', 'how much uncommitted code to snapshot at most, such as 200MB'),
  outputLimitBytes: size('--output-limit <size>', 'how much of each output to keep, its head and tail; 64MB'),
} as const

/** What one run is told. */
type RunValues = Omit<Values<typeof OPTIONS>, 'sweep'>

/** The command. */
export const runCommandCommand = defineCommand({
  name: 'run',
  summary: 'Run a command and record it while it runs',
  details: [
    'The command runs as if mlv were not there: same terminal, same input, same signals, same exit code.',
    'Its environment has MLV_RUN_ID, MLV_RUN_DIR and MLV_PARAMS; lines it adds to $MLV_RUN_DIR/log.jsonl are recorded.',
    'What mlv.yaml names is recorded when it ends; metrics and a model left by an earlier run are left out.',
    'What mlv has to say, --json too, goes to standard error.',
  ],
  arguments: { command: several('command', 'the program to run and its arguments') },
  options: OPTIONS,
  passesThrough: true,
  examples: [
    { line: 'mlv run -- python train.py', does: 'run and record a training' },
    {
      line: 'mlv run -p lr=0.1 -- python train.py --lr {lr}',
      does: 'say a parameter once for both',
    },
    { line: 'mlv run --resume @ -- python train.py --from last.pt', does: 'go on from the newest run' },
  ],
  run: (session, { command }, { sweep, ...options }) =>
    sweep === undefined
      ? session.withRepository((repository) => runAndReport(session, repository, command, options))
      : sweepSpace(session, { ...options, file: sweep, command, resume: false, print: 'none' }),
})

async function runAndReport(
  session: Session,
  repository: Repository,
  command: readonly string[],
  options: RunValues,
): Promise<ExitCode> {
  const request = await requestOf(session, repository, command, options)
  const report = await runCommand(repository, request)
  tellReport(session, report)
  return passedExitCode(report.exitCode)
}

async function requestOf(
  session: Session,
  repository: Repository,
  command: readonly string[],
  { resume, parent, model, ...options }: RunValues,
): Promise<RunCommandOptions> {
  return {
    ...options,
    command,
    folder: repository.folder,
    terminal: session.commandTerminal(),
    ...(resume === undefined ? {} : { resume: await findRun(repository, resume) }),
    ...(parent === undefined ? {} : { parent: await findRun(repository, parent) }),
    ...(model === undefined ? {} : { model: modelOf(model) }),
  }
}

function tellReport({ output }: Session, report: RunCommandReport): void {
  if (output.isJson) {
    output.talkDocument(runCommandJson(report))
    return
  }
  output.talk(...runText(report))
  for (const warning of report.warnings) output.talk([styled('warning', 'warning:'), ` ${warning}`])
  if (report.exitCode === 0) output.talk([styled('faint', `next: ${commitNext(report)}`)])
}

function modelOf(given: string): NonNullable<RunCommandOptions['model']> {
  const at = given.indexOf('=')
  if (at < 0) return { name: given }
  const [name, path] = [given.slice(0, at), given.slice(at + 1)]
  if (path === '') throw refuse('usage-invalid', { problem: `--model takes NAME or NAME=PATH, not '${given}'` })
  return { name, path }
}
