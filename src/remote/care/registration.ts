/**
 * The list of repositories that use a store, kept in the store: without it nobody may say that an object is unused.
 *
 * Each repository is a file of its own, written before its first upload, so that two never overwrite each other. The
 * list is whole when it was begun while the store was empty; for an older store a person has to say so.
 */
import { resolve } from 'node:path'
import { sha256Of } from '../../base/digest.ts'
import { isFailure } from '../../domain/failure.ts'
import { withoutCredentials } from '../git-progress.ts'
import { parsePlaceKey, placeKey, readSmall } from '../keyed-place.ts'
import type { KeyedPlace, PlaceKey } from '../keyed-place.ts'
import { parseRemoteUrl } from '../remote-url.ts'
import { careDocument, decodeRepository, encodeRepository, MOST_REPOSITORY_BYTES } from './care-documents.ts'
import { COMPLETE, REPOSITORIES, SWEPT } from './care-keys.ts'

/** A repository of the list. Whoever can write the store wrote it: nothing of it is used before a person trusts it. */
export interface RegisteredRepository {
  readonly key: PlaceKey
  /** As it was written, printable or not; `undefined` when the file cannot be read. */
  readonly url: string | undefined
}

const ID_DIGITS = 32

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

/** The key of a repository in the list. */
export function repositoryKey(url: string): PlaceKey {
  return placeKey('repositories', `${sha256Of(Buffer.from(url)).slice(0, ID_DIGITS)}.json`)
}

/** Puts a repository on the list; returns false when it was there. @throws what the place refuses */
export async function register(place: KeyedPlace, url: string): Promise<boolean> {
  const key = repositoryKey(url)
  if ((await place.head(key)) !== undefined) return false
  // Everyone registers before the first upload, so a store without objects was used by nobody who is not listed.
  if ((await place.head(COMPLETE)) === undefined && (await isEmpty(place))) {
    await place.write(COMPLETE, careDocument({}), 'only-if-absent')
  }
  await place.write(key, encodeRepository(url), 'replace')
  return true
}

/** Takes a repository off the list; returns false when it was not there. */
export async function unregister(place: KeyedPlace, url: string): Promise<boolean> {
  const key = repositoryKey(url)
  if ((await place.head(key)) === undefined) return false
  await place.remove([key])
  return true
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

/** Every repository of the list, by its address. */
export async function listRepositories(place: KeyedPlace): Promise<readonly RegisteredRepository[]> {
  const found: RegisteredRepository[] = []
  for await (const { key } of place.list(REPOSITORIES)) found.push({ key, url: await readUrl(place, key) })
  return found.toSorted((left, right) => ((left.url ?? '') < (right.url ?? '') ? -1 : 1))
}

/** A file that cannot be read stands for a repository that cannot be asked. */
async function readUrl(place: KeyedPlace, key: PlaceKey): Promise<string | undefined> {
  try {
    const bytes = await readSmall(place, key, MOST_REPOSITORY_BYTES)
    return bytes === undefined ? undefined : decodeRepository(bytes, key)
  } catch (caught) {
    if (isFailure(caught, 'remote-unreachable') || isFailure(caught, 'remote-refused')) throw caught
    return undefined
  }
}

async function isEmpty(place: KeyedPlace): Promise<boolean> {
  for (const folder of SWEPT) {
    for await (const _ of place.list(folder)) return false
  }
  return true
}
