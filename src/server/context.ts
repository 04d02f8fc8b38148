/**
 * What every handler is given.
 */
import type { ServerResponse } from 'node:http'
import type { Instant } from '../base/clock.ts'
import type { CurveKeeper } from '../ops/read/keep-curves.ts'
import type { RunKeeper } from '../ops/read/kept-runs.ts'
import type { SparklineKeeper } from '../ops/read/read-sparklines.ts'
import type { Repository } from '../ops/repository/repository.ts'
import type { FileCaches } from './file-caches.ts'
import type { LiveFeed } from './live-feed.ts'
import type { Query } from './request.ts'

/** One server: what its answers are made of. */
export interface ServerContext {
  readonly repository: Repository
  readonly mlvVersion: string
  readonly startedAt: Instant
  /** `null` on a static site. */
  readonly writeToken: string | null
  /** The table of runs. */
  readonly runs: RunKeeper
  /** Series. */
  readonly series: CurveKeeper
  readonly sparklines: SparklineKeeper
  readonly caches: FileCaches
  readonly feed: LiveFeed
}

/** One question. */
export interface Question {
  /** Parts of the path that a route leaves open, decoded, in its order. */
  readonly parts: readonly string[]
  readonly query: Query
  /** `If-Range` and `Range`, for files. */
  readonly range: string | undefined
  readonly ifRange: string | undefined
  /** The event that a page heard last, where it connects again. */
  readonly lastEventId?: string | undefined
  /** The members of the body; empty but for a write. */
  readonly body: ReadonlyMap<string, string | null>
}

/** Answers with JSON, which is what it returns. */
export type JsonHandler = (context: ServerContext, question: Question) => Promise<object>

/** Answers by itself; nothing was sent yet when it throws. */
export type StreamHandler = (context: ServerContext, question: Question, response: ServerResponse) => Promise<void>
