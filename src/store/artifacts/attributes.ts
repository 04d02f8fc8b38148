/**
 * `.gitattributes` beside the folders `files/` and `packs/`: what in them git-lfs fetches. One line a pointer, so
 * that files kept on the branch itself never pass through a filter. Syntax: gitattributes(5).
 */
import { compareText } from '../../base/order.ts'
import { packsOf } from '../../domain/artifact.ts'
import type { ArtifactFile } from '../../domain/artifact.ts'
import type { StoreKind } from '../../domain/branch.ts'

const ATTRIBUTES = 'filter=lfs diff=lfs merge=lfs -text'

/** Writes the file; `undefined` when there is nothing to say, which is also so for stores that are not LFS. */
export function attributesText(files: readonly ArtifactFile[], kind: StoreKind): Uint8Array | undefined {
  if (kind !== 'lfs') return undefined
  const pointers = files.filter((file) => file.storage.kind === 'pointer').map((file) => `files/${file.path}`)
  const packs = packsOf(files).map(({ sha256 }) => `packs/${sha256}.tar`)
  if (pointers.length + packs.length === 0) return undefined
  const lines = [...pointers.sort(compareText), ...packs].map((path) => `${patternFor(path)} ${ATTRIBUTES}\n`)
  return Buffer.from(lines.join(''), 'utf8')
}

/** A pattern that matches exactly this path. It has a slash, so it is anchored to the folder of the file. */
function patternFor(path: string): string {
  const escaped = path.replace(/[\\*?[\]]/g, '\\$&')
  const isPlain = /^[^\s"\\]+$/.test(path) && escaped === path
  return isPlain ? path : `"${escaped.replace(/["\\]/g, '\\$&')}"`
}
