/**
 * The points of a run, wherever they are: in its journal and logs while it runs, on the branch or in the store later.
 */
import { join } from 'node:path'
import { instantMs } from '../../base/clock.ts'
import type { Sha256 } from '../../base/digest.ts'
import type { ArtifactFile } from '../../domain/artifact.ts'
import { Failure, refuse } from '../../domain/failure.ts'
import type { MetricKey } from '../../domain/key.ts'
import { UNDECLARED_RULE } from '../../domain/metric.ts'
import type { MetricRule } from '../../domain/metric.ts'
import type { RunId, SealedRun } from '../../domain/run.ts'
import { joinSeriesSets } from '../../domain/series.ts'
import type { SeriesSet } from '../../domain/series.ts'
import { readRun, readRunFiles, readSeriesOf } from '../../store/branch/read-runs.ts'
import { openSnapshot } from '../../store/branch/snapshot.ts'
import type { BranchSnapshot } from '../../store/branch/snapshot.ts'
import { readSeries } from '../../store/inputs/series-file.ts'
import { journalFolder, readJournal } from '../../store/journal/journal.ts'
import type { JournalContent } from '../../store/journal/journal.ts'
import { bringArtifacts } from '../artifacts/bring-artifacts.ts'
import { foldJournal } from '../record/fold-journal.ts'
import { readRunLogs } from '../record/gather-logs.ts'
import type { Repository } from '../repository/repository.ts'
import { findRun } from '../record/resume-run.ts'

/** The points of a run. */
export interface RunPoints {
  readonly series: SeriesSet
  /** False when only the summary of the branch could be had: points are missing between those that are there. */
  readonly isComplete: boolean
}

/** A run whose points can be read. */
export interface RunSeries {
  readonly run: RunId
  /** Milliseconds since the Unix epoch. */
  readonly startedAtMs: number
  readonly isLive: boolean
  /** The rule of a metric as it was when the run was made. */
  readonly ruleOf: (key: MetricKey) => MetricRule
  /** Metrics of more than one point, as far as the record or the journal itself tells. */
  readonly keys: readonly MetricKey[]
  /** The same text as long as the points are the same, to keep what was made of them. */
  readonly state: string
  /** Points that the journal of a run has which is not recorded yet; absent once it is. */
  readonly journaled?: SeriesSet
  /** Digest of the artifact with every point; `undefined` when the branch has them, or the run is not recorded yet. */
  readonly full: () => Promise<Sha256 | undefined>
  /** @throws `document-malformed`, the disk's refusals */
  readonly read: () => Promise<RunPoints>
}

/** Finds a run, live or recorded; its points are read when they are asked for. @throws what `findRun` refuses */
export async function findRunSeries(repository: Repository, revision: string): Promise<RunSeries> {
  const id = await findRun(repository, revision)
  const content = await readJournal(repository.journals, id)
  if (content !== undefined) return journaledSeries(repository, id, content)
  const snapshot = await openSnapshot(repository.context.engine)
  const run = await readRun(snapshot, id)
  if (run === undefined) throw refuse('run-not-found', { text: revision, closest: [] })
  return {
    run: id,
    startedAtMs: instantMs(run.startedAt),
    isLive: false,
    ruleOf: (key) => run.metrics.get(key) ?? UNDECLARED_RULE,
    keys: [...run.metrics].flatMap(([key, { summary }]) => (summary.count > 1 ? [key] : [])),
    // A sealed run never changes.
    state: 'sealed',
    full: async () => (run.seriesFull === undefined ? undefined : (await fullFile(snapshot, run))?.sha256),
    read: () => sealedPoints(repository, snapshot, run),
  }
}

/** The points of a recorded run; of `summary` those on the branch alone. @throws as `RunSeries.read` */
export async function readSealedPoints(
  repository: Repository,
  run: SealedRun,
  which: 'all' | 'summary',
): Promise<RunPoints> {
  const snapshot = await openSnapshot(repository.context.engine)
  if (which === 'all') return sealedPoints(repository, snapshot, run)
  return { series: await readSeriesOf(snapshot, run.id), isComplete: run.seriesFull === undefined }
}

async function sealedPoints(repository: Repository, snapshot: BranchSnapshot, run: SealedRun): Promise<RunPoints> {
  const full = run.seriesFull === undefined ? undefined : await fullPoints(repository, snapshot, run)
  if (full !== undefined) return { series: full, isComplete: true }
  return { series: await readSeriesOf(snapshot, run.id), isComplete: run.seriesFull === undefined }
}

/** Every point from the store; `undefined` when no store has it whole: there still is the summary. */
async function fullPoints(
  repository: Repository,
  snapshot: BranchSnapshot,
  run: SealedRun,
): Promise<SeriesSet | undefined> {
  const file = await fullFile(snapshot, run)
  if (file === undefined) return undefined
  const store = repository.artifacts(snapshot.settings.store)
  try {
    await bringArtifacts(repository, snapshot.settings, [file])
    if ((await store.verify(file.sha256, file.sizeBytes)) !== 'ok') return undefined
    return await readSeries(store.files, store.path(file.sha256), file.path)
  } catch (caught) {
    if (caught instanceof Failure) return undefined
    throw caught
  }
}

async function fullFile(snapshot: BranchSnapshot, run: SealedRun): Promise<ArtifactFile | undefined> {
  return (await readRunFiles(snapshot, run.id)).find(({ path }) => path === run.seriesFull)
}

async function journaledSeries(repository: Repository, run: RunId, content: JournalContent): Promise<RunSeries> {
  const folded = foldJournal(content.events)
  if (folded === undefined) throw refuse('run-not-found', { text: run, closest: [] })
  const { record } = folded
  return {
    run,
    startedAtMs: instantMs(record.run.startedAt),
    isLive: content.isLive,
    ruleOf: (key) => record.run.metrics.get(key) ?? record.rules?.get(key) ?? UNDECLARED_RULE,
    keys: [...folded.series].flatMap(([key, { values }]) => (values.length > 1 ? [key] : [])),
    state: await journalState(repository, run),
    journaled: folded.series,
    full: () => Promise.resolve(undefined),
    read: async () => {
      const { series } = await readRunLogs(repository, run)
      return { series: joinSeriesSets([folded.series, series]), isComplete: true }
    },
  }
}

/** Names and sizes: what a run's processes write is only ever appended to. */
async function journalState({ files, journals }: Repository, run: RunId): Promise<string> {
  const folder = journalFolder(journals, run)
  const names = (await files.readFolder(folder)).flatMap(({ name, kind }) => (kind === 'file' ? [name] : []))
  const sizes = await Promise.all(
    names.map(async (name) => `${name}:${(await files.stat(join(folder, name)))?.sizeBytes ?? 0}`),
  )
  return sizes.join('/')
}
