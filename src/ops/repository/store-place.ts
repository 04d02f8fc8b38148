/**
 * Opens what is below the store that this branch writes to, for whoever looks after it.
 */
import type { BranchSettings } from '../../domain/branch.ts'
import { refuse } from '../../domain/failure.ts'
import { storeAddressText } from '../../domain/store-address.ts'
import type { StoreAddress } from '../../domain/store-address.ts'
import type { KeyedPlace } from '../../remote/keyed-place.ts'
import { openPlaceAt } from '../../remote/open-transfer.ts'
import { REGISTRY_REF } from '../../store/branch/snapshot.ts'
import { transferOptions, usualRemote } from './artifact-store-access.ts'
import type { Repository } from './repository.ts'
import { settingsHere } from './share-state.ts'

/** A store that is open. */
export interface StorePlace {
  readonly settings: BranchSettings
  /** As `mlv.json` names it. */
  readonly address: string
  readonly place: KeyedPlace
}

/** The settings of the branch. @throws `branch-not-found` */
export async function requireSettings(repository: Repository, remote?: string): Promise<BranchSettings> {
  const settings = await settingsHere(repository, remote ?? (await usualRemote(repository)) ?? 'origin')
  if (settings === undefined) throw refuse('branch-not-found', { ref: REGISTRY_REF })
  return settings
}

/** The folder or bucket that is written to; `undefined` where that is the Git LFS server of a remote. */
export function writtenStore({ store, stores }: BranchSettings): StoreAddress | undefined {
  return store === 'lfs' ? undefined : stores[0]
}

/**
 * Does work on the store that is written to, and closes it.
 *
 * @throws `usage-invalid` for Git LFS, `store-host-untrusted`, `store-not-found`, what the work throws
 */
export async function withStorePlace<Result>(
  repository: Repository,
  work: (store: StorePlace) => Promise<Result>,
): Promise<Result> {
  const settings = await requireSettings(repository)
  const address = writtenStore(settings)
  if (address === undefined) {
    throw refuse('usage-invalid', { problem: 'the store of this branch is Git LFS, which keeps no list of its users' })
  }
  return withPlaceAt(repository, settings, address, (place) => {
    return work({ settings, address: storeAddressText(address), place })
  })
}

/** Does work on a folder or bucket, and closes it. @throws `store-host-untrusted`, `store-not-found` */
export async function withPlaceAt<Result>(
  repository: Repository,
  settings: BranchSettings,
  address: StoreAddress,
  work: (place: KeyedPlace) => Promise<Result>,
): Promise<Result> {
  const { place, close } = await openPlaceAt(address, await transferOptions(repository, settings, undefined))
  try {
    return await work(place)
  } finally {
    await close()
  }
}
