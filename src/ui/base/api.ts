/**
 * Questions to the server, and what it refuses.
 */
import { signal } from '@preact/signals'
import type {
  WireAliasReport,
  WireChoices,
  WireCodeDiff,
  WireCompare,
  WireFailure,
  WireImportance,
  WireLineage,
  WireLines,
  WireModel,
  WireModels,
  WirePromotion,
  WireRollback,
  WireRun,
  WireRuns,
  WireSession,
  WireSparklines,
  WireStanding,
  WireViewChange,
  WireViews,
} from '../../server/wire.ts'
import { reachAddress } from './transport.ts'

/** An answer that is a refusal, or none at all. */
export class Refusal extends Error {
  /** A stable word. */
  readonly code: string
  readonly why: string
  readonly next: string | null

  constructor(error: WireFailure['error']) {
    super(error.what)
    this.code = error.code
    this.why = error.why
    this.next = error.next
  }
}

/** Where this is and what may be done; `undefined` until the server told. */
export const session = signal<WireSession | undefined>(undefined)

/** A window of the runs that match. */
export interface RunsQuestion {
  readonly filter: string
  readonly sort: string
  readonly columns: readonly string[]
  readonly from: number
  readonly count: number
  readonly archived?: boolean
  /** A field: the window is one of groups then; with the key of one of them as `member`, of its runs. */
  readonly group?: string
  readonly member?: string
  /** For who knows the keys already: they can be longer than the rows. */
  readonly isWithoutKeys?: boolean
}

/** Which small curves: whole ids of at most 100 runs, at most 20 metrics, 24 values of each when not told. */
export interface SparklinesQuestion {
  readonly runs: readonly string[]
  readonly metrics: readonly string[]
  readonly points?: number
}

/** Which part of lines of many runs; as the server takes them. */
export interface LinesQuestion {
  readonly runs: readonly string[]
  readonly metrics: readonly string[]
  readonly x: string
  readonly from?: number
  readonly to?: number
  readonly points: number
  /** A cursor for each line, empty where there is none; absent when there is none at all. */
  readonly since?: readonly string[]
}

/**
 * Every question the pages ask. A call ends early when its signal says so.
 *
 * @throws Refusal
 */
export const api = {
  session: () => ask<WireSession>('session'),
  runs: (question: RunsQuestion, signal?: AbortSignal) => ask<WireRuns>('runs', runsQuery(question), signal),
  importance: (metric: string, filter: string, signal?: AbortSignal) =>
    ask<WireImportance>('importance', { metric, filter }, signal),
  /** Values that runs have in a field, and that hold a text. */
  choices: (field: string, text: string, signal?: AbortSignal) => ask<WireChoices>('values', { field, text }, signal),
  run: (id: string, signal?: AbortSignal) => ask<WireRun>(`run/${encodeURIComponent(id)}`, {}, signal),
  sparklines: (question: SparklinesQuestion, signal?: AbortSignal) =>
    ask<WireSparklines>(
      'sparklines',
      { runs: question.runs.join(','), metric: question.metrics, points: question.points },
      signal,
    ),
  lines: ({ runs, metrics, since, ...question }: LinesQuestion, signal?: AbortSignal) =>
    ask<WireLines>('series', { ...question, runs: runs.join(','), metric: metrics, since: since?.join(',') }, signal),
  compare: (runs: readonly string[], signal?: AbortSignal) =>
    ask<WireCompare>('compare', { runs: runs.join(',') }, signal),
  diff: (base: string, head: string, signal?: AbortSignal, path?: string) =>
    ask<WireCodeDiff>('diff', { base, head, path }, signal),
  standing: (run: string, signal?: AbortSignal) =>
    ask<WireStanding>(`run/${encodeURIComponent(run)}/standing`, {}, signal),
  lineage: (of: string, signal?: AbortSignal) => ask<WireLineage>('lineage', { of }, signal),
  models: (signal?: AbortSignal) => ask<WireModels>('models', {}, signal),
  model: (name: string, signal?: AbortSignal) => ask<WireModel>(`model/${encodeURIComponent(name)}`, {}, signal),
  /** The bytes of a recorded file, with the type of an image where it is one. */
  file: async (run: string, path: string, signal?: AbortSignal): Promise<Blob> => {
    const response = await reach(fileAddress(run, path), signal === undefined ? {} : { signal })
    return response.ok ? response.blob() : answerOf<never>(response)
  },
  views: (signal?: AbortSignal) => ask<WireViews>('views', {}, signal),
  changeView: (change: WireViewChange) => tell<WireViews>('views', change),
  promote: (promotion: WirePromotion) => tell<WireAliasReport>('promote', promotion),
  rollback: (rollback: WireRollback) => tell<WireAliasReport>('rollback', rollback),
}

/** The address of a recorded file, which the browser saves; leads nowhere in a site of files, where `api.file` does. */
export function fileAddress(run: string, path: string): string {
  return `api/run/${encodeURIComponent(run)}/file?path=${encodeURIComponent(path)}`
}

function runsQuery({ columns, archived, isWithoutKeys, ...question }: RunsQuestion): Query {
  return {
    ...question,
    columns: columns.join(','),
    archived: archived === true ? 1 : undefined,
    keys: isWithoutKeys === true ? 0 : undefined,
  }
}

/** Values of a query; those that are absent or empty are left out. */
export type Query = Readonly<Record<string, string | number | readonly string[] | undefined>>

/** Asks the server. @throws Refusal */
export async function ask<Answer>(path: string, query: Query = {}, signal?: AbortSignal): Promise<Answer> {
  const search = new URLSearchParams()
  for (const [key, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== '') search.append(key, String(one))
    }
  }
  const text = search.toString()
  return answerOf<Answer>(
    await reach(`api/${path}${text === '' ? '' : `?${text}`}`, signal === undefined ? {} : { signal }),
  )
}

async function tell<Answer>(path: string, body: unknown): Promise<Answer> {
  const token = session.peek()?.writeToken
  if (token === null || token === undefined) {
    const why = 'nothing can be written from this page'
    throw new Refusal({ code: 'server-read-only', what: 'not written', why, next: 'use mlv in a terminal' })
  }
  const headers = { 'content-type': 'application/json', 'x-mlv-token': token }
  return answerOf<Answer>(await reach(`api/${path}`, { method: 'POST', headers, body: JSON.stringify(body) }))
}

async function reach(address: string, init: RequestInit): Promise<Response> {
  try {
    return await reachAddress(address, init)
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    const what = 'the server does not answer'
    throw new Refusal({ code: 'server-gone', what, why: 'mlv ui was stopped, or the connection broke', next: 'mlv ui' })
  }
}

async function answerOf<Answer>(response: Response): Promise<Answer> {
  const body: unknown = await response.json().catch((error: unknown) => {
    // An answer that nobody waits for any more is no answer.
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    return undefined
  })
  if (response.ok) return body as Answer
  if (isFailure(body)) throw new Refusal(body.error)
  const what = `the server answered ${response.status}`
  throw new Refusal({ code: 'server-odd-answer', what, why: response.statusText, next: null })
}

function isFailure(body: unknown): body is WireFailure {
  return typeof body === 'object' && body !== null && 'error' in body
}
