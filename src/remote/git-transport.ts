/**
 * Moves commits between this repository and a remote, by the user's own git: its ssh, its credential helpers, its
 * proxies. Refs are only ever moved forward; what the other side says is shown, never obeyed.
 */
import { printable } from '../base/printable.ts'
import type { Entropy } from '../base/clock.ts'
import { refuse } from '../domain/failure.ts'
import type { Failure } from '../domain/failure.ts'
import type { Oid } from '../domain/oid.ts'
import { parseRefName } from '../domain/ref-name.ts'
import type { RefName } from '../domain/ref-name.ts'
import { collectGit, refuseOptionLike, runGit, startGit } from '../store/git/git-command.ts'
import type { GitProgram, GitResult } from '../store/git/git-command.ts'
import type { RepositoryPlace } from '../store/git/probe.ts'
import { lineSplitter, parseProgress, remoteWords, withoutCredentials } from './git-progress.ts'
import type { GitProgress } from './git-progress.ts'
import { parsePushReport } from './push-report.ts'
import type { PushOutcome } from './push-report.ts'

/** A remote of a repository, and the git that talks to it. */
export interface GitRemote {
  readonly git: GitProgram
  readonly place: RepositoryPlace
  /** Its name in git's configuration. */
  readonly name: string
  /** The user's variables: whether git may ask on the terminal is theirs to say. */
  readonly variables: Readonly<Record<string, string | undefined>>
  readonly onProgress: (progress: GitProgress) => void
}

/** One ref to be moved on the remote. */
export interface RefPush {
  readonly ref: RefName
  readonly commit: Oid
  /** The ref must not be there yet. */
  readonly creates: boolean
}

/** Refs that a fetch did not take, because the other side went back. */
export interface Fetched {
  readonly rewound: readonly string[]
}

/** Names of the remotes of a repository, in git's order. */
export async function listRemotes(git: GitProgram, place: RepositoryPlace): Promise<readonly string[]> {
  const result = await runGit(git, [`--git-dir=${place.gitDir}`, 'remote'])
  return textOf(result.stdout)
    .split('\n')
    .filter((name) => name !== '')
}

/**
 * The remote a person named; `origin`, else the only one, when they named none.
 *
 * @throws `remote-not-found`, `argument-option-like`
 */
export async function resolveRemote(
  git: GitProgram,
  place: RepositoryPlace,
  text: string | undefined,
): Promise<string> {
  if (text !== undefined) refuseOptionLike(text, 'a remote')
  const known = await listRemotes(git, place)
  const wanted = text ?? (known.includes('origin') || known.length !== 1 ? 'origin' : known[0])
  if (wanted === undefined || !known.includes(wanted)) {
    throw refuse('remote-not-found', { text: wanted ?? 'origin', known })
  }
  return wanted
}

/** The address of a remote, with what the user's configuration puts in its place. @throws `remote-not-found` */
export async function remoteUrl(git: GitProgram, place: RepositoryPlace, name: string): Promise<string> {
  const result = await runGit(git, [`--git-dir=${place.gitDir}`, 'remote', 'get-url', '--', name])
  const url = textOf(result.stdout).trim()
  if (result.exitCode !== 0 || url === '') throw refuse('remote-not-found', { text: name, known: [] })
  return url
}

/** The tracking ref of a branch of a remote. */
export function trackingRef(remote: string, ref: RefName): RefName {
  return parseRefName(ref.replace(/^refs\/heads\//, `refs/remotes/${remote}/`))
}

/** Globs that take these branches: an exact refspec fails where the branch is absent. */
export function branchRefspecs(remote: string, refs: readonly RefName[]): readonly string[] {
  const covered = [...new Set(refs)].filter((ref) => !refs.some((other) => other !== ref && ref.startsWith(other)))
  return covered.map((ref) => `${ref}*:${trackingRef(remote, ref)}*`)
}

/**
 * Fetches refs by globs, with more options of git's fetch. Nothing is forced: a ref whose history was replaced stays
 * where it was and is told.
 *
 * @throws `remote-unreachable`, `git-missing`
 */
export async function fetchRefs(
  remote: GitRemote,
  refspecs: readonly string[],
  more: readonly string[] = [],
): Promise<Fetched> {
  const options = ['--no-tags', '--no-recurse-submodules', '--no-write-fetch-head', '--refmap=', '--progress']
  const result = await talk(remote, ['fetch', ...options, ...more, '--end-of-options', remote.name, ...refspecs])
  const rewound = [...result.stderr.matchAll(/^ ! \[rejected\]\s+(\S+)\s+->/gm)].map(([, name = '']) => name)
  // Git also ends with 1 when all went well but for refs that it did not move back.
  if (result.exitCode !== 0 && rewound.length === 0) throw unreachable(remote, result)
  return { rewound }
}

/**
 * Pushes refs, all or none where the remote can do that. Never forced: a ref that moved on is `stale`.
 *
 * @throws `remote-unreachable`, `git-missing`
 */
export async function pushRefs(
  remote: GitRemote,
  pushes: readonly RefPush[],
): Promise<ReadonlyMap<string, PushOutcome>> {
  const result = await push(remote, pushes, ['--atomic'])
  const isAtomicRefused = /does not support --atomic/.test(result.stderr)
  const ended = isAtomicRefused ? await push(remote, pushes, []) : result
  const outcomes = new Map(parsePushReport(textOf(ended.stdout)))
  if (ended.exitCode !== 0 && ![...outcomes.values()].some(({ kind }) => kind !== 'pushed')) {
    throw unreachable(remote, ended)
  }
  const words = remoteWords(ended.stderr)
  for (const [ref, outcome] of outcomes) {
    if (outcome.kind !== 'refused' || words === '') continue
    // Two pushes that met at the server's own lock: it tells that in words only.
    const isRace = MET.test(ended.stderr)
    outcomes.set(ref, isRace ? { kind: 'stale' } : { kind: 'refused', problem: `${outcome.problem} (${words})` })
  }
  return outcomes
}

const MOST_DOUBLINGS = 6

/** Waits 0.2 s, 0.4 s and so on to 12.8 s, each by up to half of it more or less: who met does not meet again. */
export async function backOff(tries: number, { entropy, firstMs = 200 }: BackOff): Promise<void> {
  const [first = 0, second = 0] = entropy.randomBytes(2)
  const share = (first * 256 + second) / 65_536
  await new Promise((resolve) => setTimeout(resolve, firstMs * 2 ** Math.min(tries, MOST_DOUBLINGS) * (0.5 + share)))
}

/** How waiting between tries is drawn. */
export interface BackOff {
  readonly entropy: Entropy
  /** 200 when absent. */
  readonly firstMs?: number
}

const MET = /cannot lock ref '[^']*': (?:is at|reference already exists|Unable to create)/

function push(remote: GitRemote, pushes: readonly RefPush[], mode: readonly string[]): Promise<GitResult> {
  const leases = pushes.filter(({ creates }) => creates).map(({ ref }) => `--force-with-lease=${ref}:`)
  const refspecs = pushes.map(({ commit, ref }) => `${commit}:${ref}`)
  const options = ['--porcelain', '--no-verify', '--progress', '--no-follow-tags', ...mode, ...leases]
  return talk(remote, ['push', ...options, '--end-of-options', remote.name, ...refspecs])
}

/** Git's housekeeping is not started, and where it may ask for a password is as the user has it. */
const SETTINGS = ['gc.auto=0', 'maintenance.auto=false', 'core.fsync=objects', 'push.gpgSign=false'].flatMap(
  (setting) => ['-c', setting],
)

async function talk(remote: GitRemote, command: readonly string[]): Promise<GitResult> {
  const { git, place, variables, onProgress } = remote
  const child = startGit(git, [`--git-dir=${place.gitDir}`, ...SETTINGS, ...command], {
    // Where the path of a remote on this disk starts from, as git has it.
    cwd: place.worktree ?? place.commonDir,
    env: { GIT_TERMINAL_PROMPT: variables['GIT_TERMINAL_PROMPT'] },
  })
  const onChunk = lineSplitter((line) => {
    const progress = parseProgress(line)
    if (progress !== undefined) onProgress(progress)
  })
  child.stderr.on('data', (chunk: Uint8Array) => onChunk(Buffer.from(chunk).toString('utf8')))
  child.stdin.on('error', () => undefined)
  child.stdin.end()
  return collectGit(child)
}

function unreachable(remote: GitRemote, result: GitResult): Failure {
  const problem = remoteWords(result.stderr)
  const told = problem === '' ? `git ended with exit code ${result.exitCode}` : problem
  return refuse(
    'remote-unreachable',
    { url: printable(remote.name), problem: told },
    new Error(withoutCredentials(result.stderr)),
  )
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8')
}
