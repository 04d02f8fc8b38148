/**
 * What a checkout is asked to do: which bytes go where, and how boldly.
 */
import type { Entropy } from '../../base/clock.ts'
import type { Sha256 } from '../../base/digest.ts'
import type { ArtifactFile, Storage, StoredBytes } from '../../domain/artifact.ts'
import type { ArtifactPath } from '../../domain/artifact-path.ts'
import type { AddProgress } from './artifact-store.ts'

/** A file to place. */
export interface PlannedFile {
  /** Relative to the destination. */
  readonly path: ArtifactPath
  readonly sha256: Sha256
  readonly sizeBytes: number
  /** Where the bytes come from: the branch, an object of the artifact store, or a part of one. */
  readonly source:
    | { readonly kind: 'inline'; readonly read: () => Promise<Uint8Array> }
    | { readonly kind: 'store' }
    | Extract<Storage, { readonly kind: 'packed' }>
}

/** Where a recorded file comes from. @param read reads it from the branch, if it is there. */
export function sourceOf({ storage }: ArtifactFile, read: () => Promise<Uint8Array>): PlannedFile['source'] {
  switch (storage.kind) {
    case 'inline':
      return { kind: 'inline', read }
    case 'pointer':
      return { kind: 'store' }
    case 'packed':
      return storage
  }
}

/** The object that a planned file needs in the store; `undefined` for one that comes from the branch. */
export function neededObject({ sha256, sizeBytes, source }: PlannedFile): StoredBytes | undefined {
  switch (source.kind) {
    case 'inline':
      return undefined
    case 'store':
      return { sha256, sizeBytes }
    case 'packed':
      return source.pack
  }
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
