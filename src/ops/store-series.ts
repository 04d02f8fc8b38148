/**
 * Series at rest: every point on the branch while they are few, a summary there and every point in the store once not.
 */
import { parseArtifactPath } from '../domain/artifact-path.ts'
import type { ArtifactFile } from '../domain/artifact.ts'
import type { SeriesSet } from '../domain/series.ts'
import type { ArtifactStore } from '../store/artifacts/artifact-store.ts'
import { encodeFullSeries, encodeSeries } from '../store/documents/series-document.ts'

/** The artifact that holds every point, when the branch keeps a summary. */
export const SERIES_FULL = parseArtifactPath('series.full.jsonl')

/** A series ready for the branch. */
export interface StoredSeries {
  /** `series.json`; absent when there are no points. */
  readonly bytes: Uint8Array | undefined
  /** The full series, when the branch keeps a summary; else empty. */
  readonly files: readonly ArtifactFile[]
}

/** Encodes series for the branch, and keeps every point in the store when the branch cannot hold them. */
export async function storeSeries(store: ArtifactStore, series: SeriesSet): Promise<StoredSeries> {
  if (series.size === 0) return { bytes: undefined, files: [] }
  const { bytes, complete } = encodeSeries(series)
  if (complete) return { bytes, files: [] }
  const { sha256, sizeBytes } = await store.addBytes(encodeFullSeries(series))
  return { bytes, files: [{ path: SERIES_FULL, sha256, sizeBytes, storage: 'pointer' }] }
}
