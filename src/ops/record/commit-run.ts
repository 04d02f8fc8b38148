/**
 * `mlv commit`: records a run that has already happened, and the model version it made.
 *
 * Order is the promise: everything is read and checked, then artifacts go to the store, then the journal holds the
 * whole run, then one transaction puts it on the branch. A kill at any moment leaves the old state or a run to recover.
 */
import { relative } from 'node:path'
import { instantOf } from '../../base/clock.ts'
import { present } from '../../base/assert.ts'
import { compareText } from '../../base/order.ts'
import { newUlid } from '../../base/ulid.ts'
import { sha256Of } from '../../base/digest.ts'
import { totalsOf } from '../../domain/artifact.ts'
import type { ArtifactFile } from '../../domain/artifact.ts'
import { parseArtifactPaths } from '../../domain/artifact-path.ts'
import type { ArtifactPath } from '../../domain/artifact-path.ts'
import { isSystemMetric, parseExperimentName } from '../../domain/key.ts'
import type { StoreKind } from '../../domain/branch.ts'
import type { CodeState } from '../../domain/code-state.ts'
import type { Environment } from '../../domain/environment.ts'
import type { MetricRules, Metrics } from '../../domain/metric.ts'
import type { ModelName } from '../../domain/name.ts'
import type { Oid } from '../../domain/oid.ts'
import type { OperationId } from '../../domain/operation.ts'
import { parseTag, runIdOf } from '../../domain/run.ts'
import type { RunNotes, SealedRun } from '../../domain/run.ts'
import type { ModelVersion } from '../../domain/model-version.ts'
import { collectFiles } from '../../store/artifacts/collect.ts'
import type { CollectedFile } from '../../store/artifacts/collect.ts'
import { recordFiles } from '../../store/artifacts/record-files.ts'
import { readModel } from '../../store/branch/read-models.ts'
import { openSnapshot } from '../../store/branch/snapshot.ts'
import type { BranchSnapshot } from '../../store/branch/snapshot.ts'
import { encodeEnvironment } from '../../store/documents/environment-manifest.ts'
import { captureCode, DEFAULT_SNAPSHOT_LIMIT_BYTES } from '../../store/code/code-state.ts'
import type { CapturedCode } from '../../store/code/code-state.ts'
import { probeEnvironment } from '../../store/environment/environment.ts'
import { metricChanges } from '../revisions/baseline.ts'
import type { CommitOptions } from './commit-options.ts'
import type { Baseline, MetricChange } from '../revisions/baseline.ts'
import { gatherInputs, judgedMetrics } from './gather-inputs.ts'
import type { Inputs } from './gather-inputs.ts'
import { journalRecord } from './journal-record.ts'
import { beyondLimit } from '../artifacts/object-limit.ts'
import type { Sized } from '../artifacts/object-limit.ts'
import type { Repository } from '../repository/repository.ts'
import type { RunRecord } from '../repository/run-edits.ts'
import { sealRun } from './seal-run.ts'
import type { Sealed } from './seal-run.ts'
import { SERIES_FULL, storeSeries } from './store-series.ts'
import { refuseUnregistrable } from '../repository/version-edits.ts'

/** The line of work of runs nobody gave one. */
export const DEFAULT_EXPERIMENT = parseExperimentName('default')

/** What was recorded, and how it compares. */
export interface CommitReport {
  readonly run: SealedRun
  readonly notes: RunNotes
  readonly version: { readonly version: ModelVersion; readonly created: boolean } | undefined
  readonly baseline: Pick<Baseline, 'kind' | 'label' | 'rivals'> | undefined
  readonly changes: readonly MetricChange[]
  readonly operation: OperationId
  readonly commit: Oid
  readonly warnings: readonly string[]
}

/**
 * Records a run.
 *
 * @throws `branch-not-found` before `mlv init`, every refusal of an input, `secret-found`, `snapshot-too-large`,
 * `host-limit-exceeded`, `identity-missing`, what `writeBranch` refuses
 */
export async function commitRun(repository: Repository, options: CommitOptions): Promise<CommitReport> {
  const startedAtMs = repository.clock.nowMs()
  // What git is asked for comes first, so that it works while the inputs are read.
  const identity = heard(repository.context.signatures())
  const reading = heard(openSnapshot(repository.context.engine))
  const gathering = heard(gatherInputs(repository, options))
  const collecting = heard(gathering.then((inputs) => collectArtifacts(repository, inputs)))
  const capturing = heard(
    captureState(repository, heard(outputsOf(repository, gathering, collecting, reading)), options),
  )
  const [inputs, snapshot] = await Promise.all([gathering, reading])
  const collected = await collecting
  const [metrics, code, environment] = await Promise.all([
    metricsOf(snapshot, inputs),
    capturing,
    probeEnvironment(repository.files, inputs.home, repository.variables, repository.system),
    identity,
  ])
  const artifacts = await storeArtifacts(repository, inputs, collected, snapshot.settings.store, options)
  if (inputs.model !== undefined) await refuseUnregistrable(snapshot, artifacts.files, inputs.model)
  const record = assemble(repository, { options, inputs, metrics, code, environment, artifacts, snapshot, startedAtMs })
  const sealed = await sealThroughJournal(repository, record)
  return {
    run: record.run,
    notes: record.notes,
    version: sealed.registration,
    baseline: sealed.baseline,
    changes: metricChanges(sealed.baseline?.metrics, record.run.metrics),
    operation: present(sealed.operation, 'a run with a fresh id to be new to the branch'),
    commit: present(sealed.commit, 'a commit for an operation'),
    warnings: [...inputs.told, ...retiredWarning(sealed), ...warningsOf(record, code.code, sealed.baseline)],
  }
}

/** A promise that is asked for later: refused before its turn, it must not count as unheard. */
function heard<Result>(promise: Promise<Result>): Promise<Result> {
  promise.catch(() => undefined)
  return promise
}

/** When sealing fails the journal is let go of, and `recoverRuns` takes it from there. */
async function sealThroughJournal(repository: Repository, record: RunRecord): Promise<Sealed> {
  const journal = await journalRecord(repository, record)
  const sealed = await sealRun(repository, record, 'commit').catch(async (refused: unknown) => {
    await journal.close()
    throw refused
  })
  await journal.remove()
  return sealed
}

interface StoredArtifacts {
  readonly files: readonly ArtifactFile[]
  readonly inline: ReadonlyMap<ArtifactPath, Uint8Array>
  readonly series: Uint8Array | undefined
}

/** The rules of the model as it is on the branch; those of `mlv.yaml` for a model that does not exist yet. */
async function metricsOf(snapshot: BranchSnapshot, inputs: Inputs): Promise<Metrics> {
  return judgedMetrics(inputs, await rulesFor(snapshot, inputs.model?.name, inputs.goals))
}

/** The rules metrics are judged by: those of a model that exists, over those of `mlv.yaml`. */
export async function rulesFor(
  snapshot: BranchSnapshot,
  model: ModelName | undefined,
  goals: MetricRules,
): Promise<MetricRules> {
  const known = model === undefined ? undefined : await readModel(snapshot, model)
  return known === undefined ? goals : new Map([...goals, ...known.metrics])
}

async function collectArtifacts(repository: Repository, inputs: Inputs): Promise<readonly CollectedFile[]> {
  const globs = inputs.model === undefined ? inputs.globs : [...inputs.globs, inputs.model.path]
  return globs.length === 0 ? [] : collectFiles(repository.files, inputs.root, globs)
}

/**
 * What the run wrote is recorded as artifacts and metrics; counting it as code too would make every run a new code.
 * Known only when everything that may refuse the run has been read, so that no snapshot is made for one.
 */
async function outputsOf(
  { worktree }: Repository,
  gathering: Promise<Inputs>,
  collecting: Promise<readonly CollectedFile[]>,
  reading: Promise<BranchSnapshot>,
): Promise<readonly string[]> {
  const [inputs, collected] = await Promise.all([gathering, collecting, reading])
  const outputs = [...inputs.outputs, ...collected.map((file) => file.absolute)]
  return worktree === undefined ? [] : outputs.map((path) => relative(worktree, path))
}

/** Captures the code as it is now, but for what the run itself writes. @throws what `captureCode` refuses */
export async function captureState(
  repository: Repository,
  exclude: Promise<readonly string[]>,
  options: Pick<CommitOptions, 'allowSecrets' | 'codeLimitBytes'>,
): Promise<CapturedCode> {
  const { git } = repository
  if (git === undefined) return { code: { kind: 'none', reason: 'there is no git program to ask' } }
  return captureCode(git, repository.place, repository.files, {
    signatures: repository.context.signatures,
    entropy: repository.entropy,
    exclude,
    allowSecrets: options.allowSecrets,
    limitBytes: options.codeLimitBytes ?? DEFAULT_SNAPSHOT_LIMIT_BYTES,
  })
}

async function storeArtifacts(
  repository: Repository,
  inputs: Inputs,
  collected: readonly CollectedFile[],
  kind: StoreKind,
  options: CommitOptions,
): Promise<StoredArtifacts> {
  const store = repository.artifacts(kind)
  const admit = async (files: readonly Sized[]): Promise<void> => {
    const refused = await beyondLimit(repository, kind, files)
    if (refused !== undefined) throw refused
  }
  const [stored, series] = await Promise.all([
    recordFiles(store, collected, { ...options, model: inputs.model?.path, admit }),
    storeSeries(store, inputs.series),
  ])
  const files = [...stored.files, ...series.files].sort((left, right) => compareText(left.path, right.path))
  // The name of the full series may be taken by an artifact.
  if (series.files.length > 0) parseArtifactPaths(files.map((file) => file.path))
  return { files, inline: stored.inline, series: series.bytes }
}

function assemble(
  repository: Repository,
  parts: {
    readonly options: CommitOptions
    readonly inputs: Inputs
    readonly metrics: Metrics
    readonly code: CapturedCode
    readonly environment: Environment
    readonly artifacts: StoredArtifacts
    readonly snapshot: BranchSnapshot
    readonly startedAtMs: number
  },
): RunRecord {
  const { options, inputs, artifacts, code, environment } = parts
  const run: SealedRun = {
    id: runIdOf(newUlid(repository.clock, repository.entropy)),
    experiment: inputs.experiment ?? DEFAULT_EXPERIMENT,
    status: 'finished',
    startedAt: instantOf(parts.startedAtMs),
    endedAt: instantOf(Math.max(parts.startedAtMs, repository.clock.nowMs())),
    ...(options.message === undefined ? {} : { message: options.message }),
    parameters: inputs.parameters,
    metrics: parts.metrics,
    datasets: inputs.datasets,
    code: code.code,
    environment: sha256Of(encodeEnvironment(environment)),
    files: totalsOf(artifacts.files),
    ...(artifacts.files.some((file) => file.path === SERIES_FULL) ? { seriesFull: SERIES_FULL } : {}),
  }
  const { model } = inputs
  return {
    run,
    notes: { tags: [...new Set(options.tags.map(parseTag))].sort(compareText), archived: false },
    environment,
    ...artifacts,
    store: parts.snapshot.settings.store,
    ...(code.keep === undefined ? {} : { keepCode: code.keep }),
    ...(model === undefined ? {} : { model: { ...model, newVersion: options.newVersion, seedRules: inputs.goals } }),
  }
}

/** Equal content joins the version that has it, also one that was given up. */
function retiredWarning({ registration }: Sealed): readonly string[] {
  if (registration?.retired === undefined) return []
  const { model, number } = registration.version
  return [`${model}@v${number} is retired (${registration.retired}); --new registers this content as a new version`]
}

/** What a person should know about a record: what of the code is not in it, and new metrics without a goal. */
export function warningsOf(record: RunRecord, code: CodeState, baseline: Baseline | undefined): readonly string[] {
  const omitted = code.kind === 'commit' ? code.omitted : [`code state not recorded: ${code.reason}`]
  const own = [...record.run.metrics].filter(([key]) => !isSystemMetric(key))
  const undeclared = own.filter(([, { goal }]) => goal === 'none').map(([key]) => key)
  // Said once: who has seen it and declared nothing has answered.
  const unheard = undeclared.filter((key) => baseline?.metrics.has(key) !== true)
  const goals =
    unheard.length === 0 || undeclared.length === own.length
      ? []
      : [`no goal is declared for ${unheard.slice(0, 5).join(', ')}; mlv.yaml can say which way is better`]
  return [...omitted, ...goals]
}
