/**
 * A site as its answers see it: documents that are loaded when they are asked for, and the table, which is made once.
 */
import { instantMs } from '../base/clock.ts'
import { refuse } from '../domain/failure.ts'
import type { FilterSubject } from '../domain/filter.ts'
import { parseRunId } from '../domain/run.ts'
import type { RunId } from '../domain/run.ts'
import { openRunTable } from '../domain/table/run-table.ts'
import type { RunTable } from '../domain/table/run-table.ts'
import { tableRun } from '../domain/table/table-chunk.ts'
import { ulidMs } from '../base/ulid.ts'
import type { LoadSiteDocument } from '../server/wire/site.ts'
import { runDocument, SITE, TABLE } from './site-document.ts'
import type { RunDocument, SiteDocument } from './site-document.ts'
import { decodeTable } from './table-document.ts'
import type { SiteRun, TableDocument } from './table-document.ts'

/** All runs of a site. */
export interface SiteTable {
  readonly runs: ReadonlyMap<RunId, SiteRun>
  /** Where each run stands among all, oldest first, from 0. */
  readonly places: ReadonlyMap<RunId, number>
  readonly table: RunTable
}

/** A site that is open in a browser. */
export interface OpenSite {
  readonly load: LoadSiteDocument
  readonly site: () => Promise<SiteDocument>
  readonly table: () => Promise<SiteTable>
}

/** Opens a site; nothing is loaded before it is asked for. */
export function openSite(load: LoadSiteDocument): OpenSite {
  const site = once(async () => (await required(load, SITE)) as SiteDocument)
  return {
    load,
    site,
    table: once(async () => {
      const { atMs } = await site()
      const rows = decodeTable((await required(load, TABLE)) as TableDocument)
      const runs = new Map(rows.map((run) => [run.head.id as RunId, run]))
      const places = new Map([...runs.keys()].map((id, place) => [id, place]))
      return { runs, places, table: openRunTable(tableRuns(rows, atMs)) }
    }),
  }
}

/** A run as filters see it. */
function siteSubject({ head, parameters, metrics }: SiteRun, nowMs: number): Subject {
  const { name, branch, group, elapsedMs } = head
  const id = head.id as RunId
  return {
    id,
    status: head.status,
    experiment: head.experiment,
    ...(name === null ? {} : { name }),
    ...(branch === null ? {} : { branch }),
    ...(group === null ? {} : { group }),
    ...(elapsedMs === null ? {} : { elapsedMs }),
    createdMs: ulidMs(id),
    tags: head.tags,
    models: head.versions.map(({ model }) => model),
    parameters,
    metrics,
    nowMs,
  }
}

/** The run that a text names: by its id or the start of it, or by a version it led to. @throws `run-not-found` */
export async function findSiteRun(site: OpenSite, text: string): Promise<RunId> {
  const { runs } = await site.table()
  const id = parseRunId(text)
  if (id !== undefined && runs.has(id)) return id
  const named = [...runs.values()].filter(({ head }) => isNamed(head, text.toLowerCase()))
  const [first, second] = named
  if (second !== undefined) {
    throw refuse('revision-ambiguous', { text, matches: named.slice(0, 5).map(({ head }) => head.id.slice(0, 12)) })
  }
  if (first === undefined) throw refuse('run-not-found', { text, closest: [] })
  return first.head.id as RunId
}

/** The document of a run of the site. @throws `run-not-found` */
export async function loadRun(site: OpenSite, id: RunId): Promise<RunDocument> {
  const found = await site.load(runDocument(id))
  if (found === undefined) throw refuse('run-not-found', { text: id, closest: [] })
  return found as RunDocument
}

/** Milliseconds since the Unix epoch at which a run started. */
export function startedMs({ head }: SiteRun): number {
  return instantMs(head.startedAt as Parameters<typeof instantMs>[0])
}

type Subject = FilterSubject & { readonly id: RunId } & Pick<SiteRun, 'parameters' | 'metrics'>

const LEAST_PREFIX = 4

function isNamed({ id, versions }: SiteRun['head'], text: string): boolean {
  if (text.length >= LEAST_PREFIX && id.startsWith(text)) return true
  return versions.some(({ model, number, aliases }) => {
    return [`v${number}`, ...aliases].some((name) => `${model}@${name}`.toLowerCase() === text)
  })
}

function* tableRuns(rows: readonly SiteRun[], nowMs: number): Generator<ReturnType<typeof tableRun>> {
  for (const run of rows) {
    yield tableRun(siteSubject(run, nowMs), run.head.isArchived, run)
  }
}

async function required(load: LoadSiteDocument, name: string): Promise<unknown> {
  const found = await load(name)
  if (found === undefined) throw refuse('object-missing', { what: 'part of this site', id: name })
  return found
}

function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined
  return () => (made ??= make())
}
