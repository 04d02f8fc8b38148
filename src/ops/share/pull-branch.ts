/**
 * `mlv pull` and `mlv sync`: takes in what others did, puts what this clone did on top, and for `sync` sends it.
 */
import type { ArtifactFile } from '../../domain/artifact.ts'
import { listModelNames, listVersionNumbers, readVersionFiles } from '../../store/branch/read-models.ts'
import { findRunIds, readRunFiles } from '../../store/branch/read-runs.ts'
import { openSnapshot } from '../../store/branch/snapshot.ts'
import { bringArtifacts } from '../artifacts/bring-artifacts.ts'
import { fetchCode } from './bring-code.ts'
import { fetchAreas, nothingShared } from './fetch-branch.ts'
import { integrateRemote } from './integrate-remote.ts'
import { pushAreas } from './push-branch.ts'
import { openRemote, readRemoteAreas } from '../repository/share-state.ts'
import type { ArtifactTotals, ShareOptions, ShareReport } from '../repository/share-state.ts'
import type { Repository } from '../repository/repository.ts'

/**
 * Fetches and integrates.
 *
 * @throws `remote-not-found`, `remote-unreachable`, `remote-rewound`, `settings-differ`, `branch-checked-out`
 */
export async function pullBranch(repository: Repository, options: ShareOptions): Promise<ShareReport> {
  const remote = await openRemote(repository, options)
  const fetched = await fetchAreas(repository, remote)
  const integrated = await integrateRemote(repository, remote)
  const code = options.bringsCode === true ? await fetchCode(repository, remote) : []
  const pulled = { ...nothingShared(remote.name), fetched: [...fetched, ...code], ...integrated }
  if (options.bringsArtifacts !== true) return pulled
  return { ...pulled, artifacts: await bringAll(repository, remote.name, options) }
}

/** Brings every artifact that this clone lacks. */
async function bringAll(repository: Repository, remote: string, options: ShareOptions): Promise<ArtifactTotals> {
  const snapshot = await openSnapshot(repository.context.engine)
  const files: ArtifactFile[] = []
  for (const id of await findRunIds(snapshot, '')) files.push(...(await readRunFiles(snapshot, id)))
  for (const model of await listModelNames(snapshot)) {
    for (const number of await listVersionNumbers(snapshot, model)) {
      files.push(...(await readVersionFiles(snapshot, model, number)))
    }
  }
  const { moved, absent } = await bringArtifacts(repository, snapshot.settings, files, {
    remote,
    onProgress: (progress) => options.onProgress?.({ kind: 'artifacts', progress }),
    ...(options.transfer === undefined ? {} : { transfer: options.transfer }),
  })
  const movedBytes = moved.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  return { moved: moved.length, movedBytes, present: 0, absent: absent.length }
}

/**
 * Fetches, integrates and pushes.
 *
 * @throws what `pullBranch` and `pushBranch` refuse
 */
export async function syncBranch(repository: Repository, options: ShareOptions): Promise<ShareReport> {
  const remote = await openRemote(repository, options)
  const fetched = await fetchAreas(repository, remote)
  const { replayed, notices, takenIn } = await integrateRemote(repository, remote)
  const areas = await readRemoteAreas(repository, remote.name)
  const pulled = { ...nothingShared(remote.name), fetched, takenIn, replayed, notices }
  if (areas.every(({ local }) => local === undefined)) return pulled
  const pushed = await pushAreas(repository, remote, options)
  return {
    ...pushed,
    fetched: [...fetched, ...pushed.fetched],
    takenIn,
    replayed: Math.max(replayed, pushed.replayed),
    notices: [...notices, ...pushed.notices],
  }
}
