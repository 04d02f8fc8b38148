/**
 * Where the index of a repository is kept, by the engine that reads it: whoever holds a snapshot can look runs up, and
 * no reader has to be handed the index beside it.
 */
import { join } from 'node:path'
import type { Entropy } from '../../base/clock.ts'
import type { Files } from '../files/files.ts'
import type { GitEngine } from '../git/engine.ts'

/** Where the index is, and whether it is used. */
export interface CatalogPlace {
  readonly files: Files
  /** The git folder shared by all worktrees. */
  readonly commonDir: string
  readonly entropy: Entropy
  /** A branch of fewer runs is read itself, which takes no longer; infinite where the index is switched off. */
  readonly leastRuns: number
}

/** Reading so many runs from git takes about as long as a person notices. */
const LEAST_RUNS = 500

const places = new WeakMap<GitEngine, CatalogPlace>()

/**
 * Says where the index of an engine's repository is. `wish` is the variable `MLV_INDEX`: `never` switches the index
 * off, `always` keeps one of the smallest branch too.
 */
export function placeCatalog(
  engine: GitEngine,
  place: Omit<CatalogPlace, 'leastRuns'>,
  wish: string | undefined,
): void {
  const leastRuns = wish === 'never' ? Infinity : wish === 'always' ? 1 : LEAST_RUNS
  places.set(engine, { ...place, leastRuns })
}

/** Where the index of an engine's repository is; `undefined` where nobody said. */
export function catalogPlaceOf(engine: GitEngine): CatalogPlace | undefined {
  return places.get(engine)
}

/** The folder of the index. It may be removed at any time. */
export function catalogFolder({ commonDir }: CatalogPlace): string {
  return join(commonDir, 'mlv', 'index')
}
