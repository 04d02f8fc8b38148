/**
 * Pointers: the small files that stand on the branch for bytes kept in a store. Which files are pointers is read from
 * the file list, never guessed from their content.
 */
import { isUtf8 } from 'node:buffer'
import { parseSha256 } from '../../base/digest.ts'
import type { Sha256 } from '../../base/digest.ts'
import type { StoreKind } from '../../domain/branch.ts'

/** What a pointer says. */
export interface Pointer {
  /** `lfs`: one that stock git-lfs reads; `mlv`: one of ours, for stores whose host has no LFS. */
  readonly kind: 'lfs' | 'mlv'
  readonly sha256: Sha256
  readonly sizeBytes: number
}

const LFS = /^version https:\/\/git-lfs\.github\.com\/spec\/v1\noid sha256:([0-9a-f]{64})\nsize (0|[1-9][0-9]{0,15})\n$/
const MLV = /^mlv-pointer 1\nsha256 ([0-9a-f]{64})\nsize (0|[1-9][0-9]{0,15})\n$/

/** git-lfs looks for pointers only in files shorter than this (its lfs/pointer.go: blobSizeCutoff). */
const LFS_LOOKS_AT_BYTES = 1024

/** What git-lfs takes as the mark of a pointer, with the names it had before (its lfs/pointer.go: matcherRE). */
const LFS_MARK = /git-media|hawser|git-lfs/

/** Writes a pointer as the store kind wants it. */
export function pointerText(
  kind: StoreKind,
  { sha256, sizeBytes }: { readonly sha256: Sha256; readonly sizeBytes: number },
): string {
  return kind === 'lfs'
    ? `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256}\nsize ${sizeBytes}\n`
    : `mlv-pointer 1\nsha256 ${sha256}\nsize ${sizeBytes}\n`
}

/** Reads a pointer written by `pointerText`, or by git-lfs without extensions; `undefined` for anything else. */
export function parsePointer(bytes: Uint8Array): Pointer | undefined {
  if (bytes.length >= LFS_LOOKS_AT_BYTES) return undefined
  const text = Buffer.from(bytes).toString('latin1')
  const lfs = LFS.exec(text)
  const match = lfs ?? MLV.exec(text)
  const sha256 = parseSha256(match?.[1] ?? '')
  const sizeBytes = Number(match?.[2])
  if (sha256 === undefined || !Number.isSafeInteger(sizeBytes)) return undefined
  return { kind: lfs === null ? 'mlv' : 'lfs', sha256, sizeBytes }
}

/**
 * Tells whether git-lfs may take bytes for a pointer. It then refuses to push the whole branch, because it has no
 * object for it; so such bytes never stand on the branch by themselves.
 */
export function looksLikeLfsPointer(bytes: Uint8Array): boolean {
  return bytes.length <= LFS_LOOKS_AT_BYTES && LFS_MARK.test(Buffer.from(bytes).toString('latin1'))
}

/** Tells whether bytes are text that git can diff: UTF-8 without NUL. */
export function isText(bytes: Uint8Array): boolean {
  return isUtf8(bytes) && !bytes.includes(0)
}
