/**
 * `GET /api/compare` and `GET /api/diff`: runs side by side, and their code.
 */
import { compareText } from '../../base/order.ts'
import type { Difference } from '../../domain/comparison.ts'
import type { Dataset } from '../../domain/dataset.ts'
import { judge } from '../../domain/metric-verdict.ts'
import { UNDECLARED_RULE } from '../../domain/metric.ts'
import type { Metric, MetricRule } from '../../domain/metric.ts'
import { compareRevisions } from '../../ops/read/compare-revisions.ts'
import { readRunRow } from '../../ops/read/describe-run.ts'
import { diffCode } from '../../ops/read/diff-code.ts'
import type { Repository } from '../../ops/repository/repository.ts'
import type { RunRow } from '../../ops/revisions/run-row.ts'
import type { JsonHandler } from '../context.ts'
import { badRequest } from '../refusal.ts'
import { wireDataset, wireParameter, wireRule, wireSummary, wireVerdict } from '../to-wire.ts'
import type { WireCodeDiff, WireCompare, WireDifference, WireSided } from '../wire.ts'
import { wireRunHead } from './run-head.ts'

const MOST_RUNS = 100
const MOST_PATCH_BYTES = 1024 * 1024

/** Runs side by side; the first is the baseline. */
export const compareHandler: JsonHandler = async ({ repository }, { query }): Promise<WireCompare> => {
  const labels = (query.one('runs') ?? '').split(',').filter((label) => label !== '')
  if (labels.length === 0) throw badRequest("'runs' names no run")
  if (labels.length > MOST_RUNS) throw badRequest(`at most ${MOST_RUNS} runs are compared at once`)
  const rows = await Promise.all(labels.map((label) => readRunRow(repository, label)))
  return {
    runs: rows.map(wireRunHead),
    labels,
    parameters: parametersOf(rows),
    metrics: metricsOf(rows),
    differences: await differencesOf(repository, labels, rows),
  }
}

/** What changed in the code. */
export const diffHandler: JsonHandler = async ({ repository }, { query }): Promise<WireCodeDiff> => {
  const [base, head] = [query.one('base'), query.one('head')]
  if (base === undefined || head === undefined) throw badRequest("'base' and 'head' name two revisions")
  const { patch, stat, ...facts } = await diffCode(repository, base, head, MOST_PATCH_BYTES)
  return { ...facts, patch: patch ?? null, stat: stat ?? null }
}

function parametersOf(rows: readonly RunRow[]): WireCompare['parameters'] {
  return keysOf(rows.map(({ run }) => run.parameters)).map((key) => {
    const values = rows.map(({ run }) => {
      const value = run.parameters.get(key)
      return value === undefined ? null : wireParameter(value)
    })
    const texts = values.map((value) => (value === null ? 'absent' : `${value.type} ${value.text}`))
    return { key, varies: new Set(texts).size > 1, values }
  })
}

function metricsOf(rows: readonly RunRow[]): WireCompare['metrics'] {
  return keysOf(rows.map(({ run }) => run.metrics)).map((key) => {
    const metrics = rows.map(({ run }) => run.metrics.get(key))
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
    }
  })
}

/** The rule of the last run that declares a goal. */
function ruleOf(metrics: readonly (Metric | undefined)[]): MetricRule {
  return metrics.findLast((metric) => metric !== undefined && metric.goal !== 'none') ?? UNDECLARED_RULE
}

function keysOf<Key extends string>(maps: readonly ReadonlyMap<Key, unknown>[]): readonly Key[] {
  return [...new Set(maps.flatMap((map) => [...map.keys()]))].sort(compareText)
}

/** Files, data, environment and code of runs that are recorded: one that still runs has none to compare. */
async function differencesOf(
  repository: Repository,
  labels: readonly string[],
  rows: readonly RunRow[],
): Promise<readonly WireDifference[]> {
  const differences: WireDifference[] = []
  const [base] = labels
  for (const [head, label] of labels.entries()) {
    if (base === undefined || head === 0 || rows[0]?.isLive === true || rows[head]?.isLive === true) continue
    const { comparison, codeStat } = await compareRevisions(repository, base, label, {})
    const { files, datasets, environment, code } = comparison
    differences.push({
      head,
      files: files.map(({ path, ...sides }) => sided(path, sides, ({ sha256 }) => `sha256:${sha256}`)),
      datasets: datasets.map(({ uri, ...sides }) => sided(uri, sides, pinText)),
      environment: environment.map(({ what, ...sides }) => ({
        what,
        base: sides.base ?? null,
        head: sides.head ?? null,
      })),
      isSameCode: code.same,
      codeStat: codeStat ?? null,
    })
  }
  return differences
}

function sided<Item>(what: string, { base, head }: Difference<Item>, text: (item: Item) => string): WireSided {
  return { what, base: base === undefined ? null : text(base), head: head === undefined ? null : text(head) }
}

function pinText(dataset: Dataset): string {
  const { pin, sizeBytes } = wireDataset(dataset)
  return pin ?? `${sizeBytes === null ? 'unknown' : `${sizeBytes} bytes`}, not pinned`
}
