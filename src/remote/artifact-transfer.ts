/**
 * The port between sharing and the stores that hold artifact bytes: what a push must have uploaded before a ref moves,
 * and what a checkout asks for. One adapter a kind of store answers it; `noTransfer` answers for none.
 *
 * Law: when `upload` returns, every object it names is in the store, whole. A store never names what it does not hold.
 */
import type { Sha256 } from '../base/digest.ts'
import { refuse } from '../domain/failure.ts'
import type { StoreKind } from '../domain/branch.ts'

/** An artifact as stores know it. */
export interface TransferObject {
  readonly sha256: Sha256
  readonly sizeBytes: number
  /** For an upload: objects that it is likely to resemble, the likeliest first. A store may do without. */
  readonly parents?: readonly TransferObject[] | undefined
}

/** How far a transfer is. Counts what was found to be there already as done. */
export interface TransferProgress {
  readonly doneObjects: number
  readonly totalObjects: number
  readonly doneBytes: number
  readonly totalBytes: number
}

/** Called from time to time while bytes move, and once at the end. */
export type OnTransferProgress = (progress: TransferProgress) => void

/** What a transfer did. */
export interface TransferReport {
  /** Objects whose bytes moved. */
  readonly moved: readonly TransferObject[]
  /** Objects the other side had already. */
  readonly present: readonly TransferObject[]
  /** Objects nothing was done for: there is no store, or (downloading) no store has them. */
  readonly absent: readonly TransferObject[]
}

/** A store of artifact bytes as sharing uses it. Safe to call again after a failure: it goes on where it was cut. */
export interface ArtifactTransfer {
  readonly kind: StoreKind | 'none'
  /** Puts objects of the local store into the remote one. Equal objects are named once. */
  readonly upload: (objects: readonly TransferObject[], onProgress: OnTransferProgress) => Promise<TransferReport>
  /** Puts objects of the remote store into the local one, verified by digest before they are there. */
  readonly download: (objects: readonly TransferObject[], onProgress: OnTransferProgress) => Promise<TransferReport>
  /**
   * Hands part of an object to `use`, which must not believe it: started again when the connection is cut, and with the
   * bytes of a mirror when `use` refuses what it got.
   *
   * @throws `object-missing`, what `use` throws last, what the store refuses
   */
  readonly read: <Result>(
    object: TransferObject,
    range: { readonly start: number; readonly end: number },
    use: (chunks: AsyncIterable<Uint8Array>) => Promise<Result>,
  ) => Promise<Result>
  /** Those of the objects that the remote store holds. */
  readonly has: (objects: readonly TransferObject[]) => Promise<ReadonlySet<Sha256>>
}

/** Stands where no store is reachable: moves nothing and says so. */
export const noTransfer: ArtifactTransfer = {
  kind: 'none',
  upload: (objects) => Promise.resolve({ moved: [], present: [], absent: objects }),
  download: (objects) => Promise.resolve({ moved: [], present: [], absent: objects }),
  read: ({ sha256 }) => Promise.reject(refuse('object-missing', { what: 'artifact', id: sha256 })),
  has: () => Promise.resolve(new Set()),
}
