/**
 * `mlv run`: runs a command as if mlv were not there, and records it while it runs.
 *
 * Order is the promise: the command's process exists and waits, code and environment are captured, the journal that
 * names the process is durable, and only then it runs. A kill at any moment leaves nothing, or a run to recover.
 */
import { join } from 'node:path'
import type { Clock } from '../../base/clock.ts'
import { runIdOf } from '../../domain/run.ts'
import type { RunId, RunResources } from '../../domain/run.ts'
import { newUlid } from '../../base/ulid.ts'
import { refuse } from '../../domain/failure.ts'
import { fillPlaceholders } from '../../domain/placeholders.ts'
import { journalFolder } from '../../store/journal/journal.ts'
import { findProgram } from '../../store/processes/find-program.ts'
import { passOutput } from '../../store/processes/pass-output.ts'
import type { PassedOutput } from '../../store/processes/pass-output.ts'
import { readChildrenTime } from '../../store/processes/process-tree.ts'
import { startCommand } from '../../store/processes/start-command.ts'
import type { CommandEnd, StartedCommand } from '../../store/processes/start-command.ts'
import { syncLogs } from '../../store/processes/synced-logs.ts'
import { startSampler } from '../../store/processes/system-sampler.ts'
import { findTerminalProgram } from '../../store/processes/terminal-program.ts'
import type { TerminalProgram } from '../../store/processes/terminal-program.ts'
import { captureStart, openCapturedRun, paramsPath } from './captured-run.ts'
import type { CapturedRun } from './captured-run.ts'
import { finishRun } from './finish-run.ts'
import type { Repository } from '../repository/repository.ts'
import { resumeRun } from './resume-run.ts'
import type { RunCommandOptions, RunCommandReport } from './run-command-options.ts'

export type { CommandTerminal, RunCommandOptions, RunCommandReport } from './run-command-options.ts'

/**
 * Runs a command as a recorded run. Resolves when the command has ended and the run is sealed; what the command itself
 * ended with is in the report and refuses nothing.
 *
 * @throws `command-not-found`, `command-not-executable`, `run-live` and every refusal of the capture, before anything
 * is run; what `sealRun` refuses, after it: then the run is in its journal, for `recoverRuns`
 */
export async function runCommand(repository: Repository, given: RunCommandOptions): Promise<RunCommandReport> {
  const plan = await resumeRun(repository, { ...given, command: fillPlaceholders(given.command, given.params) })
  const { options } = plan
  await requireProgram(repository, options)
  const id = plan.segment?.id ?? runIdOf(newUlid(repository.clock, repository.entropy))
  const waiting = startCommand(await commandStart(repository, options, id))
  waiting.catch(() => undefined)
  try {
    const capture = await captureStart(repository, options)
    const command = await waiting
    const started = { id, capture, processId: command.processId }
    const run = await (plan.segment?.open(started) ?? openCapturedRun(repository, options, started))
    return await watch(repository, options, run, command)
  } catch (caught) {
    await sendHome(waiting)
    throw caught
  }
}

/** Nothing that was refused may have run. */
async function sendHome(waiting: Promise<StartedCommand>): Promise<void> {
  const command = await waiting.catch(() => undefined)
  command?.dismiss()
  await command?.ended.catch(() => undefined)
}

async function requireProgram({ files, variables }: Repository, { command, folder }: RunCommandOptions): Promise<void> {
  const [program] = command
  if (program === undefined || program === '') throw refuse('usage-invalid', { problem: 'there is no command to run' })
  const found = await findProgram(files, program, { folder, searchPath: variables['PATH'] })
  if (found.kind === 'missing') throw refuse('command-not-found', { command: program })
  if (found.kind === 'not-executable') throw refuse('command-not-executable', { command: program, file: found.path })
}

async function commandStart(
  repository: Repository,
  options: RunCommandOptions,
  id: RunId,
): Promise<Parameters<typeof startCommand>[0]> {
  const folder = journalFolder(repository.journals, id)
  const terminal = await terminalFor(repository, options)
  return {
    command: options.command,
    folder: options.folder,
    input: options.terminal.input,
    variables: {
      ...repository.variables,
      ...options.variables,
      MLV_RUN_ID: id,
      MLV_RUN_DIR: folder,
      MLV_PARAMS: paramsPath(folder),
      ...telemetryVariables(repository.variables, options, id),
    },
    ...(terminal === undefined ? {} : { terminal }),
  }
}

/** The variables of OpenTelemetry's SDKs: a service of the experiment's name unless the user named one. */
function telemetryVariables(
  variables: Repository['variables'],
  { experiment }: RunCommandOptions,
  id: RunId,
): Readonly<Record<string, string>> {
  const attributes = [variables['OTEL_RESOURCE_ATTRIBUTES'] ?? '', `mlv.run.id=${id}`].filter((text) => text !== '')
  return {
    OTEL_SERVICE_NAME: variables['OTEL_SERVICE_NAME'] ?? experiment ?? 'mlv-run',
    OTEL_RESOURCE_ATTRIBUTES: attributes.join(','),
  }
}

async function terminalFor(
  { files, variables }: Repository,
  { terminal, folder }: RunCommandOptions,
): Promise<TerminalProgram | undefined> {
  if (!terminal.isTerminal) return undefined
  const found = await findProgram(files, 'script', { folder, searchPath: variables['PATH'] })
  const program = await findTerminalProgram(found.kind === 'found' ? found.path : undefined)
  if (program === undefined) {
    terminal.tell("no 'script' program was found: the command runs without a terminal of its own")
  }
  return program
}

/** Lets the command run, and follows it to its end. */
async function watch(
  repository: Repository,
  options: RunCommandOptions,
  run: CapturedRun,
  command: StartedCommand,
): Promise<RunCommandReport> {
  const { files, clock, system } = repository
  const proc = system.procFolder
  const output = await passing(repository, options, run, command)
  const gpu = await findProgram(files, 'nvidia-smi', { folder: run.folder, searchPath: repository.variables['PATH'] })
  const before = await readChildrenTime(files, proc, repository.journals.processId)
  const sampler = startSampler({
    files,
    clock,
    procFolder: proc,
    processId: command.processId,
    path: join(run.folder, 'log-system.jsonl'),
    ...(gpu.kind === 'found' ? { gpuProgram: gpu.path } : {}),
  })
  const synced = syncLogs(files, run.folder, output.sync)
  const quiet = options.terminal.onSignal((signal) => options.terminal.sendSignal(command.processId, signal))
  const since = clock.elapsedMs()
  command.release()
  const end = await endOf(command, output)
  const elapsedMs = Math.round(clock.elapsedMs() - since)
  const after = await readChildrenTime(files, proc, repository.journals.processId)
  await Promise.all([sampler.stop(), synced.stop()])
  await output.sync()
  await output.close()
  quiet()
  const peakMemoryBytes = sampler.peakMemoryBytes()
  const resources: RunResources = {
    elapsedMs,
    ...(before === undefined || after === undefined
      ? {}
      : { userMs: after.userMs - before.userMs, systemMs: after.systemMs - before.systemMs }),
    ...(peakMemoryBytes === undefined ? {} : { peakMemoryBytes }),
    hostName: repository.journals.hostName,
  }
  return finishRun(repository, options, run, { end, resources, endedAtMs: endedAt(clock, run, elapsedMs) })
}

/** A clock that jumped back meanwhile makes no run end before it started, nor shorter than it was. */
function endedAt(clock: Clock, { capture }: CapturedRun, elapsedMs: number): number {
  return Math.max(clock.nowMs(), capture.startedAtMs + elapsedMs)
}

async function passing(
  { files }: Repository,
  { terminal, outputLimitBytes }: RunCommandOptions,
  { folder }: CapturedRun,
  { stdout, stderr }: StartedCommand,
): Promise<PassedOutput> {
  const place = join(folder, 'output')
  const channels =
    stderr === undefined
      ? [{ name: 'stdout' as const, source: stdout, path: join(place, 'terminal.log') }]
      : [
          { name: 'stdout' as const, source: stdout, path: join(place, 'stdout.log') },
          { name: 'stderr' as const, source: stderr, path: join(place, 'stderr.log') },
        ]
  let isTold = false
  return passOutput(files, terminal, channels, {
    limitBytes: outputLimitBytes ?? DEFAULT_OUTPUT_LIMIT_BYTES,
    onFailure: (reason) => {
      if (!isTold) terminal.tell(`its output is no longer kept (${reason}); the command goes on`)
      isTold = true
    },
  })
}

const DEFAULT_OUTPUT_LIMIT_BYTES = 64 * 1024 * 1024
/** How long what the command left running may hold its output open before the run counts as over. */
const LINGERING_MS = 1_000

async function endOf(command: StartedCommand, output: PassedOutput): Promise<CommandEnd> {
  const end = await command.ended
  const timer = setTimeout(output.giveUp, LINGERING_MS)
  await output.done
  clearTimeout(timer)
  return end
}
