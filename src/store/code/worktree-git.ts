/**
 * Git bound to one worktree, so that its state can be read and copied but not changed.
 *
 * Nothing that a repository's configuration names is run, except its clean filters: those decide what `git add` would
 * store, and git-lfs is one. The user's index is only ever read.
 */
import type { Files } from '../files/files.ts'
import { gitFailure, runGit } from '../git/git-command.ts'
import type { GitProgram } from '../git/git-command.ts'
import type { RepositoryPlace } from '../git/probe.ts'

/** A repository that has a worktree. */
export type WorktreePlace = RepositoryPlace & { readonly worktree: string }

/** What one call of git may be given besides its arguments. */
export interface WorktreeGitOptions {
  readonly input?: Uint8Array
  readonly variables?: Readonly<Record<string, string>>
}

/** Git in one worktree. */
export interface WorktreeGit {
  readonly place: WorktreePlace
  readonly files: Files
  /** Runs git and returns what it wrote. @throws `git-failed`, `disk-full`, ... */
  readonly bytes: (args: readonly string[], options?: WorktreeGitOptions) => Promise<Uint8Array>
  /** The same as text without the final newline. @throws `git-failed` */
  readonly text: (args: readonly string[], options?: WorktreeGitOptions) => Promise<string>
}

/**
 * Settings of a user or repository that would change what a snapshot holds, or write beside the index given.
 * `core.safecrlf=true` would refuse files that `git add` is about to convert.
 */
const SETTINGS = [
  'core.splitIndex=false',
  'core.untrackedCache=false',
  'core.safecrlf=false',
  'i18n.commitEncoding=UTF-8',
  'core.fsync=loose-object',
].flatMap((setting) => ['-c', setting])

/** Binds git to a worktree. */
export function gitInWorktree(git: GitProgram, place: WorktreePlace, files: Files): WorktreeGit {
  const base = { GIT_DIR: place.gitDir, GIT_WORK_TREE: place.worktree, GIT_LITERAL_PATHSPECS: '1' }

  async function bytes(args: readonly string[], options: WorktreeGitOptions = {}): Promise<Uint8Array> {
    const result = await runGit(git, [...SETTINGS, ...args], {
      cwd: place.worktree,
      env: { ...base, ...options.variables },
      ...(options.input === undefined ? {} : { input: options.input }),
    })
    if (result.exitCode === 0) return result.stdout
    throw gitFailure(args[0] ?? '', result, place.worktree)
  }

  return {
    place,
    files,
    bytes,
    text: async (args, options) => new TextDecoder().decode(await bytes(args, options)).trimEnd(),
  }
}
