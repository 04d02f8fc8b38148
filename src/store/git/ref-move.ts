/**
 * Moves refs kept in files, all or none, also when killed half-way: one ref by renaming its lock, several by one rename
 * of `packed-refs`. What a ref holds is compared under its lock.
 */
import { dirname, join } from 'node:path'
import { assert } from '../../base/assert.ts'
import { compareText } from '../../base/order.ts'
import { refuse } from '../../domain/failure.ts'
import type { Oid } from '../../domain/oid.ts'
import type { RefName } from '../../domain/ref-name.ts'
import type { Files } from '../files/files.ts'
import { writeSynced } from '../files/write-synced.ts'
import type { Signature } from './engine.ts'
import { holdLock } from './lock-file.ts'
import type { HeldLock } from './lock-file.ts'
import { parseLooseRef, readPackedRefs, readRef, readText, refFile } from './loose-ref.ts'
import { formatPackedRefs, withPackedRefs } from './packed-refs.ts'
import type { PackedRefs } from './packed-refs.ts'
import type { RepositoryPlace } from './probe.ts'
import { appendReflog, reflogFile } from './reflog.ts'

/** One ref's move. */
export interface RefMove {
  readonly ref: RefName
  /** What it must hold now; `undefined` for a ref that must not exist. */
  readonly expected: Oid | undefined
  readonly next: Oid
  readonly committer: Signature
  /** For the reflog. */
  readonly message: string
}

/** Refs that are locked and found where they were expected. `move` lets go of them too, also when it fails. */
export interface LockedRefs {
  /** Moves all refs and writes their reflogs, durably. */
  readonly move: () => Promise<void>
  readonly release: () => Promise<void>
}

interface LockedRef {
  readonly move: RefMove
  readonly lock: HeldLock
}

/**
 * Locks the refs of all moves and compares what they hold.
 *
 * @throws `branch-moved`, `ref-locked`; then nothing is locked.
 */
export async function lockRefs(place: RepositoryPlace, files: Files, moves: readonly RefMove[]): Promise<LockedRefs> {
  assert(new Set(moves.map((move) => move.ref)).size === moves.length, 'every ref to be moved once')
  const locked: LockedRef[] = []
  const release = async () => {
    for (const { lock } of locked) await lock.release()
  }
  try {
    // In one order everywhere, so that two programs never wait for each other.
    for (const move of [...moves].sort((left, right) => compareText(left.ref, right.ref))) {
      if (move.expected === undefined) {
        await removeEmptyFolders(files, refFile(place, move.ref))
        await removeEmptyFolders(files, reflogFile(place, move.ref))
      }
      const lock = await holdLock(place, files, { file: refFile(place, move.ref), content: `${move.next}\n` })
      locked.push({ move, lock })
      await refuseMoved(place, files, move)
    }
  } catch (caught) {
    await release()
    throw caught
  }
  return { move: () => moveLocked(place, files, locked), release }
}

/** Refuses a ref that is not where a move expects it. @throws `branch-moved`, `ref-damaged` */
export async function refuseMoved(
  place: RepositoryPlace,
  files: Files,
  move: Pick<RefMove, 'ref' | 'expected'>,
): Promise<void> {
  const loose = await readText(files, refFile(place, move.ref))
  if (loose !== undefined && parseLooseRef(move.ref, loose).kind === 'symbolic') {
    // Moving it would cut it off from the ref it follows.
    throw refuse('ref-damaged', { ref: move.ref, content: loose })
  }
  if ((await readRef(place, files, move.ref)) !== move.expected) throw refuse('branch-moved', { ref: move.ref })
}

async function moveLocked(place: RepositoryPlace, files: Files, locked: readonly LockedRef[]): Promise<void> {
  const moved = locked.filter(({ move }) => move.expected !== undefined)
  const made = locked.filter(({ move }) => move.expected === undefined)
  try {
    await appendReflogs(place, files, moved)
    const [first, ...others] = locked
    if (first !== undefined && others.length === 0) await first.lock.commit()
    else await movePacked(place, files, locked)
  } finally {
    for (const { lock } of locked) await lock.release()
  }
  // Not before, as for the others: a reflog without its ref tells of a history that vanished.
  await appendReflogs(place, files, made)
}

async function appendReflogs(place: RepositoryPlace, files: Files, locked: readonly LockedRef[]): Promise<void> {
  for (const { move } of locked) {
    await appendReflog(place, files, { ...move, before: move.expected, after: move.next })
  }
}

/**
 * Moves several refs by one rename. First `packed-refs` takes what they hold now, then their loose files go, which
 * changes nothing anyone reads; the rename that gives them their new values is the only moment of change.
 */
async function movePacked(place: RepositoryPlace, files: Files, locked: readonly LockedRef[]): Promise<void> {
  const file = join(place.commonDir, 'packed-refs')
  const packedLock = await holdLock(place, files, { file, content: '' })
  try {
    let packed = await readPackedRefs(place, files)
    const stale = locked.filter(({ move }) => packed.refs.get(move.ref)?.oid !== move.expected)
    if (stale.length > 0) {
      packed = withPackedRefs(packed, new Map(stale.flatMap(({ move: { ref, expected } }) => entryOf(ref, expected))))
      await replacePackedRefs(files, file, packed)
    }
    await removeLoose(place, files, locked)
    const moved = new Map(locked.map(({ move }) => [move.ref, move.next]))
    await replacePackedRefs(files, file, withPackedRefs(packed, moved))
  } finally {
    await packedLock.release()
  }
}

/** Under the lock of `packed-refs`, so the temporary file needs no name of its own. */
async function replacePackedRefs(files: Files, file: string, refs: PackedRefs): Promise<void> {
  const fresh = `${file}.mlv`
  await files.remove(fresh)
  await writeSynced(files, fresh, formatPackedRefs(refs))
  await files.rename(fresh, file)
  await files.syncFolder(dirname(file))
}

function entryOf(ref: RefName, oid: Oid | undefined): readonly (readonly [RefName, Oid])[] {
  return oid === undefined ? [] : [[ref, oid]]
}

/** A loose file that came back after power loss would hide the packed value, so the removals are synced. */
async function removeLoose(place: RepositoryPlace, files: Files, locked: readonly LockedRef[]): Promise<void> {
  const folders = new Set<string>()
  for (const { move } of locked) {
    const file = refFile(place, move.ref)
    if ((await files.lstat(file)) === undefined) continue
    await files.remove(file)
    folders.add(dirname(file))
  }
  for (const folder of folders) await files.syncFolder(folder)
}

/** What refs of longer names left behind would be in the way of a file. */
async function removeEmptyFolders(files: Files, path: string): Promise<void> {
  if ((await files.lstat(path))?.kind !== 'folder') return
  for (const entry of await files.readFolder(path)) await removeEmptyFolders(files, join(path, entry.name))
  await files.removeFolder(path)
}
