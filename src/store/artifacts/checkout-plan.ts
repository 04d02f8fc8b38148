/**
 * What a checkout is asked to do: which bytes go where, and how boldly.
 */
import type { Entropy } from '../../base/clock.ts'
import type { Sha256 } from '../../base/digest.ts'
import type { ArtifactPath } from '../../domain/artifact-path.ts'
import type { AddProgress } from './artifact-store.ts'

/** A file to place. */
export interface PlannedFile {
  /** Relative to the destination. */
  readonly path: ArtifactPath
  readonly sha256: Sha256
  readonly sizeBytes: number
  /** Where the bytes come from: the branch, or the artifact store. */
  readonly source: { readonly kind: 'inline'; readonly read: () => Promise<Uint8Array> } | { readonly kind: 'store' }
}

/** How to place files. */
export interface PlaceOptions {
  /** Replaces files with local changes, and symbolic links that stand where a file goes. */
  readonly force: boolean
  /** Names temporary files. */
  readonly entropy: Entropy
  /** Digests of content that is recorded elsewhere, so that replacing it loses nothing. */
  readonly known?: ReadonlySet<string>
  readonly onProgress?: (progress: AddProgress) => void
}
