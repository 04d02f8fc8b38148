/**
 * What `mlv commit` can be told.
 */

/** What the command line said. Lists that are empty fall back to `mlv.yaml`. */
export interface CommitOptions {
  readonly message?: string
  readonly experiment?: string
  readonly paramsFiles: readonly string[]
  readonly params: readonly { readonly key: string; readonly text: string }[]
  readonly metricsFiles: readonly string[]
  readonly metrics: readonly { readonly key: string; readonly text: string }[]
  readonly seriesFiles: readonly string[]
  readonly artifacts: readonly string[]
  readonly datasets: readonly string[]
  readonly model?: { readonly name: string; readonly path?: string }
  readonly tags: readonly string[]
  /** Registers a version even when one with the same content exists. */
  readonly newVersion: boolean
  /** Asks the server of each dataset that is a URL for what pins it; otherwise nothing is asked of any network. */
  readonly pinUrls?: boolean
  /** Snapshots uncommitted code even where it looks like a secret. */
  readonly allowSecrets: boolean
  /** Bound on the uncommitted code taken into a snapshot. */
  readonly codeLimitBytes?: number
  readonly onProgress?: (done: { readonly files: number; readonly bytes: number; readonly totalBytes: number }) => void
}
