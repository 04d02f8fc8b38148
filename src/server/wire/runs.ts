/**
 * Runs: the table, and one of them.
 */
import type {
  WireCode,
  WireDataset,
  WireEnvironment,
  WireFile,
  WireMetric,
  WireNamedParameter,
  WireNumber,
  WireReceipt,
} from './content.ts'

/** How a run stands. */
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

/** One cell of the table of runs. */
export interface WireCell {
  /** To show: full digits; several values are joined by `, `. */
  readonly text: string
  /** For a number: its value, to align, to draw and to round. Else `null`. */
  readonly number: WireNumber | null
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
  /** Of a metric: the goal most of the runs declare; `null` for a parameter. */
  readonly goal: 'min' | 'max' | 'none' | null
}

/** Runs that share the value of a field. */
export interface WireGroup {
  /** Tells the group from others of the same field: what `member` asks for. */
  readonly key: string
  /** The shared value; `null` for runs without one. */
  readonly value: string | null
  /** How many runs are in it. */
  readonly runs: number
  /** In the order of `columns`. */
  readonly cells: readonly WireGroupCell[]
}

/** What the runs of a group have in one column. */
export interface WireGroupCell {
  /** Of its finite numbers, with the sample standard deviation; `null` when there is none. */
  readonly spread: {
    readonly mean: number
    readonly deviation: number
    readonly min: number
    readonly max: number
    readonly count: number
  } | null
  /** Without numbers: what all that have a value have in common; `null` when they differ, or none has one. */
  readonly text: string | null
  /** Without numbers: how many different values there are. */
  readonly values: number
}

/**
 * `GET /api/runs?filter=&sort=&columns=&from=&count=&archived=1&keys=0&group=&member=`: a window of runs that match.
 *
 * `filter` and `sort` are those of `mlv ls`, but that `sort` may be several fields with commas between them;
 * `columns` are fields of that grammar with commas between them (quote keys with odd characters: `metric."a,b"`);
 * `from` counts from 0; `count` is at most 1000 and 100 when absent; `keys=0` leaves `keys` empty. With `group`, a
 * field, the window is one of groups, which are sorted by means; with the key of a group as `member` of its runs.
 */
export interface WireRuns {
  /** All that match; with `member` those in that group. */
  readonly total: number
  readonly from: number
  /** As they were asked for. */
  readonly columns: readonly string[]
  /** Empty where `groups` are asked for. */
  readonly rows: readonly WireRunRow[]
  /** Keys of all runs that match, the most used first, then by name. */
  readonly keys: { readonly parameters: readonly WireKnownKey[]; readonly metrics: readonly WireKnownKey[] }
  /** The best value of each column that has a goal, of all runs that match, or of the means of groups; else `null`. */
  readonly best: readonly (WireNumber | null)[]
  /** How many groups there are, and those of the window; `null` without `group`. */
  readonly groups: { readonly total: number; readonly items: readonly WireGroup[] } | null
}

/** `GET /api/values?field=&text=&limit=`: values that runs have in a field and that hold a text; 12 when not told. */
export interface WireChoices {
  readonly field: string
  /** Those that begin with the text first, then the most used. Of metrics and times none. */
  readonly values: readonly {
    /** As a filter names it, quoted where it must be. */
    readonly text: string
    readonly runs: number
  }[]
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
