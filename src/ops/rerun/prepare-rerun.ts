/**
 * A worktree in which a recorded run can be repeated: its code, its inputs with their digests checked, its files of
 * parameters, and its packages where that was asked for.
 */
import { isAbsolute, join } from 'node:path'
import type { Dataset } from '../../domain/dataset.ts'
import { EMPTY_CONFIG } from '../../domain/config.ts'
import type { Environment } from '../../domain/environment.ts'
import { refuse } from '../../domain/failure.ts'
import type { ParameterKey } from '../../domain/key.ts'
import type { Parameters } from '../../domain/parameter.ts'
import type { SealedRun } from '../../domain/run.ts'
import { readConfig } from '../../store/inputs/config-file.ts'
import { staysInside } from '../../store/files/stays-inside.ts'
import { isDatasetUri, probeDataset } from '../../store/data/datasets.ts'
import { writeParameters } from '../../store/inputs/edit-parameters.ts'
import { readParameters } from '../../store/inputs/parameters-file.ts'
import { placeInput } from '../../store/data/place-input.ts'
import { restoreEnvironment } from '../../store/processes/restore-environment.ts'
import { checkoutWorktree, discardWorktree } from '../models/checkout-worktree.ts'
import type { CodeWorktree } from '../models/checkout-worktree.ts'
import type { Repository } from '../repository/repository.ts'
import type { RerunOptions } from './rerun-options.ts'

/** A worktree that is ready. */
export interface PreparedRerun {
  /** The top of the worktree, absolute. */
  readonly worktree: string
  /** Where the command starts, absolute. */
  readonly folder: string
  /** Files of parameters by their absolute path, with what they hold. */
  readonly parameterFiles: ReadonlyMap<string, Parameters>
  /** The command's whole environment. */
  readonly variables: Repository['variables']
  readonly told: readonly string[]
}

/** The recorded run and what is needed of it. */
export interface RecordedRun {
  readonly run: SealedRun
  readonly environment: Environment
}

type Preparation = Pick<
  RerunOptions,
  'folder' | 'keep' | 'verify' | 'allowChangedData' | 'restoreEnvironment' | 'terminal'
>

/**
 * Makes the worktree. Where this refuses after the code was placed, the worktree is discarded unless it is to be kept;
 * a folder that was there before is never touched.
 *
 * @throws what `checkoutWorktree` refuses, `file-not-found` for data that is nowhere, `dataset-changed`,
 * `environment-not-restored`
 */
export async function prepareRerun(
  repository: Repository,
  recorded: RecordedRun,
  options: Preparation,
): Promise<PreparedRerun> {
  const code = await checkoutWorktree(repository, { run: recorded.run, folder: options.folder })
  try {
    return await prepareWorktree(repository, recorded, options, code)
  } catch (refused) {
    if (!options.keep) await discardWorktree(repository, code.folder)
    throw refused
  }
}

async function prepareWorktree(
  repository: Repository,
  { run, environment }: RecordedRun,
  options: Preparation,
  { folder: worktree, report }: CodeWorktree,
): Promise<PreparedRerun> {
  const folder = join(worktree, run.workingFolder ?? '.')
  await repository.files.makeFolder(folder)
  const told = [...report.told]
  for (const dataset of run.datasets) told.push(...(await restoreDataset(repository, worktree, dataset, options)))
  const home = await configHome(repository, folder)
  const parameterFiles = await restoreParameters(repository, { worktree, home, run, told })
  const variables = await variablesFor(repository, { worktree, home, environment, options })
  return { worktree, folder, parameterFiles, variables, told }
}

/** Puts a dataset in place where the code did not bring it, and checks its digest; returns what is to be told. */
async function restoreDataset(
  repository: Repository,
  worktree: string,
  dataset: Dataset,
  { verify, allowChangedData }: Preparation,
): Promise<readonly string[]> {
  const { files } = repository
  const { uri, pin } = dataset
  if (isDatasetUri(uri)) return pin === undefined ? [`data ${uri} is not pinned, so it was not checked`] : []
  const target = isAbsolute(uri) ? uri : join(worktree, uri)
  if (!isAbsolute(uri) && !(await staysInside(files, worktree, target))) {
    return [`data ${uri} leads out of the worktree, so it was neither put back nor checked`]
  }
  if ((await files.lstat(target)) === undefined) {
    const source = join(repository.worktree ?? repository.folder, uri)
    if (isAbsolute(uri) || (await files.stat(source)) === undefined) {
      if (pin?.kind === 'foreign') return [`data ${uri} is not here, only what points to it`]
      throw refuse('file-not-found', { file: source, wanted: 'recorded dataset' })
    }
    await placeInput(files, source, target)
  }
  const found = await probeDataset(files, worktree, uri, { variables: repository.variables })
  const [recorded, now] = [pinText(dataset), pinText(found)]
  if (recorded === now) return []
  if (pin === undefined || found.pin?.kind !== pin.kind) return [`data ${uri} could not be checked: ${now} now`]
  if (!verify && !allowChangedData) throw refuse('dataset-changed', { uri, recorded, found: now })
  return [`data ${uri} is not the recorded one: ${recorded} then, ${now} now`]
}

function pinText({ pin }: Dataset): string {
  if (pin === undefined) return 'not pinned'
  return pin.kind === 'sha256' ? `sha256 ${pin.sha256.slice(0, 12)}` : `${pin.scheme} ${pin.id}`
}

async function configHome(
  repository: Repository,
  folder: string,
): Promise<{ readonly folder: string; readonly params: readonly string[] }> {
  const found = await readConfig(repository.files, folder)
  const { params } = found?.config ?? EMPTY_CONFIG
  return { folder: found === undefined ? folder : join(found.file, '..'), params }
}

interface ParameterPlan {
  readonly worktree: string
  readonly home: { readonly folder: string; readonly params: readonly string[] }
  readonly run: SealedRun
  readonly told: string[]
}

/**
 * Files of parameters that git ignores are not part of the code. The user's own is taken when it says what was
 * recorded, else one is written from the record.
 */
async function restoreParameters(
  repository: Repository,
  { worktree, home, run, told }: ParameterPlan,
): Promise<ReadonlyMap<string, Parameters>> {
  const { files } = repository
  const held = new Map<string, Parameters>()
  const paths = home.params.map((path) => join(home.folder, path))
  for (const path of paths) {
    if (!(await staysInside(files, worktree, path))) {
      told.push(`${path} is outside of the worktree and was left as it is`)
      continue
    }
    if ((await files.stat(path)) === undefined) {
      const own = join(repository.worktree ?? repository.folder, path.slice(worktree.length))
      const known = (await files.stat(own)) === undefined ? undefined : await readParameters(files, own)
      if (known !== undefined && isPartOf(known, run.parameters)) await files.copy(own, path)
      else {
        await writeParameters(files, path, fileParameters(run))
        told.push(`${path.slice(worktree.length + 1)} was written from the record: git did not keep it`)
      }
    }
    held.set(path, await readParameters(files, path))
  }
  return held
}

function isPartOf(known: Parameters, recorded: Parameters): boolean {
  return [...known].every(([key, value]) => String(recorded.get(key)) === String(value) && recorded.has(key))
}

/** The recorded parameters without those that were given with the command. */
function fileParameters({ parameters, givenParameters }: SealedRun): Parameters {
  const given = new Set<ParameterKey>(givenParameters ?? [])
  return new Map([...parameters].filter(([key]) => !given.has(key)))
}

async function variablesFor(
  repository: Repository,
  parts: {
    readonly worktree: string
    readonly home: { readonly folder: string }
    readonly environment: Environment
    readonly options: Preparation
  },
): Promise<Repository['variables']> {
  const { variables, files } = repository
  const { worktree, home, environment, options } = parts
  if (options.restoreEnvironment !== undefined) {
    const restored = await restoreEnvironment(files, {
      tool: options.restoreEnvironment,
      folder: home.folder,
      recorded: environment,
      variables,
      onOutput: (bytes) => options.terminal.write('stderr', bytes),
    })
    return { ...variables, ...restored }
  }
  return withOwnPackages(repository, worktree, home.folder)
}

/**
 * The variables of a command in another worktree. A virtual environment is no part of the code, so that of the user's
 * own worktree stands in for it; `home` is the folder of the project in the other one.
 */
export async function withOwnPackages(
  { files, variables, worktree: own, folder }: Repository,
  worktree: string,
  home: string,
): Promise<Repository['variables']> {
  if ((variables['VIRTUAL_ENV'] ?? '') !== '') return variables
  for (const name of ['.venv', 'venv']) {
    const venv = join(own ?? folder, home.slice(worktree.length), name)
    if ((await files.stat(join(venv, 'pyvenv.cfg'))) === undefined) continue
    if ((await files.lstat(join(home, name))) !== undefined) return variables
    return { ...variables, VIRTUAL_ENV: venv, PATH: `${join(venv, 'bin')}:${variables['PATH'] ?? ''}` }
  }
  return variables
}
