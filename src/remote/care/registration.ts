/**
 * The list of repositories that use a store, kept in the store: without it nobody may say that an object is unused.
 *
 * Each repository is a file of its own, written before its first upload, so that two never overwrite each other. The
 * list is whole when it was begun while the store was empty; for an older store a person has to say so.
 */
import { resolve } from 'node:path'
import { sha256Of } from '../../base/digest.ts'
import { isFailure, refuse } from '../../domain/failure.ts'
import type { Oid } from '../../domain/oid.ts'
import { withoutCredentials } from '../git-progress.ts'
import { parsePlaceKey, placeKey, readSmall } from '../keyed-place.ts'
import type { KeyedPlace, PlaceKey } from '../keyed-place.ts'
import { parseRemoteUrl } from '../remote-url.ts'
import { careDocument, decodeRepository, encodeRepository, MOST_REPOSITORY_BYTES } from './care-documents.ts'
import type { ListedRepository } from './care-documents.ts'
import { COMPLETE, REPOSITORIES, SWEPT, TRASH } from './care-keys.ts'

/** A repository of the list. Whoever can write the store wrote it: nothing of it is used before a person trusts it. */
export interface RegisteredRepository {
  readonly key: PlaceKey
  /** As it was written, printable or not; `undefined` when the file cannot be read. */
  readonly url: string | undefined
  /** Which of the repositories that have had that address; `undefined` in an entry that does not say. */
  readonly identity: Oid | undefined
}

const ID_DIGITS = 32
const UNREADABLE = { url: undefined, identity: undefined }

/**
 * The address by which a repository is listed: a folder in full, nothing secret.
 *
 * @param folder where the path of a remote on this disk starts from.
 */
export function registeredUrl(url: string, folder: string): string {
  try {
    const parsed = parseRemoteUrl(/^https?:/i.test(url) ? withoutCredentials(url) : url)
    return parsed.kind === 'folder' ? resolve(folder, parsed.text) : parsed.text
  } catch (caught) {
    // Listed all the same: a repository that nobody can ask is one for which everything is kept.
    if (isFailure(caught, 'remote-url-invalid')) return withoutCredentials(url)
    throw caught
  }
}

/** The key of a repository in the list: two that have the same address, each on its machine, have two. */
function repositoryKey({ url, identity }: ListedRepository): PlaceKey {
  const text = identity === undefined ? url : `${url}\n${identity}`
  return placeKey('repositories', `${sha256Of(Buffer.from(text)).slice(0, ID_DIGITS)}.json`)
}

/** Puts a repository on the list; returns false when it was there. @throws what the place refuses */
export async function register(place: KeyedPlace, repository: ListedRepository): Promise<boolean> {
  const key = repositoryKey(repository)
  if ((await place.head(key)) !== undefined) return false
  // Everyone registers before the first upload, so a store without objects was used by nobody who is not listed.
  if ((await place.head(COMPLETE)) === undefined && (await isEmpty(place))) {
    await place.write(COMPLETE, careDocument({}), 'only-if-absent')
  }
  await place.write(key, encodeRepository(repository), 'replace')
  return true
}

/**
 * Takes the repository of an address off the list; returns false when it was not there.
 *
 * @throws `usage-invalid` when several have that address: which of them is gone is for a person to say
 */
export async function unregister(place: KeyedPlace, url: string): Promise<boolean> {
  const keys = (await listRepositories(place)).flatMap((entry) => (entry.url === url ? [entry.key] : []))
  if (keys.length > 1) {
    throw refuse('usage-invalid', {
      problem: `${keys.length} repositories have that address; name the entry that is gone: ${keys.join(', ')}`,
    })
  }
  await place.remove(keys)
  return keys.length === 1
}

/** Takes an entry off the list by its key in the store, such as one that is damaged; false where that is none. */
export async function unregisterKey(place: KeyedPlace, text: string): Promise<boolean> {
  const key = parsePlaceKey(text)
  if (key === undefined || !key.startsWith(REPOSITORIES) || (await place.head(key)) === undefined) return false
  await place.remove([key])
  return true
}

/** Says for good that every repository that uses the store is in its list. */
export async function declareComplete(place: KeyedPlace): Promise<void> {
  await place.write(COMPLETE, careDocument({}), 'only-if-absent')
}

/** Whether nobody ever sent anything there, and nobody is listed. */
export async function isUnused(place: KeyedPlace): Promise<boolean> {
  for (const folder of [REPOSITORIES, TRASH]) {
    for await (const _ of place.list(folder)) return false
  }
  return isEmpty(place)
}

/** Every repository of the list, by its address. */
export async function listRepositories(place: KeyedPlace): Promise<readonly RegisteredRepository[]> {
  const found: RegisteredRepository[] = []
  for await (const { key } of place.list(REPOSITORIES)) found.push({ key, ...(await readEntry(place, key)) })
  return found.toSorted((left, right) => ((left.url ?? '') < (right.url ?? '') ? -1 : 1))
}

/** A file that cannot be read stands for a repository that cannot be asked. */
async function readEntry(place: KeyedPlace, key: PlaceKey): Promise<Omit<RegisteredRepository, 'key'>> {
  try {
    const bytes = await readSmall(place, key, MOST_REPOSITORY_BYTES)
    return bytes === undefined ? UNREADABLE : decodeRepository(bytes, key)
  } catch (caught) {
    if (isFailure(caught, 'remote-unreachable') || isFailure(caught, 'remote-refused')) throw caught
    return UNREADABLE
  }
}

async function isEmpty(place: KeyedPlace): Promise<boolean> {
  for (const folder of SWEPT) {
    for await (const _ of place.list(folder)) return false
  }
  return true
}
