/**
 * A running `git update-ref --stdin`: all refs move from where they are expected to be, or none does.
 */
import type { Oid } from '../../domain/oid.ts'
import type { RefName } from '../../domain/ref-name.ts'
import { refuse } from '../../domain/failure.ts'
import type { Failure } from '../../domain/failure.ts'
import type { Clock } from '../../base/clock.ts'
import type { Files } from '../files/files.ts'
import type { Signature } from './engine.ts'
import { collectGit, gitFailure, startGit } from './git-command.ts'
import type { GitProgram, GitResult } from './git-command.ts'
import type { RepositoryPlace } from './probe.ts'

/** One ref of a transaction. */
export interface RefMove {
  readonly ref: RefName
  /** `undefined` when the ref must not exist. */
  readonly expected: Oid | undefined
  readonly commit: Oid
}

/** What a transaction does. */
export interface RefChanges {
  readonly moves: readonly RefMove[]
  readonly removals: readonly RefName[]
}

/** One transaction, waiting for what to do. */
export interface RefTransaction {
  /** Absent when the program could not be started. */
  readonly processId: number | undefined
  /** Moves everything or nothing. @throws `git-missing` */
  readonly run: (changes: RefChanges) => Promise<GitResult>
  /** Ends it, if it has not run, without having changed anything. Returns what it complained of. */
  readonly abandon: () => Promise<string>
}

/**
 * Other programs hold a ref for moments; git's own 0.1 s of patience is too short beside a busy fetch. References are
 * synced before the rename that publishes them.
 */
const SETTINGS = ['core.fsync=reference', 'core.fsyncMethod=fsync', 'core.logAllRefUpdates=always'].flatMap(
  (setting) => ['-c', setting],
)

/** How long git waits for a ref that another program holds. */
const PATIENCE_MS = 5000

/** Starts git-update-ref, which waits for its input. */
export function startRefTransaction(
  git: GitProgram,
  place: RepositoryPlace,
  log: { readonly committer: Signature; readonly message: string; readonly patienceMs?: number },
): RefTransaction {
  const patience = log.patienceMs ?? PATIENCE_MS
  const waits = ['-c', `core.filesRefLockTimeout=${patience}`, '-c', `core.packedRefsTimeout=${patience}`]
  const command = ['update-ref', '--create-reflog', '-m', reflogLine(log.message), '--stdin']
  const child = startGit(git, [`--git-dir=${place.commonDir}`, ...SETTINGS, ...waits, ...command], {
    cwd: place.commonDir,
    env: committerVariables(log.committer),
  })
  const ended = collectGit(child)
  ended.catch(() => undefined)
  return {
    processId: child.pid,
    run: async (changes) => {
      child.stdin.end(transactionText(changes, place.objectFormat))
      return requireCommitted(await ended)
    },
    abandon: async () => {
      // Without `commit` the end of the input undoes what was prepared.
      child.stdin.end()
      return await ended.then(({ stderr }) => stderr).catch(() => '')
    },
  }
}

/** Git ends well too when what it read was cut short before `commit`; only its own word says that the refs moved. */
function requireCommitted(result: GitResult): GitResult {
  if (result.exitCode !== 0 || /^commit: ok$/m.test(Buffer.from(result.stdout).toString('latin1'))) return result
  return { ...result, exitCode: -1, stderr: `${result.stderr}\nthe transaction was cut short`.trim() }
}

function transactionText(changes: RefChanges, format: 'sha1' | 'sha256'): string {
  const nothing = '0'.repeat(format === 'sha256' ? 64 : 40)
  const lines = [
    'start',
    ...changes.moves.map(({ ref, commit, expected }) => `update ${ref} ${commit} ${expected ?? nothing}`),
    ...changes.removals.map((ref) => `delete ${ref}`),
    'prepare',
    'commit',
  ]
  return `${lines.join('\n')}\n`
}

function reflogLine(message: string): string {
  const [subject = ''] = message.split('\n', 1)
  return `mlv: ${subject.replace(/[\s\0]+/g, ' ').trim()}`
}

function committerVariables(committer: Signature): Readonly<Record<string, string>> {
  return {
    GIT_COMMITTER_NAME: committer.name,
    GIT_COMMITTER_EMAIL: committer.email,
    GIT_COMMITTER_DATE: `@${committer.atSeconds} ${committer.zone}`,
  }
}

/** Reads why a transaction was refused. Nothing has moved then. */
export async function transactionFailure(
  result: GitResult,
  context: { readonly files: Files; readonly place: RepositoryPlace; readonly clock: Clock },
): Promise<Failure> {
  const { stderr } = result
  const locked = /Unable to create '(.+?\.lock)': File exists/.exec(stderr)?.[1]
  if (locked !== undefined) return lockedFailure(locked, context)
  const conflict = /'([^']+)' exists; cannot create '([^']+)'/.exec(stderr)
  if (conflict !== null) {
    return refuse('ref-name-conflict', { ref: conflict[2] ?? '', existing: conflict[1] ?? '' }, new Error(stderr))
  }
  const broken = /unable to resolve reference '([^']+)': reference broken/.exec(stderr)?.[1]
  if (broken !== undefined) return refuse('ref-damaged', { ref: broken, content: '' }, new Error(stderr))
  const moved = /cannot lock ref '([^']+)': (?:is at|reference already exists|unable to resolve)/.exec(stderr)?.[1]
  if (moved !== undefined) return refuse('branch-moved', { ref: moved }, new Error(stderr))
  return gitFailure('update-ref', result, context.place.commonDir)
}

async function lockedFailure(
  file: string,
  { files, clock }: { readonly files: Files; readonly clock: Clock },
): Promise<Failure> {
  const made = (await files.stat(file))?.modifiedNs
  const ageMs = made === undefined ? 0 : Math.max(0, clock.nowMs() - Number(made / 1_000_000n))
  return refuse('ref-locked', { file, ageMs })
}
