/**
 * Series at rest: every point on the branch while they are few, a summary there and every point in the store once not.
 */
import { parseArtifactPath } from '../../domain/artifact-path.ts'
import type { ArtifactPath } from '../../domain/artifact-path.ts'
import type { ArtifactFile } from '../../domain/artifact.ts'
import type { SeriesSet } from '../../domain/series.ts'
import type { ArtifactStore } from '../../store/artifacts/artifact-store.ts'
import { encodeFullSeries } from '../../store/documents/full-series.ts'
import { encodeSeries } from '../../store/documents/series-document.ts'

/** The artifact that holds every point, when the branch keeps a summary. */
export const SERIES_FULL = parseArtifactPath('series.full.jsonl')

/** A series ready for the branch. */
export interface StoredSeries {
  /** `series.json`; absent when there are no points. */
  readonly bytes: Uint8Array | undefined
  /** The full series, when the branch keeps a summary; else empty. */
  readonly files: readonly ArtifactFile[]
}

/**
 * Encodes series for the branch, and keeps every point in the store when the branch cannot hold them.
 *
 * @param path what the artifact with every point is called
 */
export async function storeSeries(
  store: ArtifactStore,
  series: SeriesSet,
  path: ArtifactPath = SERIES_FULL,
): Promise<StoredSeries> {
  if (series.size === 0) return { bytes: undefined, files: [] }
  const { bytes, complete } = encodeSeries(series)
  if (complete) return { bytes, files: [] }
  const { sha256, sizeBytes } = await store.addStream(encodeFullSeries(series))
  return { bytes, files: [{ path, sha256, sizeBytes, storage: { kind: 'pointer' } }] }
}
