/**
 * `mlv rollback`: gives an alias back the bytes it had before, as `git revert` of the newest promotion would.
 *
 * Law: rolling back n times walks n promotions back, because bytes that were rolled back to are traced to the commit
 * that first wrote them, and the walk goes on from there.
 */
import { newUlid } from '../../base/ulid.ts'
import type { Alias } from '../../domain/alias.ts'
import { refuse } from '../../domain/failure.ts'
import { parseVersionNumber } from '../../domain/model-version.ts'
import type { VersionNumber } from '../../domain/model-version.ts'
import { parseAliasName, parseModelName } from '../../domain/name.ts'
import type { AliasName, ModelName } from '../../domain/name.ts'
import type { Oid } from '../../domain/oid.ts'
import { operationIdOf } from '../../domain/operation.ts'
import type { Operation } from '../../domain/operation.ts'
import { aliasPath } from '../../domain/tree-path.ts'
import { readAlias, readAliases, requireVersion } from '../../store/branch/read-models.ts'
import type { BranchSnapshot } from '../../store/branch/snapshot.ts'
import { writeBranch } from '../../store/branch/transaction.ts'
import { decodeAlias } from '../../store/documents/alias-manifest.ts'
import { PRODUCTION } from '../revisions/baseline.ts'
import { aliasAt, requireModel } from '../revisions/resolve-revision.ts'
import { changesFrom, metricTale, refuseRetired } from './promote-version.ts'
import type { AliasReport } from './promote-version.ts'
import type { MetricChange } from '../revisions/baseline.ts'
import type { Repository } from '../repository/repository.ts'

/** How far to go back, and why. */
export interface RollbackOptions {
  /** A version the alias has named before, `v11` or `11`; the one before the present one when absent. */
  readonly to?: string
  readonly reason?: string
}

/**
 * Rolls an alias back.
 *
 * @param aliasText the only alias of the model, else `production`, when absent.
 * @throws `rollback-exhausted`, `version-retired`, `version-not-found`, `alias-not-found`, `model-not-found`, what
 * `writeBranch` refuses
 */
export async function rollbackAlias(
  repository: Repository,
  modelText: string,
  aliasText: string | undefined,
  options: RollbackOptions,
): Promise<AliasReport> {
  const model = parseModelName(modelText)
  const wanted = aliasText === undefined ? undefined : parseAliasName(aliasText)
  const landed = await writeBranch(repository.context, async (snapshot) => {
    await requireModel(snapshot, model)
    const name = wanted ?? (await defaultAlias(snapshot, model))
    const from = await aliasAt(snapshot, model, name, 0)
    const earlier = await earlierAlias(snapshot, model, name, options.to)
    const version = await requireVersion(snapshot, model, earlier.alias.version.number)
    const changes = await changesFrom(snapshot, from, version)
    if (version.uid === from.uid) {
      return { draft: undefined, result: { alias: earlier.alias, from, changed: false, changes } }
    }
    await refuseRetired(snapshot, version)
    const operation = rollback(repository, earlier.alias, from.number, changes, options.reason)
    const edit = { kind: 'put' as const, path: aliasPath(model, name), bytes: earlier.bytes }
    return { draft: { operation, edits: [edit] }, result: { alias: earlier.alias, from, changed: true, changes } }
  })
  return { ...landed.result, operation: landed.operation?.id, commit: landed.commit }
}

interface AliasBytes {
  readonly alias: Alias
  readonly bytes: Uint8Array
}

async function defaultAlias(snapshot: BranchSnapshot, model: ModelName): Promise<AliasName> {
  const [only, second] = await readAliases(snapshot, model)
  return only !== undefined && second === undefined ? only.name : PRODUCTION
}

async function earlierAlias(
  snapshot: BranchSnapshot,
  model: ModelName,
  name: AliasName,
  to: string | undefined,
): Promise<AliasBytes> {
  const path = aliasPath(model, name)
  const states = await aliasStates(snapshot, model, name)
  const current = await snapshot.engine.entryAt(snapshot.tips.registry, path)
  const firstWritten = states.findLastIndex((state) => state?.blob === current?.oid)
  const older = states.slice(firstWritten + 1)
  const found = to === undefined ? older[0] : await findVersion(snapshot, model, name, states, to)
  if (found === undefined) throw refuse('rollback-exhausted', { model, alias: name })
  return found
}

/** Walks the states newest first and takes the first one that named the wanted version. */
async function findVersion(
  snapshot: BranchSnapshot,
  model: ModelName,
  name: AliasName,
  states: readonly (AliasState | undefined)[],
  to: string,
): Promise<AliasBytes | undefined> {
  const number: VersionNumber | undefined = parseVersionNumber(to)
  const known = states.flatMap((state) => (state === undefined ? [] : [state]))
  const found = known.find((state) => state.alias.version.number === number)
  if (found !== undefined) return found
  const current = await readAlias(snapshot, model, name)
  const closest = new Set(known.map((state) => `v${state.alias.version.number}`))
  closest.delete(`v${current?.version.number ?? 0}`)
  throw refuse('version-not-found', { model, text: to, closest: [...closest] })
}

interface AliasState extends AliasBytes {
  readonly blob: Oid
}

/** What the alias file held after each change, newest first; `undefined` where it was removed. */
async function aliasStates(
  snapshot: BranchSnapshot,
  model: ModelName,
  name: AliasName,
): Promise<readonly (AliasState | undefined)[]> {
  const path = aliasPath(model, name)
  const states: (AliasState | undefined)[] = []
  for (const commit of await snapshot.engine.log(snapshot.tips.registry, { path })) {
    const entry = await snapshot.engine.entryAt(commit.oid, path)
    if (entry === undefined) {
      states.push(undefined)
      continue
    }
    const bytes = await snapshot.engine.readBlob(entry.oid)
    states.push({ blob: entry.oid, bytes, alias: decodeAlias(bytes, path, model, name) })
  }
  return states
}

function rollback(
  repository: Repository,
  alias: Alias,
  from: VersionNumber,
  changes: readonly MetricChange[],
  reason: string | undefined,
): Operation {
  const tale = metricTale(changes)
  return {
    id: operationIdOf(newUlid(repository.clock, repository.entropy)),
    kind: 'rollback',
    subject: `${alias.model}: roll ${alias.name} back from v${from} to v${alias.version.number}${tale}`,
    model: alias.model,
    version: alias.version,
    ...(reason === undefined ? {} : { body: reason }),
  }
}
