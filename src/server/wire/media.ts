/**
 * What a run holds, looked at: tensors, tables, texts, evaluations and output. All in windows; names, cells and lines
 * are anybody's text.
 */
import type { WireFile } from './content.ts'

/** One tensor. */
export interface WireTensor {
  readonly name: string
  /** The format's own name, such as `F32` or `BF16`. */
  readonly dtype: string
  readonly shape: readonly number[]
  readonly sizeBytes: number
  /** How many numbers it holds. */
  readonly parameters: number
  /** `null` where only the header of the file was read. */
  readonly sha256: string | null
}

/** `GET /api/run/:id/tensors?path=`: the tensors of one file, at most 20,000 of them. */
export interface WireTensors {
  readonly run: string
  readonly path: string
  readonly sha256: string
  /** Of all tensors, shown or not. */
  readonly total: number
  readonly parameters: number
  readonly sizeBytes: number
  /** In file order. */
  readonly tensors: readonly WireTensor[]
  /** Why they cannot be read; `null` when they can. */
  readonly problem: string | null
}

/** A column of a table. */
export interface WireColumn {
  readonly name: string
  /**
   * As its first rows look: `integer`, `float`, `boolean`, `text`; of Parquet as the file says, such as `int64` or
   * `list<string>`, and why it is not shown where it is not; `null` when nothing tells.
   */
  readonly type: string | null
}

/** A cell as it is written, cut at 2000 characters; `null` where the row has none. */
export type WireTableCell = string | null

/**
 * `GET /api/run/:id/table?path=&from=&count=&sort=&search=`: a window of a recorded table of CSV, TSV, JSON Lines,
 * JSON or Parquet, at most 500 rows. `sort` is the name of a column, with `-` before it for the
 * greatest first.
 */
export interface WireTable {
  readonly run: string
  readonly path: string
  readonly sizeBytes: number
  /** All bytes of the file are those that were recorded; a part of a large file cannot be held against its digest. */
  readonly isVerified: boolean
  readonly columns: readonly WireColumn[]
  readonly from: number
  readonly rows: readonly (readonly WireTableCell[])[]
  /** `null` until the whole table was looked through: ask for rows further down. */
  readonly total: number | null
  /** Rows that were found so far. */
  readonly known: number
  /** It is small enough (8 MiB, five million cells of Parquet) to be sorted and searched. */
  readonly isSortable: boolean
  /** Some columns, rows or ends of long rows are not shown. */
  readonly isCut: boolean
}

/** How a row of two tables stands: in both and different, on one side alone, or alike. */
export type WireRowState = 'changed' | 'base' | 'head' | 'equal'

/**
 * `GET /api/tables?base=&head=&path=&headPath=&key=&only=&from=&count=`: a table of two runs, row by row; what differs
 * first. Tables of at most 8 MiB.
 */
export interface WireTables {
  readonly columns: readonly string[]
  /** The column that rows go by; `null` when by their place. */
  readonly key: string | null
  readonly counts: Readonly<Record<WireRowState, number>>
  readonly hasRepeatedKeys: boolean
  readonly total: number
  readonly from: number
  readonly rows: readonly {
    readonly state: WireRowState
    readonly key: string
    readonly base: readonly WireTableCell[] | null
    readonly head: readonly WireTableCell[] | null
  }[]
}

/** `GET /api/run/:id/text?path=&at=`: at most 256 KiB of a file as text. */
export interface WireText {
  readonly run: string
  readonly path: string
  readonly sizeBytes: number
  readonly isVerified: boolean
  /** First byte of the text. */
  readonly at: number
  /** Where the text goes on; `null` at its end. */
  readonly next: number | null
  /** It is no text. */
  readonly isBinary: boolean
  readonly text: string
}

/** One curve of a classifier. */
export interface WireCurve {
  /** Which of several of one file; empty when there is one. */
  readonly label: string
  readonly points: readonly { readonly x: number; readonly y: number; readonly threshold: number | null }[]
  /** Points in the file; fewer are sent. */
  readonly count: number
  /** By trapezoids between all points; `null` for calibration. */
  readonly area: number | null
}

/** An evaluation among the files of a run. */
export type WireEvaluation =
  | {
      readonly path: string
      readonly kind: 'confusion'
      readonly labels: readonly string[]
      /** A row for each actual label, a column for each predicted one. */
      readonly counts: readonly (readonly number[])[]
    }
  | { readonly path: string; readonly kind: 'roc' | 'pr' | 'calibration'; readonly curves: readonly WireCurve[] }

/** `GET /api/run/:id/evaluations`: confusion matrices and curves among the files of a run, told by their columns. */
export interface WireEvaluations {
  readonly run: string
  /** By path. */
  readonly evaluations: readonly WireEvaluation[]
  /** Files that could be evaluations and were not looked at: there are too many. */
  readonly unread: number
}

/** One printed line. */
export interface WireOutputLine {
  /** With the codes of a terminal. */
  readonly text: string
  readonly isCut: boolean
  /** The step or epoch it names. */
  readonly mark: { readonly unit: 'step' | 'epoch'; readonly number: number } | null
}

/**
 * `GET /api/run/:id/output?stream=&from=&count=`: a window of the lines a run printed, at most 2000. Without `stream`
 * of the first that has any.
 */
export interface WireOutput {
  readonly run: string
  readonly isLive: boolean
  readonly streams: readonly {
    readonly name: 'stdout' | 'stderr' | 'terminal'
    readonly sizeBytes: number
    readonly lines: number
  }[]
  readonly stream: 'stdout' | 'stderr' | 'terminal' | null
  /** Counted from 0. */
  readonly from: number
  readonly lines: readonly WireOutputLine[]
}

/** `GET /api/run/:id/output/find?stream=&search=` or `&step=`: the lines with a text, or the one nearest a step. */
export interface WireFoundLines {
  readonly stream: 'stdout' | 'stderr' | 'terminal' | null
  readonly lines: readonly number[]
  readonly isCut: boolean
  /** How it was found; `null` when nothing was. */
  readonly by: 'text' | 'step' | 'epoch' | 'time' | null
}

/** `GET /api/model/:name/version/:number/files`: the files of a version, as files of the run that made it. */
export interface WireVersionFiles {
  readonly run: string
  /** Where the model is among the files of the run. */
  readonly path: string
  readonly files: readonly WireFile[]
}
