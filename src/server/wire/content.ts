/**
 * Values, files, data, code and environment: what runs and versions are made of.
 */

/** A number of a metric: JSON cannot write the last three. */
export type WireNumber = number | 'NaN' | 'Infinity' | '-Infinity'

/** The value of a parameter. */
export interface WireParameter {
  readonly type: 'integer' | 'float' | 'text' | 'boolean' | 'null' | 'list'
  /** As mlv prints it: every digit of an integer, `1.0` for a float. */
  readonly text: string
  /** For integers and floats: the nearest double. Else `null`. */
  readonly number: WireNumber | null
}

/** A parameter of a run or version. */
export interface WireNamedParameter {
  readonly key: string
  readonly value: WireParameter
}

/** How a metric is judged. */
export interface WireRule {
  readonly goal: 'min' | 'max' | 'none'
  readonly tolerance: number
  readonly unit: string | null
}

/** What a series comes down to. */
export interface WireSummary {
  readonly last: WireNumber
  readonly min: WireNumber
  readonly max: WireNumber
  readonly best: { readonly value: WireNumber; readonly step: number | null } | null
  readonly count: number
}

/** A metric of a run or version. */
export interface WireMetric {
  readonly key: string
  readonly rule: WireRule
  readonly summary: WireSummary
}

/** A recorded file. */
export interface WireFile {
  readonly path: string
  readonly sha256: string
  readonly sizeBytes: number
  readonly storage: 'inline' | 'pointer' | 'packed'
  /** How many tensors it holds; `null` where nothing is known of them. */
  readonly tensors: number | null
}

/** One input of a run. */
export interface WireDataset {
  readonly uri: string
  /** `sha256:…`, `dvc-md5:…`; `null` where nothing pins it. */
  readonly pin: string | null
  readonly sizeBytes: number | null
  readonly fileCount: number | null
  readonly rows: number | null
  readonly columns: readonly { readonly name: string; readonly type: string | null }[] | null
  readonly revision: string | null
}

/** Which code ran. */
export type WireCode =
  | { readonly kind: 'none'; readonly reason: string }
  | {
      readonly kind: 'commit'
      readonly commit: string
      readonly tree: string
      readonly branch: string | null
      /** The commit that holds a worktree that was not clean. */
      readonly snapshot: string | null
      readonly omitted: readonly string[]
      readonly ignored: { readonly paths: readonly string[]; readonly count: number } | null
    }

/** What a run ran on. */
export interface WireEnvironment {
  readonly os: string
  readonly cpu: { readonly model: string; readonly count: number; readonly memoryBytes: number }
  readonly gpus: readonly string[]
  readonly cuda: string | null
  readonly container: string | null
  readonly languages: readonly { readonly name: string; readonly version: string }[]
  readonly packages: readonly { readonly name: string; readonly version: string; readonly source: string }[]
  readonly variables: readonly { readonly name: string; readonly value: string }[]
  readonly unpinned: readonly string[]
}

/** The outcome of running a version again. */
export interface WireReceipt {
  readonly id: string
  readonly version: number
  readonly run: string
  readonly at: string
  readonly by: string
  readonly outcome: 'reproduced' | 'differed'
  /** Keys of the metrics that differed. */
  readonly metrics: readonly string[]
  readonly causes: readonly { readonly cause: string; readonly evidence: readonly string[] }[]
  /** Every metric that was compared, by key; empty in receipts of the first release. A side is `null` where absent. */
  readonly compared: readonly {
    readonly key: string
    readonly recorded: WireNumber | null
    readonly repeated: WireNumber | null
    readonly isSame: boolean
  }[]
}
