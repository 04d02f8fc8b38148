/**
 * The one way to write the branch. An operation is planned on the tips read under the writer's lock and lands as one
 * commit on each area it touches, all or none.
 *
 * Law: whatever a plan read is still true when its commit lands. No other mlv holds the lock, and a ref that plain git
 * moved meanwhile is refused.
 */
import type { Area, BranchSettings } from '../../domain/branch.ts'
import { refuse } from '../../domain/failure.ts'
import type { Oid } from '../../domain/oid.ts'
import { formatOperation } from '../../domain/operation-message.ts'
import type { Operation } from '../../domain/operation.ts'
import { parseRefName } from '../../domain/ref-name.ts'
import type { RefName } from '../../domain/ref-name.ts'
import { areaOf } from '../../domain/tree-path.ts'
import { worktreeHolding } from '../git/checked-out.ts'
import type { RefUpdate, TreeEdit } from '../git/engine.ts'
import { withWriterLock } from '../git/writer-lock.ts'
import type { BranchContext } from './branch-context.ts'
import { findArea, findBranch, REGISTRY_REF, snapshotOf } from './snapshot.ts'
import type { AreaTip, BranchSnapshot } from './snapshot.ts'

/** The ref whose history keeps recorded code from being collected as garbage. */
export const CODE_REF = parseRefName('refs/mlv/code')

/** What an operation changes. */
export interface Draft {
  readonly operation: Operation
  readonly edits: readonly TreeEdit[]
  /** Edits for every ref of the layout: the files each branch needs at its root. */
  readonly everywhere?: readonly TreeEdit[]
  /** A commit that must stay reachable: the code a run ran. */
  readonly keepCode?: Oid
  /** More such commits, kept by the same entry. */
  readonly keepAlso?: readonly Oid[]
}

/** What a planner decides: a change to make, or nothing; and what to tell its caller. */
export interface Plan<Result> {
  readonly draft: Draft | undefined
  readonly result: Result
}

/** A landed operation; `commit` is absent when the plan changed nothing. */
export interface Landed<Result> {
  readonly result: Result
  readonly operation: Operation | undefined
  /** The commit on the registry ref if it moved, else on the records ref. */
  readonly commit: Oid | undefined
}

/**
 * Runs one operation on an existing branch.
 *
 * @throws `branch-not-found`, `branch-checked-out`, `lock-timeout`, `branch-moved`, and whatever the planner refuses
 */
export async function writeBranch<Result>(
  context: BranchContext,
  plan: (snapshot: BranchSnapshot) => Promise<Plan<Result>>,
): Promise<Landed<Result>> {
  return withWriterLock(context.place, context.files, context.lock, async () => {
    const branch = await findBranch(context.engine)
    const { draft, result } = await plan(snapshotOf(context.engine, branch))
    if (draft === undefined) return { result, operation: undefined, commit: undefined }
    const standing = new Map(Object.values(branch.areas).map((area) => [area.ref, area]))
    const commit = await land(context, { settings: branch.settings, standing }, draft)
    return { result, operation: draft.operation, commit }
  })
}

/**
 * Starts the branch, under the same lock and the same all-or-none rule.
 *
 * @throws `already-initialized`, `branch-checked-out`, `ref-name-conflict`
 */
export async function startBranch(context: BranchContext, settings: BranchSettings, draft: Draft): Promise<Oid> {
  return withWriterLock(context.place, context.files, context.lock, async () => {
    for (const ref of new Set(Object.values(settings.areas))) {
      if ((await findArea(context.engine, ref)) !== undefined) throw refuse('already-initialized', { ref })
    }
    return land(context, { settings, standing: new Map() }, draft)
  })
}

/**
 * Makes a ref beside the registry with one operation on top of a published state: what a reviewer is to look at. The
 * registry itself does not move.
 *
 * @param published the branch as the remote has it.
 * @throws `ref-name-conflict`, `branch-moved` when there is such a branch already
 */
export async function startRequest(
  context: BranchContext,
  { ref, published }: { readonly ref: RefName; readonly published: BranchSnapshot },
  draft: Pick<Draft, 'operation' | 'edits'>,
): Promise<Oid> {
  return withWriterLock(context.place, context.files, context.lock, async () => {
    const message = formatOperation(draft.operation)
    const update = {
      ref,
      expected: undefined,
      base: published.tips.registry,
      edits: draft.edits,
      alsoParents: [],
      message,
    }
    const [made] = await context.engine.commitRefs([update], await context.signatures())
    if (made === undefined) throw refuse('branch-moved', { ref })
    return made
  })
}

/** The refs of a branch and where they stood when the draft was planned; a ref that is absent must not exist. */
interface Ground {
  readonly settings: BranchSettings
  readonly standing: ReadonlyMap<RefName, AreaTip>
}

/** Expects every ref where the plan read it: what plain git moved since is never written over. */
async function land(context: BranchContext, { settings, standing }: Ground, draft: Draft): Promise<Oid> {
  const message = formatOperation(draft.operation)
  const updates: RefUpdate[] = []
  for (const [ref, edits] of editsByRef(settings, draft)) {
    await refuseCheckedOut(context, ref)
    updates.push(updateOf(ref, standing.get(ref), edits, message))
  }
  if (draft.keepCode !== undefined) updates.push(...(await keepCodeUpdate(context, draft.keepCode, draft.keepAlso)))
  const [first, ...rest] = await context.engine.commitRefs(updates, await context.signatures())
  const registryIndex = updates.findIndex((update) => update.ref === REGISTRY_REF)
  const landed = registryIndex > 0 ? rest[registryIndex - 1] : first
  if (landed === undefined) throw refuse('branch-moved', { ref: REGISTRY_REF })
  return landed
}

/** Records before registry, so that a crash between two refs never shows an alias without its version. */
function editsByRef(settings: BranchSettings, draft: Draft): readonly (readonly [RefName, readonly TreeEdit[]])[] {
  const areas: readonly Area[] = ['records', 'registry']
  const byRef = new Map<RefName, TreeEdit[]>()
  for (const area of areas) {
    const ref = settings.areas[area]
    const own = draft.edits.filter((edit) => settings.areas[areaOfEdit(edit)] === ref)
    const edits = [...(draft.everywhere ?? []), ...own]
    if (edits.length > 0) byRef.set(ref, edits)
  }
  return [...byRef]
}

function areaOfEdit(edit: TreeEdit): Area {
  return areaOf(edit.kind === 'copy' ? edit.to : edit.path)
}

function updateOf(ref: RefName, area: AreaTip | undefined, edits: readonly TreeEdit[], message: string): RefUpdate {
  const update = { ref, expected: area?.local, edits, alsoParents: [], message }
  return area === undefined || area.local !== undefined ? update : { ...update, base: area.tip }
}

/** Skips the commit when the newest kept one is the same, so that runs of one commit do not lengthen the chain. */
async function keepCodeUpdate(
  context: BranchContext,
  code: Oid,
  also: readonly Oid[] = [],
): Promise<readonly RefUpdate[]> {
  const tip = await context.engine.readRef(CODE_REF)
  if (tip !== undefined) {
    const { parents } = await context.engine.readCommit(tip)
    if (parents.at(-1) === code && also.length === 0) return []
  }
  return [
    {
      ref: CODE_REF,
      expected: tip,
      edits: [],
      alsoParents: [...also.filter((other) => other !== code), code],
      message: `keep code ${code}\n`,
    },
  ]
}

/** Refuses to move a ref that a worktree has checked out. @throws `branch-checked-out` */
export async function refuseCheckedOut(context: BranchContext, ref: RefName): Promise<void> {
  const worktree = await worktreeHolding(context.place, context.files, ref)
  if (worktree !== undefined) throw refuse('branch-checked-out', { ref, worktree })
}
