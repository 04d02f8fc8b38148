/**
 * `mlv card --model`: everything a card of a model says, from the record alone.
 */
import type { Alias } from '../../domain/alias.ts'
import type { ArtifactFile } from '../../domain/artifact.ts'
import { present } from '../../base/assert.ts'
import type { Environment } from '../../domain/environment.ts'
import type { Metrics } from '../../domain/metric.ts'
import type { ModelVersion, VersionNumber, VersionState } from '../../domain/model-version.ts'
import type { Model } from '../../domain/model.ts'
import type { Receipt } from '../../domain/receipt.ts'
import type { SealedRun } from '../../domain/run.ts'
import { versionFolder } from '../../domain/tree-path.ts'
import {
  listVersionNumbers,
  readAliases,
  readModel,
  readReceipts,
  readState,
  readVersionFiles,
} from '../../store/branch/read-models.ts'
import { readEnvironment, requireRun } from '../../store/branch/read-runs.ts'
import { openSnapshot } from '../../store/branch/snapshot.ts'
import { championOf } from '../review/champion.ts'
import { recordedBy } from './recorded-by.ts'
import type { Repository } from '../repository/repository.ts'
import { ruledMetrics } from '../revisions/ruled-metrics.ts'

/** One version with all that led to it. */
export interface ModelDescription {
  readonly model: Model
  readonly version: ModelVersion
  readonly state: VersionState
  /** Those that name this version, sorted. */
  readonly aliases: readonly Alias[]
  /** By the rules the model has today. */
  readonly metrics: Metrics
  readonly files: readonly ArtifactFile[]
  readonly run: SealedRun
  readonly environment: Environment
  /** `Name <email>` of who recorded it; absent beyond the end of a shallow clone. */
  readonly by?: string
  /** The number before it; absent for the first. */
  readonly before?: VersionNumber
  /** Oldest first. */
  readonly receipts: readonly Receipt[]
}

/** Describes a version, or the one that stands for a model. @throws what `championOf` refuses, `branch-not-found` */
export async function describeModel(
  repository: Repository,
  text: string,
  options: { readonly at?: string },
): Promise<ModelDescription> {
  const snapshot = await openSnapshot(repository.context.engine, options.at)
  const { champion: version } = await championOf(snapshot, text)
  const { model: name, number } = version
  const run = await requireRun(snapshot, version.run)
  const [model, state, aliases, metrics, files, environment, by, numbers, receipts] = await Promise.all([
    readModel(snapshot, name),
    readState(snapshot, name, number),
    readAliases(snapshot, name),
    ruledMetrics(snapshot, version),
    readVersionFiles(snapshot, name, number),
    readEnvironment(snapshot, run.id),
    recordedBy(snapshot, versionFolder(name, number)),
    listVersionNumbers(snapshot, name),
    readReceipts(snapshot, name, number),
  ])
  const before = numbers.filter((other) => other < number).at(-1)
  return {
    model: present(model, 'the model of a version that was read'),
    version,
    state,
    aliases: aliases.filter((alias) => alias.version.uid === version.uid),
    metrics,
    files,
    run,
    environment,
    ...(by === undefined ? {} : { by }),
    ...(before === undefined ? {} : { before }),
    receipts,
  }
}
