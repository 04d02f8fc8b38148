/**
 * One run or one version on a terminal: everything its record says, most asked first.
 */
import { instantMs } from '../../src/base/clock.ts'
import { sortedEntries } from '../../src/base/order.ts'
import type { ArtifactFile } from '../../src/domain/artifact.ts'
import type { CodeState } from '../../src/domain/code-state.ts'
import type { Dataset } from '../../src/domain/dataset.ts'
import type { Environment } from '../../src/domain/environment.ts'
import { isSystemMetric } from '../../src/domain/key.ts'
import { ownMetrics } from '../../src/domain/metric.ts'
import type { Metric, Metrics } from '../../src/domain/metric.ts'
import type { Parameters } from '../../src/domain/parameter.ts'
import type { SealedRun } from '../../src/domain/run.ts'
import type { Shown } from '../../src/ops/read/show-revision.ts'
import { bytesText, countText } from './bytes.ts'
import { alignedRows } from './columns.ts'
import { styled } from './line.ts'
import type { Line, Span } from './line.ts'
import { metricName } from './metric-change.ts'
import { numberText } from './number.ts'
import { parameterValueText } from './parameter-text.ts'
import { versionLabelText } from './run-table.ts'
import { outcomeSpan, receiptDetail } from './receipt-text.ts'
import { shortDigest, shortId, shortOid } from './short-id.ts'
import { durationText, momentText } from './time.ts'

type ShownRun = Extract<Shown, { readonly kind: 'run' }>
type ShownVersion = Extract<Shown, { readonly kind: 'version' }>
type Row = readonly Span[]

const LIST_LIMIT = 20

/** Writes a run or a version with all that is recorded of it. Lists beyond twenty lines are cut and counted. */
export function recordText(shown: Shown): readonly Line[] {
  return shown.kind === 'run' ? runText(shown) : versionText(shown)
}

function runText({ run, notes, files, environment, versions }: ShownRun): readonly Line[] {
  const facts: readonly Row[] = [
    ...fact('name', notes.name),
    ...fact('message', run.message),
    ...fact('status', endText(run)),
    ...fact('started', momentText(instantMs(run.startedAt))),
    ...fact('experiment', run.experiment),
    ...fact('version', versions.map(versionLabelText).join(', ')),
    ...fact('tags', notes.tags.join(', ')),
    ...fact('note', notes.note),
    ...fact('command', run.command?.join(' ')),
    ...fact('parent', run.parent),
    ...codeFacts(run.code),
  ]
  return [
    [styled('strong', `run ${run.id}`), ...(notes.archived ? [styled('warning', ' archived')] : [])],
    ...alignedRows(facts, '  '),
    ...contentSections({ ...run, files }),
    ...section('environment', environmentRows(environment)),
    ...section('machine, at most', machineRows(run.metrics)),
  ]
}

function versionText({ version, state, files, aliases, receipts }: ShownVersion): readonly Line[] {
  const { retired } = state
  const facts: readonly Row[] = [
    ...fact('aliases', aliases.join(', ')),
    ...fact('retired', retired === undefined ? undefined : `${retired.reason} (${retired.by})`),
    ...fact('message', version.message),
    ...fact('tags', state.tags.join(', ')),
    ...fact('note', state.note),
    ...fact('created', momentText(instantMs(version.createdAt))),
    ...fact('run', [version.run, ...state.runs].map(shortId).join(', ')),
    ...codeFacts(version.code),
    ...fact('path', version.path),
    ...fact('was', version.was === undefined ? undefined : `v${version.was}`),
    ...fact('uid', version.uid),
    ...fact('content', version.contentDigest),
  ]
  return [
    [styled('strong', `${version.model}@v${version.number}`)],
    ...alignedRows(facts, '  '),
    ...contentSections({ ...version, files }),
    ...section(
      'receipts',
      receipts.map((receipt) => [
        momentText(instantMs(receipt.at)),
        outcomeSpan(receipt.outcome),
        receiptDetail(receipt),
        styled('faint', `run ${shortId(receipt.run)}, ${receipt.by}`),
      ]),
    ),
  ]
}

/** What runs and versions have in common. */
function contentSections(content: {
  readonly metrics: Metrics
  readonly parameters: Parameters
  readonly files: readonly ArtifactFile[]
  readonly datasets: readonly Dataset[]
}): readonly Line[] {
  const parameters = sortedEntries(content.parameters).map(([key, value]) => [key, parameterValueText(value)])
  return [
    ...section('metrics', sortedEntries(ownMetrics(content.metrics)).map(metricRow)),
    ...section('parameters', parameters),
    ...section('files', content.files.map(fileRow)),
    ...section('datasets', content.datasets.map(datasetRow)),
  ]
}

function section(title: string, rows: readonly Row[]): readonly Line[] {
  if (rows.length === 0) return []
  const hidden = rows.length - LIST_LIMIT
  const rest: readonly Line[] = hidden > 0 ? [[styled('faint', `  and ${hidden} more; --json lists all`)]] : []
  return [[], [styled('subject', title)], ...alignedRows(rows.slice(0, LIST_LIMIT), '  '), ...rest]
}

function fact(name: string, text: string | undefined): readonly Row[] {
  return text === undefined || text === '' ? [] : [[styled('faint', name), text]]
}

function endText(run: SealedRun): string {
  if (run.status === 'killed') {
    const by = run.signal === undefined ? '' : ` by ${run.signal}`
    return `killed${by}, last seen ${momentText(instantMs(run.lastSeenAt))}`
  }
  const elapsed = durationText(Math.max(0, instantMs(run.endedAt) - instantMs(run.startedAt)))
  return run.status === 'failed'
    ? `failed with exit code ${run.exitCode} after ${elapsed}`
    : `finished after ${elapsed}`
}

function codeFacts(code: CodeState): readonly Row[] {
  if (code.kind === 'none') return fact('code', `none: ${code.reason}`)
  const branch = code.branch === undefined ? '' : ` on ${code.branch}`
  return [
    ...fact('code', `${shortOid(code.commit)}${branch}`),
    ...fact(
      'snapshot',
      code.snapshot === undefined ? undefined : `${shortOid(code.snapshot)}, with uncommitted changes`,
    ),
    ...fact('left out', code.omitted.join('; ')),
  ]
}

function metricRow([key, { goal, unit, summary }]: readonly [string, Metric]): Row {
  const { last, min, max, best, count } = summary
  const name = metricName(key, goal)
  const value = `${numberText(last)}${unit === undefined ? '' : ` ${unit}`}`
  if (count === 1) return [name, value]
  const step = best?.step === undefined ? '' : ` at step ${best.step}`
  const bestText = best === undefined ? '' : `, best ${numberText(best.value)}${step}`
  const points = `min ${numberText(min)}, max ${numberText(max)}${bestText}, ${countText(count, 'point')}`
  return [name, value, styled('faint', points)]
}

/** What the command used of the machine, by the greatest sample; what it never touched is not worth a line. */
function machineRows(metrics: Metrics): readonly Row[] {
  const samples = sortedEntries(metrics).filter(([key, { summary }]) => isSystemMetric(key) && summary.max !== 0)
  return samples.map(([key, { summary }]) => {
    const name = key.slice('system/'.length).replace(/\.(?:bytes|percent)$/, '')
    return [styled('faint', name.replaceAll('.', ' ')), sampleText(key, summary.max)]
  })
}

function sampleText(key: string, value: number): string {
  if (key.endsWith('.bytes')) return bytesText(Math.round(value))
  return key.endsWith('.percent') ? `${numberText(value)} %` : numberText(value)
}

function fileRow({ path, sizeBytes, sha256, tensors }: ArtifactFile): Row {
  const tensorText = tensors === undefined ? '' : countText(tensors.length, 'tensor')
  return [path, bytesText(sizeBytes), styled('faint', shortDigest(sha256)), styled('faint', tensorText)]
}

function datasetRow({ uri, rows, sizeBytes, fileCount, pin }: Dataset): Row {
  const amounts = [
    rows === undefined ? [] : [countText(rows, 'row')],
    fileCount === undefined ? [] : [countText(fileCount, 'file')],
    sizeBytes === undefined ? [] : [bytesText(sizeBytes)],
  ].flat()
  if (pin === undefined) return [uri, amounts.join(', '), styled('warning', 'not pinned')]
  return [uri, amounts.join(', '), styled('faint', shortDigest(pin.kind === 'sha256' ? pin.sha256 : pin.id))]
}

function environmentRows({ os, cpu, gpus, languages, packages, unpinned }: Environment): readonly Row[] {
  const languageText = languages.map(({ name, version }) => `${name} ${version}`).join(', ')
  return [
    ...fact('os', `${os.name} ${os.release} ${os.arch}`),
    ...fact('cpu', `${cpu.count} x ${cpu.model}, ${bytesText(cpu.memoryBytes)}`),
    ...gpus.flatMap(({ model, driver }) => fact('gpu', driver === undefined ? model : `${model}, driver ${driver}`)),
    ...fact('languages', languageText),
    ...fact('packages', packages.length === 0 ? undefined : countText(packages.length, 'package')),
    ...unpinned.flatMap((what) => fact('not pinned', what)),
  ]
}
