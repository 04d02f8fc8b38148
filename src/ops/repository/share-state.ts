/**
 * Where a branch stands here and on a remote: what every verb of sharing starts from.
 */
import type { BranchSettings } from '../../domain/branch.ts'
import type { MergeNotice } from '../../domain/merge-notice.ts'
import type { Oid } from '../../domain/oid.ts'
import { parseRefName } from '../../domain/ref-name.ts'
import type { RefName } from '../../domain/ref-name.ts'
import type { ArtifactTransfer, TransferProgress } from '../../remote/artifact-transfer.ts'
import { countBeyond } from '../../remote/git-history.ts'
import type { GitProgress } from '../../remote/git-progress.ts'
import { resolveRemote, trackingRef } from '../../remote/git-transport.ts'
import type { GitRemote } from '../../remote/git-transport.ts'
import { readPath, readSettings, REGISTRY_REF } from '../../store/branch/snapshot.ts'
import { treePath } from '../../domain/tree-path.ts'
import type { TreePath } from '../../domain/tree-path.ts'
import { usualRemote } from './artifact-store-access.ts'
import { requireGit } from './repository.ts'
import type { Repository } from './repository.ts'

/** How far sharing is: what git moves, or what a store moves. */
export type ShareProgress =
  | { readonly kind: 'git'; readonly progress: GitProgress }
  | { readonly kind: 'artifacts'; readonly progress: TransferProgress }

/** What every verb of sharing takes. */
export interface ShareOptions {
  /** A remote of git's configuration; `origin`, else the only one, when absent. */
  readonly remote?: string
  readonly onProgress?: (progress: ShareProgress) => void
  /** Called before the first push of recorded code, which says what will be sent. */
  readonly onCode?: (plan: CodePlan) => void
  /** Pulling brings every artifact that this clone lacks. */
  readonly bringsArtifacts?: boolean
  /** Fetching and pulling bring the code that was sent to the remote, too. */
  readonly bringsCode?: boolean
  /** Pushes records too whose artifacts neither this clone nor the store has. */
  readonly isIncomplete?: boolean
  /** Stands for the store of the branch. */
  readonly transfer?: ArtifactTransfer
  /** The longest wait before the second try of a push, in milliseconds; each further one is twice as long. */
  readonly backOffMs?: number
}

/** What of recorded code is to be sent. */
export interface CodePlan {
  readonly remote: string
  readonly mode: 'snapshots' | 'history'
  /** Commits and snapshots that no branch of the remote has. */
  readonly commits: number
}

/** One ref of the branch, here and as the remote had it when it was last asked. */
export interface RemoteArea {
  readonly ref: RefName
  readonly tracking: RefName
  readonly local: Oid | undefined
  readonly remote: Oid | undefined
}

/** A ref that moved. */
export interface AreaMove {
  readonly ref: RefName
  readonly from: Oid | undefined
  readonly to: Oid
  /** Commits that `to` has and `from` had not. */
  readonly operations: number
}

/** What sharing did. */
export interface ShareReport {
  readonly remote: string
  /** What the remote had that this clone had not seen. */
  readonly fetched: readonly AreaMove[]
  /** What this clone's own refs took in of the remote's, whenever it was fetched; absent where none was asked to. */
  readonly takenIn?: readonly AreaMove[]
  /** How many operations of this clone were put on top of what was fetched. */
  readonly replayed: number
  readonly notices: readonly MergeNotice[]
  readonly pushed: readonly AreaMove[]
  /** Refs the remote does not take; what it takes was pushed all the same. */
  readonly refused: readonly { readonly ref: RefName; readonly problem: string }[]
  readonly artifacts: ArtifactTotals
  /** Commits of recorded code that were sent. */
  readonly code: number
  /** How often the push was begun. */
  readonly tries: number
}

/** What became of the artifacts of a push. */
export interface ArtifactTotals {
  readonly moved: number
  readonly movedBytes: number
  /** The store had them already. */
  readonly present: number
  /** Nothing holds them but this clone. */
  readonly absent: number
}

/** The artifacts of a push that had none. */
export const NO_ARTIFACTS: ArtifactTotals = { moved: 0, movedBytes: 0, present: 0, absent: 0 }

/** Opens the way to a remote. @throws `remote-not-found`, `git-missing` */
export async function openRemote(repository: Repository, options: ShareOptions): Promise<GitRemote> {
  const git = requireGit(repository, 'talk to a remote')
  const { place, variables } = repository
  const name = await resolveRemote(git, place, options.remote)
  const onProgress = (progress: GitProgress): void => options.onProgress?.({ kind: 'git', progress })
  return { git, place, name, variables, onProgress }
}

/** The refs of the branch; only the one whose name is fixed while nothing is known of the others. */
export async function areaRefs(repository: Repository, remote: string): Promise<readonly RefName[]> {
  const settings = await settingsHere(repository, remote)
  return settings === undefined ? [REGISTRY_REF] : refsOf(settings)
}

/** The refs that settings name, records first: a push in this order never shows an alias without its version. */
export function refsOf({ areas }: Pick<BranchSettings, 'areas'>): readonly RefName[] {
  return [...new Set([areas.records, areas.registry])]
}

/** The settings of the branch as it is here, else as the remote has it; `undefined` when neither has one. */
export async function settingsHere(repository: Repository, remote: string): Promise<BranchSettings | undefined> {
  const { engine } = repository.context
  const tip = (await engine.readRef(REGISTRY_REF)) ?? (await engine.readRef(trackingRef(remote, REGISTRY_REF)))
  return tip === undefined ? undefined : readSettings(engine, tip)
}

/** Where every ref of the branch stands. */
export async function readRemoteAreas(repository: Repository, remote: string): Promise<readonly RemoteArea[]> {
  const { engine } = repository.context
  const refs = await areaRefs(repository, remote)
  return Promise.all(
    refs.map(async (ref) => {
      const tracking = trackingRef(remote, ref)
      return { ref, tracking, local: await engine.readRef(ref), remote: await engine.readRef(tracking) }
    }),
  )
}

/** The records of the newest bundle that was taken in; a bundle may leave out what they name. */
export const BUNDLED_RECORDS = parseRefName('refs/mlv/remotes/bundles/records')

/**
 * Tells of the folder of a run or version whether others have it, as far as this clone knows: the usual remote does, or
 * it came by a bundle.
 */
export function sharedRecords(repository: Repository): (folder: TreePath) => Promise<boolean> {
  const { engine } = repository.context
  let tips: Promise<readonly (Oid | undefined)[]> | undefined
  return async (folder) => {
    tips ??= Promise.all([sharedTip(repository), engine.readRef(BUNDLED_RECORDS)])
    for (const tip of await tips) {
      if (tip !== undefined && (await readPath(engine, tip, treePath(folder, 'files.yaml'))) !== undefined) return true
    }
    return false
  }
}

async function sharedTip(repository: Repository): Promise<Oid | undefined> {
  const remote = await usualRemote(repository)
  const settings = remote === undefined ? undefined : await settingsHere(repository, remote)
  if (remote === undefined || settings === undefined) return undefined
  return repository.context.engine.readRef(trackingRef(remote, settings.areas.records))
}

/** A move with the number of its operations. */
export async function moveOf(
  { git, place }: GitRemote,
  ref: RefName,
  from: Oid | undefined,
  to: Oid,
): Promise<AreaMove> {
  const operations = await countBeyond({ git, place }, to, from === undefined ? [] : [from])
  return { ref, from, to, operations }
}
