/**
 * What a writer leaves in sight while git works for it: who it is, its git processes and the commits they make. A
 * record found under the writer's lock was left by a writer that died, and says what is its to clear away.
 */
import { dirname, join } from 'node:path'
import { parseOid } from '../../domain/oid.ts'
import type { Oid } from '../../domain/oid.ts'
import { errnoOf } from '../files/disk-failure.ts'
import type { Files } from '../files/files.ts'
import type { RepositoryPlace } from './probe.ts'
import { parseOwner } from './process-identity.ts'
import type { OwnerIdentity } from './process-identity.ts'

/** A writer at work. */
export interface WritingRecord {
  readonly owner: OwnerIdentity
  /** Its git processes. */
  readonly children: readonly OwnerIdentity[]
  /** The commits the refs are about to name; empty until they are made. */
  readonly commits: readonly Oid[]
  /**
   * When the writer began, by the clock of the file system, in nanoseconds since the Unix epoch; absent in the first
   * record of a commit, whose own time it is.
   */
  readonly sinceNs?: bigint
}

/** A record found. */
export type FoundRecord = Required<WritingRecord>

/**
 * Puts a record in sight, in place of an earlier one, and returns when the writer began. Not synced: after power loss
 * no process of it lives.
 */
export async function publishWriting(place: RepositoryPlace, files: Files, record: WritingRecord): Promise<bigint> {
  const path = recordPath(place)
  const fresh = freshPath(place)
  await files.makeFolder(dirname(path))
  await files.remove(fresh)
  const file = await files.open(fresh, 'create')
  try {
    const { sinceNs } = record
    const text = JSON.stringify({ ...record, sinceNs: sinceNs === undefined ? undefined : String(sinceNs) })
    await file.write(Buffer.from(`${text}\n`, 'utf8'))
    const began = sinceNs ?? (await file.stat()).modifiedNs
    await files.rename(fresh, path)
    return began
  } finally {
    await file.close()
  }
}

/** Takes the record out of sight, and one that a killed writer was about to put there. */
export async function withdrawWriting(place: RepositoryPlace, files: Files): Promise<void> {
  await files.remove(recordPath(place))
  await files.remove(freshPath(place))
}

/** The record in sight; `undefined` when there is none or power loss cut it short. */
export async function findWriting(place: RepositoryPlace, files: Files): Promise<FoundRecord | undefined> {
  const path = recordPath(place)
  try {
    const record = parseRecord(Buffer.from(await files.readFile(path)).toString('utf8'))
    const stat = await files.stat(path)
    return record === undefined || stat === undefined ? undefined : { sinceNs: stat.modifiedNs, ...record }
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined
    throw error
  }
}

function freshPath(place: RepositoryPlace): string {
  return `${recordPath(place)}.new`
}

function recordPath(place: RepositoryPlace): string {
  return join(place.commonDir, 'mlv', 'writing')
}

function parseRecord(text: string): WritingRecord | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  const { owner, children, commits, sinceNs } = value as Readonly<Record<string, unknown>>
  const parsed = parseOwner(owner)
  if (parsed === undefined || !Array.isArray(children) || !Array.isArray(commits)) return undefined
  return {
    owner: parsed,
    children: children.map(parseOwner).filter((child) => child !== undefined),
    commits: commits.map((oid) => parseOid(String(oid))).filter((oid) => oid !== undefined),
    ...(typeof sinceNs === 'string' && /^\d+$/.test(sinceNs) ? { sinceNs: BigInt(sinceNs) } : {}),
  }
}
