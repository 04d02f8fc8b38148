/**
 * The start of a captured run: code as it is now, environment, parameters, and a journal that names the command, all
 * before the command's first instruction.
 */
import { join, relative, sep } from 'node:path'
import { instantOf } from '../../base/clock.ts'
import { sha256Of } from '../../base/digest.ts'
import { compareText } from '../../base/order.ts'
import { jsonText } from '../../base/json-text.ts'
import type { Environment } from '../../domain/environment.ts'
import type { MetricRules } from '../../domain/metric.ts'
import { parseGroup, parseRunId, parseTag, parseWorkingFolder } from '../../domain/run.ts'
import type { RunId, SealedRun } from '../../domain/run.ts'
import type { Parameters, ParameterValue } from '../../domain/parameter.ts'
import type { ParameterKey } from '../../domain/key.ts'
import { openSnapshot } from '../../store/branch/snapshot.ts'
import type { BranchSnapshot } from '../../store/branch/snapshot.ts'
import { encodeEnvironment } from '../../store/documents/environment-manifest.ts'
import { writeSynced } from '../../store/files/write-synced.ts'
import { identifyChild, identifyProcess } from '../../store/git/process-identity.ts'
import type { CapturedCode } from '../../store/code/code-state.ts'
import { probeEnvironment } from '../../store/environment/environment.ts'
import { readParameters } from '../../store/inputs/parameters-file.ts'
import { journalFolder, startJournal } from '../../store/journal/journal.ts'
import type { Journal } from '../../store/journal/journal.ts'
import type { JournalEvent } from '../../store/journal/journal-event.ts'
import { captureState, rulesFor } from './commit-run.ts'
import { recordEvent } from './journal-record.ts'
import type { Repository } from '../repository/repository.ts'
import type { RunCommandOptions } from './run-command-options.ts'
import type { RunRecord } from '../repository/run-edits.ts'
import { outputPaths, readRunInputs } from './run-inputs.ts'
import type { RunInputs } from './run-inputs.ts'
import { keepSecrets, maskRecord, masksOf } from '../repository/run-secrets.ts'

/** What was captured before the command may run. */
export interface Capture {
  readonly inputs: RunInputs
  readonly code: CapturedCode
  readonly environment: Environment
  /** Of the files that were there, then those given with the command. */
  readonly parameters: Parameters
  readonly rules: MetricRules
  readonly snapshot: BranchSnapshot
  readonly startedAtMs: number
}

/** A run whose journal is open. */
export interface CapturedRun {
  readonly id: RunId
  /** `MLV_RUN_DIR`. */
  readonly folder: string
  readonly capture: Capture
  /** The record at the start: killed, until it is known better. */
  readonly record: RunRecord
  readonly journal: Journal
  /** Every event in the journal; grows as events are appended. */
  readonly events: JournalEvent[]
}

/**
 * Captures what the command starts from. Nothing is written but a snapshot of uncommitted code.
 *
 * @throws `branch-not-found`, `identity-missing`, `secret-found`, `snapshot-too-large`, every refusal of an input
 */
export async function captureStart(repository: Repository, options: RunCommandOptions): Promise<Capture> {
  const startedAtMs = repository.clock.nowMs()
  // A run that nobody can sign must fail now, not when it has trained for a day.
  const signing = repository.context.signatures()
  const reading = openSnapshot(repository.context.engine)
  const gathering = readRunInputs(repository, options)
  const outputs = gathering.then((inputs) => outputPaths(repository, inputs))
  // The code is looked at first, so that a refusal of the inputs would be met by nobody for a while.
  outputs.catch(() => undefined)
  const [inputs, code, environment, parameters, snapshot] = await Promise.all([
    gathering,
    captureState(repository, outputs, options),
    gathering.then(({ home }) => probeEnvironment(repository.files, home, repository.variables, repository.system)),
    gathering.then((inputs) => parametersAtStart(repository, inputs)),
    reading,
    signing,
  ])
  const rules = await rulesFor(snapshot, inputs.model?.name, inputs.goals)
  return { inputs, code, environment, parameters, rules, snapshot, startedAtMs }
}

/**
 * Opens the journal of a new run; it names the process of the command, which does not run yet. Durable when it returns.
 *
 * @throws the disk's refusals
 */
export async function openCapturedRun(
  repository: Repository,
  options: RunCommandOptions,
  started: { readonly id: RunId; readonly capture: Capture; readonly processId: number },
): Promise<CapturedRun> {
  const { id, capture } = started
  const raw = startingRecord(repository, options, id, capture)
  const record = maskRecord(raw, await masksOf(repository, raw.run))
  const events = [recordEvent(record), await processEvent(repository, started.processId)]
  const journal = await startJournal(repository.journals, id, events)
  const folder = journalFolder(repository.journals, id)
  await prepareFolder(repository, folder, capture)
  return { id, folder, capture, record, journal, events }
}

/** Names the command as a process that makes the run. */
export async function processEvent(repository: Repository, processId: number): Promise<JournalEvent> {
  const self = await identifyProcess(repository.files, repository.journals)
  return { kind: 'process', owner: await identifyChild(repository.files, self, processId) }
}

/** Puts in place what the command finds in its run folder. */
export async function prepareFolder(repository: Repository, folder: string, { inputs }: Capture): Promise<void> {
  const { files } = repository
  await files.makeFolder(join(folder, 'output'), PRIVATE_FOLDER)
  const path = paramsPath(folder)
  await files.remove(path)
  await writeSynced(files, path, Buffer.from(`${jsonText(new Map(inputs.given), 2)}\n`, 'utf8'), PRIVATE)
  await keepSecrets(repository, folder, inputs.given)
}

/** The file that `MLV_PARAMS` names. */
export function paramsPath(folder: string): string {
  return join(folder, 'params.json')
}

const PRIVATE_FOLDER = 0o700
const PRIVATE = 0o600

/** Files that are not there yet may be written by the command; they are read when it has ended. */
async function parametersAtStart({ files }: Repository, inputs: RunInputs): Promise<Parameters> {
  const parameters = new Map<ParameterKey, ParameterValue>()
  for (const path of inputs.params.filter((each) => inputs.before.get(each) !== undefined)) {
    for (const [key, value] of await readParameters(files, path)) parameters.set(key, value)
  }
  return new Map([...parameters, ...inputs.given])
}

function startingRecord(repository: Repository, options: RunCommandOptions, id: RunId, capture: Capture): RunRecord {
  const { inputs, code, environment } = capture
  const at = instantOf(capture.startedAtMs)
  const run: SealedRun = {
    id,
    experiment: inputs.experiment,
    status: 'killed',
    startedAt: at,
    lastSeenAt: at,
    ...optionalFacts(repository, options),
    command: options.command,
    ...(inputs.given.size === 0 ? {} : { givenParameters: [...inputs.given.keys()].sort(compareText) }),
    parameters: capture.parameters,
    metrics: new Map(),
    datasets: [],
    code: code.code,
    environment: sha256Of(encodeEnvironment(environment)),
    files: { count: 0, sizeBytes: 0 },
  }
  return {
    run,
    notes: { tags: [...new Set(options.tags.map(parseTag))].sort(compareText), archived: false },
    environment,
    series: undefined,
    files: [],
    inline: new Map(),
    store: capture.snapshot.settings.store,
    rules: capture.rules,
    ...(code.keep === undefined ? {} : { keepCode: code.keep }),
  }
}

function optionalFacts(
  { worktree, variables }: Repository,
  options: RunCommandOptions,
): Pick<SealedRun, 'message' | 'workingFolder' | 'parent' | 'group'> {
  const below = worktree === undefined ? undefined : relative(worktree, options.folder).replaceAll(sep, '/')
  const workingFolder = below === undefined ? undefined : parseWorkingFolder(below === '' ? '.' : below)
  // A run started by the command of another run is its child.
  const parent = options.parent ?? parseRunId(variables['MLV_RUN_ID'] ?? '')
  return {
    ...(options.message === undefined ? {} : { message: options.message }),
    ...(workingFolder === undefined ? {} : { workingFolder }),
    ...(parent === undefined ? {} : { parent }),
    ...(options.group === undefined ? {} : { group: parseGroup(options.group) }),
  }
}
