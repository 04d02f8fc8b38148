/**
 * `GET /api/run/:id` and what the run printed.
 */
import { describeRun } from '../../ops/read/describe-run.ts'
import type { RunDescription } from '../../ops/read/describe-run.ts'
import { readRunOutput } from '../../ops/read/read-run-output.ts'
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
import type { WireLog, WireMedia, WireRun } from '../wire.ts'
import { wireRunHead } from './run-head.ts'

const USUAL_LOG_BYTES = 65_536
const MOST_LOG_BYTES = 4 * 1024 * 1024

/** One run. */
export const runHandler: JsonHandler = async ({ repository }, { parts: [revision = ''] }) => {
  return wireRun(await describeRun(repository, revision))
}

/** The end of what it printed. */
export const logHandler: JsonHandler = async ({ repository }, { parts: [revision = ''], query }): Promise<WireLog> => {
  const limit = query.count('bytes', USUAL_LOG_BYTES, MOST_LOG_BYTES)
  const { run, isLive, ends } = await readRunOutput(repository, revision, limit)
  const streams = ends.map(({ stream, bytes, sizeBytes }) => {
    const text = Buffer.from(bytes).toString('utf8')
    return { name: stream, text, sizeBytes, skippedBytes: sizeBytes - bytes.length }
  })
  return { run, isLive, streams }
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
