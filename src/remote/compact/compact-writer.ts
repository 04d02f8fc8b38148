/**
 * Writes one object in the form its samples speak for: packs first, the manifest last.
 */
import { Failure, isFailure } from '../../domain/failure.ts'
import type { KeyedPlace, PlaceKey } from '../keyed-place.ts'
import type { ObjectId, ObjectSource, ObjectStore } from '../object-store.ts'
import type { SizedSource } from './alignment.ts'
import { manifestKey, packKey, wholeKey } from './compact-keys.ts'
import { dependenciesOf, encodeCompactManifest, MOST_DEPTH, MOST_MANIFEST_BYTES } from './compact-manifest.ts'
import type { CompactManifest } from './compact-manifest.ts'
import type { CompactReader, CompactReading } from './compact-reader.ts'
import { WORTH_RATIO } from './compact-bounds.ts'
import { plansFor } from './choose-form.ts'
import type { FormPlan } from './choose-form.ts'
import { encodeChunks, encodeWindows } from './encode-object.ts'
import { contentOf, NOTHING_KNOWN } from './known-content.ts'
import type { KnownSources } from './known-content.ts'
import type { FinishedPack } from './pack-format.ts'
import { packSink, usedSources } from './pack-sink.ts'
import type { WithParents } from './parent-order.ts'
import type { Zstd } from './zstd.ts'

/** What is to be written. */
export interface CompactObject extends WithParents {
  readonly source: ObjectSource
  /** The same bytes, refused at their end when they are not the object. */
  readonly digested: ObjectSource
}

/** Where and with what. */
export interface CompactWriting {
  readonly plain: ObjectStore
  readonly place: KeyedPlace
  readonly near: CompactReading['near']
  readonly reader: CompactReader
  readonly openZstd: () => Promise<Zstd>
}

/** Most hints that are looked at: each costs samples of the file. */
const MOST_PARENTS = 3

/** A delta as small as this is not bettered by looking for chunks in a parent that is stored whole. */
const SMALL_RATIO = 0.3

/** What an object may be stored beside. */
interface Basis {
  readonly object: ObjectId
  /** Absent where the chain is full or no copy is at hand. */
  readonly copy: SizedSource | undefined
  readonly depth: number
  readonly known: KnownSources
}

type BasedPlan = FormPlan & { readonly basis: Basis | undefined }

/** Writes the object; false when no form of it is worth it, and then no manifest names it. */
export async function writeCompact(object: CompactObject, writing: CompactWriting): Promise<boolean> {
  const plan = await bestPlan(object, writing)
  if (plan === undefined || !(await isYoung(plan.basis, writing))) return false
  const { place, openZstd } = writing
  const known = plan.form === 'chunks' ? (plan.basis?.known ?? NOTHING_KNOWN) : NOTHING_KNOWN
  const mostBytes = Math.floor(object.sizeBytes * WORTH_RATIO)
  const write = (pack: FinishedPack): Promise<void> => writePack(place, pack)
  const sink = packSink({ zstd: await openZstd(), reused: known.sources, write, mostBytes })
  try {
    const stream = object.digested.read({ start: 0, end: object.sizeBytes })
    const runs = await (plan.form === 'chunks'
      ? encodeChunks(stream, known, sink)
      : encodeWindows(stream, plan.segments, plan.basis?.copy?.source, sink))
    if (runs === undefined) return false
    const { sha256, sizeBytes } = object
    const parent = plan.form === 'delta' ? plan.basis : undefined
    const manifest: CompactManifest = {
      sha256,
      sizeBytes,
      form: plan.form,
      depth: parent === undefined ? 0 : parent.depth + 1,
      ...(parent === undefined ? {} : { parent: parent.object }),
      ...usedSources(await sink.finish(), runs),
    }
    return await writeManifest(manifest, writing)
  } finally {
    await sink.settle()
  }
}

/** Content-addressed, so what is there is the same; it is made young, for nobody names it yet. */
async function writePack(place: KeyedPlace, { source, bytes }: FinishedPack): Promise<void> {
  const key = packKey(source.sha256)
  if ((await place.write(key, bytes, 'only-if-absent')) === 'written') return
  // Cut short by whatever: the only case in which one is replaced.
  if ((await place.head(key))?.sizeBytes === bytes.length) await place.touch(key)
  else await place.write(key, bytes, 'replace')
}

async function writeManifest(manifest: CompactManifest, { place, reader }: CompactWriting): Promise<boolean> {
  const bytes = encodeCompactManifest(manifest)
  if (bytes.length > MOST_MANIFEST_BYTES) return false
  const key = manifestKey(manifest.sha256)
  const outcome = await place.write(key, bytes, 'only-if-absent')
  if (outcome === 'written') return true
  // Another writer was faster, or what is there cannot be read; the one is as good as ours, the other is no manifest.
  const isReadable = await reader.manifest(manifest.sha256).then(
    (there) => there?.sizeBytes === manifest.sizeBytes,
    () => false,
  )
  if (!isReadable) await place.write(key, bytes, 'replace')
  return true
}

async function bestPlan(object: CompactObject, writing: CompactWriting): Promise<BasedPlan | undefined> {
  const zstd = await writing.openZstd()
  let best: BasedPlan | undefined
  const consider = async (basis: Basis | undefined): Promise<void> => {
    const known = basis === undefined || basis.known.sources.length === 0 ? undefined : basis.known
    for (const plan of await plansFor(zstd, object, { parent: basis?.copy, known })) {
      if (best === undefined || plan.ratio < best.ratio) best = { ...plan, basis }
      // They come best first, and the leeway of chunks is between forms of one basis only.
      return
    }
  }
  for (const parent of (object.parents ?? []).slice(0, MOST_PARENTS)) {
    if (parent.sha256 === object.sha256) continue
    const basis = await basisOf(parent, writing, object)
    if (basis !== undefined) await consider(basis)
  }
  if (best === undefined) await consider(undefined)
  return best
}

/** A parent as the store has it; `undefined` where it is not there, or not readable. */
async function basisOf(
  object: ObjectId,
  { plain, near, reader, openZstd }: CompactWriting,
  child: CompactObject,
): Promise<Basis | undefined> {
  try {
    const manifest = await reader.manifest(object.sha256)
    const isWhole = manifest === undefined && (await plain.present([object])).has(object.sha256)
    if (!isWhole && manifest?.sizeBytes !== object.sizeBytes) return undefined
    const depth = manifest?.depth ?? 0
    const source = depth < MOST_DEPTH ? await near(object) : undefined
    const copy = source === undefined ? undefined : { source, sizeBytes: object.sizeBytes }
    if (manifest !== undefined) {
      const known = await contentOf(manifest.sources, reader.index, near)
      return { object, copy, depth, known: manifest.form === 'chunks' ? known : NOTHING_KNOWN }
    }
    const [delta] = await plansFor(await openZstd(), child, { parent: copy })
    const isSmall = delta !== undefined && delta.ratio < SMALL_RATIO
    const known = isSmall ? NOTHING_KNOWN : await contentOf([{ kind: 'object', ...object }], reader.index, near)
    return { object, copy, depth, known }
  } catch (caught) {
    // A parent is an offer: what is wrong with it is for those who want it to be told.
    if (isFailure(caught, 'object-damaged') || isFailure(caught, 'object-missing')) return undefined
    throw caught
  }
}

/**
 * Makes everything that a parent leads to young, so that no sweep that began earlier takes it; false when some of it
 * is gone already.
 */
async function isYoung(basis: Basis | undefined, writing: CompactWriting): Promise<boolean> {
  if (basis === undefined) return true
  try {
    for (const key of await keysBehind(basis.object, writing.reader)) {
      await writing.place.touch(key)
    }
    return true
  } catch (caught) {
    if (caught instanceof Failure && caught.code === 'object-missing') return false
    throw caught
  }
}

async function keysBehind(object: ObjectId, reader: CompactReader): Promise<readonly PlaceKey[]> {
  const keys = new Set<PlaceKey>()
  const waiting = [object]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const manifest = await reader.manifest(next.sha256)
    const key = manifest === undefined ? wholeKey(next.sha256) : manifestKey(next.sha256)
    if (keys.has(key)) continue
    keys.add(key)
    if (manifest === undefined) continue
    const { objects, packs } = dependenciesOf(manifest)
    for (const { sha256 } of packs) keys.add(packKey(sha256))
    waiting.push(...objects)
  }
  return [...keys]
}
