/**
 * `mlv models`: the registry, as a list or one model at a time.
 */
import type { Alias } from '../../domain/alias.ts'
import { refuse } from '../../domain/failure.ts'
import type { Model } from '../../domain/model.ts'
import type { ModelVersion, VersionState } from '../../domain/model-version.ts'
import { parseModelName } from '../../domain/name.ts'
import type { AliasName, ModelName } from '../../domain/name.ts'
import {
  listModelNames,
  listVersionNumbers,
  readAliases,
  readModel,
  readVersion,
} from '../../store/branch/read-models.ts'
import { openSnapshot } from '../../store/branch/snapshot.ts'
import type { BranchSnapshot } from '../../store/branch/snapshot.ts'
import { withCatalog } from '../../store/catalog/open-catalog.ts'
import { aliasesOf } from '../read/list-runs.ts'
import { requireModel } from '../revisions/resolve-revision.ts'
import type { Repository } from '../repository/repository.ts'

/** One model of the registry. */
export interface ModelRow {
  readonly model: Model
  /** How many versions were ever registered. */
  readonly versions: number
  readonly latest: ModelVersion | undefined
  /** Sorted by name. */
  readonly aliases: readonly Alias[]
}

/** One model with all its versions, newest first. */
export interface ModelView {
  readonly model: Model
  readonly versions: readonly {
    readonly version: ModelVersion
    readonly state: VersionState
    readonly aliases: readonly AliasName[]
  }[]
  readonly aliases: readonly Alias[]
}

/** Lists the models by name. @throws `branch-not-found` */
export async function listModels(
  repository: Repository,
  options: { readonly at?: string },
): Promise<readonly ModelRow[]> {
  const snapshot = await openSnapshot(repository.context.engine, options.at)
  const names = await listModelNames(snapshot)
  // All are asked for at once: each is a few small files.
  const rows = await Promise.all(names.map((name) => modelRow(snapshot, name)))
  return rows.filter((row) => row !== undefined)
}

async function modelRow(snapshot: BranchSnapshot, name: ModelName): Promise<ModelRow | undefined> {
  const [model, numbers, aliases] = await Promise.all([
    readModel(snapshot, name),
    listVersionNumbers(snapshot, name),
    readAliases(snapshot, name),
  ])
  if (model === undefined) return undefined
  const newest = numbers.at(-1)
  const latest = newest === undefined ? undefined : await readVersion(snapshot, name, newest)
  return { model, versions: numbers.length, latest, aliases }
}

/** Reads one model. @throws `branch-not-found`, `model-not-found` */
export async function showModel(
  repository: Repository,
  text: string,
  options: { readonly at?: string },
): Promise<ModelView> {
  const snapshot = await openSnapshot(repository.context.engine, options.at)
  const name = parseModelName(text)
  await requireModel(snapshot, name)
  const model = await readModel(snapshot, name)
  if (model === undefined) throw refuse('model-not-found', { text, closest: [] })
  const [aliases, records] = await Promise.all([
    readAliases(snapshot, name),
    withCatalog(snapshot, (catalog) => catalog.versionsOf(name)),
  ])
  const versions = records
    .map(({ version, state }) => ({ version, state, aliases: aliasesOf(aliases, version.number) }))
    .reverse()
  return { model, versions, aliases }
}
