/**
 * Packs by the files they were made of, as `stat` tells of these: a folder that has not changed since it was packed is
 * not read again. One small text a pack, named after the names and times of its files.
 *
 * Law: as of the stat cache, kept only of files that had rested before they were read. It may be deleted at will.
 */
import { join } from 'node:path'
import { parseSha256, sha256Of } from '../../base/digest.ts'
import type { Sha256 } from '../../base/digest.ts'
import type { StoredBytes } from '../../domain/artifact.ts'
import { errnoOf } from '../files/disk-failure.ts'
import type { Files, FileStat } from '../files/files.ts'
import { hadRested, keyOf } from './stat-cache.ts'
import type { Moment } from './stat-cache.ts'

/** A pack, with the digests of the files in it, in their order. */
export interface KnownPack {
  readonly pack: StoredBytes
  readonly digests: readonly Sha256[]
}

/** A file of a pack, as it was when it was read. */
export interface PackedStat {
  readonly path: string
  readonly stat: FileStat
}

/** Looks packs up by their files. */
export interface PackCache {
  /** The pack of these files; `undefined` when they must be read. */
  readonly find: (members: readonly PackedStat[]) => Promise<KnownPack | undefined>
  /** Remembers a pack whose files were read after a moment. Failing to remember is no failure. */
  readonly remember: (members: readonly PackedStat[], known: KnownPack, since: Moment) => Promise<void>
  /** Lets go of the oldest entries when there are many. */
  readonly shorten: () => Promise<void>
}

const LIMIT_ENTRIES = 2_000
const HEAD = /^([0-9a-f]{64}) (0|[1-9][0-9]{0,15})$/

/** Opens the cache of a repository. Nothing is read or made before it is asked. */
export function openPackCache(commonDir: string, files: Files): PackCache {
  const folder = join(commonDir, 'mlv', 'pack-cache')
  return {
    find: async (members) => {
      const text = await readIfAny(files, join(folder, nameOf(members)))
      return text === undefined ? undefined : parsed(text, members.length)
    },
    remember: async (members, known, since) => {
      if (!members.every(({ stat }) => hadRested(stat, since))) return
      await harmless(async () => {
        await files.makeFolder(folder)
        const path = join(folder, nameOf(members))
        // One that could not be read is in the way.
        await files.remove(path)
        const file = await files.open(path, 'create')
        try {
          await file.write(Buffer.from(textOf(known), 'latin1'))
        } finally {
          await file.close()
        }
      })
    },
    shorten: () => harmless(() => shorten(files, folder)),
  }
}

function nameOf(members: readonly PackedStat[]): Sha256 {
  return sha256Of(members.map(({ path, stat }) => `${path}\0${keyOf(stat)}\n`).join(''))
}

/** The digest at the end tells a text that was cut. */
function textOf({ pack, digests }: KnownPack): string {
  const text = [`${pack.sha256} ${pack.sizeBytes}`, ...digests].join('\n')
  return `${text}\n${sha256Of(text)}\n`
}

function parsed(text: string, count: number): KnownPack | undefined {
  const lines = text.split('\n')
  const [, packDigest = '', size = ''] = HEAD.exec(lines[0] ?? '') ?? []
  const sha256 = parseSha256(packDigest)
  const digests = lines.slice(1, count + 1).flatMap((line) => parseSha256(line) ?? [])
  if (sha256 === undefined || digests.length !== count) return undefined
  const known = { pack: { sha256, sizeBytes: Number(size) }, digests }
  return textOf(known) === text ? known : undefined
}

async function readIfAny(files: Files, path: string): Promise<string | undefined> {
  try {
    return Buffer.from(await files.readFile(path)).toString('latin1')
  } catch (error) {
    if (errnoOf(error) === undefined) throw error
    return undefined
  }
}

async function shorten(files: Files, folder: string): Promise<void> {
  const names = await files.readFolder(folder)
  if (names.length <= LIMIT_ENTRIES) return
  const aged: { readonly path: string; readonly modifiedNs: bigint }[] = []
  for (const { name } of names) {
    const path = join(folder, name)
    const stat = await files.lstat(path)
    if (stat?.kind === 'file') aged.push({ path, modifiedNs: stat.modifiedNs })
  }
  aged.sort((left, right) => (left.modifiedNs < right.modifiedNs ? -1 : 1))
  for (const { path } of aged.slice(0, -LIMIT_ENTRIES / 2)) await files.remove(path)
}

/** A cache that cannot be written, on a full or read-only disk, costs a reading and nothing else. */
async function harmless(action: () => Promise<void>): Promise<void> {
  try {
    await action()
  } catch (error) {
    if (errnoOf(error) === undefined) throw error
  }
}
