/**
 * What objects of a store are made of: an object that is not kept whole leads to packs and to other objects.
 */
import type { Sha256 } from '../../base/digest.ts'
import { readSmall } from '../keyed-place.ts'
import type { KeyedPlace, PlaceKey } from '../keyed-place.ts'
import { manifestKey, packKey, wholeKey } from '../compact/compact-keys.ts'
import { MOST_MANIFEST_BYTES } from '../compact/compact-manifest.ts'

/** What a manifest leads to. */
export interface Dependencies {
  readonly objects: readonly Sha256[]
  readonly packs: readonly Sha256[]
}

/** Reads what an object is made of. @throws `object-damaged` */
export type ReadDependencies = (object: Sha256, bytes: Uint8Array) => Dependencies

/** Where a key is now: at its place, set aside, or nowhere. */
export type Whereabouts = (key: PlaceKey) => PlaceKey | undefined

/**
 * Every key that objects need, from those of the objects on through what they are made of. Only keys that are
 * somewhere.
 *
 * @throws `object-damaged` for a manifest that cannot be read, because it may lead to anything
 */
export async function keysNeeded(
  place: KeyedPlace,
  objects: Iterable<Sha256>,
  whereIs: Whereabouts,
  read: ReadDependencies,
): Promise<ReadonlySet<PlaceKey>> {
  const needed = new Set<PlaceKey>()
  const seen = new Set<Sha256>()
  const open = [...objects]
  for (let object = open.pop(); object !== undefined; object = open.pop()) {
    if (seen.has(object)) continue
    seen.add(object)
    if (whereIs(wholeKey(object)) !== undefined) needed.add(wholeKey(object))
    const manifest = whereIs(manifestKey(object))
    if (manifest === undefined) continue
    needed.add(manifestKey(object))
    const bytes = await readSmall(place, manifest, MOST_MANIFEST_BYTES)
    if (bytes === undefined) continue
    const { objects: others, packs } = read(object, bytes)
    open.push(...others)
    for (const pack of packs) if (whereIs(packKey(pack)) !== undefined) needed.add(packKey(pack))
  }
  return needed
}
