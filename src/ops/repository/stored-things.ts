/**
 * What keys of a store are called for people.
 */
import { keyOfTrash, thingAt } from '../../remote/care/care-keys.ts'
import type { PlaceKey } from '../../remote/keyed-place.ts'

/** The digest of the object or pack that a key holds, whether or not it is set aside. */
export function digestOfKey(key: PlaceKey): string {
  const thing = thingAt(keyOfTrash(key) ?? key)
  if (thing === undefined) return key
  return thing.kind === 'pack' ? thing.pack : thing.object
}

/** The same, with a word for what is no whole object. */
export function thingOfKey(key: PlaceKey): string {
  const kind = thingAt(keyOfTrash(key) ?? key)?.kind
  return kind === 'pack' || kind === 'manifest' ? `${digestOfKey(key)} (${kind})` : digestOfKey(key)
}
