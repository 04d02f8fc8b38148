/**
 * Which files of a run stand on the branch itself: those that a person would read in a diff, and those that are too
 * small for a transfer of their own. Weights never do, and neither does what git-lfs would take for a pointer.
 */
import { compareText } from '../../base/order.ts'
import type { ArtifactPath } from '../../domain/artifact-path.ts'
import { refuse } from '../../domain/failure.ts'
import { withDiskFailures } from '../files/disk-failure.ts'
import type { Files, FileStat } from '../files/files.ts'
import { mapAtOnce } from './at-once.ts'
import type { CollectedFile } from './collect.ts'
import { isText, looksLikeLfsPointer } from './pointer.ts'

/** Bytes of any kind. */
const LIMIT_ANY_BYTES = 16 * 1024
/** Text alone. */
const LIMIT_TEXT_BYTES = 128 * 1024
/** All files of a run together. */
const LIMIT_RUN_BYTES = 512 * 1024

const WEIGHTS = /\.(?:safetensors|pt|pth|bin|gguf|onnx|h5|keras|pkl|joblib|npz|npy)$/i

const STATS_AT_ONCE = 16

/** A file to record, as it was found. */
export interface FoundFile extends CollectedFile {
  readonly stat: FileStat
}

/** Looks at files. @throws `file-not-found`, `path-not-a-file`, `permission-denied`, `disk-failed` */
export async function findFiles(files: Files, collected: readonly CollectedFile[]): Promise<readonly FoundFile[]> {
  return mapAtOnce(collected, STATS_AT_ONCE, async ({ path, absolute }) => {
    const stat = await withDiskFailures(absolute, 'reading', () => files.stat(absolute))
    if (stat === undefined) throw refuse('file-not-found', { file: path, wanted: 'artifact' })
    if (stat.kind !== 'file') throw refuse('path-not-a-file', { path, found: `a ${stat.kind}` })
    return { path, absolute, stat }
  })
}

/**
 * Reads the files to keep on the branch: the smallest first, by path among equals, until the run's share is full.
 *
 * @param takenBytes what other files of the run have of its share
 * @throws `permission-denied`, `disk-failed`, `too-many-open-files`
 */
export async function chooseInline(
  files: Files,
  found: readonly FoundFile[],
  takenBytes = 0,
): Promise<ReadonlyMap<ArtifactPath, Uint8Array>> {
  const sized = found.map((file) => ({ file, size: file.stat.sizeBytes }))
  const candidates = sized
    .filter(({ file, size }) => size <= LIMIT_TEXT_BYTES && (size === 0 || !WEIGHTS.test(file.path)))
    .sort((left, right) => left.size - right.size || compareText(left.file.path, right.file.path))
  const chosen = new Map<ArtifactPath, Uint8Array>()
  let left = Math.max(0, LIMIT_RUN_BYTES - takenBytes)
  for (const { file, size } of candidates) {
    if (size > left) break
    const bytes = await withDiskFailures(file.absolute, 'reading', () => files.readFile(file.absolute))
    if (bytes.length > left || !mayStandInline(bytes)) continue
    chosen.set(file.path, bytes)
    left -= bytes.length
  }
  return chosen
}

function mayStandInline(bytes: Uint8Array): boolean {
  const isSmall = bytes.length <= LIMIT_ANY_BYTES || (bytes.length <= LIMIT_TEXT_BYTES && isText(bytes))
  return isSmall && !looksLikeLfsPointer(bytes)
}
