/**
 * `mlv store`: where artifacts are, who uses that place, and how much is there.
 */
import type { BranchSettings } from '../../domain/branch.ts'
import { storeAddressText } from '../../domain/store-address.ts'
import { COMPLETE, SWEPT, TRASH } from '../../remote/care/care-keys.ts'
import { listRepositories, registeredUrl, unregister, unregisterKey } from '../../remote/care/registration.ts'
import { readTrustedRepositories, trustRepository } from '../../remote/care/trusted-repositories.ts'
import type { KeyedPlace } from '../../remote/keyed-place.ts'
import { parseRemoteUrl } from '../../remote/remote-url.ts'
import { ownUrls } from '../artifacts/named-objects.ts'
import { requireSettings, withPlaceAt, withStorePlace, writtenStore } from '../repository/store-place.ts'
import type { Repository } from '../repository/repository.ts'

/** How much is in a place. */
export interface StoredTotals {
  readonly count: number
  readonly sizeBytes: number
  /** There is more: a large bucket is not listed to its end. */
  readonly isMore: boolean
}

/** One repository that uses the store. */
export interface StoreUser {
  /** Absent when its entry in the list is damaged. */
  readonly url: string | undefined
  /** Whether this clone would ask it. */
  readonly trusted: boolean
}

/** What is known of the store of a branch. */
export interface StoreReport {
  readonly settings: BranchSettings
  /** What is written to: an address, or `lfs`. */
  readonly address: string
  /** Absent for Git LFS, whose servers tell nothing. */
  readonly inside:
    | {
        readonly objects: StoredTotals
        readonly setAside: StoredTotals
        readonly users: readonly StoreUser[]
        /** Whether the list has everyone who ever used the store. */
        readonly isListComplete: boolean
      }
    | undefined
}

/** A folder this large is listed in a few seconds, a bucket in ten requests. */
const MOST_LISTED = 10_000

/** Looks at the store. @throws `branch-not-found`, `store-host-untrusted`, `store-not-found`, `remote-unreachable` */
export async function showStore(repository: Repository): Promise<StoreReport> {
  const settings = await requireSettings(repository)
  const written = writtenStore(settings)
  if (written === undefined) return { settings, address: 'lfs', inside: undefined }
  const address = storeAddressText(written)
  return withPlaceAt(repository, settings, written, async (place) => {
    const own = await ownUrls(repository)
    const trusted = await readTrustedRepositories(repository.files, repository.commonDir)
    const users = (await listRepositories(place)).map(({ url }) => {
      return { url, trusted: url !== undefined && (own.has(url) || trusted.has(url)) }
    })
    const isListComplete = (await place.head(COMPLETE)) !== undefined
    const [objects, setAside] = [await totals(place, SWEPT), await totals(place, [TRASH])]
    return { settings, address, inside: { objects, setAside, users, isListComplete } }
  })
}

async function totals(place: KeyedPlace, folders: readonly string[]): Promise<StoredTotals> {
  let [count, sizeBytes] = [0, 0]
  for (const folder of folders) {
    for await (const key of place.list(folder)) {
      if (count === MOST_LISTED) return { count, sizeBytes, isMore: true }
      count += 1
      sizeBytes += key.sizeBytes
    }
  }
  return { count, sizeBytes, isMore: false }
}

/** What became of one repository. */
export interface StoreUserChange {
  readonly url: string
  /** False when it was so already. */
  readonly changed: boolean
}

/** Lets this clone ask a repository that a store lists. @throws `remote-url-invalid` for what git must not see */
export async function trustUser(repository: Repository, url: string): Promise<StoreUserChange> {
  const { text } = parseRemoteUrl(url)
  const listed = registeredUrl(text, repository.folder)
  return { url: listed, changed: await trustRepository(repository.files, repository.commonDir, listed) }
}

/** Takes a repository off the list of the store: what only it names may go. */
export async function forgetUser(repository: Repository, url: string): Promise<StoreUserChange> {
  return withStorePlace(repository, async ({ place }) => {
    // By its key or its words first: an entry may hold what no address is.
    const changed = (await unregisterKey(place, url)) || (await unregister(place, url))
    const listed = registeredUrl(url, repository.folder)
    return { url: changed ? url : listed, changed: changed || (await unregister(place, listed)) }
  })
}
