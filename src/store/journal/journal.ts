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
import { writeFileDurably } from '../files/safe-write.ts'
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

const EVENTS = 'events'

/** Journals this process has open. One that it let go of was left by an operation that failed, and is not live. */
const openHere = new Set<string>()

/**
 * Starts a journal with its first events. It appears whole, so that nobody takes one that is being started for one
 * that was left behind.
 *
 * @throws `disk-full`, `disk-failed`, `repository-read-only`
 */
export async function startJournal(place: JournalPlace, run: RunId, events: readonly JournalEvent[]): Promise<Journal> {
  const folder = journalFolder(place, run)
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

/** Tells whether a folder is that of a run that is not on the branch yet. */
export async function isJournalFolder(files: Files, folder: string): Promise<boolean> {
  return (await files.stat(join(folder, EVENTS)))?.kind === 'file'
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
  const events = rest.map((payload) => decodeEvent(payload, path))
  return {
    events,
    tornBytes,
    isDamaged,
    isLive: openHere.has(path) || (await isAnyAlive(place, [ownerOf(first), ...events.flatMap(processOf)])),
  }
}

/**
 * Opens a journal that was left behind, to write the same run on. What a torn write left is cut first.
 *
 * @throws `disk-full`, `disk-failed`, `repository-read-only`
 */
export async function reopenJournal(place: JournalPlace, run: RunId, content: JournalContent): Promise<Journal> {
  const path = eventsPath(place, run)
  return withDiskFailures(path, 'writing', async () => {
    const bytes = await place.files.readFile(path)
    const wholeBytes = bytes.length - content.tornBytes
    if (content.tornBytes > 0) {
      await writeFileDurably(place.files, path, bytes.subarray(0, wholeBytes), { replace: true })
    }
    const file = await place.files.open(path, 'append')
    openHere.add(path)
    return openJournal(place, run, appendFile(place.files, path, file, wholeBytes))
  })
}

/** Refuses to seal part of a run as if it were the whole. @throws `journal-damaged` */
export function requireWhole(place: JournalPlace, run: RunId, { events, isDamaged }: JournalContent): void {
  if (!isDamaged) return
  const problem = `it breaks off after ${events.length} events`
  throw refuse('journal-damaged', { file: eventsPath(place, run), problem })
}

/**
 * Takes a journal away, and its folder with all that the run's processes put there. The events go last: a kill in
 * between leaves a journal, whose run is on the branch already, and the next recovery takes it away.
 */
export async function removeJournal(place: JournalPlace, run: RunId): Promise<void> {
  const folder = journalFolder(place, run)
  await withDiskFailures(folder, 'removing', async () => {
    await removeContents(place.files, folder, EVENTS)
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

/** The writer, and the processes that make the run: while one of them lives, so does the run. */
async function isAnyAlive(place: JournalPlace, owners: readonly (OwnerIdentity | undefined)[]): Promise<boolean> {
  const self = await identifyProcess(place.files, place)
  for (const owner of owners) {
    if (owner === undefined || isSame(owner, self)) continue
    if ((await livenessOf(place.files, owner, { self })) !== 'dead') return true
  }
  return false
}

function processOf(event: JournalEvent): readonly OwnerIdentity[] {
  return event.kind === 'process' ? [event.owner] : []
}

function isSame(owner: OwnerIdentity, self: OwnerIdentity): boolean {
  return owner.processId === self.processId && owner.startedAt === self.startedAt && owner.hostName === self.hostName
}

function ownerOf(payload: Uint8Array | undefined): OwnerIdentity | undefined {
  if (payload === undefined) return undefined
  try {
    return parseOwner(JSON.parse(Buffer.from(payload).toString('utf8')))
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return undefined
  }
}

/** Removes what is in a folder; a failure is told, because what is left would be nobody's. Links are not followed. */
async function removeContents(files: Files, folder: string, except?: string): Promise<void> {
  for (const { name, kind } of await files.readFolder(folder)) {
    if (name === except) continue
    const path = join(folder, name)
    if (kind !== 'folder') await files.remove(path)
    else {
      await removeContents(files, path)
      await files.removeFolder(path)
    }
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
  return join(journalFolder(place, run), EVENTS)
}

function journalsFolder(place: JournalPlace): string {
  return join(place.commonDir, 'mlv', 'journal')
}

/** The folder of a run that is being written, `MLV_RUN_DIR` to its processes. */
export function journalFolder(place: JournalPlace, run: RunId): string {
  return join(journalsFolder(place), basename(run))
}
