/**
 * One recorded file as a stream of bytes, for those that must not take it into memory: any part of it, of any size.
 */
import type { ArtifactFile } from '../../domain/artifact.ts'
import { objectOf } from '../../domain/artifact.ts'
import { parseArtifactPath } from '../../domain/artifact-path.ts'
import type { ArtifactPath } from '../../domain/artifact-path.ts'
import { refuse } from '../../domain/failure.ts'
import type { RunId } from '../../domain/run.ts'
import { readRunFiles } from '../../store/branch/read-runs.ts'
import { openSnapshot } from '../../store/branch/snapshot.ts'
import type { ArtifactStore } from '../../store/artifacts/artifact-store.ts'
import { bringArtifacts } from '../artifacts/bring-artifacts.ts'
import { readRunFile } from '../artifacts/read-recorded-file.ts'
import type { Repository } from '../repository/repository.ts'
import { resolveRun } from '../revisions/resolve-revision.ts'

const CHUNK_BYTES = 256 * 1024

/** A recorded file that can be read. */
export interface OpenRunFile {
  readonly run: RunId
  readonly path: ArtifactPath
  readonly file: ArtifactFile
  /** Bytes from `start` up to `end`, not included, in pieces. Nothing is opened before the first is asked for. */
  readonly read: (start: number, end: number) => AsyncIterable<Uint8Array>
}

/**
 * Finds a file of a run, brings it into this clone and verifies it, so that no byte is handed out that is not the one
 * recorded.
 *
 * @throws `file-not-found`, `object-missing`, `object-damaged`, what `parseArtifactPath` and `resolveRun` refuse
 */
export async function openRunFile(repository: Repository, revision: string, pathText: string): Promise<OpenRunFile> {
  const path = parseArtifactPath(pathText)
  const snapshot = await openSnapshot(repository.context.engine)
  const run = (await resolveRun(snapshot, revision)).id
  const file = (await readRunFiles(snapshot, run)).find((found) => found.path === path)
  if (file === undefined) throw refuse('file-not-found', { file: path, wanted: `a file of run ${run.slice(0, 12)}` })
  if (file.storage.kind !== 'pointer') {
    // What is on the branch or in a pack is small, and is digested as a whole.
    const bytes = await readRunFile(repository, snapshot, { run, file, limitBytes: Number.MAX_SAFE_INTEGER })
    return { run, path, file, read: (start, end) => chunksOf(bytes.subarray(start, end)) }
  }
  await bringArtifacts(repository, snapshot.settings, [file])
  const store = repository.artifacts(snapshot.settings.store)
  await requireWhole(store, file)
  return { run, path, file, read: (start, end) => readParts(store, file, { start, end }) }
}

async function requireWhole(store: ArtifactStore, file: ArtifactFile): Promise<void> {
  const object = objectOf(file) ?? file
  const state = await store.verify(object.sha256, object.sizeBytes)
  if (state === 'missing') throw refuse('object-missing', { what: 'file', id: file.path })
  if (state === 'damaged') {
    throw refuse('object-damaged', { what: 'file', id: file.path, problem: 'its bytes are not those recorded' })
  }
}

/** Reads part of an object that is in this clone, in pieces. @throws what the disk does */
export function readParts(
  { files, path }: ArtifactStore,
  { sha256 }: ArtifactFile,
  range: { readonly start: number; readonly end: number },
): AsyncGenerator<Uint8Array> {
  return readPieces(files, path(sha256), range)
}

/** Reads part of a file on the disk, in pieces that stay as they are. @throws what the disk does */
export async function* readPieces(
  files: Repository['files'],
  path: string,
  { start, end }: { readonly start: number; readonly end: number },
): AsyncGenerator<Uint8Array> {
  const file = await files.open(path, 'read')
  try {
    for (let at = start; at < end;) {
      // A fresh piece each time: whoever has the last one may still be sending it.
      const chunk = new Uint8Array(Math.min(CHUNK_BYTES, end - at))
      const count = await file.read(chunk, at)
      if (count === 0) return
      yield chunk.subarray(0, count)
      at += count
    }
  } finally {
    await file.close()
  }
}

// eslint-disable-next-line @typescript-eslint/require-await -- the same shape as a file that is read in parts
async function* chunksOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.length > 0) yield bytes
}
