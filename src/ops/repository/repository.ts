/**
 * Opens a repository: everything an operation needs in one value. The only place that puts the store together.
 */
import type { Clock, Entropy } from '../../base/clock.ts'
import type { StoreKind } from '../../domain/branch.ts'
import { openArtifactStore } from '../../store/artifacts/artifact-store.ts'
import type { ArtifactStore } from '../../store/artifacts/artifact-store.ts'
import type { BranchContext } from '../../store/branch/branch-context.ts'
import type { Files } from '../../store/files/files.ts'
import { nodeFiles } from '../../store/files/node-files.ts'
import { findGit } from '../../store/git/git-command.ts'
import type { GitProgram } from '../../store/git/git-command.ts'
import type { Signatures } from '../../store/git/engine.ts'
import { readSignatures } from '../../store/git/identity.ts'
import { openEngine } from '../../store/git/open-engine.ts'
import { probeRepository } from '../../store/git/probe.ts'
import type { RepositoryPlace } from '../../store/git/probe.ts'
import type { JournalPlace } from '../../store/journal/journal.ts'
import { placeCatalog } from '../../store/catalog/catalog-place.ts'
import { openDatasetCache } from '../../store/data/dataset-cache.ts'
import type { DatasetCache } from '../../store/data/dataset-cache.ts'
import { systemFacts } from '../../store/environment/system-facts.ts'
import type { SystemFacts } from '../../store/environment/system-facts.ts'
import { refuse } from '../../domain/failure.ts'

/** The world as it is outside of mlv. */
export interface Surroundings {
  /** Absolute: the folder in the repository that relative paths start from. */
  readonly folder: string
  /** Environment variables, as `process.env` has them. */
  readonly variables: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  readonly entropy: Entropy
  /** Absent on systems without user ids. */
  readonly userId: number | undefined
  readonly processId: number
  readonly hostName: string
  /** Whether a process of this machine runs; asked only where the system has no `/proc`. */
  readonly isRunning?: (processId: number) => boolean
  /** Version of the Node.js that is running, as `process.versions.node`. */
  readonly nodeVersion: string
}

/** Where to look, and the world to look from. */
export interface OpenOptions extends Surroundings {
  readonly engine?: 'auto' | 'system' | 'embedded'
  /** The disk; this machine's when absent. The git program, where it is used, has its own way to it. */
  readonly files?: Files
  /** Called about once a second while another writer holds the lock. */
  readonly onWait?: (info: { readonly owner: string; readonly waitedMs: number }) => void
  /** Called when something is the matter with this machine's cache, or a mirror; the command goes on without. */
  readonly onCacheTrouble?: (problem: string) => void
}

/** An open repository. Close it: it may hold a helper process. */
export interface Repository {
  readonly place: RepositoryPlace
  /** Absent in a bare repository. */
  readonly worktree: string | undefined
  /** The git folder shared by all worktrees. */
  readonly commonDir: string
  /** The folder it was opened from, without links; relative paths on the command line start here. */
  readonly folder: string
  readonly context: BranchContext
  readonly files: Files
  readonly clock: Clock
  readonly entropy: Entropy
  /** The git program; absent where there is none and the embedded engine does all. */
  readonly git: GitProgram | undefined
  readonly variables: OpenOptions['variables']
  /** What is known of the machine without looking at the worktree. */
  readonly system: SystemFacts
  readonly journals: JournalPlace
  /** What datasets came to when they were last read. */
  readonly datasets: DatasetCache
  readonly artifacts: (kind: StoreKind) => ArtifactStore
  /** Tells what a command goes on without; the same words once. */
  readonly onTrouble: (problem: string) => void
  readonly close: () => Promise<void>
}

/**
 * Opens the repository a folder is in.
 *
 * @throws `repository-not-found`, `repository-format`, `repository-owner`
 */
export async function openRepository(options: OpenOptions): Promise<Repository> {
  const files = options.files ?? nodeFiles
  const { clock, entropy, variables, processId, hostName, userId, onWait, isRunning } = options
  const environment = { variables, userId, processId, hostName, clock, entropy }
  const folder = await realFolder(files, options.folder)
  const [place, git] = await Promise.all([
    probeRepository(files, folder, environment),
    options.engine === 'embedded' ? undefined : findGit(files, environment),
  ])
  const engine = await openEngine(place, files, environment, options.engine ?? 'auto')
  placeCatalog(engine, { files, commonDir: place.commonDir, entropy }, variables['MLV_INDEX'])
  const identity = once(() => readSignatures(place, files, environment))
  const signatures = async (): Promise<Signatures> => signedNow(await identity(), clock)
  const optional = {
    ...(onWait === undefined ? {} : { onWait }),
    ...(isRunning === undefined ? {} : { isRunning }),
  }
  const lock = { clock, entropy, processId, hostName, ...optional }
  const onTrouble = toldOnce(options.onCacheTrouble ?? (() => undefined))
  const shared = once(async () => {
    const { openSharedCache } = await import('./cache-settings.ts')
    return openSharedCache({ git, gitDir: place.gitDir, variables, files, lock, onTrouble })
  })
  return {
    place,
    worktree: place.worktree,
    commonDir: place.commonDir,
    folder,
    context: { engine, place, files, clock, entropy, lock, signatures },
    files,
    clock,
    entropy,
    git,
    variables,
    system: systemFacts(options.nodeVersion),
    journals: { files, commonDir: place.commonDir, processId, hostName },
    datasets: openDatasetCache({ files, commonDir: place.commonDir, entropy, clock }),
    artifacts: (kind) => openArtifactStore(place.commonDir, files, { kind, entropy, shared }),
    onTrouble,
    close: () => engine.close(),
  }
}

/** A folder reached through a link is the folder it is, as git has it: its path is compared with the worktree's. */
async function realFolder(files: Files, folder: string): Promise<string> {
  return (await files.stat(folder)) === undefined ? folder : files.realPath(folder)
}

/** The git program, for what only git itself can do. @throws `git-missing` */
export function requireGit(repository: Repository, purpose: string): GitProgram {
  if (repository.git === undefined) throw refuse('git-missing', { purpose })
  return repository.git
}

/** The same people, now: a process that lives for days must not date its commits by its start. */
function signedNow({ author, committer, ...rest }: Signatures, clock: Clock): Signatures {
  const atSeconds = Math.floor(clock.nowMs() / 1000)
  return { ...rest, author: { ...author, atSeconds }, committer: { ...committer, atSeconds } }
}

/** Several stores are opened in one command, and each would say the same. */
function toldOnce(tell: (problem: string) => void): (problem: string) => void {
  const told = new Set<string>()
  return (problem) => {
    if (told.has(problem)) return
    told.add(problem)
    tell(problem)
  }
}

/** Asks once, and answers every later question with the same promise. */
function once<Result>(ask: () => Promise<Result>): () => Promise<Result> {
  let answer: Promise<Result> | undefined
  return () => (answer ??= ask())
}
