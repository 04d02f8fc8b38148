/**
 * Where a page is, what it keeps, and what it is told while it is open.
 */
import type { WireNumber } from './content.ts'

/** `GET /api/session`: where this is, and what writing needs. Ask it first. */
export interface WireSession {
  readonly mlvVersion: string
  /** The name of the repository's folder. */
  readonly repository: string
  /** The instant the server started. */
  readonly startedAt: string
  /** Goes into the header `x-mlv-token` of every POST; `null` where nothing can be written (a static site). */
  readonly writeToken: string | null
  /** True in a copy of the pages: nothing happens there, and nothing is written. */
  readonly isStatic: boolean
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
 * `GET /api/events`: server-sent events. Each `data:` is one of these as JSON with an `id:`; there are no event names.
 * A page that connects again with the id of the last one it heard (`Last-Event-ID`, which browsers send by themselves)
 * is told what it missed, in short where that is much; where it cannot be told, a `hello` means that everything must be
 * asked anew.
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
