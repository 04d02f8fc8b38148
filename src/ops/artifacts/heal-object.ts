/**
 * Finds another copy of an artifact the store lacks on this machine, and takes it into the store.
 */
import { join } from 'node:path'
import type { Sha256 } from '../../base/digest.ts'
import { parseArtifactPath } from '../../domain/artifact-path.ts'
import { objectsOf } from '../../domain/artifact.ts'
import type { ArtifactFile, StoredBytes } from '../../domain/artifact.ts'
import { Failure } from '../../domain/failure.ts'
import type { ArtifactStore } from '../../store/artifacts/artifact-store.ts'
import { rebuildPack } from '../../store/artifacts/rebuild-pack.ts'
import { listTrash, restoreFromTrash } from '../../store/artifacts/trash.ts'
import { lfsObjectPath } from '../../store/artifacts/object-layout.ts'
import type { Repository } from '../repository/repository.ts'

/**
 * Restores the object of a file of its own from the trash, from Git LFS's own store or from the worktree, whichever
 * holds the recorded bytes.
 *
 * @returns where the copy was found, or `undefined` when there is none.
 */
export async function healObject(
  repository: Repository,
  store: ArtifactStore,
  file: ArtifactFile,
): Promise<string | undefined> {
  const kept = await takeKept(repository, store, file)
  if (kept !== undefined || repository.worktree === undefined) return kept
  const path = join(repository.worktree, parseArtifactPath(file.path))
  return (await holds(repository, store, file, path)) ? takeCopy(repository, store, file, path) : undefined
}

/**
 * Restores a pack likewise; from the worktree it is made again.
 *
 * @param members every file in it, as the record of the run has them.
 */
export async function healPack(
  repository: Repository,
  store: ArtifactStore,
  pack: StoredBytes,
  members: readonly ArtifactFile[],
): Promise<string | undefined> {
  const kept = await takeKept(repository, store, pack)
  const { worktree } = repository
  if (kept !== undefined || worktree === undefined) return kept
  return (await rebuildPack(store, { pack, members, worktree })) ? worktree : undefined
}

async function takeKept(
  repository: Repository,
  store: ArtifactStore,
  object: StoredBytes,
): Promise<string | undefined> {
  const isBack = await takeFromTrash(repository, [object])
  if (isBack && (await store.verify(object.sha256, object.sizeBytes, { rehash: true })) === 'ok') return 'the trash'
  return takeCopy(repository, store, object, lfsObjectPath(repository.commonDir, object.sha256))
}

/** Looks before it takes: a file of the worktree that merely has the size is no artifact. */
async function holds(repository: Repository, store: ArtifactStore, file: StoredBytes, path: string): Promise<boolean> {
  const stat = await repository.files.lstat(path)
  if (stat?.kind !== 'file' || stat.sizeBytes !== file.sizeBytes) return false
  return (await store.digestFile(path)).sha256 === file.sha256
}

/** Puts back what `mlv gc` set aside and a record names after all. Tells whether there was any. */
export async function takeFromTrash(
  repository: Repository,
  wanted: readonly { readonly sha256: Sha256 }[],
): Promise<boolean> {
  const { files, commonDir } = repository
  const names = new Set(wanted.map(({ sha256 }) => sha256))
  const found = (await listTrash(files, commonDir)).filter(({ sha256 }) => names.has(sha256))
  if (found.length > 0) await restoreFromTrash(files, commonDir, found)
  return found.length > 0
}

/** Takes what `git lfs fetch` brought into the store; does nothing for objects that are there or that LFS lacks too. */
export async function takeFromLfs(
  repository: Repository,
  store: ArtifactStore,
  files: readonly ArtifactFile[],
): Promise<void> {
  for (const object of objectsOf(files)) {
    if (await store.has(object.sha256)) continue
    await takeCopy(repository, store, object, lfsObjectPath(repository.commonDir, object.sha256))
  }
}

async function takeCopy(
  repository: Repository,
  store: ArtifactStore,
  file: StoredBytes,
  path: string,
): Promise<string | undefined> {
  const stat = await repository.files.lstat(path)
  if (stat?.kind !== 'file' || stat.sizeBytes !== file.sizeBytes) return undefined
  try {
    const added = await store.addFile(path)
    return added.sha256 === file.sha256 ? path : undefined
  } catch (caught) {
    if (!(caught instanceof Failure)) throw caught
    return undefined
  }
}
