/**
 * Where artifact bytes are below the common git folder. Both stores fan out alike, so an object is one file with two
 * names: ours, which `git lfs prune` cannot drop, and the one stock git-lfs looks for.
 */
import { join } from 'node:path'
import type { Sha256 } from '../../base/digest.ts'

/** `mlv/objects`, the folder of all objects. */
export function objectsFolder(commonDir: string): string {
  return join(commonDir, 'mlv', 'objects')
}

/** `mlv/objects/ab/cd/<sha256>`. */
export function objectPath(commonDir: string, sha256: Sha256): string {
  return join(objectsFolder(commonDir), ...fanOut(sha256))
}

/** `lfs/objects/ab/cd/<sha256>`, where git-lfs keeps the same bytes. */
export function lfsObjectPath(commonDir: string, sha256: Sha256): string {
  return join(commonDir, 'lfs', 'objects', ...fanOut(sha256))
}

/** `mlv/tmp`, for files that are not objects yet; on the same disk, so that a rename makes them one. */
export function temporaryFolder(commonDir: string): string {
  return join(commonDir, 'mlv', 'tmp')
}

function fanOut(sha256: Sha256): readonly [string, string, string] {
  return [sha256.slice(0, 2), sha256.slice(2, 4), sha256]
}
