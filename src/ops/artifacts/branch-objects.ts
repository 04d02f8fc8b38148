/**
 * Every artifact that the records of the branch need, each once.
 */
import { objectsOf } from '../../domain/artifact.ts'
import type { ArtifactFile, StoredBytes } from '../../domain/artifact.ts'
import { listModelNames, listVersionNumbers, readVersionFiles } from '../../store/branch/read-models.ts'
import { findRunIds, readRunFiles } from '../../store/branch/read-runs.ts'
import type { BranchSnapshot } from '../../store/branch/snapshot.ts'

/** The files of every run and version. */
export async function branchFiles(snapshot: BranchSnapshot): Promise<readonly ArtifactFile[]> {
  const files: ArtifactFile[] = []
  for (const id of await findRunIds(snapshot, '')) files.push(...(await readRunFiles(snapshot, id)))
  for (const model of await listModelNames(snapshot)) {
    for (const number of await listVersionNumbers(snapshot, model)) {
      files.push(...(await readVersionFiles(snapshot, model, number)))
    }
  }
  return files
}

/** What a store must hold for all of them. */
export async function branchObjects(snapshot: BranchSnapshot): Promise<readonly StoredBytes[]> {
  return objectsOf(await branchFiles(snapshot))
}
