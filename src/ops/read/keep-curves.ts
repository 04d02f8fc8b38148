/**
 * Curves of the runs that were looked at last: what was read once is not read again for the next zoom, and a live run
 * is read on from where it was.
 */
import type { MetricKey } from '../../domain/key.ts'
import type { MetricRule } from '../../domain/metric.ts'
import { parseRunId } from '../../domain/run.ts'
import type { RunId } from '../../domain/run.ts'
import { openSnapshot } from '../../store/branch/snapshot.ts'
import { openShelf, shelfLimit } from '../../store/pyramids/pyramid-shelf.ts'
import type { Repository } from '../repository/repository.ts'
import { laidPyramid } from './curve.ts'
import type { Curve } from './curve.ts'
import type { GrowingPyramid } from '../../domain/growing-pyramid.ts'
import { followCurves } from './live-curves.ts'
import type { LiveCurves } from './live-curves.ts'
import { findRunSeries } from './read-run-series.ts'
import type { RunSeries } from './read-run-series.ts'
import { openSealed } from './sealed-curves.ts'
import type { SealedCurves } from './sealed-curves.ts'

/** The curves of one run, as they are now. */
export interface RunCurves {
  readonly run: RunId
  /** Milliseconds since the Unix epoch. */
  readonly startedAtMs: number
  readonly isLive: boolean
  /**
   * False when only the summary of the branch could be had: points are missing between those that are there. It says
   * how it is now, which a question for points may change.
   */
  readonly isComplete: boolean
  /** The rule of a metric as it was when the run was made. */
  readonly ruleOf: (key: MetricKey) => MetricRule
  /** `undefined` for a metric without points. @throws what reading the points refuses */
  readonly find: (key: MetricKey) => Promise<Curve | undefined>
  /** A metric laid along the values of another; `undefined` where one of them has no points. @throws as `find` */
  readonly along: (key: MetricKey, other: MetricKey) => Promise<GrowingPyramid | undefined>
}

/** Keeps curves. */
export interface CurveKeeper {
  /** @throws what `findRunSeries` refuses, and what reading its points does */
  readonly open: (revision: string) => Promise<RunCurves>
  /** Metrics of a run with more than one point, in no order; no point of a recorded run is read. @throws as `open` */
  readonly keysOf: (revision: string) => Promise<readonly MetricKey[]>
}

interface SealedEntry {
  readonly curves: Promise<SealedCurves>
  readonly laid: Map<string, Laid>
  size: () => number
  /** When a summary is no longer kept, as `elapsedMs` tells; `undefined` where every point is there. */
  summaryUntilMs: number | undefined
}

interface LiveEntry {
  readonly curves: LiveCurves
  readonly laid: Map<string, Laid>
  readonly size: () => number
}

/** A metric laid along another, as long as neither goes on. */
interface Laid {
  readonly state: string
  readonly pyramid: Promise<GrowingPyramid>
}

/** Points that are kept in memory in all; with their tiles a point takes about 40 bytes. */
const LIMIT_POINTS = 8_000_000
/** Runs whose heads are kept. */
const LIMIT_RUNS = 1_000
/** A summary stands for the points so long: then their store may be reached again, or they were pulled. */
const LIMIT_SUMMARY_MS = 20_000
/** Where the branch stands is looked at so often. */
const LOOK_EVERY_MS = 1_000
/** Of a run: a page that goes through all metrics as x must not keep them all. */
const LIMIT_LAID = 8

/** Makes an empty keeper. */
export function keepCurves(repository: Repository, limitPoints: number = LIMIT_POINTS): CurveKeeper {
  const sealed = keepSealed(repository, limitPoints)
  const live = keepLive(repository, limitPoints)
  const find = findOnce(repository)
  return {
    open: async (revision) => {
      const run = await find(revision)
      if (run.journaled !== undefined) {
        const { curves, laid } = await live.follow(run)
        return runCurves(
          run,
          () => true,
          laid,
          (key) => Promise.resolve(curves.find(key)),
        )
      }
      live.forget(run.run)
      return sealed(run)
    },
    keysOf: async (revision) => {
      const run = await find(revision)
      return run.journaled === undefined ? run.keys : (await live.follow(run)).curves.keys()
    },
  }
}

/** Finds runs. One that is recorded never changes, so it is looked up once for as long as the branch does not move. */
function findOnce(repository: Repository): (revision: string) => Promise<RunSeries> {
  const { clock } = repository
  type Found = Map<RunId, RunSeries>
  let at: { readonly tips: string | undefined; readonly found: Found } | undefined
  let looked: { readonly atMs: number; readonly found: Promise<Found> } | undefined
  const look = async (): Promise<Found> => {
    const tips = await tipsOf(repository)
    if (at === undefined || tips === undefined || tips !== at.tips) at = { tips, found: new Map() }
    return at.found
  }
  return async (revision) => {
    const nowMs = clock.elapsedMs()
    if (looked === undefined || nowMs - looked.atMs >= LOOK_EVERY_MS) looked = { atMs: nowMs, found: look() }
    const found = await looked.found
    const id = parseRunId(revision)
    const known = id === undefined ? undefined : found.get(id)
    if (known !== undefined) return known
    const run = await findRunSeries(repository, revision)
    if (run.journaled === undefined) found.set(run.run, run)
    for (const oldest of found.keys()) if (found.size > LIMIT_RUNS) found.delete(oldest)
    return run
  }
}

/** Where the branch stands; `undefined` where it cannot be told: whoever looks for a run is told why. */
async function tipsOf({ context }: Repository): Promise<string | undefined> {
  try {
    const { tips } = await openSnapshot(context.engine)
    return `${tips.registry} ${tips.records}`
  } catch {
    return undefined
  }
}

/** Opens recorded runs; those that were used last stay. */
function keepSealed(repository: Repository, limitPoints: number): (run: RunSeries) => Promise<RunCurves> {
  const { files, commonDir, clock, entropy, variables } = repository
  const shelf = openShelf({ files, commonDir, clock, entropy, limitBytes: shelfLimit(variables) })
  const entries = new Map<RunId, SealedEntry>()
  const read = oneByOne((run: RunSeries) => run.read())
  return async (run) => {
    const kept = entries.get(run.run)
    const isKept = kept !== undefined && clock.elapsedMs() < (kept.summaryUntilMs ?? Infinity)
    const entry = isKept ? kept : sealedEntry(openSealed(run, shelf, read))
    // The order of a map is that of insertion: whatever is used moves to its end.
    entries.delete(run.run)
    entries.set(run.run, entry)
    try {
      const curves = await entry.curves
      entry.size = curves.size
      if (!curves.isComplete()) entry.summaryUntilMs ??= clock.elapsedMs() + LIMIT_SUMMARY_MS
      forgetOldest(entries, limitPoints)
      return runCurves(run, curves.isComplete, entry.laid, (key) => curves.find(key))
    } catch (error) {
      // The next question tries again.
      if (entries.get(run.run) === entry) entries.delete(run.run)
      throw error
    }
  }
}

/** Follows runs that are not recorded yet; those that were looked at last are read on, others anew. */
function keepLive(
  repository: Repository,
  limitPoints: number,
): { readonly follow: (run: RunSeries) => Promise<LiveEntry>; readonly forget: (run: RunId) => void } {
  const entries = new Map<RunId, LiveEntry>()
  return {
    follow: async (run) => {
      const known = entries.get(run.run)
      const curves = known?.curves ?? followCurves(repository, run.run, run.startedAtMs)
      const entry = known ?? { curves, laid: new Map(), size: () => curves.size() }
      entries.delete(run.run)
      entries.set(run.run, entry)
      await curves.look(run.journaled ?? new Map())
      forgetOldest(entries, limitPoints)
      return entry
    },
    forget: (run) => void entries.delete(run),
  }
}

function sealedEntry(curves: Promise<SealedCurves>): SealedEntry {
  return { curves, laid: new Map(), size: () => 0, summaryUntilMs: undefined }
}

function runCurves(
  { run, startedAtMs, isLive, ruleOf }: RunSeries,
  isComplete: () => boolean,
  laid: Map<string, Laid>,
  find: RunCurves['find'],
): RunCurves {
  return {
    run,
    startedAtMs,
    isLive,
    get isComplete() {
      return isComplete()
    },
    ruleOf,
    find,
    along: async (key, other) => {
      const [curve, otherCurve] = [await find(key), await find(other)]
      if (curve === undefined || otherCurve === undefined) return undefined
      const name = JSON.stringify([key, other])
      const state = `${curve.cursor}/${otherCurve.cursor}`
      const known = laid.get(name)
      if (known?.state === state) return known.pyramid
      const pyramid = laidPyramid(curve, otherCurve)
      laid.delete(name)
      laid.set(name, { state, pyramid })
      pyramid.catch(() => laid.delete(name))
      for (const oldest of laid.keys()) if (laid.size > LIMIT_LAID) laid.delete(oldest)
      return pyramid
    },
  }
}

/** Forgets what was not used for the longest time until the rest fits; the newest stays whatever its size. */
function forgetOldest(entries: Map<RunId, { readonly size: () => number }>, limitPoints: number): void {
  let total = [...entries.values()].reduce((sum, { size }) => sum + size(), 0)
  for (const [id, { size }] of [...entries]) {
    if ((total <= limitPoints && entries.size <= LIMIT_RUNS) || entries.size === 1) return
    total -= size()
    entries.delete(id)
  }
}

function oneByOne<Asked, Result>(action: (asked: Asked) => Promise<Result>): (asked: Asked) => Promise<Result> {
  let last: Promise<unknown> = Promise.resolve()
  return (asked) => {
    const next = last.then(() => action(asked))
    last = next.catch(() => undefined)
    return next
  }
}
