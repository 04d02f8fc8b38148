/**
 * Journals: a run on the disk before it is history. One folder a run, one file of frames, appended and synced.
 *
 * The first frame says which process writes it, so that a run being written is never taken for one left behind.
 */
import { basename, join } from 'node:path'
import { parseRunId } from '../../domain/run.ts'
import type { RunId } from '../../domain/run.ts'
import { refuse } from '../../domain/failure.ts'
import { asDiskFailure, errnoOf, withDiskFailures } from '../files/disk-failure.ts'
import type { Files } from '../files/files.ts'
import { makeFolderDurably } from '../files/make-folder-durably.ts'
import { identifyProcess, livenessOf, parseOwner } from '../git/process-identity.ts'
import type { OwnerIdentity } from '../git/process-identity.ts'
import { appendFile } from './append-file.ts'
import type { AppendFile } from './append-file.ts'
import { decodeFrames, encodeFrames } from './frames.ts'
import { decodeEvent, encodeEvent } from './journal-event.ts'
import type { JournalEvent } from './journal-event.ts'

/** Where journals are, and which process asks. */
export interface JournalPlace {
  readonly files: Files
  /** The git folder shared by all worktrees. */
  readonly commonDir: string
  readonly processId: number
  readonly hostName: string
}

/** A journal open for appending. */
export interface Journal {
  /** Appends events with one write. They are durable when this returns. */
  readonly append: (events: readonly JournalEvent[]) => Promise<void>
  readonly close: () => Promise<void>
  /** Closes the journal and takes it away; what it said is history now. */
  readonly remove: () => Promise<void>
}

/** A journal as read. */
export interface JournalContent {
  readonly events: readonly JournalEvent[]
  /** Bytes of a write that was cut short; 0 when the end is whole. */
  readonly tornBytes: number
  /** True when whole events follow a broken one; `events` are those before it. */
  readonly isDamaged: boolean
  /** Whether its writer is still at work, as far as can be told. */
  readonly isLive: boolean
}

/** Journals this process has open. One that it let go of was left by an operation that failed, and is not live. */
const openHere = new Set<string>()

/**
 * Starts a journal with its first events. It appears whole, so that nobody takes one that is being started for one
 * that was left behind.
 *
 * @throws `disk-full`, `disk-failed`, `repository-read-only`
 */
export async function startJournal(place: JournalPlace, run: RunId, events: readonly JournalEvent[]): Promise<Journal> {
  const folder = folderOf(place, run)
  const path = eventsPath(place, run)
  return withDiskFailures(path, 'writing', async () => {
    await makeFolderDurably(place.files, folder)
    const owner = Buffer.from(JSON.stringify(await identifyProcess(place.files, place)), 'utf8')
    const first = encodeFrames([owner, ...events.map(encodeEvent)])
    const starting = `${path}.starting`
    const file = await place.files.open(starting, 'create')
    try {
      await file.write(first)
      await file.sync()
      openHere.add(path)
      await place.files.rename(starting, path)
      await place.files.syncFolder(folder)
    } catch (error) {
      openHere.delete(path)
      await file.close()
      throw error
    }
    return openJournal(place, run, appendFile(place.files, path, file, first.length))
  })
}

/** Ids of the runs that have a journal, oldest first. */
export async function listJournals(place: JournalPlace): Promise<readonly RunId[]> {
  const entries = await place.files.readFolder(journalsFolder(place))
  const runs: RunId[] = []
  for (const { name } of entries) {
    const run = parseRunId(name)
    if (run !== undefined && (await place.files.lstat(eventsPath(place, run))) !== undefined) runs.push(run)
  }
  return runs
}

/** Reads a journal; `undefined` when it is gone: its run reached the branch. @throws `document-malformed` */
export async function readJournal(place: JournalPlace, run: RunId): Promise<JournalContent | undefined> {
  const path = eventsPath(place, run)
  const bytes = await readIfThere(place.files, path)
  if (bytes === undefined) return undefined
  const { payloads, tornBytes, isDamaged } = decodeFrames(bytes)
  const [first, ...rest] = payloads
  return {
    events: rest.map((payload) => decodeEvent(payload, path)),
    tornBytes,
    isDamaged,
    isLive: openHere.has(path) || (first !== undefined && (await isAliveElsewhere(place, first))),
  }
}

/** Refuses to seal part of a run as if it were the whole. @throws `journal-damaged` */
export function requireWhole(place: JournalPlace, run: RunId, { events, isDamaged }: JournalContent): void {
  if (!isDamaged) return
  const problem = `it breaks off after ${events.length} events`
  throw refuse('journal-damaged', { file: eventsPath(place, run), problem })
}

/** Takes a journal away. A kill in between leaves an empty folder, which is no journal. */
export async function removeJournal(place: JournalPlace, run: RunId): Promise<void> {
  const folder = folderOf(place, run)
  await withDiskFailures(folder, 'removing', async () => {
    await place.files.remove(eventsPath(place, run))
    await place.files.removeFolder(folder)
  })
}

function openJournal(place: JournalPlace, run: RunId, file: AppendFile): Journal {
  const path = eventsPath(place, run)
  return {
    append: (events) => withDiskFailures(path, 'writing', () => file.append(encodeFrames(events.map(encodeEvent)))),
    close: async () => {
      openHere.delete(path)
      await file.close()
    },
    remove: async () => {
      openHere.delete(path)
      await file.close()
      await removeJournal(place, run)
    },
  }
}

async function isAliveElsewhere(place: JournalPlace, payload: Uint8Array): Promise<boolean> {
  const owner = ownerOf(payload)
  if (owner === undefined) return false
  const self = await identifyProcess(place.files, place)
  return (await livenessOf(place.files, owner, { self })) !== 'dead' && !isSame(owner, self)
}

function isSame(owner: OwnerIdentity, self: OwnerIdentity): boolean {
  return owner.processId === self.processId && owner.startedAt === self.startedAt && owner.hostName === self.hostName
}

function ownerOf(payload: Uint8Array): OwnerIdentity | undefined {
  try {
    return parseOwner(JSON.parse(Buffer.from(payload).toString('utf8')))
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return undefined
  }
}

async function readIfThere(files: Files, path: string): Promise<Uint8Array | undefined> {
  try {
    return await files.readFile(path)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined
    throw asDiskFailure(error, path, 'reading') ?? error
  }
}

function eventsPath(place: JournalPlace, run: RunId): string {
  return join(folderOf(place, run), 'events')
}

function journalsFolder(place: JournalPlace): string {
  return join(place.commonDir, 'mlv', 'journal')
}

function folderOf(place: JournalPlace, run: RunId): string {
  return join(journalsFolder(place), basename(run))
}
