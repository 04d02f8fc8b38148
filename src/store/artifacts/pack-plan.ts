/**
 * Which files of a run are packed, and which go into one pack together. Decided by names and sizes alone, so that equal
 * folders give equal packs, and a file that is added, removed or changed makes one pack new.
 */
import { sha256Of } from '../../base/digest.ts'
import { compareText } from '../../base/order.ts'
import { TAR_END, tarEntryBytes } from '../../base/tar-header.ts'
import type { ArtifactPath } from '../../domain/artifact-path.ts'

/** A file that may be packed. */
export interface PackableFile {
  /** From the top of the worktree; its name in the pack. */
  readonly path: ArtifactPath
  /** Where its bytes are. */
  readonly absolute: string
  readonly sizeBytes: number
}

/** Files that go into one pack, sorted by path bytes. */
export type PackPlan<File extends PackableFile = PackableFile> = readonly [File, ...File[]]

/** Files of this size and more are objects of their own: a transfer of theirs is worth its request. */
const LIMIT_FILE_BYTES = 256 * 1024

/** So many files, or fewer, are objects of their own, which stock git-lfs gives back by name. */
const FEW_FILES = 200

/** No pack is longer. */
const LIMIT_PACK_BYTES = 256 * 1024 * 1024

/**
 * Plans packs. Files of the model are packed apart from the others, so that a version needs no bytes but its own.
 *
 * @param model the path of the model; absent when the run makes none.
 */
export function planPacks<File extends PackableFile>(
  files: readonly File[],
  model: ArtifactPath | undefined,
  limitPackBytes = LIMIT_PACK_BYTES,
): readonly PackPlan<File>[] {
  const small = files
    .filter(({ sizeBytes }) => sizeBytes < LIMIT_FILE_BYTES)
    .toSorted((left, right) => compareText(left.path, right.path))
  const ofModel = (file: File) => file.path === model || file.path.startsWith(`${model}/`)
  const groups = [small.filter(ofModel), small.filter((file) => !ofModel(file))]
  return groups.flatMap((group) => (group.length > FEW_FILES ? partsOf(group, limitPackBytes) : []))
}

function partsOf<File extends PackableFile>(files: readonly File[], limitBytes: number): readonly PackPlan<File>[] {
  const parts: [File, ...File[]][] = []
  let part: [File, ...File[]] | undefined
  let partBytes = 0
  for (const file of files) {
    const bytes = tarEntryBytes(file)
    if (part === undefined || partBytes + bytes + TAR_END.length > limitBytes) {
      part = [file]
      partBytes = bytes
      parts.push(part)
    } else {
      part.push(file)
      partBytes += bytes
    }
    if (endsPack(file.path)) part = undefined
  }
  return parts
}

/**
 * A name alone says whether a pack ends after it, so a boundary stays where it is whatever else is there. One name in
 * 256 does.
 */
function endsPack(path: ArtifactPath): boolean {
  return sha256Of(path).endsWith('00')
}
