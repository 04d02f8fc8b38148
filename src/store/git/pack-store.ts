/**
 * The packs of a repository, open for look-ups. Which packs there are is asked again only when an object is not in
 * those known; a pack is what its name says, so what was once read of it stays true, also when it is removed.
 */
import { join } from 'node:path'
import { parseOid } from '../../domain/oid.ts'
import type { Oid } from '../../domain/oid.ts'
import { errnoOf } from '../files/disk-failure.ts'
import type { Files, OpenFile } from '../files/files.ts'
import type { GitObject } from './object-name.ts'
import {
  applyDelta,
  entryLimitBytes,
  HEADER_LIMIT_BYTES,
  inflateEntry,
  readDelta,
  readEntryHeader,
} from './pack-entry.ts'
import type { DeltaBase } from './pack-entry.ts'
import { openPackIndex } from './pack-index.ts'
import type { PackIndex } from './pack-index.ts'

/** An object in a pack. */
export interface PackedObject {
  /** `pack-<hex>`, which its files start with. */
  readonly pack: string
  readonly index: PackIndex
  /** Of its entry, in bytes. */
  readonly offset: number
}

/** The packs that were there at the last look. */
export interface PackStore {
  /** Every pack known that has an object, those looked at last first. */
  readonly find: (oid: Oid) => readonly PackedObject[]
  /** Every object of the packs known whose name starts with these hex digits, in no order. */
  readonly startingWith: (prefix: string) => readonly Oid[]
  /** Looks which packs there are. Tells whether any was not known. */
  readonly look: () => Promise<boolean>
  /**
   * Reads an object, not yet held against its name.
   *
   * @throws the system's error `ENOENT` when the pack was removed; other errors for bytes that are no object
   */
  readonly read: (found: PackedObject) => Promise<GitObject>
}

/** Git makes no longer ones; a pack made to harm could go round in circles. */
const CHAIN_LIMIT = 4096

/** Packs up to this size are read at once, larger ones object by object. */
const WHOLE_PACK_BYTES = 32 * 1024 * 1024

/** What is kept of packs read whole. */
const KEPT_BYTES = 96 * 1024 * 1024

/** Indexes being read at the same time; each is an open file. */
const INDEXES_AT_ONCE = 16

/** Opens the packs below a common git folder; nothing is read before the first look. */
export function openPackStore(commonDir: string, files: Files): PackStore {
  const folder = join(commonDir, 'objects', 'pack')
  // Newest last: an object just written is most likely to be asked for.
  const indexes = new Map<string, PackIndex>()
  const kept = keptPacks()
  return {
    find: (oid) => {
      const found: PackedObject[] = []
      for (const [pack, index] of indexes) {
        const offset = index.offsetOf(oid)
        if (offset !== undefined) found.unshift({ pack, index, offset })
      }
      return found
    },
    startingWith: (prefix) => [...indexes.values()].flatMap((index) => index.startingWith(prefix)),
    look: async () => {
      const present = await packsIn(files, folder)
      for (const pack of indexes.keys()) {
        if (present.has(pack)) continue
        indexes.delete(pack)
        kept.drop(pack)
      }
      const fresh = [...present].filter((pack) => !indexes.has(pack))
      for (let at = 0; at < fresh.length; at += INDEXES_AT_ONCE) {
        const group = fresh.slice(at, at + INDEXES_AT_ONCE)
        const opened = await Promise.all(group.map((pack) => readIndex(files, join(folder, `${pack}.idx`))))
        opened.forEach((index, position) => {
          const pack = group[position]
          if (pack !== undefined && index !== undefined) indexes.set(pack, index)
        })
      }
      return fresh.length > 0
    },
    read: async ({ pack, index, offset }) => {
      const path = join(folder, `${pack}.pack`)
      const whole = kept.get(pack) ?? (await readWhole(files, path))
      if (whole !== undefined) {
        kept.add(pack, whole)
        return readObject((at) => Promise.resolve(whole.subarray(at)), index, offset)
      }
      const file = await files.open(path, 'read')
      try {
        return await readObject((at) => readSlice(file, at), index, offset)
      } finally {
        await file.close()
      }
    },
  }
}

async function packsIn(files: Files, folder: string): Promise<ReadonlySet<string>> {
  const names = (await files.readFolder(folder)).map(({ name }) => name)
  return new Set(names.filter((name) => /^pack-.*\.idx$/.test(name)).map((name) => name.slice(0, -'.idx'.length)))
}

/** `undefined` for an index that is gone again, or that is none: then its objects are looked for elsewhere. */
async function readIndex(files: Files, path: string): Promise<PackIndex | undefined> {
  try {
    return openPackIndex(await files.readFile(path))
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined
    throw error
  }
}

async function readWhole(files: Files, path: string): Promise<Uint8Array | undefined> {
  const stat = await files.stat(path)
  return stat !== undefined && stat.sizeBytes > WHOLE_PACK_BYTES ? undefined : await files.readFile(path)
}

/** Reads the bytes of one entry, and perhaps more. */
type ReadEntry = (offset: number) => Promise<Uint8Array>

/** Walks from a delta to the whole object it starts from, then makes each object on the way back. */
async function readObject(readEntry: ReadEntry, index: PackIndex, offset: number): Promise<GitObject> {
  const deltas: Uint8Array[] = []
  for (let at = offset; deltas.length <= CHAIN_LIMIT;) {
    const bytes = await readEntry(at)
    const header = readEntryHeader(bytes)
    if (header.kind !== 'delta') {
      const whole = inflateEntry(bytes, header)
      return { kind: header.kind, bytes: deltas.reduceRight((base, delta) => applyDelta(base, delta), whole) }
    }
    const { base, instructions } = readDelta(bytes, header)
    deltas.push(instructions)
    at = baseOffset(index, base, at)
  }
  throw new Error('a chain of deltas without an end')
}

function baseOffset(index: PackIndex, base: DeltaBase, offset: number): number {
  const oid = base.kind === 'name' ? parseOid(base.oid) : undefined
  const found = base.kind === 'offset' ? offset - base.back : oid === undefined ? undefined : index.offsetOf(oid)
  if (found === undefined || found <= 0) throw new Error('a delta of an object that is not in its pack')
  return found
}

async function readSlice(file: OpenFile, offset: number): Promise<Uint8Array> {
  const start = Buffer.alloc(HEADER_LIMIT_BYTES)
  const header = readEntryHeader(start.subarray(0, await file.read(start, offset)))
  // A header made to harm may claim any size.
  const { sizeBytes } = await file.stat()
  const entry = Buffer.alloc(Math.min(entryLimitBytes(header), sizeBytes - offset))
  return entry.subarray(0, await file.read(entry, offset))
}

/** Packs read whole, the ones used last, up to `KEPT_BYTES`. */
function keptPacks(): {
  readonly get: (pack: string) => Uint8Array | undefined
  readonly add: (pack: string, bytes: Uint8Array) => void
  readonly drop: (pack: string) => void
} {
  const packs = new Map<string, Uint8Array>()
  let sizeBytes = 0
  const drop = (pack: string) => {
    sizeBytes -= packs.get(pack)?.length ?? 0
    packs.delete(pack)
  }
  const add = (pack: string, bytes: Uint8Array) => {
    drop(pack)
    packs.set(pack, bytes)
    sizeBytes += bytes.length
    for (const oldest of packs.keys()) {
      if (sizeBytes <= KEPT_BYTES) return
      drop(oldest)
    }
  }
  return { get: (pack) => packs.get(pack), add, drop }
}
