/**
 * Which content a store holds already, as far as a parent leads to it: frames of its packs, or bytes of the parent
 * itself where that is stored whole.
 */
import { createHash } from 'node:crypto'
import type { ObjectId, ObjectSource } from '../object-store.ts'
import { chunksOf } from './chunker.ts'
import type { CompactSource, PackSource } from './compact-manifest.ts'
import type { KnownContent, KnownPlace } from './encode-object.ts'
import type { PackIndex } from './pack-format.ts'

/** Content and the sources it is in, in the order they are counted. */
export interface KnownSources extends KnownContent {
  readonly sources: readonly CompactSource[]
}

/** Nothing is known. */
export const NOTHING_KNOWN: KnownSources = { sources: [], find: () => undefined }

/** About 250 bytes each while one file is written; beyond it the first are known and the rest are not. */
const MOST_KNOWN = 400_000

/**
 * What a parent leads to: frames of the packs it names, and the whole objects it or its manifest is made of as far as
 * a copy of them is at hand.
 *
 * @throws `object-damaged`, `object-missing`
 */
export async function contentOf(
  sources: readonly CompactSource[],
  indexOf: (pack: PackSource) => Promise<PackIndex>,
  near: (object: ObjectId) => Promise<ObjectSource | undefined>,
): Promise<KnownSources> {
  const known = new Map<string, KnownPlace>()
  for (const [source, from] of sources.entries()) {
    if (from.kind === 'pack') learnPack(known, source, from, await indexOf(from))
    else await learnWhole(known, source, from, await near(from))
  }
  return { sources, find: (digest) => known.get(digest) }
}

function learnPack(known: Map<string, KnownPlace>, source: number, pack: PackSource, index: PackIndex): void {
  for (let at = 0; at < pack.frames && known.size < MOST_KNOWN; at += 1) {
    known.set(index.digest(at), { source, at, next: at + 1 })
  }
}

async function learnWhole(
  known: Map<string, KnownPlace>,
  source: number,
  { sizeBytes }: ObjectId,
  copy: ObjectSource | undefined,
): Promise<void> {
  if (copy === undefined) return
  let at = 0
  for await (const chunk of chunksOf(copy.read({ start: 0, end: sizeBytes }))) {
    if (known.size >= MOST_KNOWN) return
    known.set(createHash('sha256').update(chunk).digest('hex'), { source, at, next: at + chunk.length })
    at += chunk.length
  }
}
