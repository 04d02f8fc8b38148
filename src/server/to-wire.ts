/**
 * What runs and versions are made of, as the wire has it.
 */
import { compareText, sortedEntries } from '../base/order.ts'
import type { Scalar } from '../base/value.ts'
import type { ArtifactFile } from '../domain/artifact.ts'
import type { CodeState } from '../domain/code-state.ts'
import type { Dataset } from '../domain/dataset.ts'
import type { Environment } from '../domain/environment.ts'
import type { Verdict } from '../domain/metric-verdict.ts'
import type { Metric, MetricRule, Metrics, Summary } from '../domain/metric.ts'
import type { Parameters, ParameterValue } from '../domain/parameter.ts'
import type { Receipt } from '../domain/receipt.ts'
import { parameterCell, tableNumber } from '../domain/table/table-cell.ts'
import type {
  WireCode,
  WireDataset,
  WireEnvironment,
  WireFile,
  WireMetric,
  WireNamedParameter,
  WireNumber,
  WireParameter,
  WireReceipt,
  WireRule,
  WireSummary,
  WireVerdict,
} from './wire.ts'

/** Any double. */
export function wireNumber(value: number): WireNumber {
  return tableNumber(value)
}

/** A finite double; `null` for any other and for none. */
export function finiteOrNull(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null
}

/** The value of a parameter with its exact text. */
export function wireParameter(value: ParameterValue): WireParameter {
  return { type: isList(value) ? 'list' : typeOf(value), ...parameterCell(value) }
}

/** Parameters by key. */
export function wireParameters(parameters: Parameters): readonly WireNamedParameter[] {
  return sortedEntries(parameters).map(([key, value]) => ({ key, value: wireParameter(value) }))
}

/** A rule. */
export function wireRule({ goal, tolerance, unit }: MetricRule): WireRule {
  return { goal, tolerance, unit: unit ?? null }
}

/** A summary. */
export function wireSummary({ last, min, max, best, count }: Summary): WireSummary {
  return {
    last: wireNumber(last),
    min: wireNumber(min),
    max: wireNumber(max),
    best: best === undefined ? null : { value: wireNumber(best.value), step: best.step ?? null },
    count,
  }
}

/** Metrics by key. */
export function wireMetrics(metrics: Metrics): readonly WireMetric[] {
  return sortedEntries(metrics).map(([key, metric]: readonly [string, Metric]) => {
    return { key, rule: wireRule(metric), summary: wireSummary(metric.summary) }
  })
}

/** A verdict. */
export function wireVerdict({ kind, change, relative }: Verdict): WireVerdict {
  return { kind, change: wireNumber(change), relative: relative ?? null }
}

/** Files by path. */
export function wireFiles(files: readonly ArtifactFile[]): readonly WireFile[] {
  return [...files]
    .sort((left, right) => compareText(left.path, right.path))
    .map(({ path, sha256, sizeBytes, storage, tensors }) => {
      return { path, sha256, sizeBytes, storage: storage.kind, tensors: tensors?.length ?? null }
    })
}

/** A dataset. */
export function wireDataset({ uri, pin, sizeBytes, fileCount, rows, columns, revision }: Dataset): WireDataset {
  return {
    uri,
    pin: pin === undefined ? null : pin.kind === 'sha256' ? `sha256:${pin.sha256}` : `${pin.scheme}:${pin.id}`,
    sizeBytes: sizeBytes ?? null,
    fileCount: fileCount ?? null,
    rows: rows ?? null,
    columns: columns?.map(({ name, type }) => ({ name, type: type ?? null })) ?? null,
    revision: revision ?? null,
  }
}

/** The code of a run. */
export function wireCode(code: CodeState): WireCode {
  if (code.kind === 'none') return code
  const { kind, commit, tree, branch, snapshot, omitted, ignored } = code
  return { kind, commit, tree, branch: branch ?? null, snapshot: snapshot ?? null, omitted, ignored: ignored ?? null }
}

/** The environment of a run. */
export function wireEnvironment(environment: Environment): WireEnvironment {
  const { os, cpu, gpus, cuda, container, languages, packages, variables, unpinned } = environment
  return {
    os: `${os.name} ${os.release} ${os.arch}`,
    cpu,
    gpus: gpus.map(({ model, driver }) => (driver === undefined ? model : `${model} (driver ${driver})`)),
    cuda: cuda ?? null,
    container: container === undefined ? null : [container.kind, container.image ?? ''].join(' ').trim(),
    languages,
    packages,
    variables,
    unpinned,
  }
}

/** A receipt. */
export function wireReceipt({ id, version, run, at, by, outcome, differences, compared = [] }: Receipt): WireReceipt {
  return {
    id,
    version: version.number,
    run,
    at,
    by,
    outcome: outcome.kind,
    metrics: outcome.kind === 'differed' ? outcome.metrics : [],
    causes:
      differences ?? (outcome.kind === 'differed' ? outcome.causes.map((cause) => ({ cause, evidence: [] })) : []),
    compared: compared.map(({ key, recorded, repeated, isSame }) => ({
      key,
      recorded: recorded === undefined ? null : wireNumber(recorded),
      repeated: repeated === undefined ? null : wireNumber(repeated),
      isSame,
    })),
  }
}

function isList(value: ParameterValue): value is readonly Scalar[] {
  return Array.isArray(value)
}

function typeOf(value: Scalar): WireParameter['type'] {
  if (value === null) return 'null'
  if (typeof value === 'bigint') return 'integer'
  if (typeof value === 'number') return 'float'
  return typeof value === 'boolean' ? 'boolean' : 'text'
}
