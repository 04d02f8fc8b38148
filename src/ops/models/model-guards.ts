/**
 * What guards the aliases of a model: gates that a version keeps or breaks, requests that wait, owners who approve.
 */
import { Failure } from '../../domain/failure.ts'
import type { GatePolicy } from '../../domain/gate-policy.ts'
import type { Model } from '../../domain/model.ts'
import type { ModelVersion, VersionNumber } from '../../domain/model-version.ts'
import type { ModelName } from '../../domain/name.ts'
import { judgeGates } from '../../domain/review/gate.ts'
import type { GateResult } from '../../domain/review/gate.ts'
import { reviewMetrics } from '../../domain/review/metric-review.ts'
import { rootPath } from '../../domain/tree-path.ts'
import { openSnapshot, readPath } from '../../store/branch/snapshot.ts'
import { readConfig } from '../../store/inputs/config-file.ts'
import { listRequests } from '../read/list-requests.ts'
import type { OpenRequest } from '../read/list-requests.ts'
import { PRODUCTION } from '../revisions/baseline.ts'
import type { Repository } from '../repository/repository.ts'
import type { ModelView } from './list-models.ts'

/** What guards a model. */
export interface ModelGuards {
  /** Absent where no gate is declared. */
  readonly gates?: JudgedGates
  /** By branch; as far as this clone has fetched. */
  readonly requests: readonly OpenRequest[]
  /** Who must approve a move of `production` where a host asks for it; absent where none is asked. */
  readonly approvers?: readonly string[]
}

/** The gates of a model, held against each version as if it were promoted now. */
export interface JudgedGates {
  /** Which file declares them. */
  readonly source: 'model.yaml' | 'mlv.yaml'
  /** The version in production, which a version may not be worse than; absent without one. */
  readonly base?: VersionNumber
  readonly versions: ReadonlyMap<VersionNumber, readonly GateResult[]>
}

/** Reads what guards a model. Nothing is asked of a remote. */
export async function readModelGuards(repository: Repository, view: ModelView): Promise<ModelGuards> {
  const { model } = view
  const [policy, requests, approvers] = await Promise.all([
    policyOf(repository, model),
    openRequests(repository, model.name),
    readApprovers(repository),
  ])
  return {
    ...(policy === undefined ? {} : { gates: judged(view, policy) }),
    requests,
    ...(approvers === undefined ? {} : { approvers }),
  }
}

type Policy = { readonly source: JudgedGates['source']; readonly gates: GatePolicy }

/** A model's own gates come first; those of `mlv.yaml` are of this worktree, where the file is about this model. */
async function policyOf({ files, folder }: Repository, { name, gates }: Model): Promise<Policy | undefined> {
  if (gates !== undefined) return { source: 'model.yaml', gates }
  try {
    const config = (await readConfig(files, folder))?.config
    return config?.gates === undefined || config.model?.name !== name
      ? undefined
      : { source: 'mlv.yaml', gates: config.gates }
  } catch (caught) {
    // A file that cannot be read guards nothing here; 'mlv gate' says what is wrong with it.
    if (caught instanceof Failure) return undefined
    throw caught
  }
}

function judged({ model, versions, aliases }: ModelView, { source, gates }: Policy): JudgedGates {
  const base = aliases.find(({ name }) => name === PRODUCTION)?.version.number
  const champion = versions.find(({ version }) => version.number === base)?.version
  const results = versions.map(({ version, state }) => {
    const beside = champion?.number === version.number ? undefined : champion
    return [version.number, judgeVersion(version, beside, { gates, model, runs: 1 + state.runs.length })] as const
  })
  return { source, ...(champion === undefined ? {} : { base: champion.number }), versions: new Map(results) }
}

function judgeVersion(
  version: ModelVersion,
  champion: ModelVersion | undefined,
  { gates, model, runs }: { readonly gates: GatePolicy; readonly model: Model; readonly runs: number },
): readonly GateResult[] {
  const metrics = reviewMetrics(champion === undefined ? [] : [champion.metrics], [version.metrics], model.metrics)
  return judgeGates(gates, { runs, hasBase: champion !== undefined, metrics, sizeBytes: version.files.sizeBytes })
}

async function openRequests(repository: Repository, name: ModelName): Promise<readonly OpenRequest[]> {
  try {
    return (await listRequests(repository)).filter(({ model }) => model === name)
  } catch (caught) {
    // A remote whose branch was never fetched has no request that could be told.
    if (caught instanceof Failure) return []
    throw caught
  }
}

/** The owners that `CODEOWNERS` on the branch names for `production`; empty where the line was left to be filled in. */
async function readApprovers({ context }: Repository): Promise<readonly string[] | undefined> {
  const { engine, tips } = await openSnapshot(context.engine)
  const bytes = await readPath(engine, tips.registry, rootPath('CODEOWNERS'))
  if (bytes === undefined) return undefined
  const lines = new TextDecoder().decode(bytes).split('\n')
  const line = lines.findLast((each) => /^[^#\s]*aliases\/production\.yaml(?:\s|$)/.test(each))
  return line?.trim().split(/\s+/).slice(1)
}
