/**
 * What the objects of a compact store are made of, as its care needs to know it.
 */
import { decodeCompactManifest, dependenciesOf } from '../compact/compact-manifest.ts'
import type { ReadDependencies } from './object-graph.ts'

/** Reads what an object is made of. @throws `object-damaged` */
export const readDependencies: ReadDependencies = (object, bytes) => {
  const { objects, packs } = dependenciesOf(decodeCompactManifest(bytes, { sha256: object }))
  return { objects: objects.map(({ sha256 }) => sha256), packs: packs.map(({ sha256 }) => sha256) }
}
