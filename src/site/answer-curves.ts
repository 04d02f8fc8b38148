/**
 * Series and sparklines of a site. Series are cut by the handlers of the server, from the points that the site has.
 */
import { parseMetricKey } from '../domain/key.ts'
import type { MetricKey } from '../domain/key.ts'
import { UNDECLARED_RULE } from '../domain/metric.ts'
import { parseRunId } from '../domain/run.ts'
import type { RunId } from '../domain/run.ts'
import type { Series } from '../domain/series.ts'
import { joinTiles, touchedTiles } from '../domain/series-tiles.ts'
import type { Tiles } from '../domain/series-tiles.ts'
import { laidPyramid, memoryCurve, memoryPyramids } from '../ops/read/curve.ts'
import type { Curve } from '../ops/read/curve.ts'
import type { CurveKeeper, RunCurves } from '../ops/read/keep-curves.ts'
import { linesHandler } from '../server/handlers/lines.ts'
import { seriesHandler } from '../server/handlers/series.ts'
import { badRequest } from '../server/refusal.ts'
import type { WireSparklines } from '../server/wire.ts'
import { askedOf, serverStub } from './answer-by-handler.ts'
import type { SiteQuestion } from './site-question.ts'
import { findSiteRun, startedMs } from './open-site.ts'
import type { OpenSite } from './open-site.ts'
import { decodeSeries } from './series-document.ts'
import type { SeriesDocument, SiteSeries } from './series-document.ts'
import { seriesDocument } from './site-document.ts'
import { decodeCurves, sparksDocument } from './spark-document.ts'
import type { SparksDocument } from './spark-document.ts'

const MOST_SPARK_RUNS = 100
const MOST_SPARK_METRICS = 20

/** Series of one run. */
export function answerSeries(question: SiteQuestion): Promise<object> {
  return seriesHandler(serverStub({ series: curvesOf(question.site) }), askedOf(question))
}

/** Lines of many runs. */
export function answerLines(question: SiteQuestion): Promise<object> {
  return linesHandler(serverStub({ series: curvesOf(question.site) }), askedOf(question))
}

/** Small curves, as the site keeps them. */
export async function answerSparklines({ site, query }: SiteQuestion): Promise<WireSparklines> {
  const ids = [...new Set((query.one('runs') ?? '').split(',').filter((id) => id !== ''))].map(wholeId)
  const metrics = [...new Set(query.all('metric'))].map(parseMetricKey)
  if (ids.length > MOST_SPARK_RUNS) throw badRequest(`curves of at most ${MOST_SPARK_RUNS} runs are answered at once`)
  if (metrics.length > MOST_SPARK_METRICS) {
    throw badRequest(`curves of at most ${MOST_SPARK_METRICS} metrics are answered at once`)
  }
  const { places } = await site.table()
  const found: WireSparklines['runs'][number][] = []
  for (const run of ids) {
    const place = places.get(run)
    if (place === undefined) continue
    const kept = decodeCurves((await site.load(sparksDocument(place))) as SparksDocument | undefined, run)
    const curves = metrics.flatMap((metric) => {
      const values = kept.get(metric)
      return values === undefined ? [] : [{ metric, values }]
    })
    if (curves.length > 0) found.push({ run, curves })
  }
  return { runs: found }
}

function curvesOf(site: OpenSite): CurveKeeper {
  return {
    open: (run) => openCurves(site, run),
    keysOf: async (text) => {
      const run = (await site.table()).runs.get(await findSiteRun(site, text))
      return [...(run?.metrics ?? [])].flatMap(([key, { summary }]) => (summary.count > 1 ? [key] : []))
    },
  }
}

async function openCurves(site: OpenSite, text: string): Promise<RunCurves> {
  const id = await findSiteRun(site, text)
  const run = (await site.table()).runs.get(id)
  const document = (await site.load(seriesDocument(id))) as SeriesDocument | undefined
  const startedAtMs = run === undefined ? 0 : startedMs(run)
  const found = (key: MetricKey): SiteSeries | undefined => {
    return document === undefined ? undefined : decodeSeries(document, key)
  }
  const find = (key: MetricKey): Promise<Curve | undefined> => {
    const series = found(key)
    return Promise.resolve(series === undefined ? undefined : siteCurve(series, startedAtMs))
  }
  return {
    run: id,
    startedAtMs,
    isLive: false,
    isComplete:
      document === undefined || (document.isComplete && document.series.every(({ kind }) => kind === 'points')),
    ruleOf: (key) => run?.metrics.get(key) ?? UNDECLARED_RULE,
    find,
    along: async (key, other) => {
      const [curve, places] = await Promise.all([find(key), find(other)])
      return curve === undefined || places === undefined ? undefined : laidPyramid(curve, places)
    },
  }
}

/** A curve of what the site has of a series: along steps a long one is cut from its tiles as they are. */
function siteCurve(found: SiteSeries, startedAtMs: number): Curve {
  const pyramids = memoryPyramids(startedAtMs)
  pyramids.take(found.kind === 'points' ? found.series : pointsOf(found.tiles))
  const curve = memoryCurve([pyramids])
  if (found.kind === 'points') return curve
  const { tiles, total } = found
  return {
    ...curve,
    total,
    cut: (axis, range, exponent) => {
      if (axis !== 'step') return curve.cut(axis, range, exponent)
      if (exponent < tiles.exponent) return curve.cut(axis, range, exponent)
      const { inner, head, tail } = touchedTiles(tiles, range)
      // What reaches out of the range is there from its first or last known point on.
      if (head === undefined && tail === undefined) return Promise.resolve(joinTiles([inner], exponent))
      return curve.cut(axis, range, exponent)
    },
  }
}

/** Points that stand for tiles: of each the least, the greatest and the last. */
function pointsOf(tiles: Tiles): Series {
  const [steps, values, times]: number[][] = [[], [], []]
  const add = (step: number, value: number, time: number): void => {
    steps?.push(step)
    values?.push(value)
    times?.push(time)
  }
  for (let index = 0; index < tiles.length; index += 1) {
    const [first = NaN, step = NaN, time = NaN] = [tiles.firsts[index], tiles.steps[index], tiles.times[index]]
    const [min = NaN, max = NaN, last = NaN] = [tiles.mins[index], tiles.maxs[index], tiles.lasts[index]]
    if (min < max && min !== last) add(first, min, time)
    if (min < max && max !== last) add(first, max, time)
    add(step, last, time)
  }
  return {
    steps: Float64Array.from(steps ?? []),
    values: Float64Array.from(values ?? []),
    times: Float64Array.from(times ?? []),
  }
}

function wholeId(text: string): RunId {
  const id = parseRunId(text)
  if (id === undefined) throw badRequest("'runs' are whole ids with commas between them")
  return id
}
