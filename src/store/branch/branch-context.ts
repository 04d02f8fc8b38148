/**
 * What every reader and writer of the branch needs, gathered once when a repository is opened.
 */
import type { Clock, Entropy } from '../../base/clock.ts'
import type { Files } from '../files/files.ts'
import type { GitEngine, Signatures } from '../git/engine.ts'
import type { RepositoryPlace } from '../git/probe.ts'
import type { LockOptions } from '../git/writer-lock.ts'

/** A repository's git side, with the world it lives in. */
export interface BranchContext {
  readonly engine: GitEngine
  readonly place: RepositoryPlace
  readonly files: Files
  readonly clock: Clock
  readonly entropy: Entropy
  readonly lock: LockOptions
  /** Author and committer, asked for once and only by writers. @throws `identity-missing` */
  readonly signatures: () => Promise<Signatures>
}
