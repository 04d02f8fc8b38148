/**
 * Uploads what a push is about to name: no ref leads to an artifact before its bytes are in the store.
 */
import type { Sha256 } from '../../base/digest.ts'
import { objectsOf } from '../../domain/artifact.ts'
import type { StoreKind } from '../../domain/branch.ts'
import { refuse } from '../../domain/failure.ts'
import type { Failure } from '../../domain/failure.ts'
import { noTransfer } from '../../remote/artifact-transfer.ts'
import type {
  ArtifactTransfer,
  TransferObject,
  TransferProgress,
  TransferReport,
} from '../../remote/artifact-transfer.ts'
import { changedUnits } from '../../store/branch/changed-units.ts'
import { decodeFiles } from '../../store/documents/files-manifest.ts'
import { withSharedStore } from '../repository/artifact-store-access.ts'
import { withLikelyParents } from '../record/likely-parents.ts'
import { beyondLimit } from '../artifacts/object-limit.ts'
import { NO_ARTIFACTS, settingsHere } from '../repository/share-state.ts'
import type { ArtifactTotals, RemoteArea, ShareOptions } from '../repository/share-state.ts'
import type { Repository } from '../repository/repository.ts'

/**
 * Uploads the artifacts of every run and version that the remote does not have.
 *
 * @throws `object-missing`, what the store refuses
 */
export async function pushArtifacts(
  repository: Repository,
  remote: string,
  areas: readonly RemoteArea[],
  options: ShareOptions,
): Promise<ArtifactTotals> {
  const objects = await objectsToPush(repository, areas)
  if (objects.length === 0) return NO_ARTIFACTS
  const report = await upload(repository, remote, { objects, areas }, options)
  const [lost] = report.absent
  if (lost !== undefined && options.isIncomplete !== true) {
    throw refuse('object-missing', { what: 'artifact', id: lost.sha256 })
  }
  return {
    moved: report.moved.length,
    movedBytes: report.moved.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    present: report.present.length,
    absent: report.absent.length,
  }
}

async function upload(
  repository: Repository,
  remote: string,
  { objects, areas }: { readonly objects: readonly TransferObject[]; readonly areas: readonly RemoteArea[] },
  { transfer, onProgress }: ShareOptions,
): Promise<TransferReport> {
  const onTransfer = (progress: TransferProgress): void => onProgress?.({ kind: 'artifacts', progress })
  if (transfer !== undefined) return transfer.upload(objects, onTransfer)
  const settings = await settingsHere(repository, remote)
  if (settings === undefined) return noTransfer.upload(objects, onTransfer)
  return withSharedStore(repository, settings, remote, async (shared) => {
    await requireTakeable(repository, settings.store, remote, { objects, shared })
    const isCompact = settings.compact === true
    return shared.upload(isCompact ? await withLikelyParents(repository, areas, objects) : objects, onTransfer)
  })
}

/** Refuses what the server would not take, before hours of upload; what it has already it has taken. */
async function requireTakeable(
  repository: Repository,
  kind: StoreKind,
  remote: string,
  { objects, shared }: { readonly objects: readonly TransferObject[]; readonly shared: ArtifactTransfer },
): Promise<void> {
  const beyond = (tried: readonly TransferObject[]): Promise<Failure | undefined> => {
    const named = tried.map(({ sha256, sizeBytes }) => ({ path: `artifact ${sha256.slice(0, 12)}`, sizeBytes }))
    return beyondLimit(repository, kind, named, remote)
  }
  if ((await beyond(objects)) === undefined) return
  const there = await shared.has(objects)
  const refused = await beyond(objects.filter(({ sha256 }) => !there.has(sha256)))
  if (refused !== undefined) throw refused
}

/** Artifacts that only unpushed runs and versions name, each once. */
export async function objectsToPush(
  { context: { engine } }: Repository,
  areas: readonly RemoteArea[],
): Promise<readonly TransferObject[]> {
  const objects = new Map<Sha256, TransferObject>()
  for (const { local, remote } of areas) {
    for (const { unit, path, after } of await changedUnits(engine, remote, local)) {
      if ((unit.kind !== 'run' && unit.kind !== 'version') || after === undefined) continue
      const entry = (await engine.readTree(after.oid)).find(({ name }) => name === 'files.yaml')
      if (entry === undefined) continue
      const files = decodeFiles(await engine.readBlob(entry.oid), `${path}/files.yaml`)
      for (const object of objectsOf(files)) objects.set(object.sha256, object)
    }
  }
  return [...objects.values()]
}
