/**
 * What a bundle is made of: a tar file of the manifest, the git bundle, the artifacts in the order of their digests,
 * and the digests of all of it. In this order and nothing else, so that a reader goes through it once.
 */
import { parseSha256 } from '../../base/digest.ts'
import type { Sha256 } from '../../base/digest.ts'

/** The first entry. */
export const MANIFEST_NAME = 'mlv-bundle.json'

/** The second, where there is any history. */
export const HISTORY_NAME = 'history.bundle'

/** The last: a line an entry, as `sha256sum` writes and checks them. */
export const SUMS_NAME = 'SHA256SUMS'

/** The name of an artifact, which is that of its key in any store. */
export function objectName(sha256: Sha256): string {
  return `objects/${sha256.slice(0, 2)}/${sha256.slice(2, 4)}/${sha256}`
}

/** The digest in the name of an artifact; `undefined` for a name that is none. */
export function objectOfName(name: string): Sha256 | undefined {
  const sha256 = parseSha256(name.slice(name.lastIndexOf('/') + 1))
  return sha256 !== undefined && objectName(sha256) === name ? sha256 : undefined
}

/** A line of `SHA256SUMS`. */
export function sumLine(sha256: Sha256, name: string): Uint8Array {
  return new TextEncoder().encode(`${sha256}  ${name}\n`)
}
