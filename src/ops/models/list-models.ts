/**
 * `mlv models`: the registry, as a list or one model at a time.
 */
import type { Alias } from '../../domain/alias.ts'
import { refuse } from '../../domain/failure.ts'
import type { Model } from '../../domain/model.ts'
import type { ModelVersion, VersionState } from '../../domain/model-version.ts'
import { parseModelName } from '../../domain/name.ts'
import type { AliasName } from '../../domain/name.ts'
import {
  listModelNames,
  listVersionNumbers,
  readAliases,
  readModel,
  readState,
  readVersion,
  readVersions,
} from '../../store/branch/read-models.ts'
import { openSnapshot } from '../../store/branch/snapshot.ts'
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
  const rows: ModelRow[] = []
  for (const name of await listModelNames(snapshot)) {
    const model = await readModel(snapshot, name)
    if (model === undefined) continue
    const numbers = await listVersionNumbers(snapshot, name)
    const newest = numbers.at(-1)
    const latest = newest === undefined ? undefined : await readVersion(snapshot, name, newest)
    rows.push({ model, versions: numbers.length, latest, aliases: await readAliases(snapshot, name) })
  }
  return rows
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
  const aliases = await readAliases(snapshot, name)
  const versions = []
  for (const version of [...(await readVersions(snapshot, name))].reverse()) {
    const state = await readState(snapshot, name, version.number)
    versions.push({ version, state, aliases: aliasesOf(aliases, version.number) })
  }
  return { model, versions, aliases }
}
