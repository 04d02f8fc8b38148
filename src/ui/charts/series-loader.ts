/**
 * Series as the charts in sight need them: asked for together, one question a run, and kept until the run goes on.
 */
import type { WireSeries } from '../../server/wire.ts'
import { api } from '../base/api.ts'

/** What points are laid along. */
export type XKind = 'step' | 'time' | 'elapsed'

/** One series of one run within a range. */
export interface SeriesWish {
  readonly run: string
  readonly metric: string
  readonly x: XKind
  /** The range to cut into buckets; the whole series when absent. */
  readonly range?: readonly [number, number] | undefined
  readonly points: number
}

const KEPT = 3000
const METRICS_AT_ONCE = 48

interface Asked {
  readonly wish: SeriesWish
  readonly resolve: (series: WireSeries | undefined) => void
  readonly reject: (error: unknown) => void
}

const kept = new Map<string, Promise<WireSeries | undefined>>()
let waiting: Asked[] = []

/** Loads a series; `undefined` when the run has none of that name. */
export function loadSeries(wish: SeriesWish): Promise<WireSeries | undefined> {
  const key = keyOf(wish)
  const present = kept.get(key)
  if (present !== undefined) return present
  const loading = new Promise<WireSeries | undefined>((resolve, reject) => {
    waiting.push({ wish, resolve, reject })
    if (waiting.length === 1) setTimeout(askForAll, 0)
  })
  kept.set(key, loading)
  loading.catch(() => kept.delete(key))
  for (const oldest of kept.keys()) {
    if (kept.size <= KEPT) break
    kept.delete(oldest)
  }
  return loading
}

/** Forgets what is known of a run that went on; of all runs when none is named. */
export function forgetSeries(run?: string): void {
  for (const key of kept.keys()) if (run === undefined || key.startsWith(`${run}\n`)) kept.delete(key)
}

function askForAll(): void {
  const asked = waiting
  waiting = []
  const groups = new Map<string, Asked[]>()
  for (const one of asked) {
    const { run, x, range, points } = one.wish
    const key = [run, x, range?.join() ?? '', points].join('\n')
    groups.set(key, [...(groups.get(key) ?? []), one])
  }
  for (const group of groups.values()) {
    for (let at = 0; at < group.length; at += METRICS_AT_ONCE) void askTogether(group.slice(at, at + METRICS_AT_ONCE))
  }
}

async function askTogether(group: readonly Asked[]): Promise<void> {
  const [first] = group
  if (first === undefined) return
  const { run, x, range, points } = first.wish
  const ends = range === undefined ? {} : { from: range[0], to: range[1] }
  try {
    const answer = await api.series({ run, x, points, metrics: group.map(({ wish }) => wish.metric), ...ends })
    const found = new Map(answer.series.map((series) => [series.metric, series]))
    for (const { wish, resolve } of group) resolve(found.get(wish.metric))
  } catch (error) {
    for (const { reject } of group) reject(error)
  }
}

function keyOf({ run, metric, x, range, points }: SeriesWish): string {
  return [run, metric, x, range?.join() ?? '', points].join('\n')
}
