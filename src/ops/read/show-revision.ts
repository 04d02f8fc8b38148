/**
 * `mlv show`: everything recorded about one run or version.
 */
import type { ArtifactFile } from '../../domain/artifact.ts'
import type { Environment } from '../../domain/environment.ts'
import type { ModelVersion, VersionState } from '../../domain/model-version.ts'
import type { AliasName } from '../../domain/name.ts'
import type { Receipt } from '../../domain/receipt.ts'
import type { RunNotes, SealedRun } from '../../domain/run.ts'
import { readAliases, readReceipts, readState, readVersionFiles } from '../../store/branch/read-models.ts'
import { readEnvironment, readNotes, readRunFiles } from '../../store/branch/read-runs.ts'
import { openSnapshot } from '../../store/branch/snapshot.ts'
import type { BranchSnapshot } from '../../store/branch/snapshot.ts'
import { aliasesOf, versionLabels } from './list-runs.ts'
import type { VersionLabel } from '../revisions/run-row.ts'
import { resolveRevision } from '../revisions/resolve-revision.ts'
import type { Repository } from '../repository/repository.ts'

/** One run or version with all that belongs to it. */
export type Shown =
  | {
      readonly kind: 'run'
      readonly run: SealedRun
      readonly notes: RunNotes
      readonly files: readonly ArtifactFile[]
      readonly environment: Environment
      readonly versions: readonly VersionLabel[]
    }
  | {
      readonly kind: 'version'
      readonly version: ModelVersion
      readonly state: VersionState
      readonly files: readonly ArtifactFile[]
      readonly aliases: readonly AliasName[]
      readonly receipts: readonly Receipt[]
    }

/** Shows what a revision names. @throws `branch-not-found` and what `resolveRevision` refuses */
export async function showRevision(
  repository: Repository,
  revision: string,
  options: { readonly at?: string },
): Promise<Shown> {
  const snapshot = await openSnapshot(repository.context.engine, options.at)
  const resolved = await resolveRevision(snapshot, revision)
  return resolved.kind === 'run' ? showRun(snapshot, resolved.run) : showVersion(snapshot, resolved.version)
}

async function showRun(snapshot: BranchSnapshot, run: SealedRun): Promise<Shown> {
  const [notes, files, environment, labels] = await Promise.all([
    readNotes(snapshot, run.id),
    readRunFiles(snapshot, run.id),
    readEnvironment(snapshot, run.id),
    versionLabels(snapshot),
  ])
  return { kind: 'run', run, notes, files, environment, versions: labels.get(run.id) ?? [] }
}

async function showVersion(snapshot: BranchSnapshot, version: ModelVersion): Promise<Shown> {
  const [state, files, aliases, receipts] = await Promise.all([
    readState(snapshot, version.model, version.number),
    readVersionFiles(snapshot, version.model, version.number),
    readAliases(snapshot, version.model),
    readReceipts(snapshot, version.model, version.number),
  ])
  return { kind: 'version', version, state, files, aliases: aliasesOf(aliases, version.number), receipts }
}
