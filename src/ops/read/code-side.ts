/**
 * One side of a comparison of code: a run or version, a commit of git's, or the worktree of this clone.
 */
import { hiddenCharacterAt } from '../../base/printable.ts'
import type { CodeState } from '../../domain/code-state.ts'
import { refuse } from '../../domain/failure.ts'
import type { Oid } from '../../domain/oid.ts'
import type { RunId } from '../../domain/run.ts'
import { openSnapshot } from '../../store/branch/snapshot.ts'
import { findRun } from '../record/resume-run.ts'
import { liveRun } from '../record/live-runs.ts'
import { resolveRevision } from '../revisions/resolve-revision.ts'
import type { Repository } from '../repository/repository.ts'

/** The worktree as it is now. A colon is in no name of a branch. */
export const WORKTREE_SIDE = 'worktree:'
/** Before what git itself is to resolve: `git:HEAD`, where `HEAD` alone is the newest run made from it. */
export const COMMIT_SIDE = 'git:'

/** What a side is, before anybody looked for its files. */
export type AskedSide =
  | { readonly kind: 'worktree' }
  | { readonly kind: 'commit'; readonly label: string; readonly commit: Oid; readonly tree: Oid }
  | {
      readonly kind: 'record'
      /** `churn@v11`, a short run id. */
      readonly label: string
      readonly run: RunId
      readonly isLive: boolean
      readonly code: CodeState
    }

const LIMIT_NAME = 1_000

/**
 * Reads what a side names.
 *
 * @throws `commit-not-found`, `argument-option-like`, what `resolveRevision` refuses
 */
export async function askedSide(repository: Repository, text: string): Promise<AskedSide> {
  if (text === WORKTREE_SIDE) return { kind: 'worktree' }
  if (text.startsWith(COMMIT_SIDE)) return commitSide(repository, text.slice(COMMIT_SIDE.length))
  const run = await findRun(repository, text)
  const live = await liveRun(repository, run)
  if (live !== undefined) {
    return { kind: 'record', label: run.slice(0, 12), run, isLive: true, code: live.run.code }
  }
  const resolved = await resolveRevision(await openSnapshot(repository.context.engine), text)
  const record = resolved.kind === 'run' ? resolved.run : resolved.version
  return { kind: 'record', label: resolved.label, run, isLive: false, code: record.code }
}

async function commitSide({ context }: Repository, name: string): Promise<AskedSide> {
  const isName = name.length <= LIMIT_NAME && hiddenCharacterAt(name) === undefined
  const commit = isName ? await context.engine.resolveCommit(name) : undefined
  if (commit === undefined) throw refuse('commit-not-found', { text: name })
  const { tree } = await context.engine.readCommit(commit)
  const label = /^[0-9a-f]{40,64}$/.test(name) ? `commit ${name.slice(0, 8)}` : name
  return { kind: 'commit', label, commit, tree }
}
