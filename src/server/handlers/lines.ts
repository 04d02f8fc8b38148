/**
 * `GET /api/series`: any zoom of the series of many runs at once, without losing a point. A run whose points have to
 * be read from their text first is not waited for long: the others are answered, and it is asked for again.
 */
import { compareText } from '../../base/order.ts'
import { Failure } from '../../domain/failure.ts'
import { parseMetricKey } from '../../domain/key.ts'
import type { MetricKey } from '../../domain/key.ts'
import { exponentFor, tileAt } from '../../domain/series-tiles.ts'
import type { AxisRange } from '../../domain/series-tiles.ts'
import { widest } from '../../ops/read/curve.ts'
import type { CurveKeeper, RunCurves } from '../../ops/read/keep-curves.ts'
import type { JsonHandler } from '../context.ts'
import { badRequest } from '../refusal.ts'
import type { Query } from '../request.ts'
import type { WireLine, WireLines, WirePoint } from '../wire.ts'
import { lineEnds } from './line-ends.ts'
import type { LineEnd } from './line-ends.ts'
import { openLine } from './open-line.ts'
import type { OpenLine } from './open-line.ts'
import { axisOf, rangeOf, wireLine, zoomOf } from './wire-lines.ts'
import type { LineAxis, Zoom } from './wire-lines.ts'

const MOST_RUNS = 100
const MOST_METRICS = 64
const MOST_LINES = 400
/** A page shows what there is after so long, and asks again for the rest. */
const PATIENCE_MS = 1_500

/** What is asked. */
interface LinesQuestion {
  readonly runs: readonly string[]
  readonly metrics: readonly MetricKey[]
  readonly x: string
  readonly axis: LineAxis
  readonly zoom: Zoom
  /** One a line; empty where there is none. */
  readonly since: readonly string[]
}

/** Lines of many runs. */
export const linesHandler: JsonHandler = async ({ series }, { query }): Promise<WireLines> => {
  const question = linesQuestion(query)
  if (question.metrics.length === 0) return keysOfRuns(question, series.keysOf)
  const found = await openWithin(question.runs, series.open)
  const opened = found.flatMap((each) => (each.kind === 'open' ? [each] : []))
  const lines = await linesOf(question, opened)
  const range = widest(lines.map(({ line }) => line.extent))
  const zoomed = range === undefined ? undefined : rangeOf(question.zoom, range)
  const exponent = zoomed === undefined ? 0 : exponentFor(zoomed, question.zoom.points)
  const cut: WireLine[] = []
  for (const [index, each] of lines.entries()) {
    // Other questions get their turn.
    if (index % LINES_AT_ONCE === LINES_AT_ONCE - 1) await new Promise((resolve) => setTimeout(resolve, 0))
    if (zoomed !== undefined) cut.push(await cutLine(each, { range: zoomed, exponent, question }))
  }
  return {
    x: question.x,
    range: zoomed === undefined ? null : { ...zoomed, points: question.zoom.points },
    lines: cut,
    keys: null,
    live: opened.flatMap(({ curves }) => (curves.isLive ? [curves.run] : [])),
    pending: found.flatMap((each) => (each.kind === 'pending' ? [each.run] : [])),
    refused: found.flatMap((each) => {
      return each.kind === 'refused' ? [{ run: each.run, code: each.why.code, what: each.why.message }] : []
    }),
  }
}

const LINES_AT_ONCE = 16

/** What could be asked for. */
async function keysOfRuns({ runs, x }: LinesQuestion, keysOf: CurveKeeper['keysOf']): Promise<WireLines> {
  const keys = new Set<MetricKey>()
  const refused: { run: string; code: string; what: string }[] = []
  for (const run of runs) {
    try {
      for (const key of await keysOf(run)) keys.add(key)
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      refused.push({ run, code: error.code, what: error.message })
    }
  }
  return { x, range: null, lines: [], keys: [...keys].sort(compareText), live: [], pending: [], refused }
}

function linesQuestion(query: Query): LinesQuestion {
  const runs = [...new Set((query.one('runs') ?? '').split(',').filter((run) => run !== ''))]
  const metrics = [...new Set(query.all('metric'))].map(parseMetricKey)
  if (runs.length > MOST_RUNS) throw badRequest(`lines of at most ${MOST_RUNS} runs are answered at once`)
  if (metrics.length > MOST_METRICS) throw badRequest(`at most ${MOST_METRICS} series are answered at once`)
  if (runs.length * metrics.length > MOST_LINES) throw badRequest(`at most ${MOST_LINES} lines are answered at once`)
  const x = query.one('x') ?? 'step'
  return { runs, metrics, x, axis: axisOf(x), zoom: zoomOf(query), since: (query.one('since') ?? '').split(',') }
}

type Found =
  | { readonly kind: 'open'; readonly run: string; readonly curves: RunCurves }
  | { readonly kind: 'pending'; readonly run: string }
  | { readonly kind: 'refused'; readonly run: string; readonly why: Failure }

/** Opens runs, as many as there are after a while; at least the reading of the others has begun. */
async function openWithin(
  runs: readonly string[],
  open: (run: string) => Promise<RunCurves>,
): Promise<readonly Found[]> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), PATIENCE_MS)
  })
  const opening = runs.map(async (run): Promise<Found> => {
    const opened = open(run).then(
      (curves): Found => ({ kind: 'open', run, curves }),
      (error: unknown): Found => {
        if (error instanceof Failure) return { kind: 'refused', run, why: error }
        throw error
      },
    )
    return (await Promise.race([opened, late])) ?? { kind: 'pending', run }
  })
  try {
    return await Promise.all(opening)
  } finally {
    clearTimeout(timer)
  }
}

interface FoundLine {
  readonly curves: RunCurves
  readonly metric: MetricKey
  readonly line: OpenLine
  readonly since: string
}

async function linesOf(
  { runs, metrics, axis, since }: LinesQuestion,
  opened: readonly { readonly run: string; readonly curves: RunCurves }[],
): Promise<readonly FoundLine[]> {
  const found: FoundLine[] = []
  for (const { run, curves } of opened) {
    for (const [at, metric] of metrics.entries()) {
      const line = await openLine(curves, metric, axis)
      if (line === undefined) continue
      found.push({ curves, metric, line, since: since[runs.indexOf(run) * metrics.length + at] ?? '' })
    }
  }
  return found
}

/**
 * A cursor of a line is that of its curve, and how wide the buckets were; they stay so wide until there are too many.
 */
async function cutLine(
  { curves, metric, line, since }: FoundLine,
  asked: { readonly range: AxisRange; readonly exponent: number; readonly question: LinesQuestion },
): Promise<WireLine> {
  const { axis, zoom } = asked.question
  const [cursor = '', known = ''] = since.split('_')
  const own = line.toOwn(asked.range)
  const isKept = /^-?\d{1,3}$/.test(known) && (own.to - own.from) * 2 ** -Number(known) <= zoom.points
  const firstNew = isKept ? line.firstSince(cursor) : undefined
  const exponent = firstNew === undefined ? asked.exponent : Number(known)
  // From the whole bucket on that the first new point is in; none where nothing is new.
  const start = firstNew === undefined ? undefined : firstBucket(firstNew, exponent)
  const wanted = start === undefined ? own : { from: Math.max(own.from, start.from), to: own.to }
  const { before, after } = await endsOf(line, own, exponent)
  return wireLine(
    {
      run: curves.run,
      metric,
      rule: curves.ruleOf(metric),
      total: line.total,
      isComplete: curves.isComplete,
      extent: line.extent,
      cursor: line.cursor === undefined ? null : `${line.cursor}_${exponent}`,
      replacesFrom: start?.number ?? null,
      before,
      after,
    },
    await line.cut(wanted, exponent),
    axis.kind,
  )
}

/** Those beyond the whole range, whatever of it is told anew. */
async function endsOf(line: OpenLine, own: AxisRange, exponent: number): Promise<Pick<WireLine, 'before' | 'after'>> {
  const extent = line.extent === undefined ? undefined : line.toOwn(line.extent)
  const { before, after } = await lineEnds({ cut: line.cut, own: extent }, own, exponent)
  const shift = line.toOwn({ from: 0, to: 0 }).from
  const onAxis = (end: LineEnd | undefined): WirePoint | null => {
    return end === undefined ? null : { x: end.x - shift, value: end.value }
  }
  return { before: onAxis(before), after: onAxis(after) }
}

function firstBucket(x: number, exponent: number): { readonly number: number; readonly from: number } {
  if (x === Infinity) return { number: Number.MAX_SAFE_INTEGER, from: Number.MAX_VALUE }
  const number = tileAt(x, exponent)
  return { number, from: number * 2 ** exponent }
}
