/**
 * Where a compact store keeps what: keys relative to the root of the store.
 *
 * Law: packs are written before the manifest that names them, and an object is there when its manifest is.
 */
import { parseSha256 } from '../../base/digest.ts'
import type { Sha256 } from '../../base/digest.ts'
import { placeKey } from '../keyed-place.ts'
import type { PlaceKey } from '../keyed-place.ts'

/** The key of an object that is stored whole. */
export function wholeKey(sha256: Sha256): PlaceKey {
  return placeKey('objects', ...spread(sha256), sha256)
}

/** The key of the manifest of an object that is not. */
export function manifestKey(sha256: Sha256): PlaceKey {
  return placeKey('compact', ...spread(sha256), `${sha256}.json`)
}

/** The key of a pack, by the digest of its own bytes. */
export function packKey(sha256: Sha256): PlaceKey {
  return placeKey('packs', ...spread(sha256), `${sha256}.pack`)
}

/** Every key that an object may be at. It is in the store when any of them is. */
export function keysOf(sha256: Sha256): readonly PlaceKey[] {
  return [wholeKey(sha256), manifestKey(sha256)]
}

/** The object that a key is of, stored whole or by a manifest; `undefined` for any other key. */
export function objectOfKey(key: PlaceKey): Sha256 | undefined {
  const sha256 = parseSha256(key.slice(key.lastIndexOf('/') + 1).replace(/\.json$/, ''))
  return sha256 !== undefined && keysOf(sha256).includes(key) ? sha256 : undefined
}

/** The pack that a key is of; `undefined` for any other key. */
export function packOfKey(key: PlaceKey): Sha256 | undefined {
  const sha256 = parseSha256(key.slice(key.lastIndexOf('/') + 1).replace(/\.pack$/, ''))
  return sha256 !== undefined && packKey(sha256) === key ? sha256 : undefined
}

function spread(sha256: Sha256): readonly [string, string] {
  return [sha256.slice(0, 2), sha256.slice(2, 4)]
}
