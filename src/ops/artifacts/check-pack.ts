/**
 * The files of a pack, checked one by one: what the record says of their places must be so.
 */
import { sha256Of } from '../../base/digest.ts'
import type { Sha256 } from '../../base/digest.ts'
import type { ArtifactFile, StoredBytes } from '../../domain/artifact.ts'
import type { ArtifactStore } from '../../store/artifacts/artifact-store.ts'
import { readPacked } from '../../store/artifacts/read-packed.ts'
import { withDiskFailures } from '../../store/files/disk-failure.ts'

/** Finds files whose recorded places in a pack of this clone hold other bytes. */
export type PackCheck = (
  pack: StoredBytes,
  members: readonly ArtifactFile[],
) => Promise<readonly ArtifactFile['path'][]>

/** Opens a check that looks at each place once, whatever the number of records that name it. */
export function openPackCheck(store: ArtifactStore): PackCheck {
  const right = new Set<string>()
  return async (pack, members) => {
    const places = members.flatMap(({ path, sha256, sizeBytes, storage }) => {
      if (storage.kind !== 'packed') return []
      const key = `${pack.sha256} ${storage.offset} ${sizeBytes} ${sha256}`
      return right.has(key) ? [] : [{ path, sha256, sizeBytes, offset: storage.offset, key }]
    })
    const wrong: ArtifactFile['path'][] = []
    const file = store.path(pack.sha256)
    await withDiskFailures(file, 'reading', () =>
      readPacked(store.files, file, places, async ({ path, sha256, key }, bytes) => {
        if (sha256Of(bytes) === sha256) right.add(key)
        else wrong.push(path)
        return Promise.resolve()
      }),
    )
    return wrong
  }
}

/** A pack with those of some files that are in it. */
export interface PackMembers {
  readonly pack: StoredBytes
  readonly members: readonly ArtifactFile[]
}

/** Files by the packs they are in. */
export function membersByPack(files: readonly ArtifactFile[]): readonly PackMembers[] {
  const packs = new Map<Sha256, { readonly pack: StoredBytes; readonly members: ArtifactFile[] }>()
  for (const file of files) {
    if (file.storage.kind !== 'packed') continue
    const { pack } = file.storage
    const known = packs.get(pack.sha256)
    if (known === undefined) packs.set(pack.sha256, { pack, members: [file] })
    else known.members.push(file)
  }
  return [...packs.values()]
}
