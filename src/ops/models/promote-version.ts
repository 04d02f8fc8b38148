/**
 * `mlv promote`: makes an alias name a version. One operation changes one file, so its diff is the whole story.
 */
import { instantOf } from '../../base/clock.ts'
import { newUlid } from '../../base/ulid.ts'
import type { Alias, VersionReference } from '../../domain/alias.ts'
import { refuse } from '../../domain/failure.ts'
import type { MetricKey } from '../../domain/key.ts'
import type { ModelVersion } from '../../domain/model-version.ts'
import { foldName, parseAliasName } from '../../domain/name.ts'
import type { AliasName } from '../../domain/name.ts'
import type { Oid } from '../../domain/oid.ts'
import { operationIdOf } from '../../domain/operation.ts'
import type { Operation, OperationId } from '../../domain/operation.ts'
import { aliasPath } from '../../domain/tree-path.ts'
import { readAlias, readAliases, readState, readVersion } from '../../store/branch/read-models.ts'
import type { BranchSnapshot } from '../../store/branch/snapshot.ts'
import { writeBranch } from '../../store/branch/transaction.ts'
import type { Plan } from '../../store/branch/transaction.ts'
import { encodeAlias } from '../../store/documents/alias-manifest.ts'
import type { Signature } from '../../store/git/engine.ts'
import { metricChanges } from '../revisions/baseline.ts'
import type { MetricChange } from '../revisions/baseline.ts'
import { resolveVersion } from '../revisions/resolve-revision.ts'
import type { Repository } from '../repository/repository.ts'

/** Where an alias was, where it is, and what that did to the metrics. */
export interface AliasReport {
  readonly alias: Alias
  /** What it named before; absent for the first promotion. */
  readonly from: VersionReference | undefined
  /** False when it named that version already; then nothing was written. */
  readonly changed: boolean
  readonly changes: readonly MetricChange[]
  readonly operation: OperationId | undefined
  readonly commit: Oid | undefined
}

/**
 * Moves or makes an alias.
 *
 * @throws `version-not-found`, `version-retired`, `name-invalid`, `name-taken`, what `writeBranch` refuses
 */
export async function promoteVersion(
  repository: Repository,
  revision: string,
  aliasText: string,
  options: { readonly reason?: string },
): Promise<AliasReport> {
  const name = parseAliasName(aliasText)
  const by = personOf((await repository.context.signatures()).author)
  const landed = await writeBranch(repository.context, (snapshot) => {
    return planPromotion(repository, snapshot, { revision, name, by, ...options })
  })
  return { ...landed.result, operation: landed.operation?.id, commit: landed.commit }
}

/** A promotion as it was asked for. */
export interface PromotionWish {
  readonly revision: string
  readonly name: AliasName
  /** `Name <email>`. */
  readonly by: string
  readonly reason?: string
}

/**
 * Plans a promotion on a state of the branch.
 *
 * @throws `version-not-found`, `version-retired`, `name-taken`
 */
export async function planPromotion(
  repository: Repository,
  snapshot: BranchSnapshot,
  { revision, name, ...facts }: PromotionWish,
): Promise<Plan<Omit<AliasReport, 'operation' | 'commit'>>> {
  const version = await resolveVersion(snapshot, revision)
  await refuseRetired(snapshot, version)
  await refuseTaken(snapshot, version, name)
  const current = await readAlias(snapshot, version.model, name)
  const changes = await changesFrom(snapshot, current?.version, version)
  if (current?.version.uid === version.uid) {
    return { draft: undefined, result: { alias: current, from: current.version, changed: false, changes } }
  }
  const alias = aliasOf(version, name, current, { at: repository.clock.nowMs(), ...facts })
  const edit = { kind: 'put' as const, path: aliasPath(version.model, name), bytes: encodeAlias(alias) }
  const operation = promotion(repository, alias, current?.version, changes)
  return { draft: { operation, edits: [edit] }, result: { alias, from: current?.version, changed: true, changes } }
}

/** `Name <email>`, as manifests write people. */
export function personOf(signature: Signature): string {
  return `${signature.name} <${signature.email}>`
}

/** Every metric of a version beside the one an alias named before. */
export async function changesFrom(
  snapshot: BranchSnapshot,
  from: VersionReference | undefined,
  to: ModelVersion,
): Promise<readonly MetricChange[]> {
  const before = from === undefined ? undefined : await readVersion(snapshot, to.model, from.number)
  return metricChanges(before?.metrics, to.metrics)
}

/** A short tale of the metrics with a goal: `auc 0.924 -> 0.931`, at most three. */
export function metricTale(changes: readonly MetricChange[]): string {
  const told = changes
    .filter((change) => change.rule.goal !== 'none' && change.base !== undefined && change.base !== change.head)
    .slice(0, 3)
    .map((change) => `${change.key} ${shortNumber(change.base ?? 0)} -> ${shortNumber(change.head)}`)
  return told.length === 0 ? '' : ` (${told.join(', ')})`
}

/** A version that must not be used is not what an alias may come to name. @throws `version-retired` */
export async function refuseRetired(snapshot: BranchSnapshot, version: ModelVersion): Promise<void> {
  const { retired } = await readState(snapshot, version.model, version.number)
  if (retired === undefined) return
  throw refuse('version-retired', { model: version.model, version: `v${version.number}`, reason: retired.reason })
}

/** Two aliases that differ only in case would be one file on some systems. */
async function refuseTaken(snapshot: BranchSnapshot, version: ModelVersion, name: AliasName): Promise<void> {
  const aliases = await readAliases(snapshot, version.model)
  const other = aliases.find((alias) => alias.name !== name && foldName(alias.name) === foldName(name))
  if (other !== undefined) throw refuse('name-taken', { kind: 'alias', text: name, existing: other.name })
}

function aliasOf(
  version: ModelVersion,
  name: AliasName,
  current: Alias | undefined,
  facts: { readonly by: string; readonly at: number; readonly reason?: string },
): Alias {
  const metrics = new Map<MetricKey, number>()
  for (const [key, metric] of version.metrics) if (metric.goal !== 'none') metrics.set(key, metric.summary.last)
  return {
    model: version.model,
    name,
    version: { number: version.number, uid: version.uid },
    ...(current === undefined ? {} : { previous: current.version }),
    metrics,
    by: facts.by,
    at: instantOf(facts.at),
    ...(facts.reason === undefined ? {} : { reason: facts.reason }),
  }
}

function promotion(
  repository: Repository,
  alias: Alias,
  from: VersionReference | undefined,
  changes: readonly MetricChange[],
): Operation {
  const tale = from === undefined ? '' : metricTale(changes)
  return {
    id: operationIdOf(newUlid(repository.clock, repository.entropy)),
    kind: 'promote',
    subject: `${alias.model}: promote v${alias.version.number} to ${alias.name}${tale}`,
    model: alias.model,
    version: alias.version,
    ...(alias.reason === undefined ? {} : { body: alias.reason }),
  }
}

/** A number for a subject: four significant digits, no more than it has. */
export function shortNumber(value: number): string {
  return String(Number(value.toPrecision(4)))
}
