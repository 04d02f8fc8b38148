/**
 * The git port without a git program: packs and refs read and written with mlv's own safe files.
 *
 * A commit is one pack, in place and synced before any ref is locked; then all refs move or none does. What cannot be
 * read so is refused when the repository is opened, never half-written.
 */
import { join } from 'node:path'
import { isFailure, refuse } from '../../domain/failure.ts'
import type { Oid } from '../../domain/oid.ts'
import { asDiskFailure } from '../files/disk-failure.ts'
import type { Files } from '../files/files.ts'
import { encodeCommit } from './commit-object.ts'
import type { GitEngine, RefUpdate, Signatures } from './engine.ts'
import { foldOwnPacks } from './fold-own-packs.ts'
import { findCommitAt, reaches, readLog } from './history.ts'
import type { HistoryReader } from './history.ts'
import { clearLeftLocks } from './lock-file.ts'
import { asRefName, listRefs, readRef, readText } from './loose-ref.ts'
import { objectName } from './object-name.ts'
import type { GitObject } from './object-name.ts'
import { objectQueries } from './object-queries.ts'
import type { ObjectQueries } from './object-queries.ts'
import { openObjectReader } from './object-reader.ts'
import type { ObjectReader } from './object-reader.ts'
import { clearLeftPacks, storePack } from './pack-writer.ts'
import type { RepositoryPlace } from './probe.ts'
import { lockRefs, refuseMoved } from './ref-move.ts'
import type { RefMove } from './ref-move.ts'
import { refuseLostHistory, refuseNameConflict } from './ref-preflight.ts'
import { resolveCommit } from './resolve-commit.ts'
import { editTree } from './tree-edit.ts'
import { parseTree } from './tree-object.ts'

interface EmbeddedRepository {
  readonly place: RepositoryPlace
  readonly files: Files
  readonly objects: ObjectQueries
}

/**
 * Opens the embedded engine.
 *
 * @throws `repository-format` for SHA-256 names, reftable, borrowed objects (alternates) and partial clones.
 */
export async function openEmbeddedEngine(place: RepositoryPlace, files: Files): Promise<GitEngine> {
  refuseUnreadable(place)
  const reader = openObjectReader(place.commonDir, files)
  const objects = objectQueries(reader)
  const history: HistoryReader = {
    readCommit: objects.readCommit,
    entryAt: objects.entryAt,
    shallowCommits: () => shallowCommits(place, files),
  }
  return await Promise.resolve({
    kind: 'embedded',
    ...objects,
    readRef: (ref) => readRef(place, files, ref),
    listRefs: (prefix) => listRefs(place, files, prefix),
    resolveCommit: (revision) => resolveCommit(revisionReader(place, files, reader), revision),
    log: (tip, query) => readLog(history, tip, query),
    commitAt: (tip, at) => findCommitAt(history, tip, at),
    isAncestor: (ancestor, descendant) => reaches(history, descendant, ancestor),
    commitRefs: (updates, signatures) => commitRefs({ place, files, objects }, updates, signatures),
    close: () => Promise.resolve(),
  } satisfies GitEngine)
}

function refuseUnreadable(place: RepositoryPlace): void {
  const unreadable: readonly (readonly [boolean, string])[] = [
    [place.objectFormat === 'sha256', 'SHA-256 object names'],
    [place.refFormat === 'reftable', 'the reftable format'],
    [place.alternates, 'objects borrowed from another repository (alternates)'],
    [place.partialClone, 'a partial clone, which fetches objects when they are read'],
  ]
  for (const [present, extension] of unreadable) {
    if (present) throw refuse('repository-format', { extension, needs: 'a git program on the PATH' })
  }
}

async function shallowCommits(place: RepositoryPlace, files: Files): Promise<ReadonlySet<string>> {
  const text = place.shallow ? await readText(files, join(place.commonDir, 'shallow')) : undefined
  return new Set((text ?? '').split('\n'))
}

function revisionReader(place: RepositoryPlace, files: Files, reader: ObjectReader) {
  return {
    readName: async (name: string) => {
      const known = name === 'HEAD' ? name : asRefName(name)
      return known === undefined ? undefined : await readRef(place, files, known)
    },
    startingWith: reader.startingWith,
    readObject: async (oid: Oid): Promise<GitObject | undefined> => {
      try {
        return await reader.read(oid)
      } catch (caught) {
        if (isFailure(caught, 'object-missing')) return undefined
        throw caught
      }
    },
  }
}

async function commitRefs(
  repository: EmbeddedRepository,
  updates: readonly RefUpdate[],
  signatures: Signatures,
): Promise<readonly Oid[]> {
  const { place, files } = repository
  try {
    if (signatures.sign === true) throw refuse('git-missing', { purpose: 'sign commits' })
    await clearLeftLocks(place, files)
    await clearLeftPacks(place.commonDir, files)
    for (const update of updates) await refuseBeforehand(repository, update)
    const created = new Map<Oid, GitObject>()
    const moves: RefMove[] = []
    for (const update of updates) {
      const next = await makeCommit(repository, created, { update, signatures })
      moves.push({ ref: update.ref, expected: update.expected, next, ...reflogOf(update, signatures) })
    }
    await storeAndMove(repository, created, moves)
    // The commit is made and told whether or not the packs can be folded; the next one tries again.
    await foldOwnPacks(place.commonDir, files).catch(() => undefined)
    return moves.map((move) => move.next)
  } catch (caught) {
    throw asDiskFailure(caught, pathOf(caught) ?? place.commonDir, 'writing') ?? caught
  }
}

/** Asked again under the locks, where it counts; asked here so that a lost race writes nothing. */
async function refuseBeforehand(repository: EmbeddedRepository, update: RefUpdate): Promise<void> {
  await refuseMoved(repository.place, repository.files, update)
  if (update.expected !== undefined) return
  await refuseLostHistory(repository, update)
  await refuseNameConflict(repository, update.ref)
}

/** The system's errors name the file they are about. */
function pathOf(caught: unknown): string | undefined {
  return caught instanceof Error && 'path' in caught && typeof caught.path === 'string' ? caught.path : undefined
}

function reflogOf(update: RefUpdate, signatures: Signatures): Pick<RefMove, 'committer' | 'message'> {
  return { committer: signatures.committer, message: update.message }
}

async function makeCommit(
  { objects }: EmbeddedRepository,
  created: Map<Oid, GitObject>,
  { update, signatures }: { readonly update: RefUpdate; readonly signatures: Signatures },
): Promise<Oid> {
  const addObject = (oid: Oid, object: GitObject) => void created.set(oid, object)
  const readTree = async (oid: Oid) => {
    // A copied folder may be edited again before it is stored.
    const pending = created.get(oid)
    return pending === undefined ? await objects.readTree(oid) : parseTree(oid, pending.bytes)
  }
  const base = update.base ?? update.expected
  const before = base === undefined ? undefined : (await objects.readCommit(base)).tree
  const tree = await editTree(before, update.edits, { readTree, addObject })
  const parents = base === undefined ? update.alsoParents : [base, ...update.alsoParents]
  const { author, committer } = signatures
  const bytes = encodeCommit({ tree, parents, author, committer, message: update.message })
  const commit: GitObject = { kind: 'commit', bytes }
  const oid = objectName(commit)
  addObject(oid, commit)
  return oid
}

async function storeAndMove(
  { place, files }: EmbeddedRepository,
  created: ReadonlyMap<Oid, GitObject>,
  moves: readonly RefMove[],
): Promise<void> {
  const pack = await storePack(place.commonDir, files, created)
  const locked = await lockRefs(place, files, moves).catch(async (caught: unknown) => {
    await pack.discard()
    throw caught
  })
  try {
    await locked.move()
  } finally {
    // Also after a failure: the reflogs may name the new commits, so from here on the pack is git's to keep.
    await pack.release()
  }
}
