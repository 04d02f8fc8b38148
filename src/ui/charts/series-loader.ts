/**
 * Lines as the charts in sight need them: those of all runs of a chart in one question, charts that are asked for
 * together in one too. What is known stays; of a run that went on only what was added is asked for.
 */
import type { WireLine, WirePoint, WireSeries } from '../../server/wire.ts'
import { api } from '../base/api.ts'
import { mergedLine, wholeLine } from './merge-lines.ts'

/** What points are laid along: steps, times, or the values of another metric. */
export type XKind = 'step' | 'time' | 'elapsed' | `metric:${string}`

/** One metric of some runs within a range. */
export interface LinesWish {
  readonly runs: readonly string[]
  readonly metric: string
  readonly x: XKind
  /** The range to cut into buckets; the whole of all series when absent. */
  readonly range?: readonly [number, number] | undefined
  readonly points: number
}

/** One line. Columns of one length, one entry a bucket. */
export type ChartSeries = Omit<WireSeries, 'extent' | 'range' | 'times'> & {
  /** The nearest points outside of the range, for the line to be drawn up to its edges. */
  readonly before?: LineEnd | null
  readonly after?: LineEnd | null
}

/** A point outside of the range; of a group with its spread. */
export type LineEnd = WirePoint & { readonly low?: number; readonly high?: number }

/** What there is by now. */
export interface LoadedLines {
  readonly lines: ReadonlyMap<string, ChartSeries>
  /** Runs whose points are still being read: ask again a little later. */
  readonly pending: readonly string[]
  /** The words of the first refusal. */
  readonly refused: string | undefined
}

/** What is known of a line; without a series the run has none of the metric. */
interface Kept {
  readonly series: ChartSeries | undefined
  readonly cursor: string | null
  isStale: boolean
}

interface Asked {
  readonly wish: LinesWish
  readonly missing: readonly string[]
  readonly resolve: (loaded: LoadedLines) => void
  readonly reject: (error: unknown) => void
}

const KEPT = 6000
const RUNS_AT_ONCE = 100
const METRICS_AT_ONCE = 48
const LINES_AT_ONCE = 400

const kept = new Map<string, Kept>()
let waiting: Asked[] = []

/** Loads lines; asks for those alone that are not known, or went on. */
export function loadLines(wish: LinesWish): Promise<LoadedLines> {
  const missing = wish.runs.filter((run) => kept.get(keyOf(wish, run))?.isStale !== false)
  if (missing.length === 0) return Promise.resolve(linesOf(wish, [], undefined))
  return new Promise((resolve, reject) => {
    waiting.push({ wish, missing, resolve, reject })
    if (waiting.length === 1) setTimeout(askForAll, 0)
  })
}

/** Tells that a run went on; all runs when none is named. What was added since is asked for when it is needed. */
export function forgetSeries(run?: string): void {
  for (const [key, entry] of kept) if (run === undefined || key.startsWith(`${run}\n`)) entry.isStale = true
}

function linesOf(wish: LinesWish, pending: readonly string[], refused: string | undefined): LoadedLines {
  const lines = new Map<string, ChartSeries>()
  for (const run of wish.runs) {
    const series = kept.get(keyOf(wish, run))?.series
    if (series !== undefined) lines.set(run, series)
  }
  return { lines, pending: pending.filter((run) => wish.runs.includes(run)), refused }
}

function askForAll(): void {
  const asked = waiting
  waiting = []
  const groups = new Map<string, Asked[]>()
  for (const one of asked) {
    const { x, range, points } = one.wish
    const key = [one.missing.join(), x, range?.join() ?? '', points].join('\n')
    groups.set(key, [...(groups.get(key) ?? []), one])
  }
  for (const group of groups.values()) {
    const runs = Math.min(RUNS_AT_ONCE, group[0]?.missing.length ?? 1)
    const atOnce = Math.max(1, Math.min(METRICS_AT_ONCE, Math.floor(LINES_AT_ONCE / runs)))
    for (let at = 0; at < group.length; at += atOnce) void askTogether(group.slice(at, at + atOnce))
  }
}

/** Asks for several metrics of the same runs. */
async function askTogether(group: readonly Asked[]): Promise<void> {
  const [first] = group
  if (first === undefined) return
  const pending: string[] = []
  let refused: string | undefined
  try {
    for (let at = 0; at < first.missing.length; at += RUNS_AT_ONCE) {
      const answer = await askFor(group, first.missing.slice(at, at + RUNS_AT_ONCE))
      pending.push(...answer.pending)
      refused ??= answer.refused
    }
    for (const { wish, resolve } of group) resolve(linesOf(wish, pending, refused))
  } catch (error) {
    for (const { reject } of group) reject(error)
  }
}

async function askFor(group: readonly Asked[], runs: readonly string[]): Promise<Omit<LoadedLines, 'lines'>> {
  const wishes = [...new Map(group.map(({ wish }) => [wish.metric, wish])).values()]
  const [first] = wishes
  if (first === undefined) return { pending: [], refused: undefined }
  const { x, range, points } = first
  const since = runs.flatMap((run) => wishes.map((wish) => kept.get(keyOf(wish, run))?.cursor ?? ''))
  const answer = await api.lines({
    runs,
    metrics: wishes.map(({ metric }) => metric),
    x,
    points,
    ...(range === undefined ? {} : { from: range[0], to: range[1] }),
    ...(since.some((cursor) => cursor !== '') ? { since } : {}),
  })
  const found = new Map(answer.lines.map((line) => [`${line.run}\n${line.metric}`, line]))
  const refused = new Set(answer.refused.map(({ run }) => run))
  for (const run of runs) {
    if (answer.pending.includes(run) || refused.has(run)) continue
    for (const wish of wishes) keep(keyOf(wish, run), found.get(`${run}\n${wish.metric}`))
  }
  return { pending: answer.pending, refused: answer.refused[0]?.what }
}

function keep(key: string, line: WireLine | undefined): void {
  const known = kept.get(key)
  const series = line === undefined ? undefined : merged(known?.series, line)
  kept.delete(key)
  kept.set(key, { series, cursor: line?.cursor ?? null, isStale: false })
  for (const oldest of kept.keys()) {
    if (kept.size <= KEPT) break
    kept.delete(oldest)
  }
}

function merged(known: ChartSeries | undefined, line: WireLine): ChartSeries {
  return known === undefined || line.replacesFrom === null ? wholeLine(line) : mergedLine(known, line)
}

function keyOf({ metric, x, range, points }: LinesWish, run: string): string {
  return [run, metric, x, range?.join() ?? '', points].join('\n')
}
