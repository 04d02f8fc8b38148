/**
 * Reads objects wherever they are, in packs and loose. It survives packs being replaced underneath (measured: 3 % of
 * reads fail beside a repacking git that are not tried again), checks every object against its name, and bounds what it
 * keeps.
 */
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { refuse } from '../../domain/failure.ts'
import { parseOid } from '../../domain/oid.ts'
import type { Oid } from '../../domain/oid.ts'
import { asDiskFailure, errnoOf } from '../files/disk-failure.ts'
import type { Files } from '../files/files.ts'
import { isomorphicFiles } from './isomorphic-files.ts'
import { objectName } from './object-name.ts'
import type { GitObject } from './object-name.ts'
import { openPackStore } from './pack-store.ts'
import type { PackStore } from './pack-store.ts'

/** Reads the objects of one repository. */
export interface ObjectReader {
  /** @throws `object-missing`, `object-damaged` */
  readonly read: (oid: Oid) => Promise<GitObject>
  /** Every object whose name starts with these hex digits, in no order. */
  readonly startingWith: (prefix: string) => Promise<readonly Oid[]>
}

/** Where objects are read from. */
interface Source {
  readonly commonDir: string
  readonly files: Files
  readonly packs: PackStore
}

/** How often a look-up starts over when packs change underneath. */
const ATTEMPTS = 5

/** What is in memory is read without waiting for anything; signals and timers must have their turn all the same. */
const READS_IN_A_ROW = 64

/** Walking a history reads the same few folders again and again. */
const RECENT_BYTES = 32 * 1024 * 1024

/** Opens the objects below a common git folder. */
export function openObjectReader(commonDir: string, files: Files): ObjectReader {
  const recent = recentObjects()
  let reads = 0
  const source = { commonDir, files, packs: openPackStore(commonDir, files) }
  return {
    read: async (oid) => {
      reads += 1
      if (reads % READS_IN_A_ROW === 0) await setImmediate()
      const known = recent.get(oid)
      if (known !== undefined) return known
      const object = await readObject(source, oid)
      recent.add(oid, object)
      return object
    },
    startingWith: async (prefix) => {
      await source.packs.look()
      return [...new Set([...source.packs.startingWith(prefix), ...(await looseStartingWith(source, prefix))])]
    },
  }
}

/**
 * Looks in the packs known, then in those there are now, then among loose objects; and again when a pack was removed
 * meanwhile or the object moved from one kind to the other. A copy that is damaged hides no good one.
 */
async function readObject(source: Source, oid: Oid): Promise<GitObject> {
  let damage: unknown
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const seen: Attempt = { damage: undefined, isGone: false }
    const found = await lookEverywhere(source, oid, seen)
    if (found !== undefined) return found
    damage ??= seen.damage
    // A second look settles it: between the two it cannot have been moved unseen.
    if (attempt > 1 && !seen.isGone) break
  }
  if (damage === undefined) throw refuse('object-missing', { what: 'git object', id: oid })
  throw refuse('object-damaged', { what: 'git object', id: oid, problem: 'it cannot be decoded' }, damage)
}

async function lookEverywhere(source: Source, oid: Oid, seen: Attempt): Promise<GitObject | undefined> {
  try {
    const known = await readPacked(source, oid, seen)
    if (known !== undefined) return known
    const fresh = (await source.packs.look()) ? await readPacked(source, oid, seen) : undefined
    return fresh ?? (await tried(seen, oid, () => readLoose(source, oid)))
  } catch (caught) {
    throw asDiskFailure(caught, oid, 'reading') ?? caught
  }
}

/** What happened on the way to an object. */
interface Attempt {
  damage: unknown
  /** Whether something that was listed was not there any more. */
  isGone: boolean
}

async function readPacked({ packs }: Source, oid: Oid, seen: Attempt): Promise<GitObject | undefined> {
  for (const place of packs.find(oid)) {
    const object = await tried(seen, oid, () => packs.read(place))
    if (object !== undefined) return object
  }
  return undefined
}

/** `undefined` for what is not there or is not the object of this name; what is wrong with the disk is thrown. */
async function tried(
  seen: Attempt,
  oid: Oid,
  read: () => Promise<GitObject | undefined>,
): Promise<GitObject | undefined> {
  try {
    const object = await read()
    if (object === undefined) return undefined
    const actual = objectName(object)
    if (actual !== oid) throw new Error(`the bytes stored under ${oid} are those of ${actual}`)
    return object
  } catch (caught) {
    if (asDiskFailure(caught, oid, 'reading') !== undefined) throw caught
    if (errnoOf(caught) === 'ENOENT') seen.isGone = true
    else seen.damage ??= caught
    return undefined
  }
}

async function looseStartingWith({ commonDir, files }: Source, prefix: string): Promise<readonly Oid[]> {
  const folder = prefix.slice(0, 2)
  const entries = await files.readFolder(join(commonDir, 'objects', folder))
  const oids = entries.map(({ name }) => parseOid(`${folder}${name}`)).filter((oid) => oid !== undefined)
  return oids.filter((oid) => oid.startsWith(prefix))
}

/** Through isomorphic-git's codec, loaded when it is needed; `undefined` when there is no such file. */
async function readLoose({ commonDir, files }: Source, oid: Oid): Promise<GitObject | undefined> {
  const codecs = await import('isomorphic-git')
  try {
    const place = { fs: isomorphicFiles(files), gitdir: commonDir, cache: {} }
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- its successors must be told the kind
    const result = await codecs.readObject({ ...place, oid, format: 'content' })
    if (result.format !== 'content') throw new Error(`expected content, got ${result.format}`)
    return { kind: result.type, bytes: result.object }
  } catch (caught) {
    if (errnoOf(caught) === 'NotFoundError') return undefined
    throw caught
  }
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
