/**
 * `mlv log`: the operations of the branch, newest first. The branch's history is the log; nothing else is kept.
 */
import { instantOf } from '../../base/clock.ts'
import type { Instant } from '../../base/clock.ts'
import { parseModelName } from '../../domain/name.ts'
import type { Oid } from '../../domain/oid.ts'
import { parseOperation } from '../../domain/operation-message.ts'
import type { Operation } from '../../domain/operation.ts'
import { modelFolder } from '../../domain/tree-path.ts'
import { openSnapshot } from '../../store/branch/snapshot.ts'
import type { Commit } from '../../store/git/engine.ts'
import { requireModel } from '../revisions/resolve-revision.ts'
import type { Repository } from '../repository/repository.ts'

/** One operation as the branch tells it. */
export interface LogEntry {
  readonly commit: Oid
  readonly at: Instant
  /** `Name <email>`. */
  readonly by: string
  readonly subject: string
  /** Absent for a commit somebody made with plain git. */
  readonly operation: Operation | undefined
}

/** Which operations to tell. */
export interface LogOptions {
  readonly model?: string
  readonly limit?: number
  readonly at?: string
}

/**
 * Reads the log, of one model when it is named. With a split layout both areas are read, newest first.
 *
 * @throws `branch-not-found`, `model-not-found`
 */
export async function readLog(repository: Repository, options: LogOptions): Promise<readonly LogEntry[]> {
  const snapshot = await openSnapshot(repository.context.engine, options.at)
  const model = options.model === undefined ? undefined : parseModelName(options.model)
  if (model !== undefined) await requireModel(snapshot, model)
  const query = {
    ...(model === undefined ? {} : { path: modelFolder(model) }),
    ...(options.limit === undefined ? {} : { limit: options.limit }),
  }
  const commits: Commit[] = []
  for (const tip of new Set([snapshot.tips.registry, snapshot.tips.records])) {
    commits.push(...(await snapshot.engine.log(tip, query)))
  }
  if (snapshot.tips.registry !== snapshot.tips.records) {
    commits.sort((left, right) => right.committer.atSeconds - left.committer.atSeconds)
  }
  return oncePerOperation(commits.map(entryOf)).slice(0, options.limit ?? commits.length)
}

function entryOf(commit: Commit): LogEntry {
  return {
    commit: commit.oid,
    at: instantOf(commit.committer.atSeconds * 1000),
    by: `${commit.author.name} <${commit.author.email}>`,
    subject: commit.message.split('\n', 1)[0] ?? '',
    operation: parseOperation(commit.message),
  }
}

/** An operation that touched both areas of a split layout made two commits, and is one line. */
function oncePerOperation(entries: readonly LogEntry[]): readonly LogEntry[] {
  const seen = new Set<string>()
  return entries.filter(({ operation }) => {
    if (operation === undefined) return true
    if (seen.has(operation.id)) return false
    seen.add(operation.id)
    return true
  })
}
