/**
 * A repository as its branch is at one moment: whatever reads it sees one tip, no run that is still being written, and
 * the time of that tip's commit for the present. The same tip gives the same answers, whenever it is asked.
 */
import { join } from 'node:path'
import type { Oid } from '../../domain/oid.ts'
import type { RefName } from '../../domain/ref-name.ts'
import { findBranch } from '../../store/branch/snapshot.ts'
import { placeCatalog } from '../../store/catalog/catalog-place.ts'
import type { GitEngine } from '../../store/git/engine.ts'
import type { Repository } from '../repository/repository.ts'

/** A repository that stands still. Close the one it was made of. */
export interface PinnedRepository {
  readonly repository: Repository
  /** The commit of the registry. */
  readonly tip: Oid
  /** When the newest tip was committed, in milliseconds since the Unix epoch, UTC. */
  readonly atMs: number
}

/** Pins a repository where its branch is now; nothing may be written through it. @throws `branch-not-found` */
export async function pinRepository(repository: Repository): Promise<PinnedRepository> {
  const { engine } = repository.context
  const { areas } = await findBranch(engine)
  const tips = new Map<RefName, Oid>([
    [areas.registry.ref, areas.registry.tip],
    [areas.records.ref, areas.records.tip],
  ])
  const commits = await Promise.all([...tips.values()].map((tip) => engine.readCommit(tip)))
  const atMs = Math.max(...commits.map(({ committer }) => committer.atSeconds * 1000))
  const clock = { nowMs: () => atMs, elapsedMs: repository.clock.elapsedMs }
  const pinned: GitEngine = {
    ...engine,
    readRef: async (ref) => tips.get(ref) ?? engine.readRef(ref),
    commitRefs: () => Promise.reject(new Error('a pinned repository is not written')),
  }
  const { files, commonDir, entropy, variables, journals, context } = repository
  placeCatalog(pinned, { files, commonDir, entropy }, variables['MLV_INDEX'])
  return {
    repository: {
      ...repository,
      clock,
      context: { ...context, engine: pinned, clock },
      // A folder that never is: runs that are being written are in none of its answers.
      journals: { ...journals, commonDir: join(commonDir, 'mlv', 'none') },
    },
    tip: areas.registry.tip,
    atMs,
  }
}
