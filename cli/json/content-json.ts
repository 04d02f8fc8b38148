/**
 * What runs and versions have in common, as JSON: parameters, metrics, files, datasets, code.
 */
import { valueMap } from '../../src/base/value.ts'
import type { Value, ValueMap } from '../../src/base/value.ts'
import type { ArtifactFile, FileTotals, Tensor } from '../../src/domain/artifact.ts'
import type { CodeState } from '../../src/domain/code-state.ts'
import type { Dataset } from '../../src/domain/dataset.ts'
import type { Metric, MetricRule, Metrics, Summary } from '../../src/domain/metric.ts'
import type { Verdict } from '../../src/domain/metric-verdict.ts'
import type { Parameters } from '../../src/domain/parameter.ts'
import type { MetricChange } from '../../src/ops/revisions/baseline.ts'
import { integer, listJson, mapJson, maybe } from './json-members.ts'

/** Parameters by key; integers keep every digit. */
export function parametersJson(parameters: Parameters): ValueMap {
  return mapJson(parameters, (value) => value)
}

/** Metrics by key. */
export function metricsJson(metrics: Metrics): ValueMap {
  return mapJson(metrics, metricJson)
}

/** The rule of a metric. */
export function ruleJson({ goal, tolerance, unit }: MetricRule): ValueMap {
  return valueMap({ goal, tolerance, unit })
}

/** The summary of a metric, its members as in run.yaml but all of them, also where they follow from `last`. */
export function summaryJson({ last, min, max, best, count }: Summary): ValueMap {
  return valueMap({ last, min, max, best: best?.value, bestStep: integer(best?.step), count: integer(count) })
}

/** A verdict; `relative` is absent when the base is zero. */
export function verdictJson({ kind, change, relative }: Verdict): ValueMap {
  return valueMap({ kind, change, relative })
}

/** How a metric moved against the baseline. */
export function metricChangeJson({ key, rule, base, head, verdict }: MetricChange): ValueMap {
  return valueMap({ key, rule: ruleJson(rule), base, head, verdict: maybe(verdict, verdictJson) })
}

/** A file with its tensors. */
export function fileJson({ path, sha256, sizeBytes, storage, tensors }: ArtifactFile): ValueMap {
  const tensorList = maybe(tensors, (list) => listJson(list, tensorJson))
  const packed = storage.kind === 'packed' ? { pack: storage.pack.sha256, offset: integer(storage.offset) } : {}
  return valueMap({
    path,
    sha256,
    sizeBytes: integer(sizeBytes),
    storage: storage.kind,
    ...packed,
    tensors: tensorList,
  })
}

/** One tensor. */
export function tensorJson({ name, dtype, shape, sha256 }: Tensor): ValueMap {
  return valueMap({ name, dtype, shape: listJson(shape, integer), sha256 })
}

/** How many files and bytes. */
export function totalsJson({ count, sizeBytes }: FileTotals): ValueMap {
  return valueMap({ count: integer(count), sizeBytes: integer(sizeBytes) })
}

/** A dataset; without `pin` when nothing pins it. */
export function datasetJson({ uri, pin, sizeBytes, fileCount, rows, columns, revision }: Dataset): ValueMap {
  return valueMap({
    uri,
    pin: maybe(pin, pinJson),
    sizeBytes: integer(sizeBytes),
    fileCount: integer(fileCount),
    rows: integer(rows),
    columns: columns?.map(({ name, type }) => (type === undefined ? name : valueMap({ name, type }))),
    revision,
  })
}

/** The code of a run. */
export function codeJson(code: CodeState): ValueMap {
  if (code.kind === 'none') return valueMap({ kind: code.kind, reason: code.reason })
  const { kind, commit, tree, branch, snapshot, exact, ignored, omitted } = code
  return valueMap({
    kind,
    commit,
    tree,
    branch,
    snapshot,
    exact,
    ignored: maybe(ignored, ({ paths, count }) => valueMap({ paths, count: integer(count) })),
    omitted: omitted.length === 0 ? undefined : omitted,
  })
}

function metricJson(metric: Metric): Value {
  return new Map([...ruleJson(metric), ...summaryJson(metric.summary)])
}

function pinJson(pin: NonNullable<Dataset['pin']>): Value {
  if (pin.kind === 'sha256') return valueMap({ kind: pin.kind, sha256: pin.sha256 })
  return valueMap({ kind: pin.kind, scheme: pin.scheme, id: pin.id })
}
