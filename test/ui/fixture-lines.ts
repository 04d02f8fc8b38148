/**
 * Made-up answers to questions for lines of many runs.
 */
import type { WireLine, WireLines, WirePoint } from '../../src/server/wire.ts'
import { fixtureSeries } from './fixture-data.ts'

/** Answers `GET /api/series`: whole lines, of runs that all have the same number of points. */
export function fixtureLines(query: URLSearchParams, points: number): WireLines {
  const end = (name: string): number | undefined => (query.has(name) ? Number(query.get(name)) : undefined)
  const range = { from: end('from'), to: end('to') }
  const buckets = Number(query.get('points') ?? 1200)
  const runs = (query.get('runs') ?? '').split(',').filter((run) => run !== '')
  const lines = runs.flatMap((run) => {
    const index = 99_999 - Number(run.slice(4))
    return query.getAll('metric').map((metric): WireLine => {
      const series = fixtureSeries(index, metric, points, range, buckets)
      const pointAt = (x: number): WirePoint | null => {
        const [value] = fixtureSeries(index, metric, points, { from: x, to: x }, 1).lasts
        return value == null ? null : { x, value }
      }
      const before = range.from === undefined ? null : pointAt(Math.ceil(range.from) - 1)
      const after = range.to === undefined ? null : pointAt(Math.floor(range.to) + 1)
      return { ...series, run, cursor: null, replacesFrom: null, steps: null, before, after }
    })
  })
  return {
    x: query.get('x') ?? 'step',
    range: { from: range.from ?? 0, to: range.to ?? points - 1, points: buckets },
    lines,
    keys: query.has('metric') ? null : ['auc', 'loss'],
    live: [],
    pending: [],
    refused: [],
  }
}
