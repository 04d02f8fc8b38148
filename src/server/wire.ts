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
  WireChoices,
  WireGroup,
  WireGroupCell,
  WireKnownKey,
  WireMedia,
  WireRun,
  WireRunHead,
  WireRunRow,
  WireRuns,
  WireStatus,
  WireVersionLabel,
} from './wire/runs.ts'
export type { WireImportance, WireImportanceAnswer, WireInterval, WireParameterImportance } from './wire/importance.ts'
export type {
  WireColumn,
  WireCurve,
  WireEvaluation,
  WireEvaluations,
  WireFoundLines,
  WireOutput,
  WireOutputLine,
  WireRowState,
  WireTable,
  WireTableCell,
  WireTables,
  WireTensor,
  WireTensors,
  WireText,
  WireVersionFiles,
} from './wire/media.ts'
export type { WireLine, WireLines, WirePoint, WireSeries, WireSeriesSet } from './wire/series.ts'
export type { WireSparklines } from './wire/sparklines.ts'
export type {
  WireChangedFile,
  WireCodeDiff,
  WireCodeSide,
  WireCompare,
  WireDifference,
  WireMetricNoise,
  WireSided,
  WireVerdict,
} from './wire/compare.ts'
export type { LoadSiteDocument, SiteAnswer, SiteAnswerer } from './wire/site.ts'
export type {
  WireAlias,
  WireAliasReport,
  WireGateResult,
  WireGates,
  WireModel,
  WireModelHead,
  WireModelVersion,
  WireModels,
  WireOperation,
  WirePromotion,
  WireRollback,
  WireVersion,
} from './wire/models.ts'
export type { WireLineage, WireLineageNode, WireStanding } from './wire/relations.ts'
export type { WireEvent, WireFailure, WireSession, WireView, WireViewChange, WireViews } from './wire/session.ts'
