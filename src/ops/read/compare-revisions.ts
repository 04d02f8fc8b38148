/**
 * `mlv diff`: what changed between two runs or versions, worst news first.
 */
import type { CodeState } from '../../domain/code-state.ts'
import { compareRuns } from '../../domain/comparison.ts'
import type { Comparison, ComparisonSide } from '../../domain/comparison.ts'
import type { Oid } from '../../domain/oid.ts'
import { readVersionFiles } from '../../store/branch/read-models.ts'
import { readEnvironment, readRunFiles } from '../../store/branch/read-runs.ts'
import { openSnapshot } from '../../store/branch/snapshot.ts'
import type { BranchSnapshot } from '../../store/branch/snapshot.ts'
import { codeDiffStat } from '../../store/git/code-diff.ts'
import { resolveRevision } from '../revisions/resolve-revision.ts'
import type { Resolved } from '../revisions/resolve-revision.ts'
import type { Repository } from '../repository/repository.ts'
import { ruledMetrics } from '../revisions/ruled-metrics.ts'

/** Two revisions side by side. */
export interface RevisionComparison {
  /** The revisions as they are named: `churn@v11`, a short run id. */
  readonly base: string
  readonly head: string
  readonly comparison: Comparison
  /** `git diff --stat` of the code; absent when equal, or when one side's code is not in this clone. */
  readonly codeStat: string | undefined
}

/** Compares two revisions. @throws what `resolveRevision` refuses */
export async function compareRevisions(
  repository: Repository,
  baseText: string,
  headText: string,
  options: { readonly at?: string },
): Promise<RevisionComparison> {
  const snapshot = await openSnapshot(repository.context.engine, options.at)
  const [base, head] = await Promise.all([resolveRevision(snapshot, baseText), resolveRevision(snapshot, headText)])
  const [left, right] = await Promise.all([comparisonSide(snapshot, base), comparisonSide(snapshot, head)])
  const comparison = compareRuns(left, right)
  const codeStat = await statBetween(repository, left.code, right.code)
  return { base: base.label, head: head.label, comparison, codeStat }
}

/** What a comparison looks at of a run or version. */
export async function comparisonSide(snapshot: BranchSnapshot, resolved: Resolved): Promise<ComparisonSide> {
  const record = resolved.kind === 'run' ? resolved.run : resolved.version
  const run = resolved.kind === 'run' ? resolved.run.id : resolved.version.run
  const [files, environment, metrics] = await Promise.all([
    resolved.kind === 'run'
      ? readRunFiles(snapshot, run)
      : readVersionFiles(snapshot, resolved.version.model, resolved.version.number),
    readEnvironment(snapshot, run),
    resolved.kind === 'run' ? resolved.run.metrics : ruledMetrics(snapshot, resolved.version),
  ])
  const { parameters, datasets, code } = record
  return { label: resolved.label, parameters, metrics, files, datasets, code, environment }
}

async function statBetween(repository: Repository, base: CodeState, head: CodeState): Promise<string | undefined> {
  const [left, right] = [treeOf(base), treeOf(head)]
  if (left === undefined || right === undefined || left === right) return undefined
  return repository.git === undefined ? undefined : codeDiffStat(repository.git, repository.place, left, right)
}

function treeOf(code: CodeState): Oid | undefined {
  return code.kind === 'commit' ? code.tree : undefined
}
