/**
 * Which objects an artifact is likely to resemble: the file of the same path in an earlier version or run, and the
 * checkpoint before it in its own. Only hints: a compact store looks for itself what they are worth.
 */
import type { Sha256 } from '../../base/digest.ts'
import { compareText } from '../../base/order.ts'
import { objectOf } from '../../domain/artifact.ts'
import type { ArtifactFile } from '../../domain/artifact.ts'
import { isFailure } from '../../domain/failure.ts'
import type { MergeUnit } from '../../domain/merge-unit.ts'
import type { RunId } from '../../domain/run.ts'
import { runFolder, versionFolder } from '../../domain/tree-path.ts'
import type { TreePath } from '../../domain/tree-path.ts'
import type { TransferObject } from '../../remote/artifact-transfer.ts'
import { changedUnits } from '../../store/branch/changed-units.ts'
import { listVersionNumbers } from '../../store/branch/read-models.ts'
import { newestRunIds, readFileList } from '../../store/branch/read-runs.ts'
import { openSnapshot } from '../../store/branch/snapshot.ts'
import type { BranchSnapshot } from '../../store/branch/snapshot.ts'
import type { RemoteArea } from '../repository/share-state.ts'
import type { Repository } from '../repository/repository.ts'

/** What a record's files may resemble. */
export interface RecordHistory {
  readonly files: readonly ArtifactFile[]
  /** File lists of earlier records of the kind, the latest first. */
  readonly earlier: readonly (readonly ArtifactFile[])[]
}

/** Records that are looked at behind each one. */
const MOST_EARLIER = 2
/** Runs that are looked through for those before a run. */
const MOST_RUNS = 200
/** Hints for one object. */
const MOST_PARENTS = 3

/** Adds to objects of unpushed records what they are likely to resemble. */
export async function withLikelyParents(
  { context: { engine } }: Repository,
  areas: readonly RemoteArea[],
  objects: readonly TransferObject[],
): Promise<readonly TransferObject[]> {
  const snapshot = await openSnapshot(engine)
  const histories: RecordHistory[] = []
  let runs: readonly RunId[] | undefined
  for (const { local, remote } of areas) {
    for (const { unit, after } of await changedUnits(engine, remote, local)) {
      if (after === undefined || (unit.kind !== 'run' && unit.kind !== 'version')) continue
      runs ??= await newestRunIds(snapshot, MOST_RUNS)
      histories.push(await historyOf(snapshot, unit, runs))
    }
  }
  const parents = likelyParents(histories)
  return objects.map((object) => ({ ...object, parents: parents.get(object.sha256) ?? [] }))
}

async function historyOf(
  snapshot: BranchSnapshot,
  unit: Extract<MergeUnit, { readonly kind: 'run' | 'version' }>,
  runs: readonly RunId[],
): Promise<RecordHistory> {
  if (unit.kind === 'run') {
    const before = runs.filter((id) => id < unit.run).slice(0, MOST_EARLIER)
    return historyIn(snapshot, [unit.run, ...before].map(runFolder))
  }
  const numbers = (await listVersionNumbers(snapshot, unit.model)).filter((number) => number < unit.number)
  const before = numbers.slice(-MOST_EARLIER).reverse()
  return historyIn(
    snapshot,
    [unit.number, ...before].map((number) => versionFolder(unit.model, number)),
  )
}

async function historyIn(snapshot: BranchSnapshot, folders: readonly TreePath[]): Promise<RecordHistory> {
  const lists = folders.map((folder) => readFileList(snapshot, folder).catch(withoutList))
  const [files = [], ...earlier] = await Promise.all(lists)
  return { files, earlier }
}

/** A record without its list is told by whoever needs it; a hint is no reason to refuse. */
function withoutList(caught: unknown): readonly ArtifactFile[] {
  if (isFailure(caught, 'object-missing')) return []
  throw caught
}

/** For each object what it is likely to resemble, the likeliest first; never itself. */
export function likelyParents(histories: readonly RecordHistory[]): ReadonlyMap<Sha256, readonly TransferObject[]> {
  const parents = new Map<Sha256, Map<Sha256, TransferObject>>()
  const hint = (file: ArtifactFile, other: ArtifactFile | undefined): void => {
    const [child, parent] = [objectOf(file), other === undefined ? undefined : objectOf(other)]
    if (child === undefined || parent === undefined || child.sha256 === parent.sha256) return
    const known = parents.get(child.sha256) ?? new Map<Sha256, TransferObject>()
    if (known.size < MOST_PARENTS) known.set(parent.sha256, parent)
    parents.set(child.sha256, known)
  }
  for (const { files, earlier } of histories) {
    for (const [file, before] of precedingFiles(files)) hint(file, before)
    for (const others of earlier) {
      const byPath = new Map(others.map((file) => [file.path, file]))
      for (const file of files) hint(file, byPath.get(file.path))
    }
  }
  return new Map([...parents].map(([child, known]) => [child, [...known.values()]]))
}

/** Files whose paths differ by a number only, each behind the one before it: `step-90.pt` is before `step-100.pt`. */
function precedingFiles(files: readonly ArtifactFile[]): readonly (readonly [ArtifactFile, ArtifactFile])[] {
  const series = new Map<string, ArtifactFile[]>()
  for (const file of files) {
    const shape = file.path.replace(/[0-9]+/g, '#')
    series.set(shape, [...(series.get(shape) ?? []), file])
  }
  return [...series.values()].flatMap((members) => {
    const ordered = members.toSorted((left, right) => compareText(countable(left.path), countable(right.path)))
    return ordered.slice(1).flatMap((file, index) => {
      const before = ordered[index]
      return before === undefined ? [] : [[file, before] as const]
    })
  })
}

function countable(path: string): string {
  return path.replace(/[0-9]+/g, (digits) => digits.padStart(20, '0'))
}
