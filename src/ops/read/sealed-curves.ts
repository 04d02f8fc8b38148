/**
 * The curves of a recorded run: from the pyramids that are kept on the disk, or from its points, of which pyramids are
 * then kept.
 */
import type { MetricKey } from '../../domain/key.ts'
import { errnoOf } from '../../store/files/disk-failure.ts'
import type { PyramidFile } from '../../store/pyramids/pyramid-file.ts'
import { PyramidUnreadable } from '../../store/pyramids/pyramid-parts.ts'
import type { PyramidSource } from '../../store/pyramids/pyramid-parts.ts'
import type { PyramidShelf } from '../../store/pyramids/pyramid-shelf.ts'
import { fileCurve, memoryCurve, memoryPyramids } from './curve.ts'
import type { Curve } from './curve.ts'
import { pointsIn } from './live-curves.ts'
import type { RunPoints, RunSeries } from './read-run-series.ts'

/** Curves of a run that does not change any more. */
export interface SealedCurves {
  /** Whether every point is there, and not a summary alone; it may turn to either when points have to be read anew. */
  readonly isComplete: () => boolean
  /** `undefined` for a metric without points. @throws what reading the points refuses */
  readonly find: (key: MetricKey) => Promise<Curve | undefined>
  /** Points that are held in memory. */
  readonly size: () => number
}

/** Where curves come from. */
type Opened =
  | { readonly kind: 'file'; readonly file: PyramidFile }
  | { readonly kind: 'memory'; readonly points: RunPoints; readonly curves: Map<MetricKey, Curve> }

/** Reads the points of a run; one after the other, because each may take seconds and much memory. */
export type ReadPoints = (run: RunSeries) => Promise<RunPoints>

/** Opens the curves of a run; reads its points where no pyramids of them are kept. @throws what reading them refuses */
export async function openSealed(run: RunSeries, shelf: PyramidShelf, read: ReadPoints): Promise<SealedCurves> {
  const sha256 = await run.full()
  const source = sha256 === undefined ? undefined : { sha256, sinceMs: run.startedAtMs }
  let opened = await open(run, source, shelf, read)
  let rescue: Promise<Opened> | undefined
  // What is on the disk may be taken away or damaged at any time: then the points themselves answer.
  const rescued = async (error: unknown): Promise<Opened> => {
    try {
      // What the disk or the system refuses says nothing against the file.
      if (source !== undefined && error instanceof PyramidUnreadable) await shelf.forget(source)
      return memoryOf(await read(run))
    } catch (failed) {
      // The next question tries again.
      rescue = undefined
      throw failed
    }
  }
  const attempt = async <Result>(action: (from: Opened) => Promise<Result>): Promise<Result> => {
    // Another question may have had it rescued meanwhile.
    const from = opened
    try {
      return await action(from)
    } catch (error) {
      if (from.kind === 'memory' || !isUnreadable(error)) throw error
      opened = await (rescue ??= rescued(error))
      return action(opened)
    }
  }
  const found = async (from: Opened, key: MetricKey): Promise<Curve | undefined> => {
    return from.kind === 'file' ? readCurve(from.file, key) : curveIn(from, key, run.startedAtMs)
  }
  return {
    isComplete: () => opened.kind === 'file' || opened.points.isComplete,
    size: () => (opened.kind === 'file' ? 0 : pointsIn(opened.points.series)),
    find: async (key) => {
      const curve = await attempt((from) => found(from, key))
      if (curve === undefined) return undefined
      const again = async <Result>(action: (present: Curve) => Promise<Result>): Promise<Result> =>
        attempt(async (from) => action(from.kind === 'file' ? curve : ((await found(from, key)) ?? curve)))
      return {
        ...curve,
        cut: (axis, range, exponent) => again((present) => present.cut(axis, range, exponent)),
        points: () => again((present) => present.points()),
      }
    },
  }
}

async function open(
  run: RunSeries,
  source: PyramidSource | undefined,
  shelf: PyramidShelf,
  read: ReadPoints,
): Promise<Opened> {
  const kept = source === undefined ? undefined : await shelf.find(source)
  if (kept !== undefined) return { kind: 'file', file: kept }
  const points = await read(run)
  if (source === undefined || !points.isComplete || !(await shelf.keep(source, points.series))) return memoryOf(points)
  const file = await shelf.find(source)
  return file === undefined ? memoryOf(points) : { kind: 'file', file }
}

function memoryOf(points: RunPoints): Opened {
  return { kind: 'memory', points, curves: new Map() }
}

async function readCurve(file: PyramidFile, key: MetricKey): Promise<Curve | undefined> {
  const kept = await file.find(key)
  return kept === undefined ? undefined : fileCurve(kept)
}

function curveIn(
  { points, curves }: Extract<Opened, { readonly kind: 'memory' }>,
  key: MetricKey,
  sinceMs: number,
): Curve | undefined {
  const series = points.series.get(key)
  const known = curves.get(key)
  if (known !== undefined || series === undefined) return known
  const pyramids = memoryPyramids(sinceMs)
  pyramids.take(series)
  const whole = memoryCurve([pyramids])
  const curve = points.isComplete ? whole : summaryCurve(whole)
  curves.set(key, curve)
  return curve
}

/** Its cursor is of no other curve: whoever has a summary gets the whole curve, once it is there, from its start. */
function summaryCurve(curve: Curve): Curve {
  const cursor = `summary.${curve.cursor}`
  return { ...curve, cursor, firstSince: (_, since) => (since === cursor ? Infinity : undefined) }
}

function isUnreadable(error: unknown): boolean {
  return error instanceof PyramidUnreadable || errnoOf(error) !== undefined
}
