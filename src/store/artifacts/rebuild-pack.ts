/**
 * Makes a pack again that was lost or damaged, from files of the worktree and what is whole of the damaged one. Packs
 * of equal files are equal bytes, so the digest tells whether it is the same.
 */
import { join } from 'node:path'
import { sha256Of, sha256Stream } from '../../base/digest.ts'
import { TAR_END, tarHeader, tarPadding } from '../../base/tar-header.ts'
import type { ArtifactFile, StoredBytes } from '../../domain/artifact.ts'
import { parseArtifactPath } from '../../domain/artifact-path.ts'
import type { Files } from '../files/files.ts'
import type { ArtifactStore } from './artifact-store.ts'
import { readStored } from './read-stored.ts'
import { tarOffsets } from './tar-writer.ts'

/** A pack to make again. */
export interface LostPack {
  readonly pack: StoredBytes
  /** Every file in it, by the paths from the top of the worktree that are their names in the pack. */
  readonly members: readonly ArtifactFile[]
  /** Absolute. */
  readonly worktree: string
}

/** Makes a pack again and puts it into the store. Tells whether it could. */
export async function rebuildPack(store: ArtifactStore, lost: LostPack): Promise<boolean> {
  const members = lost.members.toSorted((left, right) => offsetOf(left) - offsetOf(right))
  const offsets = tarOffsets(members)
  if (members.some((member, index) => offsetOf(member) !== offsets[index])) return false
  const bytesOf = (member: ArtifactFile) => findBytes(store, lost.worktree, member)
  // Digested before it is written: a pack of other bytes would be an object that nothing names.
  const hash = sha256Stream()
  for await (const chunk of chunksOf(members, bytesOf)) hash.update(chunk)
  if (hash.digest() !== lost.pack.sha256) return false
  return (await store.addStream(chunksOf(members, bytesOf))).sha256 === lost.pack.sha256
}

function offsetOf({ storage }: ArtifactFile): number {
  return storage.kind === 'packed' ? storage.offset : -1
}

async function* chunksOf(
  members: readonly ArtifactFile[],
  bytesOf: (member: ArtifactFile) => Promise<Uint8Array>,
): AsyncIterable<Uint8Array> {
  for (const member of members) {
    yield tarHeader(member)
    yield await bytesOf(member)
    yield new Uint8Array(tarPadding(member.sizeBytes))
  }
  yield TAR_END
}

/** The recorded bytes of a file, or none where there are none: the digest of the whole tells. */
async function findBytes(store: ArtifactStore, worktree: string, member: ArtifactFile): Promise<Uint8Array> {
  const isRight = (bytes: Uint8Array) => sha256Of(bytes) === member.sha256
  const own = await readWorktree(store.files, join(worktree, parseArtifactPath(member.path)), member.sizeBytes)
  if (own !== undefined && isRight(own)) return own
  const { storage } = member
  if (storage.kind !== 'packed' || !(await store.has(storage.pack.sha256))) return new Uint8Array()
  const kept = await readStored(store, member)
  return isRight(kept) ? kept : new Uint8Array()
}

async function readWorktree(files: Files, path: string, sizeBytes: number): Promise<Uint8Array | undefined> {
  const stat = await files.lstat(path)
  return stat?.kind === 'file' && stat.sizeBytes === sizeBytes ? files.readFile(path) : undefined
}
