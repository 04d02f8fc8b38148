/**
 * `mlv lineage`: what a run, a version or data came of, and what came of it.
 */
import { sha256Of } from '../../base/digest.ts'
import { compareText } from '../../base/order.ts'
import type { Alias } from '../../domain/alias.ts'
import type { ArtifactFile } from '../../domain/artifact.ts'
import type { Dataset } from '../../domain/dataset.ts'
import { refuse } from '../../domain/failure.ts'
import { lineageIndex } from '../../domain/lineage.ts'
import type { Lineage, LineageFacts, LineageIndex, LineageRun, LineageVersion } from '../../domain/lineage.ts'
import type { ModelVersion } from '../../domain/model-version.ts'
import type { RunNotes, SealedRun } from '../../domain/run.ts'
import {
  listModelNames,
  readAliases,
  readReceipts,
  readState,
  readVersionFiles,
  readVersions,
} from '../../store/branch/read-models.ts'
import { openSnapshot } from '../../store/branch/snapshot.ts'
import type { BranchSnapshot } from '../../store/branch/snapshot.ts'
import { withCatalog } from '../../store/catalog/open-catalog.ts'
import { liveRuns } from '../record/live-runs.ts'
import { findRun } from '../record/resume-run.ts'
import { resolveRevision } from '../revisions/resolve-revision.ts'
import type { RunRow } from '../revisions/run-row.ts'
import type { Repository } from '../repository/repository.ts'
import { aliasesOf } from './list-runs.ts'

/** Before what pins data: `data:sha256:…`. */
const DATA = 'data:'

/** What is known of all lineages at one state of the branch; reading it is what takes time. */
export interface KnownLineage {
  /** Changes when the branch does. */
  readonly tip: string
  readonly index: LineageIndex
}

/**
 * Reads the lineage of a revision, or of `data:PIN`.
 *
 * @param known what was known before: it is asked again where the branch is as it was.
 * @throws what `findRun` and `resolveRevision` refuse, `run-not-found` for data that no run read
 */
export async function readLineage(
  repository: Repository,
  of: string,
  options: { readonly mostNodes: number; readonly known?: KnownLineage },
): Promise<{ readonly lineage: Lineage; readonly known: KnownLineage }> {
  const snapshot = await openSnapshot(repository.context.engine)
  const live = await liveRuns(repository)
  const tip = [snapshot.tips.registry, snapshot.tips.records, ...live.map(({ run }) => run.id)].join(' ')
  const known = options.known?.tip === tip ? options.known : { tip, index: await readIndex(snapshot, live) }
  const ids = new Set(live.map(({ run }) => run.id))
  const key = await keyOf(repository, snapshot, of, { index: known.index, live: ids })
  return { lineage: known.index.of(key, options.mostNodes), known }
}

async function keyOf(
  repository: Repository,
  snapshot: BranchSnapshot,
  of: string,
  { index, live }: { readonly index: LineageIndex; readonly live: ReadonlySet<string> },
): Promise<string> {
  if (of.startsWith(DATA)) {
    if (index.has(of)) return of
    throw refuse('run-not-found', { text: of, closest: [] })
  }
  const run = await findRun(repository, of)
  if (live.has(run)) return `run:${run}`
  const resolved = await resolveRevision(snapshot, of)
  return resolved.kind === 'run' ? `run:${resolved.run.id}` : `version:${resolved.label}`
}

async function readIndex(snapshot: BranchSnapshot, live: readonly RunRow[]): Promise<LineageIndex> {
  const { runs, versions } = await readLineageFacts(snapshot)
  return lineageIndex({ runs: [...runs, ...live.map(({ run, notes }) => lineageRun(run, notes, 'running'))], versions })
}

/** Reads all that lineage of the branch as it is now is made of. @throws `branch-not-found` */
export async function readAllLineage({ context }: Repository): Promise<LineageFacts> {
  return readLineageFacts(await openSnapshot(context.engine))
}

/** Reads all that lineage is made of: runs oldest first, versions by model and number. */
export async function readLineageFacts(snapshot: BranchSnapshot): Promise<LineageFacts> {
  const runs: LineageRun[] = []
  await withCatalog(snapshot, async (catalog) => {
    for await (const { run, notes } of catalog.scan()) runs.push(lineageRun(run, notes, run.status))
  })
  const versions: LineageVersion[] = []
  for (const model of await listModelNames(snapshot)) {
    const aliases = await readAliases(snapshot, model)
    for (const version of await readVersions(snapshot, model)) {
      versions.push(await lineageVersion(snapshot, version, aliases))
    }
  }
  return { runs, versions }
}

function lineageRun(run: SealedRun, { name }: RunNotes, status: string): LineageRun {
  const { id, experiment, message, startedAt, parent, group, datasets } = run
  return {
    id,
    title: name ?? message?.split('\n', 1)[0] ?? id.slice(0, 12),
    status,
    experiment,
    startedAt,
    ...(parent === undefined ? {} : { parent }),
    ...(group === undefined ? {} : { group }),
    reads: datasets.map(lineageData),
  }
}

function lineageData({ uri, pin }: Dataset): LineageRun['reads'][number] {
  if (pin === undefined) return { uri }
  return { uri, pin: pin.kind === 'sha256' ? `sha256:${pin.sha256}` : `${pin.scheme}:${pin.id}` }
}

async function lineageVersion(
  snapshot: BranchSnapshot,
  { model, number, run }: ModelVersion,
  aliases: readonly Alias[],
): Promise<LineageVersion> {
  const [state, files, receipts] = await Promise.all([
    readState(snapshot, model, number),
    readVersionFiles(snapshot, model, number),
    readReceipts(snapshot, model, number),
  ])
  return {
    label: `${model}@v${number}`,
    runs: [run, ...state.runs],
    aliases: aliasesOf(aliases, number),
    isRetired: state.retired !== undefined,
    pins: pinsOf(files),
    receipts: receipts.map((receipt) => ({ run: receipt.run, outcome: receipt.outcome.kind })),
  }
}

/** What data would be pinned by that is a file of the version, or all of them in a folder. */
function pinsOf(files: readonly ArtifactFile[]): readonly string[] {
  const entries = [...files]
    .sort((left, right) => compareText(left.path, right.path))
    .map(({ path, sha256, sizeBytes }) => [path, sha256, sizeBytes])
  return [...files.map(({ sha256 }) => sha256), sha256Of(JSON.stringify(entries))].map((digest) => `sha256:${digest}`)
}
