/**
 * The files of a model version as files of the run that made it, where their tensors, rows and bytes are looked at.
 */
import type { ArtifactFile } from '../../domain/artifact.ts'
import { readRunFiles } from '../../store/branch/read-runs.ts'
import { openSnapshot } from '../../store/branch/snapshot.ts'
import type { Repository } from '../repository/repository.ts'
import { resolveVersion } from '../revisions/resolve-revision.ts'

/** The files of a version. */
export interface VersionFiles {
  readonly run: string
  /** A file, or a folder with all of them below it. */
  readonly path: string
  readonly files: readonly ArtifactFile[]
}

/** Finds the files of a version, such as `churn@v3`. @throws what `resolveVersion` refuses */
export async function readVersionFiles(repository: Repository, revision: string): Promise<VersionFiles> {
  const snapshot = await openSnapshot(repository.context.engine)
  const { run, path } = await resolveVersion(snapshot, revision)
  const files = (await readRunFiles(snapshot, run)).filter(
    (file) => file.path === path || file.path.startsWith(`${path}/`),
  )
  return { run, path, files }
}
