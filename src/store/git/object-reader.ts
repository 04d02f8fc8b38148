/**
 * Reads objects through isomorphic-git's codec, loaded on the first read. It survives packs being replaced underneath
 * (measured: 3 % of reads fail beside a repacking git), checks every object against its name, and bounds what it keeps.
 */
import { isFailure, refuse } from '../../domain/failure.ts'
import { parseOid } from '../../domain/oid.ts'
import type { Oid } from '../../domain/oid.ts'
import { asDiskFailure, errnoOf } from '../files/disk-failure.ts'
import type { Files } from '../files/files.ts'
import { isomorphicFiles } from './isomorphic-files.ts'
import type { IsomorphicFiles } from './isomorphic-files.ts'
import { objectName } from './object-name.ts'
import type { GitObject } from './object-name.ts'

/** Reads the objects of one repository. */
export interface ObjectReader {
  /** @throws `object-missing`, `object-damaged` */
  readonly read: (oid: Oid) => Promise<GitObject>
  /** Every object whose name starts with these hex digits, in no order. */
  readonly startingWith: (prefix: string) => Promise<readonly Oid[]>
}

/** Packs that isomorphic-git holds in memory, dropped together. */
interface PackCache {
  readonly entries: object
  sizeBytes: number
}

/** How often a read starts over when packs change underneath. */
const ATTEMPTS = 5

/** A pack already being read stays, however large; this bounds what is kept beside it. */
const PACK_CACHE_BYTES = 256 * 1024 * 1024

/** Walking a history reads the same few folders again and again. */
const RECENT_BYTES = 32 * 1024 * 1024

/** Opens the objects below a common git folder. */
export function openObjectReader(commonDir: string, files: Files): ObjectReader {
  const recent = recentObjects()
  let packs = emptyPackCache()
  const argumentsFor = (hideLoose: boolean) => {
    const onPack = (sizeBytes: number) => {
      if (packs.sizeBytes > 0 && packs.sizeBytes + sizeBytes > PACK_CACHE_BYTES) packs = emptyPackCache()
      packs.sizeBytes += sizeBytes
    }
    return { fs: isomorphicFiles(files, { hideLoose, onPack }), gitdir: commonDir, cache: packs.entries }
  }
  const dropPacks = () => {
    packs = emptyPackCache()
  }
  return {
    read: async (oid) => {
      const known = recent.get(oid)
      if (known !== undefined) return known
      const object = await retried(oid, dropPacks, (hideLoose) => decode(oid, argumentsFor(hideLoose)))
      recent.add(oid, object)
      return object
    },
    startingWith: (prefix) => retried(prefix, dropPacks, () => expand(prefix, argumentsFor(false))),
  }
}

/** What every function of isomorphic-git is given. */
interface CodecArguments {
  readonly fs: IsomorphicFiles
  readonly gitdir: string
  readonly cache: object
}

async function decode(oid: Oid, codec: CodecArguments): Promise<GitObject> {
  const codecs = await import('isomorphic-git')
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- its successors must be told the kind
  const result = await codecs.readObject({ ...codec, oid, format: 'content' })
  if (result.format !== 'content') throw new Error(`expected content, got ${result.format}`)
  const object = { kind: result.type, bytes: result.object }
  const actual = objectName(object)
  if (actual !== oid) throw new Error(`the bytes stored under ${oid} are those of ${actual}`)
  return object
}

async function expand(prefix: string, codec: CodecArguments): Promise<readonly Oid[]> {
  const { expandOid, Errors } = await import('isomorphic-git')
  try {
    return oidsIn([await expandOid({ ...codec, oid: prefix })])
  } catch (caught) {
    if (caught instanceof Errors.NotFoundError) return []
    if (caught instanceof Errors.AmbiguousError) return oidsIn(caught.data.matches)
    throw caught
  }
}

function oidsIn(texts: readonly string[]): readonly Oid[] {
  return texts.map(parseOid).filter((oid) => oid !== undefined)
}

/**
 * Runs a read again when it fails for a reason that a repack beside it explains: a listed pack is gone, an index
 * belongs to another pack, an object moved from loose to packed or back. Every second try after damage looks at packs
 * only, because a torn loose object hides a good packed one from isomorphic-git.
 */
async function retried<Result>(
  id: string,
  dropPacks: () => void,
  read: (hideLoose: boolean) => Promise<Result>,
): Promise<Result> {
  let damage: unknown
  let missing = 0
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    try {
      return await read(damage !== undefined && attempt % 2 === 1)
    } catch (caught) {
      if (isFailure(caught, 'limit-exceeded')) throw caught
      const diskFailure = asDiskFailure(caught, id, 'reading')
      if (diskFailure !== undefined) throw diskFailure
      if (errnoOf(caught) === 'NotFoundError') missing += 1
      else damage ??= caught
      if (missing === 2 && damage === undefined) break
      if (damage !== undefined) dropPacks()
    }
  }
  if (damage === undefined) throw refuse('object-missing', { what: 'git object', id })
  throw refuse('object-damaged', { what: 'git object', id, problem: 'it cannot be decoded' }, damage)
}

function emptyPackCache(): PackCache {
  return { entries: {}, sizeBytes: 0 }
}

/** Commits and folders read last, up to `RECENT_BYTES`. Blobs are read once and not kept. */
function recentObjects(): {
  readonly get: (oid: Oid) => GitObject | undefined
  readonly add: (oid: Oid, object: GitObject) => void
} {
  const objects = new Map<Oid, GitObject>()
  let sizeBytes = 0
  const drop = (oid: Oid) => {
    sizeBytes -= objects.get(oid)?.bytes.length ?? 0
    objects.delete(oid)
  }
  const add = (oid: Oid, object: GitObject) => {
    if (object.kind === 'blob' || object.bytes.length > RECENT_BYTES / 8) return
    drop(oid)
    objects.set(oid, object)
    sizeBytes += object.bytes.length
    for (const oldest of objects.keys()) {
      if (sizeBytes <= RECENT_BYTES) return
      drop(oldest)
    }
  }
  const get = (oid: Oid) => {
    const object = objects.get(oid)
    if (object !== undefined) add(oid, object)
    return object
  }
  return { get, add }
}
