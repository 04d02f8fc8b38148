/**
 * What the local server and its pages say to each other: every answer and event as plain data. It imports nothing, so
 * that the browser half may share it.
 *
 * JSON has no NaN, no infinities and no integers beyond ±2^53, so numbers of metrics are `WireNumber` and values of
 * parameters carry their exact text. Instants are ISO 8601 in UTC; times are milliseconds since the Unix epoch. What
 * is absent is `null`, never left out. All texts come from people: show them as text, never as markup.
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

/** One cell of the table of runs. */
export interface WireCell {
  /** To show: full digits; several values are joined by `, `. */
  readonly text: string
  /** For a number: its value, to align, to draw and to round. Else `null`. */
  readonly number: WireNumber | null
}

/** A refusal: the body of every answer that is not a success. */
export interface WireFailure {
  readonly error: {
    /** A stable word such as `filter-invalid`; those of the server itself begin with `server-`. */
    readonly code: string
    /** One sentence: what was refused. */
    readonly what: string
    readonly why: string
    /** A command or a thing to do next. */
    readonly next: string | null
  }
}

/** `GET /api/session`: where this is, and what writing needs. Ask it first. */
export interface WireSession {
  readonly mlvVersion: string
  /** The name of the repository's folder. */
  readonly repository: string
  /** The instant the server started. */
  readonly startedAt: string
  /** Goes into the header `x-mlv-token` of every POST; `null` where nothing can be written (a static site). */
  readonly writeToken: string | null
  /** True on a static site: no events, no filters, no writing. */
  readonly isStatic: boolean
}

export type WireStatus = 'running' | 'finished' | 'failed' | 'killed'

/** A version by its label, with the aliases that name it now. */
export interface WireVersionLabel {
  readonly model: string
  readonly number: number
  readonly aliases: readonly string[]
}

/** What every list says of a run. */
export interface WireRunHead {
  readonly id: string
  readonly name: string | null
  readonly experiment: string
  readonly status: WireStatus
  readonly startedAt: string
  /** `null` while it runs, and where nobody saw its end. */
  readonly elapsedMs: number | null
  readonly message: string | null
  readonly tags: readonly string[]
  readonly group: string | null
  readonly branch: string | null
  /** The commit of the code; `null` where there was none. */
  readonly commit: string | null
  /** The worktree differed from its commit. */
  readonly isDirty: boolean
  readonly isArchived: boolean
  readonly versions: readonly WireVersionLabel[]
}

/**
 * `GET /api/runs?filter=&sort=&columns=&from=&count=&archived=1`: a window of the runs that match.
 *
 * `filter` and `sort` are those of `mlv ls`; `columns` are fields of that grammar with commas between them (quote keys
 * with odd characters: `metric."a,b"`); `from` counts from 0; `count` is at most 1000 and 100 when absent.
 */
export interface WireRuns {
  /** All that match. */
  readonly total: number
  readonly from: number
  /** As they were asked for. */
  readonly columns: readonly string[]
  readonly rows: readonly WireRunRow[]
  /** Keys of all runs that match, the most used first, then by name. */
  readonly keys: { readonly parameters: readonly WireKnownKey[]; readonly metrics: readonly WireKnownKey[] }
}

/** One row of the table. */
export interface WireRunRow extends WireRunHead {
  /** In the order of `columns`; `null` where the run has no such value. */
  readonly cells: readonly (WireCell | null)[]
}

/** A key that some of the runs have. */
export interface WireKnownKey {
  readonly key: string
  /** The field of the filter grammar that names it, quoted where it must be: `metric."val/loss"`. */
  readonly field: string
  /** How many of the runs that match have it. */
  readonly runs: number
  /** Not all of the runs have the same value of it. */
  readonly varies: boolean
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

/** A parameter of a run or version. */
export interface WireNamedParameter {
  readonly key: string
  readonly value: WireParameter
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

/** Images, tables and texts that were logged. Their bytes are at `/api/run/:id/file?path=`. */
export interface WireMedia {
  readonly images: readonly {
    readonly key: string
    readonly path: string
    readonly step: number | null
    readonly caption: string | null
  }[]
  readonly tables: readonly {
    readonly key: string
    readonly path: string
    readonly step: number | null
    readonly rowKey: string | null
    readonly columns: readonly string[] | null
    readonly rows: number | null
  }[]
  readonly texts: readonly { readonly key: string; readonly path: string; readonly count: number }[]
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
}

/** `GET /api/run/:id`: one run. `:id` may be anything that names a revision with a run, such as `@`. */
export interface WireRun extends WireRunHead {
  /** Goes into the addresses of its series, files and log. */
  readonly id: string
  readonly endedAt: string | null
  readonly exitCode: number | null
  readonly signal: string | null
  readonly note: string | null
  readonly command: readonly string[] | null
  readonly workingFolder: string | null
  /** The run this one was started by or continues. */
  readonly parent: string | null
  readonly segments: number
  readonly resources: {
    readonly elapsedMs: number
    readonly userMs: number | null
    readonly systemMs: number | null
    readonly peakMemoryBytes: number | null
    readonly hostName: string
  } | null
  /** By key. */
  readonly parameters: readonly WireNamedParameter[]
  /** By key; with those of the machine (`system/…`). */
  readonly metrics: readonly WireMetric[]
  /** Keys of the metrics that have more than one point, by key. */
  readonly series: readonly string[]
  /** By path; empty while it runs. */
  readonly files: readonly WireFile[]
  readonly datasets: readonly WireDataset[]
  readonly code: WireCode
  /** `null` while it runs. */
  readonly environment: WireEnvironment | null
  readonly media: WireMedia | null
  /** Of all versions the run led to, newest first. */
  readonly receipts: readonly WireReceipt[]
}

/**
 * `GET /api/run/:id/series?metric=&metric=&x=step|time|elapsed&from=&to=&points=`: series of one run, at most 64 metrics
 * at once. `x` is what the points are laid along: steps, milliseconds since the epoch, or milliseconds since the start
 * of the run. `from` and `to` are the range that is seen, both within; all when absent. `points` is how many buckets
 * the range is cut into, 1200 when absent, at most 10000.
 */
export interface WireSeriesSet {
  readonly run: string
  readonly x: 'step' | 'time' | 'elapsed'
  readonly isLive: boolean
  readonly series: readonly WireSeries[]
}

/**
 * One series within the range. No point is lost: each belongs to one bucket, whose least and greatest value are those
 * of its points. All columns have one length. Where a bucket holds one point, `mins`, `maxs`, `lasts` and `means` are
 * that point. Buckets with the same `from`, `to` and `points` are the same for every run, so series can share an axis.
 */
export interface WireSeries {
  readonly metric: string
  readonly rule: WireRule
  /** Points of the whole series. */
  readonly total: number
  /** False when only a summary of the series is in this clone: some points are missing between those that are. */
  readonly isComplete: boolean
  /** The least and greatest x of the whole series; `null` without points that have an x. */
  readonly extent: { readonly from: number; readonly to: number } | null
  /** The range that was cut into buckets; `null` without points. */
  readonly range: { readonly from: number; readonly to: number; readonly points: number } | null
  /** Which bucket of the range, from 0, ascending; empty buckets are left out. */
  readonly buckets: readonly number[]
  /** The x, step and time of the last point of each bucket. */
  readonly xs: readonly number[]
  readonly steps: readonly number[]
  readonly times: readonly (number | null)[]
  /** The least, greatest and mean of the finite values; `null` where there are none. */
  readonly mins: readonly (number | null)[]
  readonly maxs: readonly (number | null)[]
  readonly means: readonly (number | null)[]
  /** The value of the last point; `null` where it is not finite. */
  readonly lasts: readonly (number | null)[]
  /** Points in the bucket. */
  readonly counts: readonly number[]
  /** Buckets that hold values which are not finite: draw a mark there. `at` is an index into the columns. */
  readonly marks: readonly {
    readonly at: number
    readonly nan: number
    readonly positive: number
    readonly negative: number
  }[]
}

/** `GET /api/run/:id/log?bytes=`: the end of what a run printed, at most so many bytes a stream (65536 when absent). */
export interface WireLog {
  readonly run: string
  readonly isLive: boolean
  readonly streams: readonly {
    readonly name: 'stdout' | 'stderr' | 'terminal'
    /** What is not UTF-8 is replaced; control characters are as they were. */
    readonly text: string
    readonly sizeBytes: number
    /** Bytes before `text` that were left out. */
    readonly skippedBytes: number
  }[]
}

/** What became of a metric from base to head. */
export interface WireVerdict {
  readonly kind: 'better' | 'worse' | 'unchanged' | 'changed' | 'incomparable'
  readonly change: WireNumber
  /** As a part of the base; `null` when the base is 0. */
  readonly relative: number | null
}

/** `GET /api/compare?runs=a,b,c`: up to 100 runs or versions side by side, the first is the baseline. */
export interface WireCompare {
  readonly runs: readonly WireRunHead[]
  /** How each was asked for, such as `churn@v3`. */
  readonly labels: readonly string[]
  readonly parameters: readonly {
    readonly key: string
    readonly varies: boolean
    /** In the order of `runs`; `null` where it has none. */
    readonly values: readonly (WireParameter | null)[]
  }[]
  readonly metrics: readonly {
    readonly key: string
    readonly rule: WireRule
    readonly varies: boolean
    readonly values: readonly (WireSummary | null)[]
    /** Against the baseline, last values; `null` for the baseline and where one has none. */
    readonly verdicts: readonly (WireVerdict | null)[]
  }[]
  /** Each of the others beside the baseline. */
  readonly differences: readonly WireDifference[]
}

/** What else differs from the baseline. */
export interface WireDifference {
  /** An index into `runs`. */
  readonly head: number
  readonly files: readonly WireSided[]
  readonly datasets: readonly WireSided[]
  readonly environment: readonly WireSided[]
  readonly isSameCode: boolean
  /** `git diff --stat`; `null` when equal or not in this clone. */
  readonly codeStat: string | null
}

/** One thing that differs; a side is `null` where the thing is not there. */
export interface WireSided {
  readonly what: string
  readonly base: string | null
  readonly head: string | null
}

/** `GET /api/diff?base=&head=`: what changed in the code between two revisions. */
export interface WireCodeDiff {
  readonly base: string
  readonly head: string
  readonly isSame: boolean
  /** A unified diff, at most 1 MiB of it; `null` when equal or when a side is not in this clone. */
  readonly patch: string | null
  readonly isCut: boolean
  readonly stat: string | null
}

/** Where an alias points. */
export interface WireAlias {
  readonly name: string
  readonly version: number
  readonly previous: number | null
  readonly by: string
  readonly at: string
  readonly reason: string | null
}

/** `GET /api/models`. */
export interface WireModels {
  readonly models: readonly WireModelHead[]
}

/** A model in a list. */
export interface WireModelHead {
  readonly name: string
  readonly description: string | null
  readonly owners: readonly string[]
  readonly versions: number
  readonly latest: WireVersion | null
  readonly aliases: readonly WireAlias[]
}

/** One version. */
export interface WireVersion {
  readonly model: string
  readonly number: number
  readonly uid: string
  readonly run: string
  readonly createdAt: string
  readonly message: string | null
  readonly contentDigest: string
  readonly fileCount: number
  readonly sizeBytes: number
  readonly metrics: readonly WireMetric[]
  readonly parameters: readonly WireNamedParameter[]
  readonly datasets: readonly WireDataset[]
  readonly code: WireCode
}

/** `GET /api/model/:name`. */
export interface WireModel {
  readonly name: string
  readonly description: string | null
  readonly owners: readonly string[]
  readonly rules: readonly { readonly key: string; readonly rule: WireRule }[]
  readonly aliases: readonly WireAlias[]
  /** Newest first. */
  readonly versions: readonly WireModelVersion[]
  /** What was done with the model, newest first, at most 200. */
  readonly history: readonly WireOperation[]
}

/** One version with what may change about it. */
export interface WireModelVersion extends WireVersion {
  /** Aliases that name it now. */
  readonly aliases: readonly string[]
  readonly retired: { readonly reason: string; readonly at: string; readonly by: string } | null
  /** Further runs that made the same content. */
  readonly runs: readonly string[]
  readonly tags: readonly string[]
  readonly note: string | null
  readonly receipts: readonly WireReceipt[]
}

/** One operation of the branch. */
export interface WireOperation {
  readonly commit: string
  readonly at: string
  readonly by: string
  readonly subject: string
  /** `promote`, `rollback`, …; `null` for a commit that somebody made with plain git. */
  readonly kind: string | null
}

/** `POST /api/promote`. */
export interface WirePromotion {
  /** `churn@v3`, or another revision that is a version. */
  readonly revision: string
  readonly alias: string
  readonly reason: string
}

/** `POST /api/rollback`. */
export interface WireRollback {
  readonly model: string
  readonly alias: string
  /** `v11`; the version before the present one when `null`. */
  readonly to: string | null
  readonly reason: string
}

/** What promote and rollback answer. */
export interface WireAliasReport {
  readonly alias: WireAlias
  readonly from: number | null
  /** False when it named that version already. */
  readonly isChanged: boolean
  readonly commit: string | null
}

/** `GET /api/views`, and the answer to `POST /api/views`: saved views, by name. */
export interface WireViews {
  readonly views: readonly WireView[]
}

/** A saved view. */
export interface WireView {
  readonly name: string
  /** The hash of the page with its `#`, such as `#/runs?sort=-metric.auc`. */
  readonly hash: string
}

/** `POST /api/views`: keeps a view on the branch, or removes it where `hash` is `null`. */
export interface WireViewChange {
  readonly name: string
  readonly hash: string | null
}

/**
 * `GET /api/events`: server-sent events. Each `data:` is one of these as JSON; there are no event names. What was missed
 * while the connection was cut is not told again: a `hello` means that everything must be asked anew.
 */
export type WireEvent =
  | { readonly kind: 'hello'; readonly live: readonly string[] }
  /** The branch moved: runs, models or views have changed. `tip` is its commit. */
  | { readonly kind: 'branch-moved'; readonly tip: string }
  | { readonly kind: 'run-started'; readonly run: string }
  /** The run is no longer written; `branch-moved` tells when it is recorded. */
  | { readonly kind: 'run-ended'; readonly run: string }
  | {
      readonly kind: 'points'
      readonly run: string
      /** In the order they were logged. Where more came at once than fit, the newest of each metric. */
      readonly points: readonly {
        readonly metric: string
        readonly step: number | null
        readonly value: WireNumber
      }[]
      /** Some were left out: ask the series again. */
      readonly isCut: boolean
      /** Something was printed: ask the log again. */
      readonly hasOutput: boolean
    }
