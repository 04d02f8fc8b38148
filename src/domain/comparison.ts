/**
 * Comparisons: what differs between two runs or versions, as data. Lists are sorted by UTF-8 bytes and hold differences
 * only; comparing something with itself gives none.
 */
import { compareText } from '../base/order.ts'
import type { ArtifactFile, Tensor } from './artifact.ts'
import type { ArtifactPath } from './artifact-path.ts'
import type { CodeState } from './code-state.ts'
import { compareEnvironments } from './comparison-environment.ts'
import type { EnvironmentDifference } from './comparison-environment.ts'
import type { Dataset } from './dataset.ts'
import type { Environment } from './environment.ts'
import type { MetricKey, ParameterKey } from './key.ts'
import { judge } from './metric-verdict.ts'
import type { Verdict } from './metric-verdict.ts'
import { ownMetrics } from './metric.ts'
import type { Metric, MetricRule, Metrics, Summary } from './metric.ts'
import type { Oid } from './oid.ts'
import type { Parameters, ParameterValue } from './parameter.ts'

/** One side of a comparison: what a run and a version have in common. */
export interface ComparisonSide {
  /** How the reader named it. */
  readonly label: string
  readonly parameters: Parameters
  readonly metrics: Metrics
  readonly files: readonly ArtifactFile[]
  readonly datasets: readonly Dataset[]
  readonly code: CodeState
  /** Absent when it is not known; then no difference of environments is told. */
  readonly environment?: Environment
}

/** Which sides have it: `added` only head, `removed` only base, `changed` both. */
export type DifferenceKind = 'added' | 'removed' | 'changed'

/** A difference between the two sides of one thing; a side is absent where the thing is. */
export interface Difference<Item> {
  readonly kind: DifferenceKind
  readonly base?: Item
  readonly head?: Item
}

/** A parameter that differs. The integer 1 and the float 1.0 do. */
export interface ParameterDifference extends Difference<ParameterValue> {
  readonly key: ParameterKey
}

/** A metric whose last value differs, by however little. */
export interface MetricDifference extends Difference<Summary> {
  readonly key: MetricKey
  /** The rule of head, or of base where head declares no goal. */
  readonly rule: MetricRule
  /** Judges the last values; absent when a side has none. Within the tolerance it is `unchanged`. */
  readonly verdict?: Verdict
}

/** A file whose bytes differ. */
export interface FileDifference extends Difference<ArtifactFile> {
  readonly path: ArtifactPath
}

/** A tensor that differs in bytes, type or shape, in a file that both sides have. */
export interface TensorDifference extends Difference<Tensor> {
  readonly path: ArtifactPath
  readonly name: string
}

/** A dataset that differs in what pins it; where nothing does, in anything known of it. */
export interface DatasetDifference extends Difference<Dataset> {
  readonly uri: string
}

/** The code of both sides. */
export interface CodeDifference {
  /** The commit that holds exactly what ran: the snapshot where the worktree was dirty. Absent without code. */
  readonly baseCommit?: Oid
  readonly headCommit?: Oid
  /** Both ran the same tree, or neither has code. */
  readonly same: boolean
}

/** What differs between two sides. */
export interface Comparison {
  readonly base: string
  readonly head: string
  readonly parameters: readonly ParameterDifference[]
  readonly metrics: readonly MetricDifference[]
  readonly files: readonly FileDifference[]
  readonly tensors: readonly TensorDifference[]
  readonly datasets: readonly DatasetDifference[]
  readonly environment: readonly EnvironmentDifference[]
  readonly code: CodeDifference
  /** How many of each both sides have alike; tensors only of files that differ. */
  readonly unchanged: {
    readonly parameters: number
    readonly metrics: number
    readonly files: number
    readonly tensors: number
    readonly datasets: number
  }
}

/** Compares two runs or versions. What the machine did (`system/...`) is left out: it never repeats. */
export function compareRuns(base: ComparisonSide, head: ComparisonSide): Comparison {
  const parameters = differences(base.parameters, head.parameters, isSameParameter)
  const metrics = differences(ownMetrics(base.metrics), ownMetrics(head.metrics), isSameMetric)
  const files = differences(byPath(base.files), byPath(head.files), isSameFile)
  const tensors = compareTensors(files.different)
  const datasets = differences(byUri(base.datasets), byUri(head.datasets), isSameDataset)
  return {
    base: base.label,
    head: head.label,
    parameters: parameters.different.map(([key, difference]) => ({ key, ...difference })),
    metrics: metrics.different.map(([key, difference]) => metricDifference(key, difference)),
    files: files.different.map(([path, difference]) => ({ path, ...difference })),
    tensors: tensors.different,
    datasets: datasets.different.map(([uri, difference]) => ({ uri, ...difference })),
    environment: compareEnvironments(base.environment, head.environment),
    code: compareCode(base.code, head.code),
    unchanged: {
      parameters: parameters.unchanged,
      metrics: metrics.unchanged,
      files: files.unchanged,
      tensors: tensors.unchanged,
      datasets: datasets.unchanged,
    },
  }
}

/** Tells whether a comparison found no difference at all. */
export function isWithoutDifference(comparison: Comparison): boolean {
  const { parameters, metrics, files, tensors, datasets, environment, code } = comparison
  return [parameters, metrics, files, tensors, datasets, environment].every((list) => list.length === 0) && code.same
}

interface Differences<Key, Item> {
  readonly different: readonly (readonly [Key, Difference<Item>])[]
  readonly unchanged: number
}

function differences<Key extends string, Item>(
  base: ReadonlyMap<Key, Item>,
  head: ReadonlyMap<Key, Item>,
  isSame: (base: Item, head: Item) => boolean,
): Differences<Key, Item> {
  const keys = [...new Set([...base.keys(), ...head.keys()])].sort(compareText)
  const found = keys.map((key) => [key, differenceOf(base.get(key), head.get(key), isSame)] as const)
  const different = found.flatMap(([key, difference]) => (difference === undefined ? [] : [[key, difference] as const]))
  return { different, unchanged: found.length - different.length }
}

function differenceOf<Item>(
  base: Item | undefined,
  head: Item | undefined,
  isSame: (base: Item, head: Item) => boolean,
): Difference<Item> | undefined {
  if (base !== undefined && head !== undefined) return isSame(base, head) ? undefined : { kind: 'changed', base, head }
  if (head !== undefined) return { kind: 'added', head }
  return base === undefined ? undefined : { kind: 'removed', base }
}

/** Object.is: NaN is itself, and 0.0 is not -0.0. */
function isSameParameter(base: ParameterValue, head: ParameterValue): boolean {
  if (!Array.isArray(base) || !Array.isArray(head)) return Object.is(base, head)
  return base.length === head.length && base.every((item, index) => Object.is(item, head[index]))
}

function isSameMetric(base: Metric, head: Metric): boolean {
  return Object.is(base.summary.last, head.summary.last)
}

function isSameFile(base: ArtifactFile, head: ArtifactFile): boolean {
  return base.sha256 === head.sha256 && base.sizeBytes === head.sizeBytes
}

function isSameTensor(base: Tensor, head: Tensor): boolean {
  return base.sha256 === head.sha256 && base.dtype === head.dtype && base.shape.join() === head.shape.join()
}

function isSameDataset(base: Dataset, head: Dataset): boolean {
  if (base.pin !== undefined || head.pin !== undefined) return pinText(base) === pinText(head)
  return factsOf(base) === factsOf(head)
}

function pinText({ pin }: Dataset): string {
  if (pin === undefined) return ''
  return pin.kind === 'sha256' ? pin.sha256 : `${pin.scheme} ${pin.id}`
}

function factsOf({ sizeBytes, fileCount, rows, columns }: Dataset): string {
  return JSON.stringify([sizeBytes ?? null, fileCount ?? null, rows ?? null, columns ?? null])
}

function metricDifference(key: MetricKey, { kind, base, head }: Difference<Metric>): MetricDifference {
  const rule = ruleOf(base, head)
  const sides = {
    ...(base === undefined ? {} : { base: base.summary }),
    ...(head === undefined ? {} : { head: head.summary }),
  }
  if (base === undefined || head === undefined) return { key, kind, rule, ...sides }
  return { key, kind, rule, ...sides, verdict: judge(rule, base.summary.last, head.summary.last) }
}

function ruleOf(base: Metric | undefined, head: Metric | undefined): MetricRule {
  const declared = [head, base].find((metric) => metric !== undefined && metric.goal !== 'none') ?? head ?? base
  const { goal, tolerance, unit } = declared ?? { goal: 'none', tolerance: 0 }
  return unit === undefined ? { goal, tolerance } : { goal, tolerance, unit }
}

/** Looks into the files that changed and whose tensors both sides know. */
function compareTensors(files: Differences<ArtifactPath, ArtifactFile>['different']): {
  readonly different: readonly TensorDifference[]
  readonly unchanged: number
} {
  const compared = files.map(([path, { base, head }]) => {
    if (base?.tensors === undefined || head?.tensors === undefined) return { different: [], unchanged: 0 }
    const { different, unchanged } = differences(byName(base.tensors), byName(head.tensors), isSameTensor)
    return { different: different.map(([name, difference]) => ({ path, name, ...difference })), unchanged }
  })
  return {
    different: compared.flatMap(({ different }) => different),
    unchanged: compared.reduce((sum, { unchanged }) => sum + unchanged, 0),
  }
}

function compareCode(base: CodeState, head: CodeState): CodeDifference {
  const same = base.kind === 'commit' && head.kind === 'commit' ? base.tree === head.tree : base.kind === head.kind
  return {
    ...(base.kind === 'commit' ? { baseCommit: base.snapshot ?? base.commit } : {}),
    ...(head.kind === 'commit' ? { headCommit: head.snapshot ?? head.commit } : {}),
    same,
  }
}

function byPath(files: readonly ArtifactFile[]): ReadonlyMap<ArtifactPath, ArtifactFile> {
  return new Map(files.map((file) => [file.path, file]))
}

function byUri(datasets: readonly Dataset[]): ReadonlyMap<string, Dataset> {
  return new Map(datasets.map((dataset) => [dataset.uri, dataset]))
}

function byName(tensors: readonly Tensor[]): ReadonlyMap<string, Tensor> {
  return new Map(tensors.map((tensor) => [tensor.name, tensor]))
}
