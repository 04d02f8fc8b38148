/**
 * The small curves of the table, for the rows and columns in sight.
 */
import { signal } from '@preact/signals'
import type { WireEvent } from '../../server/wire.ts'
import { api } from '../base/api.ts'
import type { Curve } from './sparkline.tsx'

const RUNS_AT_ONCE = 100
const METRICS_AT_ONCE = 20
const POINTS = 26
/** A place that is scrolled past is not asked for. */
const SETTLE_MS = 80
const MOST_KNOWN = 20_000

/** `null` for a run that has no curve of the metric. */
let known = new Map<string, Curve | null>()
/** What is known, anew whenever some arrive, so that those who read it are drawn again. */
const shown = signal<{ readonly known: ReadonlyMap<string, Curve | null> }>({ known })
/** Keys of curves that have grown since. */
const grown = new Set<string>()
let wanted: { readonly runs: ReadonlySet<string>; readonly metrics: readonly string[] } | undefined
let timer: ReturnType<typeof setTimeout> | undefined

/** The curve of a metric of a run; `undefined` while it is on its way. */
export function curveOf(run: string, metric: string): Curve | null | undefined {
  return shown.value.known.get(keyOf(run, metric))
}

/** Brings the curves of these runs that are not here, once nothing else is asked for. */
export function wantCurves(runs: readonly string[], metrics: readonly string[]): void {
  const missing = new Set(runs.filter((run) => metrics.some((metric) => isMissing(keyOf(run, metric)))))
  wanted = missing.size === 0 ? undefined : { runs: missing, metrics }
  clearTimeout(timer)
  if (wanted !== undefined) timer = setTimeout(() => void bringWanted(), SETTLE_MS)
}

/** Hears which curves have grown: they stay as they are until they are brought anew. */
export function noteGrown(event: WireEvent): void {
  if (event.kind !== 'points' && event.kind !== 'run-ended') return
  for (const key of known.keys()) if (key.startsWith(`${event.run} `)) grown.add(key)
}

function isMissing(key: string): boolean {
  return !known.has(key) || grown.has(key)
}

async function bringWanted(): Promise<void> {
  if (wanted === undefined) return
  const { metrics } = wanted
  const runs = [...wanted.runs]
  wanted = undefined
  if (known.size > MOST_KNOWN) known = new Map()
  for (let at = 0; at < runs.length; at += RUNS_AT_ONCE) {
    for (let first = 0; first < metrics.length; first += METRICS_AT_ONCE) {
      await bring(runs.slice(at, at + RUNS_AT_ONCE), metrics.slice(first, first + METRICS_AT_ONCE))
    }
  }
}

async function bring(runs: readonly string[], metrics: readonly string[]): Promise<void> {
  // What cannot be had is not asked for again and again.
  const answer = await api.sparklines({ runs, metrics, points: POINTS }).catch(() => ({ runs: [] }))
  const found = new Map<string, Curve>()
  for (const { run, curves } of answer.runs) {
    for (const { metric, values } of curves) found.set(keyOf(run, metric), values)
  }
  for (const run of runs) {
    for (const metric of metrics) {
      const key = keyOf(run, metric)
      known.set(key, found.get(key) ?? null)
      grown.delete(key)
    }
  }
  shown.value = { known }
}

function keyOf(run: string, metric: string): string {
  return `${run} ${metric}`
}
