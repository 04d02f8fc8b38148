/**
 * `mlv rerun`: repeats a recorded run in a worktree of its own, compares it with what was recorded, and commits the
 * outcome beside the version. The user's worktree and index are not touched.
 */
import { instantOf } from '../../base/clock.ts'
import { present } from '../../base/assert.ts'
import { newUlid } from '../../base/ulid.ts'
import { refuse } from '../../domain/failure.ts'
import type { Metrics } from '../../domain/metric.ts'
import type { ModelVersion } from '../../domain/model-version.ts'
import { operationIdOf } from '../../domain/operation.ts'
import type { Operation } from '../../domain/operation.ts'
import { compareRepetition, outcomeOf, receiptDifferences } from '../../domain/receipt.ts'
import type { Receipt } from '../../domain/receipt.ts'
import type { SealedRun } from '../../domain/run.ts'
import { receiptPath } from '../../domain/tree-path.ts'
import { causesBetween } from '../../domain/cause.ts'
import { requireVersion } from '../../store/branch/read-models.ts'
import { readEnvironment, requireRun } from '../../store/branch/read-runs.ts'
import { openSnapshot } from '../../store/branch/snapshot.ts'
import type { BranchSnapshot } from '../../store/branch/snapshot.ts'
import { encodeReceipt } from '../../store/documents/receipt-manifest.ts'
import type { TreeEdit } from '../../store/git/engine.ts'
import { causeReader } from '../read/cause-side.ts'
import { discardWorktree } from '../models/checkout-worktree.ts'
import { versionLabels } from '../read/list-runs.ts'
import { prepareRerun } from './prepare-rerun.ts'
import type { PreparedRerun } from './prepare-rerun.ts'
import { personOf } from '../models/promote-version.ts'
import { repeatRun } from './repeat-run.ts'
import type { Repetition } from './repeat-run.ts'
import type { Repository } from '../repository/repository.ts'
import type { RerunOptions, RerunReport } from './rerun-options.ts'
import { requireOwnRun } from './require-own-run.ts'
import { resolveRevision } from '../revisions/resolve-revision.ts'
import { ruledMetrics } from '../revisions/ruled-metrics.ts'
import type { RunRecord } from '../repository/run-edits.ts'
import { sealTogether } from '../record/seal-together.ts'
import { planSeeds, spreadOfSeeds } from './seed-repeats.ts'

/** The run to repeat, as it was recorded and as it is judged. */
interface Repeated {
  readonly run: SealedRun & { readonly command: readonly string[] }
  readonly label: string
  readonly metrics: Metrics
  /** The version a receipt goes beside. */
  readonly version: ModelVersion | undefined
}

/**
 * Repeats a run.
 *
 * @throws `command-unknown` for a run without a recorded command, `command-foreign` for one of somebody else, what
 * `prepareRerun` and `runCommand` refuse
 */
export async function rerunVersion(repository: Repository, options: RerunOptions): Promise<RerunReport> {
  const snapshot = await openSnapshot(repository.context.engine)
  const repeated = await findRepeated(snapshot, options.revision)
  if (!options.allowForeign) await requireOwnRun(repository, snapshot, repeated.run)
  // A receipt that nobody can sign must fail now, not after the training.
  await repository.context.signatures()
  const environment = await readEnvironment(snapshot, repeated.run.id)
  const prepared = await prepareRerun(repository, { run: repeated.run, environment }, options)
  try {
    const repetitions = await repeatAll(repeated, prepared, options)
    return await report(repository, { snapshot, repeated, prepared, repetitions, options })
  } finally {
    if (!options.keep) await discardWorktree(repository, options.folder)
  }
}

async function findRepeated(snapshot: BranchSnapshot, text: string): Promise<Repeated> {
  const resolved = await resolveRevision(snapshot, text)
  const run = resolved.kind === 'run' ? resolved.run : await requireRun(snapshot, resolved.version.run)
  const { command } = run
  if (command === undefined) throw refuse('command-unknown', { run: run.id })
  const version = resolved.kind === 'version' ? resolved.version : await versionOf(snapshot, run)
  const metrics = resolved.kind === 'run' ? run.metrics : await ruledMetrics(snapshot, resolved.version)
  return { run: { ...run, command }, label: resolved.label, metrics, version }
}

/** The version a run made, or made again. */
async function versionOf(snapshot: BranchSnapshot, run: SealedRun): Promise<ModelVersion | undefined> {
  const [label] = (await versionLabels(snapshot)).get(run.id) ?? []
  return label === undefined ? undefined : requireVersion(snapshot, label.model, label.number)
}

interface Repetitions {
  /** Absent when only other seeds were asked for. */
  readonly plain: Repetition | undefined
  readonly seeds: { readonly key: string; readonly repetitions: readonly Repetition[] } | undefined
}

async function repeatAll(repeated: Repeated, prepared: PreparedRerun, options: RerunOptions): Promise<Repetitions> {
  const { seedRepeats } = options
  const plan = seedRepeats === undefined ? undefined : planSeeds(repeated.run, seedRepeats)
  const isPlain = options.verify || plan === undefined
  const plain = isPlain ? await repeatRun(repeated.run, prepared, options, options.changes) : undefined
  const repetitions: Repetition[] = []
  for (const text of plan?.texts ?? []) {
    const changes = [...options.changes, { key: present(plan, 'a plan of seeds').key, text }]
    repetitions.push(await repeatRun(repeated.run, prepared, options, changes))
  }
  return { plain, seeds: plan === undefined ? undefined : { key: plan.key, repetitions } }
}

/** A receipt needs a version to stand beside. */
function withoutVersion({ options, repeated }: Outcome): readonly string[] {
  return options.verify && repeated.version === undefined ? ['no version came of this run, so no receipt is kept'] : []
}

interface Outcome {
  readonly snapshot: BranchSnapshot
  readonly repeated: Repeated
  readonly prepared: PreparedRerun
  readonly repetitions: Repetitions
  readonly options: RerunOptions
}

async function report(repository: Repository, parts: Outcome): Promise<RerunReport> {
  const { repeated, prepared, repetitions, options } = parts
  const { plain, seeds } = repetitions
  const { version } = repeated
  const judged = await judge(parts)
  const receipt =
    options.verify && plain !== undefined && version !== undefined
      ? await makeReceipt(repository, version, plain.record.run, judged)
      : undefined
  const sealed = await seal(repository, parts, receipt)
  const { changes } = options
  return {
    of: repeated.run.id,
    label: repeated.label,
    ...(plain === undefined ? {} : { run: plain.record.run }),
    exitCode: plain?.exitCode ?? Math.max(0, ...(seeds?.repetitions ?? []).map(({ exitCode }) => exitCode)),
    ...judged,
    ...(version === undefined ? {} : { version: `${version.model}@v${version.number}` }),
    ...(receipt === undefined ? {} : { receipt }),
    ...(seeds === undefined ? {} : { seeds: spreadOfSeeds(seeds.key, seeds.repetitions) }),
    ...(sealed.operation === undefined ? {} : { operation: sealed.operation }),
    ...(options.keep ? { folder: prepared.worktree } : {}),
    told: [...prepared.told, ...withoutVersion(parts), ...changes.map(({ key, text }) => `${key} was set to ${text}`)],
  }
}

type Judged = Pick<RerunReport, 'compared' | 'differences' | 'outcome'>

async function judge({ snapshot, repeated, repetitions }: Outcome): Promise<Judged> {
  const { plain } = repetitions
  if (plain === undefined) return { compared: [], differences: [], outcome: { kind: 'reproduced' } }
  const { run, environment } = plain.record
  const reader = causeReader(snapshot)
  const [base, head] = await Promise.all([
    reader.side(repeated.run, repeated.label, { metrics: repeated.metrics }),
    reader.side(run, 'the repetition', { environment }),
  ])
  const differences = causesBetween(base, head)
  const compared = compareRepetition(repeated.metrics, run.metrics)
  const hasBrokenOff = repeated.run.status === 'finished' && run.status !== 'finished'
  return { compared, differences, outcome: outcomeOf(compared, receiptDifferences(differences), hasBrokenOff) }
}

async function makeReceipt(
  repository: Repository,
  version: ModelVersion,
  run: SealedRun,
  { compared, differences, outcome }: Judged,
): Promise<Receipt> {
  const { author } = await repository.context.signatures()
  return {
    id: newUlid(repository.clock, repository.entropy),
    version: { number: version.number, uid: version.uid },
    run: run.id,
    at: instantOf(repository.clock.nowMs()),
    by: personOf(author),
    outcome,
    compared,
    differences: receiptDifferences(differences),
  }
}

/** The repetitions and the receipt, in one operation. */
async function seal(
  repository: Repository,
  { repeated, repetitions }: Outcome,
  receipt: Receipt | undefined,
): ReturnType<typeof sealTogether> {
  const { plain, seeds } = repetitions
  const { version } = repeated
  const records: readonly RunRecord[] = [...(plain === undefined ? [] : [plain]), ...(seeds?.repetitions ?? [])].map(
    ({ record }) => record,
  )
  return sealTogether(repository, {
    records,
    ...(plain === undefined ? {} : { registers: { run: plain.record.run.id, how: 'join' as const } }),
    describe: () => {
      const edits: readonly TreeEdit[] =
        receipt === undefined || version === undefined
          ? []
          : [
              {
                kind: 'put',
                path: receiptPath(version.model, version.number, receipt.id),
                bytes: encodeReceipt(receipt),
              },
            ]
      return Promise.resolve({ operation: operationOf(repository, repeated, { records, receipt }), edits })
    },
  })
}

function operationOf(
  repository: Repository,
  { label, version }: Repeated,
  { records, receipt }: { readonly records: readonly RunRecord[]; readonly receipt: Receipt | undefined },
): Operation {
  const what = receipt === undefined ? 'run again' : receipt.outcome.kind
  return {
    id: operationIdOf(newUlid(repository.clock, repository.entropy)),
    kind: 'commit',
    subject: `${version === undefined ? label : `${version.model} v${version.number}`}: ${what}`,
    runs: records.map(({ run }) => run.id),
    ...(version === undefined || receipt === undefined
      ? {}
      : { model: version.model, version: { number: version.number, uid: version.uid } }),
  }
}
