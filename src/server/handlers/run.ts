/**
 * `GET /api/run/:id`.
 */
import { describeRun } from '../../ops/read/describe-run.ts'
import type { RunDescription } from '../../ops/read/describe-run.ts'
import type { MediaIndex } from '../../ops/record/media-index.ts'
import type { JsonHandler } from '../context.ts'
import {
  wireCode,
  wireDataset,
  wireEnvironment,
  wireFiles,
  wireMetrics,
  wireParameters,
  wireReceipt,
} from '../to-wire.ts'
import type { WireMedia, WireRun } from '../wire.ts'
import { wireRunHead } from './run-head.ts'

/** One run. */
export const runHandler: JsonHandler = async ({ repository }, { parts: [revision = ''] }) => {
  return wireRun(await describeRun(repository, revision))
}

/** One run as the wire has it. */
export function wireRun({ row, files, environment, media, receipts }: RunDescription): WireRun {
  const { run, notes, isLive } = row
  const isEnded = isLive !== true
  return {
    ...wireRunHead(row),
    endedAt: !isEnded ? null : run.status === 'killed' ? run.lastSeenAt : run.endedAt,
    exitCode: isEnded && run.status === 'failed' ? run.exitCode : null,
    signal: isEnded && run.status === 'killed' ? (run.signal ?? null) : null,
    note: notes.note ?? null,
    command: run.command ?? null,
    workingFolder: run.workingFolder ?? null,
    parent: run.parent ?? null,
    segments: run.segments?.length ?? 0,
    resources: run.resources === undefined ? null : wireResources(run.resources),
    parameters: wireParameters(run.parameters),
    metrics: wireMetrics(run.metrics),
    series: [...run.metrics].flatMap(([key, { summary }]) => (summary.count > 1 ? [key] : [])).sort(),
    files: wireFiles(files),
    datasets: run.datasets.map(wireDataset),
    code: wireCode(run.code),
    environment: environment === undefined ? null : wireEnvironment(environment),
    media: media === undefined ? null : wireMedia(media),
    receipts: receipts.map(wireReceipt),
  }
}

function wireResources({
  elapsedMs,
  userMs,
  systemMs,
  peakMemoryBytes,
  hostName,
}: NonNullable<RunDescription['row']['run']['resources']>): WireRun['resources'] {
  return {
    elapsedMs,
    userMs: userMs ?? null,
    systemMs: systemMs ?? null,
    peakMemoryBytes: peakMemoryBytes ?? null,
    hostName,
  }
}

function wireMedia({ images, tables, texts }: MediaIndex): WireMedia {
  return {
    images: images.map(({ key, path, step, caption }) => {
      return { key, path, step: step ?? null, caption: caption ?? null }
    }),
    tables: tables.map(({ key, path, step, rowKey, columns, rows }) => {
      return { key, path, step: step ?? null, rowKey: rowKey ?? null, columns: columns ?? null, rows: rows ?? null }
    }),
    texts: texts.map(({ key, path, count }) => ({ key, path, count })),
  }
}
