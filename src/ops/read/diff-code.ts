/**
 * What changed in the code between two revisions, as a patch.
 */
import type { CodeState } from '../../domain/code-state.ts'
import type { Oid } from '../../domain/oid.ts'
import { openSnapshot } from '../../store/branch/snapshot.ts'
import { codeDiffStat, codePatch } from '../../store/git/code-diff.ts'
import type { Repository } from '../repository/repository.ts'
import { resolveRevision } from '../revisions/resolve-revision.ts'

/** The code of two revisions side by side. */
export interface CodePatch {
  /** The revisions as they are named: `churn@v11`, a short run id. */
  readonly base: string
  readonly head: string
  /** Both ran the same files, or neither has code. */
  readonly isSame: boolean
  /** A unified diff; absent when equal, or when a side's code is not in this clone. */
  readonly patch: string | undefined
  /** The patch goes on. */
  readonly isCut: boolean
  /** `git diff --stat`; absent as the patch is. */
  readonly stat: string | undefined
}

/** Compares the code of two revisions; at most `limitBytes` of the patch. @throws what `resolveRevision` refuses */
export async function diffCode(
  repository: Repository,
  baseText: string,
  headText: string,
  limitBytes: number,
): Promise<CodePatch> {
  const snapshot = await openSnapshot(repository.context.engine)
  const [base, head] = await Promise.all([resolveRevision(snapshot, baseText), resolveRevision(snapshot, headText)])
  const trees = [base, head].map((side) => treeOf(side.kind === 'run' ? side.run.code : side.version.code))
  const [left, right] = trees
  const labels = { base: base.label, head: head.label }
  const { git, place } = repository
  if (left === right || left === undefined || right === undefined || git === undefined) {
    return { ...labels, isSame: left === right, patch: undefined, isCut: false, stat: undefined }
  }
  const [patch, stat] = await Promise.all([
    codePatch(git, place, { base: left, head: right, limitBytes }),
    codeDiffStat(git, place, left, right),
  ])
  return { ...labels, isSame: false, patch: patch?.text, isCut: patch?.isCut ?? false, stat }
}

function treeOf(code: CodeState): Oid | undefined {
  return code.kind === 'commit' ? code.tree : undefined
}
