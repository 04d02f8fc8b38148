/**
 * Everything there is to show of one run, live or recorded: what the page of a run is made of.
 */
import type { ArtifactFile } from '../../domain/artifact.ts'
import { Failure, refuse } from '../../domain/failure.ts'
import type { Environment } from '../../domain/environment.ts'
import type { Receipt } from '../../domain/receipt.ts'
import type { RunId } from '../../domain/run.ts'
import { readReceipts } from '../../store/branch/read-models.ts'
import { readEnvironment, readNotes, readRun, readRunFiles } from '../../store/branch/read-runs.ts'
import { openSnapshot } from '../../store/branch/snapshot.ts'
import type { BranchSnapshot } from '../../store/branch/snapshot.ts'
import { versionLabels } from './list-runs.ts'
import { liveRun } from '../record/live-runs.ts'
import { decodeMedia } from '../record/media-index.ts'
import type { MediaIndex } from '../record/media-index.ts'
import { readRunFile } from '../artifacts/read-recorded-file.ts'
import type { Repository } from '../repository/repository.ts'
import { findRun } from '../record/resume-run.ts'
import type { RunRow, VersionLabel } from '../revisions/run-row.ts'

/** One run with all that belongs to it. */
export interface RunDescription {
  readonly row: RunRow
  /** Empty while it runs. */
  readonly files: readonly ArtifactFile[]
  /** Absent while it runs. */
  readonly environment: Environment | undefined
  /** Absent when nothing of the kind was logged, or it cannot be read. */
  readonly media: MediaIndex | undefined
  /** Of all versions it led to, newest first. */
  readonly receipts: readonly Receipt[]
}

const MEDIA = /^media[^/]*\.json$/
const LIMIT_MEDIA_BYTES = 16 * 1024 * 1024

/** Describes what a revision names: a run, or the run that made a version. @throws what `findRun` refuses */
export async function describeRun(repository: Repository, revision: string): Promise<RunDescription> {
  const id = await findRun(repository, revision)
  const live = await liveRun(repository, id)
  if (live !== undefined) return { row: live, files: [], environment: undefined, media: undefined, receipts: [] }
  const snapshot = await openSnapshot(repository.context.engine)
  const run = await readRun(snapshot, id)
  if (run === undefined) throw refuse('run-not-found', { text: revision, closest: [] })
  const [notes, labels] = await Promise.all([readNotes(snapshot, id), versionLabels(snapshot)])
  return described(repository, snapshot, { run, notes, versions: labels.get(id) ?? [] })
}

/** Describes a recorded run of a list. */
export async function describeRow(repository: Repository, row: RunRow): Promise<RunDescription> {
  return described(repository, await openSnapshot(repository.context.engine), row)
}

async function described(repository: Repository, snapshot: BranchSnapshot, row: RunRow): Promise<RunDescription> {
  const { id } = row.run
  const [files, environment] = await Promise.all([readRunFiles(snapshot, id), readEnvironment(snapshot, id)])
  const [media, receipts] = await Promise.all([
    readMedia(repository, snapshot, { run: id, files }),
    receiptsOf(snapshot, row.versions),
  ])
  return { row, files, environment, media, receipts }
}

/** One row of the list of runs, live or recorded. @throws what `findRun` refuses */
export async function readRunRow(repository: Repository, revision: string): Promise<RunRow> {
  const id = await findRun(repository, revision)
  const live = await liveRun(repository, id)
  if (live !== undefined) return live
  const snapshot = await openSnapshot(repository.context.engine)
  const run = await readRun(snapshot, id)
  if (run === undefined) throw refuse('run-not-found', { text: revision, closest: [] })
  const [notes, labels] = await Promise.all([readNotes(snapshot, id), versionLabels(snapshot)])
  return { run, notes, versions: labels.get(id) ?? [] }
}

/** The receipts of versions, newest first. */
export async function readAllReceipts(
  repository: Repository,
  labels: readonly Pick<VersionLabel, 'model' | 'number'>[],
): Promise<readonly Receipt[]> {
  return receiptsOf(await openSnapshot(repository.context.engine), labels)
}

async function receiptsOf(
  snapshot: BranchSnapshot,
  labels: readonly Pick<VersionLabel, 'model' | 'number'>[],
): Promise<readonly Receipt[]> {
  const receipts = await Promise.all(labels.map(({ model, number }) => readReceipts(snapshot, model, number)))
  return receipts.flat().sort((left, right) => (left.id < right.id ? 1 : -1))
}

/** The index goes by its kind: another file of the run may have its name. */
async function readMedia(
  repository: Repository,
  snapshot: BranchSnapshot,
  { run, files }: { readonly run: RunId; readonly files: readonly ArtifactFile[] },
): Promise<MediaIndex | undefined> {
  for (const file of files.filter(({ path }) => MEDIA.test(path))) {
    try {
      const bytes = await readRunFile(repository, snapshot, { run, file, limitBytes: LIMIT_MEDIA_BYTES })
      return decodeMedia(bytes, file.path)
    } catch (caught) {
      if (!(caught instanceof Failure)) throw caught
    }
  }
  return undefined
}
