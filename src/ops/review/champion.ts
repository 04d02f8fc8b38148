/**
 * The version that stands for a model where only the model is named.
 */
import type { ModelVersion } from '../../domain/model-version.ts'
import { parseModelName } from '../../domain/name.ts'
import type { AliasName } from '../../domain/name.ts'
import { parseRevision } from '../../domain/revision.ts'
import { readAlias } from '../../store/branch/read-models.ts'
import type { BranchSnapshot } from '../../store/branch/snapshot.ts'
import { PRODUCTION } from '../revisions/baseline.ts'
import { requireModel, resolveVersion } from '../revisions/resolve-revision.ts'

/** A version, and the alias whose history is told of it. */
export interface Champion {
  readonly champion: ModelVersion
  /** The alias that was named; `production` where none was. */
  readonly alias: AliasName
}

/**
 * Finds the version a text means: a revision as it is, a model's name for its version in production, else its newest.
 *
 * @throws `model-not-found`, `version-not-found`, `alias-not-found`, `revision-invalid`, `name-invalid`
 */
export async function championOf(snapshot: BranchSnapshot, text: string): Promise<Champion> {
  if (text.includes('@')) {
    const revision = parseRevision(text)
    const alias = revision.kind === 'alias' ? revision.alias : PRODUCTION
    return { champion: await resolveVersion(snapshot, text), alias }
  }
  const model = parseModelName(text)
  await requireModel(snapshot, model)
  const held = await readAlias(snapshot, model, PRODUCTION)
  const revision = held === undefined ? `${model}@latest` : `${model}@${PRODUCTION}`
  return { champion: await resolveVersion(snapshot, revision), alias: PRODUCTION }
}
