/**
 * Comparisons as sections of rows, the form that text and Markdown share. Texts in it are untrusted and not escaped.
 */
import type { ArtifactFile, Tensor } from '../../src/domain/artifact.ts'
import type { Comparison, DifferenceKind, MetricDifference } from '../../src/domain/comparison.ts'
import type { Dataset } from '../../src/domain/dataset.ts'
import { bytesText, countText } from './bytes.ts'
import type { Style } from './line.ts'
import { metricName } from './metric-change.ts'
import { changeText, numberText } from './number.ts'
import { parameterValueText } from './parameter-text.ts'
import { shortDigest, shortOid } from './short-id.ts'

/** One thing that differs; a side is absent where the thing is. */
export interface ComparisonRow {
  readonly subject: string
  readonly base?: string
  readonly head?: string
  /** In mlv's own words: `added`, `-0.0110, worse`. */
  readonly remark?: string
  /** Absent when the difference is neither good nor bad. */
  readonly style?: Style
}

/** All of one kind that differs; never empty. */
export interface ComparisonSection {
  /** In mlv's own words, one word. */
  readonly title: string
  readonly rows: readonly ComparisonRow[]
}

type Sides = Pick<ComparisonRow, 'base' | 'head'>

/** The sections that hold a difference, what a person asks first at the top. */
export function comparisonSections(comparison: Comparison): readonly ComparisonSection[] {
  const sections: readonly ComparisonSection[] = [
    { title: 'metrics', rows: comparison.metrics.map(metricRow) },
    { title: 'parameters', rows: rowsOf(comparison.parameters, ({ key }) => key, parameterValueText) },
    { title: 'files', rows: rowsOf(comparison.files, ({ path }) => path, fileText) },
    { title: 'tensors', rows: rowsOf(comparison.tensors, ({ path, name }) => `${path}: ${name}`, tensorText) },
    { title: 'datasets', rows: rowsOf(comparison.datasets, ({ uri }) => uri, datasetText) },
    { title: 'code', rows: codeRows(comparison) },
    { title: 'environment', rows: comparison.environment.map(({ what, ...sides }) => ({ subject: what, ...sides })) },
  ]
  return sections.filter(({ rows }) => rows.length > 0)
}

/** What both sides have alike, in words: `unchanged: 12 parameters, 1 file`; absent when that is nothing. */
export function unchangedText({ unchanged }: Comparison): string | undefined {
  const counts = [
    [unchanged.metrics, 'metric'],
    [unchanged.parameters, 'parameter'],
    [unchanged.files, 'file'],
    [unchanged.tensors, 'tensor'],
    [unchanged.datasets, 'dataset'],
  ] as const
  const told = counts.filter(([count]) => count > 0).map(([count, noun]) => countText(count, noun))
  return told.length === 0 ? undefined : `unchanged: ${told.join(', ')}`
}

function metricRow({ key, rule, base, head, verdict }: MetricDifference): ComparisonRow {
  const subject = metricName(key, rule.goal)
  const unit = rule.unit === undefined ? '' : ` ${rule.unit}`
  if (base === undefined || head === undefined || verdict === undefined) {
    const sides = sidesOf({ base: base?.last, head: head?.last }, (last) => `${numberText(last)}${unit}`)
    return { subject, ...sides, remark: base === undefined ? 'added' : 'removed' }
  }
  const shown = changeText(base.last, head.last, verdict.change)
  const sides = { base: `${shown.base}${unit}`, head: `${shown.head}${unit}` }
  switch (verdict.kind) {
    case 'better':
      return { subject, ...sides, remark: `${shown.change}, better`, style: 'good' }
    case 'worse':
      return { subject, ...sides, remark: `${shown.change}, worse`, style: 'bad' }
    case 'changed':
      return { subject, ...sides, remark: shown.change }
    case 'unchanged':
      return { subject, ...sides, remark: `${shown.change}, within tolerance`, style: 'faint' }
    case 'incomparable':
      return { subject, ...sides, remark: 'cannot be compared', style: 'warning' }
  }
}

function rowsOf<Item, Entry extends { readonly kind: DifferenceKind; readonly base?: Item; readonly head?: Item }>(
  entries: readonly Entry[],
  subjectOf: (entry: Entry) => string,
  textOf: (item: Item) => string,
): readonly ComparisonRow[] {
  return entries.map((entry) => ({
    subject: subjectOf(entry),
    ...sidesOf(entry, textOf),
    ...(entry.kind === 'changed' ? {} : { remark: entry.kind }),
  }))
}

function sidesOf<Item>(
  { base, head }: { readonly base?: Item | undefined; readonly head?: Item | undefined },
  textOf: (item: Item) => string,
): Sides {
  return {
    ...(base === undefined ? {} : { base: textOf(base) }),
    ...(head === undefined ? {} : { head: textOf(head) }),
  }
}

function codeRows({ code }: Comparison): readonly ComparisonRow[] {
  if (code.same) return []
  return [{ subject: 'commit', ...sidesOf({ base: code.baseCommit, head: code.headCommit }, shortOid) }]
}

function fileText({ sizeBytes, sha256 }: ArtifactFile): string {
  return `${bytesText(sizeBytes)} ${shortDigest(sha256)}`
}

function tensorText({ dtype, shape, sha256 }: Tensor): string {
  return `${dtype}[${shape.join(', ')}] ${shortDigest(sha256)}`
}

function datasetText({ pin, rows, sizeBytes }: Dataset): string {
  const amount = rows === undefined ? [] : [countText(rows, 'row')]
  const size = sizeBytes === undefined ? [] : [bytesText(sizeBytes)]
  return [...amount, ...size, pinText(pin)].join(' ')
}

function pinText(pin: Dataset['pin']): string {
  if (pin === undefined) return 'not pinned'
  return shortDigest(pin.kind === 'sha256' ? pin.sha256 : pin.id)
}
