/**
 * Runs side by side as the wire has it, from what was read of each: pure, so that a site of files answers alike.
 */
import { compareText } from '../../base/order.ts'
import type { Spread } from '../../domain/change-explanation.ts'
import { compareRuns } from '../../domain/comparison.ts'
import type { ComparisonSide, Difference } from '../../domain/comparison.ts'
import type { Dataset } from '../../domain/dataset.ts'
import type { MetricKey } from '../../domain/key.ts'
import { judge } from '../../domain/metric-verdict.ts'
import { UNDECLARED_RULE } from '../../domain/metric.ts'
import type { Metric, MetricRule } from '../../domain/metric.ts'
import { noiseBand } from '../../domain/review/noise.ts'
import { finiteOrNull, wireDataset, wireNumber, wireParameter, wireRule, wireSummary, wireVerdict } from '../to-wire.ts'
import type { WireCompare, WireDifference, WireMetricNoise, WireRunHead, WireSided } from '../wire.ts'

/** One side of a comparison. */
export interface SideBySide {
  /** How it was asked for. */
  readonly label: string
  readonly head: WireRunHead
  readonly side: ComparisonSide
  /** How runs that are like it but for the seed vary. */
  readonly repeats: ReadonlyMap<MetricKey, Spread>
}

/** Puts runs side by side; the first is the baseline. */
export function wireComparison(sides: readonly SideBySide[]): WireCompare {
  return {
    runs: sides.map(({ head }) => head),
    labels: sides.map(({ label }) => label),
    parameters: parametersOf(sides),
    metrics: metricsOf(sides),
    differences: differencesOf(sides),
  }
}

function parametersOf(sides: readonly SideBySide[]): WireCompare['parameters'] {
  return keysOf(sides.map(({ side }) => side.parameters)).map((key) => {
    const values = sides.map(({ side }) => {
      const value = side.parameters.get(key)
      return value === undefined ? null : wireParameter(value)
    })
    const texts = values.map((value) => (value === null ? 'absent' : `${value.type} ${value.text}`))
    return { key, varies: new Set(texts).size > 1, values }
  })
}

function metricsOf(sides: readonly SideBySide[]): WireCompare['metrics'] {
  return keysOf(sides.map(({ side }) => side.metrics)).map((key) => {
    const metrics = sides.map(({ side }) => side.metrics.get(key))
    const rule = ruleOf(metrics)
    const [base, ...heads] = metrics
    const verdicts = heads.map((head) => {
      if (base === undefined || head === undefined) return null
      return wireVerdict(judge(rule, base.summary.last, head.summary.last))
    })
    const texts = metrics.map((metric) => (metric === undefined ? 'absent' : String(metric.summary.last)))
    return {
      key,
      rule: wireRule(rule),
      varies: new Set(texts).size > 1,
      values: metrics.map((metric) => (metric === undefined ? null : wireSummary(metric.summary))),
      verdicts: [null, ...verdicts],
      noise: noiseOf(sides, key),
    }
  })
}

/** What chance makes of a metric, where a side was repeated with other seeds. */
function noiseOf(sides: readonly SideBySide[], key: MetricKey): WireCompare['metrics'][number]['noise'] {
  const spreads = sides.map(({ side, repeats }) => repeats.get(key) ?? single(side.metrics.get(key)))
  const [base] = spreads
  return spreads.map((spread, index): WireMetricNoise | null => {
    if (spread === undefined) return null
    const band = index === 0 || base === undefined ? undefined : noiseBand(base, spread)
    if (spread.count < 2 && band === undefined) return null
    const { count: runs, mean, deviation } = spread
    const isWithin = band !== undefined && base !== undefined && Math.abs(mean - base.mean) <= band
    return { runs, mean: wireNumber(mean), deviation: wireNumber(deviation), band: finiteOrNull(band), isWithin }
  })
}

function single(metric: Metric | undefined): Spread | undefined {
  const value = metric?.summary.last
  if (value === undefined || !Number.isFinite(value)) return undefined
  return { count: 1, least: value, greatest: value, mean: value, deviation: 0 }
}

/** The rule of the last run that declares a goal. */
function ruleOf(metrics: readonly (Metric | undefined)[]): MetricRule {
  return metrics.findLast((metric) => metric !== undefined && metric.goal !== 'none') ?? UNDECLARED_RULE
}

function keysOf<Key extends string>(maps: readonly ReadonlyMap<Key, unknown>[]): readonly Key[] {
  return [...new Set(maps.flatMap((map) => [...map.keys()]))].sort(compareText)
}

/** Files, data, environment and code of runs that are recorded: one that still runs has none to compare. */
function differencesOf([base, ...heads]: readonly SideBySide[]): readonly WireDifference[] {
  if (base === undefined || base.head.status === 'running') return []
  return heads.flatMap((each, index) => {
    if (each.head.status === 'running') return []
    const { files, datasets, environment, code } = compareRuns(base.side, each.side)
    return {
      head: index + 1,
      files: files.map(({ path, ...both }) => sided(path, both, ({ sha256 }) => `sha256:${sha256}`)),
      datasets: datasets.map(({ uri, ...both }) => sided(uri, both, pinText)),
      environment: environment.map((item) => ({ what: item.what, base: item.base ?? null, head: item.head ?? null })),
      isSameCode: code.same,
    }
  })
}

function sided<Item>(what: string, { base, head }: Difference<Item>, text: (item: Item) => string): WireSided {
  return { what, base: base === undefined ? null : text(base), head: head === undefined ? null : text(head) }
}

function pinText(dataset: Dataset): string {
  const { pin, sizeBytes } = wireDataset(dataset)
  return pin ?? `${sizeBytes === null ? 'unknown' : `${sizeBytes} bytes`}, not pinned`
}
