/**
 * Picks the adapter that answers the git port for a repository.
 */
import { refuse } from '../../domain/failure.ts'
import type { Files } from '../files/files.ts'
import { openEmbeddedEngine } from './embedded-engine.ts'
import type { GitEngine } from './engine.ts'
import { findGit } from './git-command.ts'
import type { GitEnvironment } from './git-environment.ts'
import type { RepositoryPlace } from './probe.ts'
import { openSystemEngine } from './system-engine.ts'

/** `auto` is the system's git wherever there is one. */
export type EngineChoice = 'auto' | 'system' | 'embedded'

/**
 * Opens a repository's objects and refs.
 *
 * @throws `git-missing` when `system` is asked for and there is none; `repository-format` when there is no git and the
 *   embedded engine cannot read the repository.
 */
export async function openEngine(
  place: RepositoryPlace,
  files: Files,
  environment: GitEnvironment,
  choice: EngineChoice,
): Promise<GitEngine> {
  if (choice === 'embedded') return openEmbeddedEngine(place, files)
  const git = await findGit(files, environment)
  if (git !== undefined) return openSystemEngine({ git, place, files, environment })
  if (choice === 'system') throw refuse('git-missing', { purpose: 'read this repository' })
  return openEmbeddedEngine(place, files)
}
