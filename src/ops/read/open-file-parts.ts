/**
 * Parts of one recorded file, for those who look at a little of it: what is not in this clone is asked of the store by
 * ranges, and no more than that is read or brought.
 *
 * Law: small files are verified before a byte is handed out. Of a large one that nobody has digested since it last
 * changed, a part cannot be held against the digest of the whole, so it says that it is not verified.
 */
import type { ArtifactFile } from '../../domain/artifact.ts'
import { parseArtifactPath } from '../../domain/artifact-path.ts'
import { refuse } from '../../domain/failure.ts'
import type { RunId } from '../../domain/run.ts'
import { openSnapshot } from '../../store/branch/snapshot.ts'
import type { BranchSnapshot } from '../../store/branch/snapshot.ts'
import { readRunFiles } from '../../store/branch/read-runs.ts'
import type { ByteSource } from '../../store/data/row-map.ts'
import { collect, partReader } from '../artifacts/part-of-object.ts'
import { readRunFile } from '../artifacts/read-recorded-file.ts'
import { openSharedStore } from '../repository/artifact-store-access.ts'
import type { Repository } from '../repository/repository.ts'
import { resolveRun } from '../revisions/resolve-revision.ts'
import { readParts } from './open-run-file.ts'

/** A recorded file of which parts can be read. */
export interface FileParts extends ByteSource {
  readonly run: RunId
  readonly file: ArtifactFile
  /** Its bytes are those that were recorded; otherwise nobody has looked at all of them. */
  readonly isVerified: boolean
}

/** Files of at most so many bytes are taken whole. */
const SMALL_BYTES = 8 * 1024 * 1024
/** Asked of a store at once. */
const PIECE_BYTES = 1024 * 1024

/** Finds a file of what a revision names. @throws `file-not-found`, what `parseArtifactPath` and `resolveRun` refuse */
export async function findRunFile(
  repository: Repository,
  revision: string,
  pathText: string,
): Promise<{ readonly snapshot: BranchSnapshot; readonly run: RunId; readonly file: ArtifactFile }> {
  const path = parseArtifactPath(pathText)
  const snapshot = await openSnapshot(repository.context.engine)
  const run = (await resolveRun(snapshot, revision)).id
  const file = (await readRunFiles(snapshot, run)).find((found) => found.path === path)
  if (file === undefined) throw refuse('file-not-found', { file: path, wanted: `a file of run ${run.slice(0, 12)}` })
  return { snapshot, run, file }
}

/** Opens a file for reading parts. @throws as `findRunFile`; reading what it and the stores refuse */
export async function openFileParts(repository: Repository, revision: string, pathText: string): Promise<FileParts> {
  const { snapshot, run, file } = await findRunFile(repository, revision, pathText)
  return filePartsOf(repository, snapshot, run, file)
}

/** As `openFileParts`, of a file that was found. */
export async function filePartsOf(
  repository: Repository,
  snapshot: BranchSnapshot,
  run: RunId,
  file: ArtifactFile,
): Promise<FileParts> {
  const { sizeBytes, sha256 } = file
  if (file.storage.kind !== 'pointer' || sizeBytes <= SMALL_BYTES) {
    let bytes: Promise<Uint8Array> | undefined
    const whole = () => (bytes ??= readRunFile(repository, snapshot, { run, file, limitBytes: SMALL_BYTES }))
    return { run, file, sizeBytes, isVerified: true, read: (start, end) => partOf(whole, start, end) }
  }
  const store = repository.artifacts(snapshot.settings.store)
  if (await store.has(sha256)) {
    const isVerified = await store.knows(sha256, sizeBytes)
    return { run, file, sizeBytes, isVerified, read: (start, end) => readParts(store, file, { start, end }) }
  }
  const read = (start: number, end: number) => sharedParts(repository, snapshot, file, { start, end })
  return { run, file, sizeBytes, isVerified: false, read }
}

/** A part of a file, at most so many bytes. @throws as reading does */
export async function readPart(parts: ByteSource, start: number, end: number): Promise<Uint8Array> {
  return collect(parts.read(start, Math.min(end, parts.sizeBytes)))
}

async function* partOf(whole: () => Promise<Uint8Array>, start: number, end: number): AsyncGenerator<Uint8Array> {
  const bytes = (await whole()).subarray(start, end)
  if (bytes.length > 0) yield bytes
}

/** Asks a store piece by piece, so that who stops reading has not brought the rest. */
async function* sharedParts(
  repository: Repository,
  { settings }: BranchSnapshot,
  file: ArtifactFile,
  { start, end }: { readonly start: number; readonly end: number },
): AsyncGenerator<Uint8Array> {
  const { transfer, close } = await openSharedStore(repository, settings)
  try {
    const read = partReader(transfer, file)
    for (let at = start; at < end; at += PIECE_BYTES) {
      yield await read({ start: at, end: Math.min(end, at + PIECE_BYTES) }, collect)
    }
  } finally {
    await close()
  }
}
