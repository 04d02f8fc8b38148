/**
 * The documents of a site: what each is called, and what stands in it. Names are made of ids and counts, so that no
 * text of a record is ever part of a path.
 */
import type { ComparisonSide } from '../domain/comparison.ts'
import type { Environment } from '../domain/environment.ts'
import type { WireEnvironment, WireModels, WireOutput, WireSession, WireTable, WireViews } from '../server/wire.ts'

/** The document of the site as a whole. */
export const SITE = 'site'
/** The document of all runs, a `TableDocument`. */
export const TABLE = 'table'

/** The document of all lineage, `LineageFacts`. */
export const LINEAGE = 'lineage'

/** The document of the site as a whole. */
export interface SiteDocument {
  readonly session: WireSession
  /** The commit of the branch it was made of. */
  readonly tip: string
  /** When that was committed, in milliseconds since the Unix epoch: what `-7d` counts back from. */
  readonly atMs: number
  readonly models: WireModels
  readonly views: WireViews
}

/** What a server answered when the site was made: a refusal where `status` is none of success. */
export interface KeptAnswer {
  readonly status: number
  readonly body: object
}

/** The document of a run, of what its page shows but for series and files. */
export interface RunDocument {
  /** A `WireRun`, but for its environment. */
  readonly answer: KeptAnswer
  /** What a comparison needs besides the table. */
  readonly side: Pick<ComparisonSide, 'label' | 'files' | 'datasets' | 'code'>
  /** The number of the document of its environment; `null` where none is known. */
  readonly environment: number | null
  /** Digests of the files that are part of the site, by path. */
  readonly files: { readonly [path: string]: string }
}

/** The document of a model. */
export interface ModelDocument {
  readonly answer: KeptAnswer
  /** The files of its versions, by number. */
  readonly files: { readonly [number: string]: KeptAnswer }
}

/** The document of what the pages show of the files of a run. */
export interface ContentDocument {
  readonly evaluations: KeptAnswer | null
  /** By path. */
  readonly tensors: { readonly [path: string]: KeptAnswer }
  /** The first rows of tables, by path. */
  readonly tables: { readonly [path: string]: WireTable }
  readonly output: KeptOutput | null
}

/** The lines of output that a site keeps: the first and the last of each stream. */
export interface KeptOutput {
  readonly streams: WireOutput['streams']
  readonly parts: readonly Pick<WireOutput, 'stream' | 'from' | 'lines'>[]
}

/** The document of an environment, which many runs share. */
export interface EnvironmentDocument {
  readonly wire: WireEnvironment
  readonly side: Environment
}

/** The document of a file. */
export interface FileDocument {
  readonly type: string
  readonly base64: string
}

/** The name of the document of a run. */
export function runDocument(run: string): string {
  return `run/${run}`
}

/** The name of the document of what a run printed and of what its files hold. */
export function contentDocument(run: string): string {
  return `content/${run}`
}

/** The name of the document of a run's series. */
export function seriesDocument(run: string): string {
  return `series/${run}`
}

/** The name of the document of a file. */
export function fileDocument(sha256: string): string {
  return `file/${sha256}`
}

/** The name of the document of an environment. */
export function environmentDocument(number: number): string {
  return `environment/${number}`
}

/** The name of the document of a model, by its place in the list of models. */
export function modelDocument(place: number): string {
  return `model/${place}`
}
