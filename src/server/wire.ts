/**
 * What the local server and its pages say to each other: every answer and event as plain data. It imports nothing but
 * itself, so that the browser half may share it.
 *
 * JSON has no NaN, no infinities and no integers beyond ±2^53, so numbers of metrics are `WireNumber` and values of
 * parameters carry their exact text. Instants are ISO 8601 in UTC; times are milliseconds since the Unix epoch. What
 * is absent is `null`, never left out. All texts come from people: show them as text, never as markup.
 */
export type {
  WireCode,
  WireDataset,
  WireEnvironment,
  WireFile,
  WireMetric,
  WireNamedParameter,
  WireNumber,
  WireParameter,
  WireReceipt,
  WireRule,
  WireSummary,
} from './wire/content.ts'
export type {
  WireCell,
  WireKnownKey,
  WireLog,
  WireMedia,
  WireRun,
  WireRunHead,
  WireRunRow,
  WireRuns,
  WireStatus,
  WireVersionLabel,
} from './wire/runs.ts'
export type { WireSeries, WireSeriesSet } from './wire/series.ts'
export type { WireCodeDiff, WireCompare, WireDifference, WireSided, WireVerdict } from './wire/compare.ts'
export type {
  WireAlias,
  WireAliasReport,
  WireModel,
  WireModelHead,
  WireModelVersion,
  WireModels,
  WireOperation,
  WirePromotion,
  WireRollback,
  WireVersion,
} from './wire/models.ts'
export type { WireEvent, WireFailure, WireSession, WireView, WireViewChange, WireViews } from './wire/session.ts'
