/**
 * `mlv tail`: what a run prints and logs, from its journal's folder while it is live, from its record afterwards.
 */
import { join } from 'node:path'
import { Failure, refuse } from '../../domain/failure.ts'
import type { MetricKey } from '../../domain/key.ts'
import { parseLogEntry } from '../../domain/log-entry.ts'
import type { RunId } from '../../domain/run.ts'
import { runFolder, treePath } from '../../domain/tree-path.ts'
import { readStored } from '../../store/artifacts/read-stored.ts'
import { readRun, readRunFiles, readSeriesOf } from '../../store/branch/read-runs.ts'
import { openSnapshot, readPath } from '../../store/branch/snapshot.ts'
import { readStrictJson } from '../../store/documents/strict-json.ts'
import { journalFolder, listJournals, readJournal } from '../../store/journal/journal.ts'
import { readAppended } from '../../store/logs/read-appended.ts'
import { OUTPUT_FOLDER } from '../../store/processes/pack-output.ts'
import { unpackOutput } from '../../store/processes/unpack-output.ts'
import { findRun } from './resume-run.ts'
import type { Repository } from '../repository/repository.ts'

/** A point as it was logged. */
export interface TailPoint {
  readonly key: MetricKey
  /** Absent where the logger counts. */
  readonly step?: number
  readonly value: number
}

/** What is new since the tail was last asked. */
export interface TailNews {
  /** In the order of streams: standard output, standard error, terminal. */
  readonly output: readonly Uint8Array[]
  /** In the order of log files and lines; samples of the machine are left out. */
  readonly points: readonly TailPoint[]
  /** `ended`: nothing more will come. */
  readonly state: 'running' | 'ended'
}

/** Follows one run. */
export interface RunTail {
  readonly run: RunId
  /** Everything since it was last asked; the first time, everything there is. @throws the disk's refusals */
  readonly news: () => Promise<TailNews>
}

/** Names of the streams a run's output is kept as. */
export const OUTPUT_STREAMS = ['stdout', 'stderr', 'terminal'] as const

/** One of them. */
export type OutputStream = (typeof OUTPUT_STREAMS)[number]

/** Files of points and more in the folder of a run. */
export const LOG_FILES = /^log(?:-[^/]*)?\.jsonl$/
const SAMPLES = 'log-system.jsonl'

/** Finds a run and follows it. `@` is the newest run, live ones too. @throws what `resolveRevision` refuses */
export async function openTail(repository: Repository, revision: string): Promise<RunTail> {
  const run = revision === '@' ? await newestRun(repository) : await findRun(repository, revision)
  const positions = new Map<string, number>()
  const rests = new Map<string, string>()
  const counts = new Map<MetricKey, number>()
  let isOver = false
  return {
    run,
    news: async () => {
      if (isOver) return { output: [], points: [], state: 'ended' }
      const isLive = (await readJournal(repository.journals, run))?.isLive === true
      const isPending = (await listJournals(repository.journals)).includes(run)
      // A run that was sealed since the last look has said its last in its record.
      if (!isPending) {
        isOver = true
        const packed = await sealedOutput(repository, run)
        const path = (stream: string): string => outputPath(repository, run, stream)
        const output = packed.map(({ stream, bytes }) => bytes.subarray(positions.get(path(stream)) ?? 0))
        const points = positions.size === 0 ? [] : await sealedPoints(repository, run, counts)
        return { output: output.filter(({ length }) => length > 0), points, state: 'ended' }
      }
      const output = await liveOutput(repository, run, positions)
      const points = await livePoints(repository, run, positions, rests)
      for (const { key } of points) counts.set(key, (counts.get(key) ?? 0) + 1)
      isOver = !isLive && output.length === 0 && points.length === 0
      return { output, points, state: isOver ? 'ended' : 'running' }
    },
  }
}

async function newestRun(repository: Repository): Promise<RunId> {
  const live = (await listJournals(repository.journals)).at(-1)
  return live ?? findRun(repository, '@')
}

/** Where a stream of a run is kept until the run is sealed. */
export function outputPath({ journals }: Repository, run: RunId, stream: string): string {
  return join(journalFolder(journals, run), OUTPUT_FOLDER, `${stream}.log`)
}

async function liveOutput(
  repository: Repository,
  run: RunId,
  positions: Map<string, number>,
): Promise<readonly Uint8Array[]> {
  const output: Uint8Array[] = []
  for (const stream of OUTPUT_STREAMS) {
    const bytes = await readNew(repository.files, outputPath(repository, run, stream), positions)
    if (bytes.length > 0) output.push(bytes)
  }
  return output
}

async function readNew(files: Repository['files'], path: string, positions: Map<string, number>): Promise<Uint8Array> {
  const bytes = await readAppended(files, path, positions.get(path) ?? 0)
  positions.set(path, (positions.get(path) ?? 0) + bytes.length)
  return bytes
}

/** Whole lines only; what follows the last newline waits for the next look. */
async function livePoints(
  { files, journals }: Repository,
  run: RunId,
  positions: Map<string, number>,
  rests: Map<string, string>,
): Promise<readonly TailPoint[]> {
  const folder = journalFolder(journals, run)
  const names = (await files.readFolder(folder)).map(({ name }) => name)
  const points: TailPoint[] = []
  for (const name of names.filter((found) => LOG_FILES.test(found) && found !== SAMPLES)) {
    const path = join(folder, name)
    const text = (rests.get(path) ?? '') + Buffer.from(await readNew(files, path, positions)).toString('latin1')
    const lines = text.split('\n')
    rests.set(path, lines.pop() ?? '')
    for (const line of lines) points.push(...pointsInLine(Buffer.from(line, 'latin1').toString('utf8'), name))
  }
  return points
}

/** The points of one line of a log; none of one that cannot be read, which is told when the run is sealed. */
export function pointsInLine(line: string, file: string): readonly TailPoint[] {
  try {
    const { entry } = parseLogEntry(readStrictJson(line, file, { nonFinite: true }), { file })
    if (entry.kind !== 'points') return []
    const { step } = entry
    return entry.values.map(([key, value]) => ({ key, value, ...(step === undefined ? {} : { step }) }))
  } catch (caught) {
    if (caught instanceof Failure) return []
    throw caught
  }
}

/** The points after those that were seen already; none of a series that is kept as a summary. */
async function sealedPoints(
  repository: Repository,
  id: RunId,
  counts: ReadonlyMap<MetricKey, number>,
): Promise<readonly TailPoint[]> {
  const snapshot = await openSnapshot(repository.context.engine)
  const run = await readRun(snapshot, id)
  if (run === undefined || run.seriesFull !== undefined) return []
  const all = [...(await readSeriesOf(snapshot, id))].filter(([key]) => !key.startsWith('system/'))
  return all.flatMap(([key, { steps, values }]) => {
    const seen = counts.get(key) ?? 0
    return [...values].slice(seen).map((value, index) => ({ key, step: steps[seen + index] ?? 0, value }))
  })
}

/**
 * What a recorded run printed, whole.
 *
 * @throws `run-not-found`, `object-missing`, `object-damaged`, that too for more than the limit
 */
export async function sealedOutput(
  repository: Repository,
  id: RunId,
  limitBytes?: number,
): Promise<readonly { readonly stream: OutputStream; readonly bytes: Uint8Array }[]> {
  const snapshot = await openSnapshot(repository.context.engine)
  const run = await readRun(snapshot, id)
  if (run === undefined) throw refuse('run-not-found', { text: id, closest: [] })
  const files = await readRunFiles(snapshot, id)
  const output: { readonly stream: OutputStream; readonly bytes: Uint8Array }[] = []
  for (const stream of OUTPUT_STREAMS) {
    const file = files.find(({ path }) => path === `${OUTPUT_FOLDER}/${stream}.txt.gz`)
    if (file === undefined) continue
    const bytes =
      file.storage.kind === 'inline'
        ? await readPath(snapshot.engine, snapshot.tips.records, treePath(runFolder(id), `files/${file.path}`))
        : await readStored(repository.artifacts(snapshot.settings.store), file)
    if (bytes === undefined) throw refuse('object-missing', { what: 'output', id: file.path })
    output.push({ stream, bytes: unpackOutput(file.path, bytes, limitBytes) })
  }
  return output
}
