/**
 * The secrets of a run: what its machine knows to be secret, kept beside the run's raw output until the run is sealed.
 *
 * A run that was killed is sealed from another shell, whose environment has other variables or none.
 */
import { join } from 'node:path'
import { isSecretUnder, maskCommand, maskParameters } from '../../domain/secret-words.ts'
import type { RunSegment, SealedRun } from '../../domain/run.ts'
import type { Variables } from '../../store/environment/environment.ts'
import { readTextIfAny } from '../../store/inputs/input-text.ts'
import { certainSecrets, knownSecrets, secretMask, secretVariables } from '../../store/inputs/secret-mask.ts'
import type { SecretMask } from '../../store/inputs/secret-mask.ts'
import { journalFolder } from '../../store/journal/journal.ts'
import type { Repository } from './repository.ts'
import type { RunRecord } from './run-edits.ts'

/** What takes the secrets out of a run. */
export interface RunMasks {
  /** For what was printed and written by hand: rather a word too much. */
  readonly prose: SecretMask
  /** For facts that a repetition needs: only what is secret for certain. */
  readonly facts: SecretMask
}

/** Knows the secrets of a run that may have been started elsewhere. */
export async function masksOf(repository: Repository, run: Pick<SealedRun, 'id' | 'workingFolder'>): Promise<RunMasks> {
  const { files, journals } = repository
  const text = await readTextIfAny(files, join(journalFolder(journals, run.id), SECRETS), LIMIT_BYTES)
  const variables = [repository.variables, ...(text ?? '').split('\n').map(variableOf)]
  const root = repository.worktree ?? repository.folder
  const folders = [root, join(root, run.workingFolder ?? '.')]
  const [prose, facts] = await Promise.all([
    Promise.all(variables.map((each) => knownSecrets(files, folders, each))),
    Promise.all(variables.map((each) => certainSecrets(files, folders, each))),
  ])
  return { prose: secretMask(prose.flat()), facts: secretMask(facts.flat()) }
}

/**
 * Keeps the values of secret variables and parameters in the folder of a run, for its user alone; they go when the
 * folder goes.
 */
export async function keepSecrets(
  { files, variables }: Repository,
  folder: string,
  given: ReadonlyMap<string, unknown>,
): Promise<void> {
  const parameters = [...given].map(([key, value]) => [key, String(value)] as const)
  const secrets = [...secretVariables(variables), ...parameters.filter(([key, value]) => isSecretUnder(key, value))]
  const lines = secrets.map(([name, value]) => `${name} ${Buffer.from(value).toString('base64')}\n`)
  if (lines.length === 0) return
  const file = await files.open(join(folder, SECRETS), 'append', PRIVATE)
  try {
    await file.write(Buffer.from(lines.join(''), 'utf8'))
  } finally {
    await file.close()
  }
}

/** A record without the secrets in it; the contents of its files are not looked at. */
export function maskRecord(record: RunRecord, { facts, prose }: RunMasks): RunRecord {
  const { run, notes } = record
  const { command, message, segments } = run
  return {
    ...record,
    run: {
      ...run,
      ...(command === undefined ? {} : { command: maskCommand(command, facts.text) }),
      ...(message === undefined ? {} : { message: prose.text(message) }),
      ...(segments === undefined ? {} : { segments: segments.map((each) => maskSegment(each, facts)) }),
      parameters: maskParameters(run.parameters, facts.text),
    },
    notes: { ...notes, tags: [...new Set(notes.tags.map(facts.text))] },
  }
}

function maskSegment(segment: RunSegment, facts: SecretMask): RunSegment {
  return { ...segment, command: maskCommand(segment.command, facts.text) }
}

const SECRETS = 'secrets'
const PRIVATE = 0o600
const LIMIT_BYTES = 16 * 1024 * 1024

function variableOf(line: string): Variables {
  const at = line.lastIndexOf(' ')
  return at < 0 ? {} : { [line.slice(0, at)]: Buffer.from(line.slice(at + 1), 'base64').toString('utf8') }
}
