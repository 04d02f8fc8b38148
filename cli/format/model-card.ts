/**
 * Model cards: a version as Markdown, the same bytes whenever and wherever they are written. What was measured stands
 * as a claim, so that `mlv card --check` holds it later; text that others chose stands in code, where it cannot act.
 */
import { sortedEntries } from '../../src/base/order.ts'
import { formatClaim } from '../../src/domain/claim.ts'
import type { Claim } from '../../src/domain/claim.ts'
import { claimedText } from '../../src/domain/claim-value.ts'
import type { Dataset } from '../../src/domain/dataset.ts'
import type { MetricKey } from '../../src/domain/key.ts'
import { ownMetrics } from '../../src/domain/metric.ts'
import type { Metric } from '../../src/domain/metric.ts'
import type { ModelDescription } from '../../src/ops/models/describe-model.ts'
import { bytesText, countText } from './bytes.ts'
import { codeBlock, codeSpan, tableCode } from './markdown-code.ts'
import { exactNumberText } from './number.ts'
import { parameterValueText } from './parameter-text.ts'
import { receiptDetail } from './receipt-text.ts'
import { shellQuoted } from './shell-quoted.ts'

type Row = readonly string[]

/** A card is for reading. */
const LIMIT_ROWS = 200

/** Writes the card, with a line end at its end. */
export function modelCard(description: ModelDescription): string {
  const { model, version } = description
  const label = `${version.model}@v${version.number}`
  const metrics = sortedEntries(ownMetrics(description.metrics))
  const parameters = sortedEntries(version.parameters).map(([key, value]) => [
    tableCode(key),
    tableCode(parameterValueText(value)),
  ])
  return [
    [`# ${codeSpan(version.model)} v${version.number}`],
    ...(model.description === undefined ? [] : [['', ...paragraph(model.description)]]),
    table(['', ''], factRows(description)),
    section('Metrics', ['metric', 'value', 'goal', 'tolerance'], metrics.map(metricRow(label))),
    section('Parameters', ['parameter', 'value'], parameters),
    section('Data', ['data', 'digest', 'size', 'rows'], version.datasets.map(datasetRow)),
    section('Code', ['', ''], codeRows(description)),
    section('Environment', ['', ''], environmentRows(description)),
    packageLines(description),
    section('Files', ['file', 'size', 'SHA-256'], description.files.map(fileRow)),
    section('Lineage', ['', ''], lineageRows(description)),
    section('Repetitions', ['when', 'outcome', '', 'run', 'by'], description.receipts.map(receiptRow)),
    ['', '## Get it', '', '```sh', ...getLines(description, label), '```'],
  ]
    .flat()
    .map((line) => `${line}\n`)
    .join('')
}

function getLines({ version, run }: ModelDescription, label: string): readonly string[] {
  const name = shellQuoted(label)
  return [
    'mlv fetch',
    `mlv checkout ${name} --to ${shellQuoted(`${version.model}-v${version.number}`)}`,
    // Without a command there is nothing to run again.
    run.command === undefined ? `mlv show ${name}` : `mlv rerun ${name} --verify`,
  ]
}

/** Short text on its line, long text and text of several lines in a block. */
function paragraph(text: string): readonly string[] {
  return text.length > 160 || /[\r\n]/.test(text) ? codeBlock(text) : [codeSpan(text)]
}

function section(title: string, head: Row, rows: readonly Row[]): readonly string[] {
  if (rows.length === 0) return []
  const rest = rows.length - LIMIT_ROWS
  const more = rest > 0 ? ['', `and ${rest} more, which 'mlv show' lists`] : []
  return ['', `## ${title}`, ...table(head, rows.slice(0, LIMIT_ROWS)), ...more]
}

function table(head: Row, rows: readonly Row[]): readonly string[] {
  const line = (cells: Row): string => `| ${cells.join(' | ')} |`
  return rows.length === 0 ? [] : ['', line(head), line(head.map(() => '---')), ...rows.map(line)]
}

function fact(name: string, cell: string | undefined): readonly Row[] {
  return cell === undefined || cell === '' ? [] : [[name, cell]]
}

function factRows({ model, version, state, aliases, by }: ModelDescription): readonly Row[] {
  const { retired } = state
  const recorder = by === undefined ? '' : ` by ${person(by)}`
  return [
    ...fact('retired', retired === undefined ? undefined : tableCode(retired.reason)),
    ...fact('aliases', aliases.map(({ name, at }) => `${tableCode(name)} since ${at.slice(0, 10)}`).join(', ')),
    ...fact('recorded', `${version.createdAt.slice(0, 10)}${recorder}`),
    ...fact('message', tableCode(version.message ?? '')),
    ...fact('note', tableCode(state.note ?? '')),
    ...fact('tags', state.tags.map(tableCode).join(', ')),
    ...fact('owners', model.owners.map(tableCode).join(', ')),
    ...fact('content', tableCode(version.contentDigest)),
  ]
}

function person(by: string): string {
  return tableCode(by.replace(/ <[^<>]*>$/, ''))
}

function metricRow(label: string): (entry: readonly [MetricKey, Metric]) => Row {
  return ([key, { goal, tolerance, unit, summary }]) => {
    const format = Number.isInteger(summary.last) ? {} : { format: { kind: 'g' as const, digits: 6 } }
    const claim: Claim = { revision: label, field: { kind: 'metric', key }, ...format }
    const value = claimedText({ kind: 'number', value: summary.last }, claim.format)?.text ?? ''
    return [
      tableCode(key),
      `<!-- mlv: ${formatClaim(claim)} -->${value}<!-- /mlv -->${unit === undefined ? '' : ` ${tableCode(unit)}`}`,
      goal === 'none' ? '' : goal,
      tolerance === 0 ? '' : exactNumberText(tolerance),
    ]
  }
}

function datasetRow({ uri, pin, sizeBytes, rows }: Dataset): Row {
  const digest = pin === undefined ? 'not pinned' : tableCode(pin.kind === 'sha256' ? pin.sha256 : pin.id)
  const size = sizeBytes === undefined ? '' : bytesText(sizeBytes)
  return [tableCode(uri), digest, size, rows === undefined ? '' : String(rows)]
}

function codeRows({ version: { code }, run }: ModelDescription): readonly Row[] {
  const command = tableCode((run.command ?? []).join(' '))
  if (code.kind === 'none') return [...fact('code', `none: ${tableCode(code.reason)}`), ...fact('command', command)]
  const uncommitted = code.snapshot === undefined ? undefined : `${tableCode(code.snapshot)}, with uncommitted changes`
  return [
    ...fact('commit', tableCode(code.commit)),
    ...fact('branch', tableCode(code.branch ?? '')),
    ...fact('snapshot', uncommitted),
    ...fact('command', command),
    ...fact('folder', tableCode(run.workingFolder ?? '')),
  ]
}

function environmentRows({ environment }: ModelDescription): readonly Row[] {
  const { os, cpu, gpus, cuda, container, languages, unpinned } = environment
  return [
    ...fact('system', tableCode(`${os.name} ${os.release} ${os.arch}`)),
    ...fact('processor', `${cpu.count} × ${tableCode(cpu.model)}, ${bytesText(cpu.memoryBytes)}`),
    ...gpus.flatMap(({ model, driver }) =>
      fact('graphics', tableCode(`${model}${driver === undefined ? '' : `, ${driver}`}`)),
    ),
    ...fact('CUDA', tableCode(cuda ?? '')),
    ...fact('container', container === undefined ? undefined : tableCode(container.image ?? container.kind)),
    ...fact('languages', languages.map(({ name, version }) => tableCode(`${name} ${version}`)).join(', ')),
    ...unpinned.flatMap((what) => fact('not pinned', tableCode(what))),
  ]
}

/** All packages, folded away: there may be hundreds. */
function packageLines({ environment: { packages } }: ModelDescription): readonly string[] {
  if (packages.length === 0) return []
  const lines = packages.map(({ name, version }) => `${name} ${version}`).join('\n')
  return [
    '',
    `<details><summary>${countText(packages.length, 'package')}</summary>`,
    '',
    ...codeBlock(lines),
    '',
    '</details>',
  ]
}

function fileRow({ path, sizeBytes, sha256 }: ModelDescription['files'][number]): Row {
  return [tableCode(path), bytesText(sizeBytes), tableCode(sha256)]
}

function lineageRows({ version, state, run, before }: ModelDescription): readonly Row[] {
  return [
    ...fact('experiment', tableCode(run.experiment)),
    ...fact('run', tableCode(run.id)),
    ...fact('repeats run', tableCode(run.parent ?? '')),
    ...fact('made again by', state.runs.map(tableCode).join(', ')),
    ...fact('version before', before === undefined ? undefined : tableCode(`${version.model}@v${before}`)),
  ]
}

function receiptRow(receipt: ModelDescription['receipts'][number]): Row {
  const { at, outcome, run, by } = receipt
  return [at.slice(0, 10), outcome.kind, tableCode(receiptDetail(receipt)), tableCode(run), person(by)]
}
