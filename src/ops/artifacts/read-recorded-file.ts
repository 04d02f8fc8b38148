/**
 * The bytes of one recorded file, wherever they are: on the branch, in this clone's store, or brought from a shared
 * one.
 */
import { sha256Of } from '../../base/digest.ts'
import type { ArtifactFile } from '../../domain/artifact.ts'
import { refuse } from '../../domain/failure.ts'
import type { RunId } from '../../domain/run.ts'
import { runFolder, treePath } from '../../domain/tree-path.ts'
import { readStored } from '../../store/artifacts/read-stored.ts'
import { readPath } from '../../store/branch/snapshot.ts'
import type { BranchSnapshot } from '../../store/branch/snapshot.ts'
import { bringArtifacts } from './bring-artifacts.ts'
import type { Repository } from '../repository/repository.ts'

/**
 * Reads a file of a run into memory, digested.
 *
 * @throws `object-missing`, `digest-mismatch`, `limit-exceeded` for more than `limitBytes`, what bringing it refuses
 */
export async function readRunFile(
  repository: Repository,
  snapshot: BranchSnapshot,
  { run, file, limitBytes }: { readonly run: RunId; readonly file: ArtifactFile; readonly limitBytes: number },
): Promise<Uint8Array> {
  const { path, sha256, sizeBytes } = file
  if (sizeBytes > limitBytes) {
    throw refuse('limit-exceeded', { what: `bytes of ${path}`, actual: sizeBytes, limit: limitBytes })
  }
  const bytes =
    file.storage.kind === 'inline'
      ? await readPath(snapshot.engine, snapshot.tips.records, treePath(runFolder(run), `files/${path}`))
      : await readShared(repository, snapshot, file)
  if (bytes === undefined) throw refuse('object-missing', { what: 'file', id: path })
  const actual = sha256Of(bytes)
  if (actual !== sha256) throw refuse('digest-mismatch', { path, expected: sha256, actual })
  return bytes
}

async function readShared(
  repository: Repository,
  { settings }: BranchSnapshot,
  file: ArtifactFile,
): Promise<Uint8Array | undefined> {
  const { absent } = await bringArtifacts(repository, settings, [file])
  return absent.length > 0 ? undefined : readStored(repository.artifacts(settings.store), file)
}
