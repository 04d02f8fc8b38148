/**
 * `mlv commit`: records a run, or with `--recover` what was interrupted.
 */
import { refuse } from '../../src/domain/failure.ts'
import { commitRun } from '../../src/ops/record/commit-run.ts'
import type { CommitOptions } from '../../src/ops/record/commit-options.ts'
import { leftBehind } from '../../src/ops/repository/left-behind.ts'
import { recoverRuns } from '../../src/ops/record/recover-runs.ts'
import { defineCommand } from '../command.ts'
import { EXIT } from '../exit-code.ts'
import type { ExitCode } from '../exit-code.ts'
import { bytesText, countText } from '../format/bytes.ts'
import { commitNext, commitText, recoverText } from '../format/commit-text.ts'
import { styled } from '../format/line.ts'
import { commitJson, recoverJson } from '../json/commit-json.ts'
import { hintLeftBehind } from '../hint-left-behind.ts'
import { flag, list, pairs, size, text } from '../option.ts'
import type { Session } from '../command.ts'

const RECORDED = {
  message: text('-m, --message <text>', 'one line on what the run was for'),
  experiment: text('-e, --experiment <name>', 'the line of work the run belongs to'),
  paramsFiles: list('--params <file>...', 'parameters from a YAML, JSON or TOML file; nested keys become dotted'),
  params: pairs('--param <key=value>...', 'one parameter, typed as YAML would: 1 is an integer, 1.0 a float'),
  metricsFiles: list('--metrics <file>...', 'final metrics from a YAML or JSON file'),
  metrics: pairs('--metric <key=value>...', 'one final metric'),
  seriesFiles: list(
    '--series <path>...',
    'points of metrics over steps: a JSONL or CSV file, or a log of a training framework',
  ),
  artifacts: list('--artifact <glob>...', 'files to keep with the run'),
  pinUrls: flag('--pin-urls', 'ask the server of each dataset that is a URL for its entity tag; nothing is downloaded'),
  datasets: list('--dataset <path>...', 'files, folders or URIs the run read; pinned by digest, not copied'),
  model: text('--model <name[=path]>', 'register the file or folder as the next version of a model'),
  tags: list('-t, --tag <tag>...', 'a tag to find the run by'),
  newVersion: flag('--new', 'register a version even when one with the same content exists'),
  allowSecrets: flag('--allow-secrets', 'snapshot uncommitted code even where it looks like a secret'),
  codeLimitBytes: size('--code-limit <size>', 'how much uncommitted code to snapshot at most, such as 200MB'),
} as const

/** The command. */
export const commitCommand = defineCommand({
  name: 'commit',
  summary: 'Record a run and the model it made',
  details: [
    'What is not said on the command line is taken from mlv.yaml, kind by kind: one --params replaces all its params.',
    'The state of the code is recorded too. Uncommitted changes are kept as a snapshot; HEAD, index and files stay.',
    'Every metric is compared with the version in production, else the previous version, else the previous run.',
  ],
  arguments: {},
  options: {
    ...RECORDED,
    recover: flag('--recover', 'record what a killed commit or run has left, and nothing else'),
  },
  examples: [
    { line: "mlv commit -m 'wider, longer'", does: 'record what mlv.yaml names' },
    {
      line: 'mlv commit --params params.yaml --metric auc=0.931 --model churn=out/model',
      does: 'say everything on the command line',
    },
    { line: 'mlv commit --recover', does: 'record a run whose process was killed' },
  ],
  run: async (session, _, { recover, model, ...given }) => {
    if (recover) return await runRecover(session, model !== undefined || isAnythingGiven(given))
    const request = model === undefined ? undefined : modelOf(model)
    return await runCommit(session, request === undefined ? given : { ...given, model: request })
  },
})

async function runCommit({ output, withRepository }: Session, options: CommitOptions): Promise<ExitCode> {
  const onProgress: CommitOptions['onProgress'] = ({ files, bytes, totalBytes }) => {
    output.progress(`storing ${countText(files, 'file')}, ${bytesText(bytes)} of ${bytesText(totalBytes)}`)
  }
  const [report, left] = await withRepository(async (repository) => [
    await commitRun(repository, { ...options, onProgress }),
    await leftBehind(repository),
  ])
  output.progress('')
  output.answer(
    () => commitJson(report),
    () => commitText(report),
  )
  for (const warning of report.warnings) output.talk([styled('warning', 'warning:'), ` ${warning}`])
  hintLeftBehind(output, left)
  output.talk([styled('faint', `next: ${commitNext(report)}`)])
  return EXIT.ok
}

async function runRecover({ output, withRepository }: Session, isMoreGiven: boolean): Promise<ExitCode> {
  if (isMoreGiven) throw refuse('usage-invalid', { problem: '--recover records what was interrupted and nothing else' })
  const report = await withRepository(recoverRuns)
  output.answer(
    () => recoverJson(report),
    () => recoverText(report),
  )
  for (const { told } of report.sealed) {
    for (const problem of told) output.talk([styled('warning', 'warning:'), ` ${problem}`])
  }
  return EXIT.ok
}

function isAnythingGiven(options: Readonly<Record<string, unknown>>): boolean {
  return Object.values(options).some((value) => (Array.isArray(value) ? value.length > 0 : value !== false))
}

function modelOf(given: string): NonNullable<CommitOptions['model']> {
  const at = given.indexOf('=')
  if (at < 0) return { name: given }
  const [name, path] = [given.slice(0, at), given.slice(at + 1)]
  if (path === '') throw refuse('usage-invalid', { problem: `--model takes NAME or NAME=PATH, not '${given}'` })
  return { name, path }
}
