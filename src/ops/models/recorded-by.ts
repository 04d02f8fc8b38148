/**
 * Who recorded a run or a version: the author of the commit that brought it. Notes and receipts come later.
 */
import type { TreePath } from '../../domain/tree-path.ts'
import type { BranchSnapshot } from '../../store/branch/snapshot.ts'
import { personOf } from './promote-version.ts'

/** `Name <email>`; `undefined` beyond the end of a shallow clone. `folder` is that of the run or version. */
export async function recordedBy({ engine, tips }: BranchSnapshot, folder: TreePath): Promise<string | undefined> {
  const commits = await engine.log(tips.records, { path: folder })
  const author = commits.at(-1)?.author
  return author === undefined ? undefined : personOf(author)
}
