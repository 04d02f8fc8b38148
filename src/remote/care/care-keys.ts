/**
 * Where a store keeps its own books, beside the objects: who uses it, who is writing, what nobody names any more.
 */
import type { Sha256 } from '../../base/digest.ts'
import { objectOfKey, packOfKey, wholeKey } from '../compact/compact-keys.ts'
import { parsePlaceKey, placeKey } from '../keyed-place.ts'
import type { PlaceKey } from '../keyed-place.ts'

/** The repositories that use the store, a file each. */
export const REPOSITORIES = 'repositories/'
/** Pushes that are looking at what the store has, a file each. */
export const LEASES = 'leases/'
/** What nobody named, a file each time somebody looked. */
export const MARKS = 'gc/marks/'
/** There while objects are being set aside. */
export const SWEEPING = placeKey('gc', 'sweeping.json')
/** There when every repository that ever used the store is in the list. */
export const COMPLETE = placeKey('gc', 'complete.json')
/** Objects that were set aside, each under its own key below this. */
export const TRASH = 'trash/'

/** What a key of a store is to its care. */
export type StoredThing =
  /** An object, whole, or the file that says what it is made of. */
  | { readonly kind: 'object' | 'manifest'; readonly object: Sha256 }
  /** Parts that objects are made of. */
  | { readonly kind: 'pack'; readonly pack: Sha256 }

/** Folders of what is swept. */
export const SWEPT = ['objects/', 'compact/', 'packs/'] as const

/** Tells what a key holds; `undefined` for whatever a sweep leaves alone. */
export function thingAt(key: PlaceKey): StoredThing | undefined {
  const object = objectOfKey(key)
  if (object !== undefined) return { kind: wholeKey(object) === key ? 'object' : 'manifest', object }
  const pack = packOfKey(key)
  return pack === undefined ? undefined : { kind: 'pack', pack }
}

/** Where something goes that is set aside. */
export function trashKey(key: PlaceKey): PlaceKey {
  return placeKey('trash', key)
}

/** What something that was set aside is called; `undefined` for anything else. */
export function keyOfTrash(key: PlaceKey): PlaceKey | undefined {
  return key.startsWith(TRASH) ? parsePlaceKey(key.slice(TRASH.length)) : undefined
}
