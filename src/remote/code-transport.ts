/**
 * Commits of recorded code on their way to a remote and back: which of them it lacks, what is sent in their place, and
 * what stands for what once it was fetched.
 */
import { refuse } from '../domain/failure.ts'
import { parseOid } from '../domain/oid.ts'
import type { Oid } from '../domain/oid.ts'
import { gitFailure, runGit } from '../store/git/git-command.ts'
import type { GitInput } from '../store/git/git-command.ts'
import type { HistoryPlace } from './git-history.ts'

const SUBJECT = 'code of '
const BASE = 'Mlv-Code-Base: '
const PROOF = 'Mlv-Code-Commit: '

/**
 * Those of the commits that neither a branch nor the code fetched from the remote has, in the order given; ones not
 * here are left out.
 */
export async function commitsNotOn(
  history: HistoryPlace,
  remote: string,
  commits: readonly Oid[],
): Promise<readonly Oid[]> {
  if (commits.length === 0) return []
  const input = `${commits.join('\n')}\n`
  const known = ['--not', `--remotes=${remote}`, `--glob=refs/mlv/remotes/${remote}/code*`]
  const text = await ask(history, ['rev-list', '--ignore-missing', '--stdin', ...known], { input })
  const beyond = new Set(text.split('\n'))
  return commits.filter((commit) => beyond.has(commit))
}

/** A commit to be sent without its history. */
export interface SendableCode {
  readonly oid: Oid
  readonly parents: readonly Oid[]
  /** Whether it is one of `code.exact`: its whole commit object, which mlv made, goes along as a proof. */
  readonly isExact: boolean
}

/**
 * The files of a commit as a commit of their own, without parents. The same commit always gives the same one: nobody
 * sends what is there already.
 */
export async function withoutHistory(history: HistoryPlace, { oid, parents, isExact }: SendableCode): Promise<Oid> {
  const base = parents[0] === undefined ? [] : [`${BASE}${parents[0]}`]
  const proof = isExact ? [`${PROOF}${(await bytesOf(history, ['cat-file', 'commit', oid])).toString('base64')}`] : []
  const trailers = [...base, ...proof]
  const message = [`${SUBJECT}${oid}`, ...(trailers.length === 0 ? [] : ['', ...trailers]), ''].join('\n')
  const person = { NAME: 'mlv', EMAIL: 'mlv@localhost', DATE: '@0 +0000' }
  return made(history, ['commit-tree', '-F', '-', `${oid}^{tree}`], message, person)
}

/** A commit that stands for another one, as `withoutHistory` made it, or as it says. */
export interface SentCode {
  readonly commit: Oid
  readonly tree: Oid
  readonly of: Oid
}

/** The commits fetched from remotes that stand for others, newest first. */
export async function listSentCode(history: HistoryPlace): Promise<readonly SentCode[]> {
  const options = ['--no-commit-header', '--max-parents=0', '--format=%H %T %s']
  const text = await ask(history, ['rev-list', ...options, '--glob=refs/mlv/remotes/*/code'])
  return text.split('\n').flatMap((line) => {
    const [commit, tree, ...subject] = line.split(' ')
    const words = subject.join(' ')
    if (!words.startsWith(SUBJECT)) return []
    const oids = [commit, tree, words.slice(SUBJECT.length)].map((word) => parseOid(word ?? ''))
    const [standing, files, of] = oids
    return standing === undefined || files === undefined || of === undefined
      ? []
      : [{ commit: standing, tree: files, of }]
  })
}

/**
 * Tells whether a commit has the files of the one it stands for: it carries that commit's object, whose digest is the
 * name that was recorded and which names the tree.
 */
export async function standsForExact(history: HistoryPlace, { commit, tree, of }: SentCode): Promise<boolean> {
  const message = (await bytesOf(history, ['cat-file', 'commit', commit])).toString('utf8')
  const proof = message.split('\n').find((line) => line.startsWith(PROOF))
  if (proof === undefined) return false
  const object = Buffer.from(proof.slice(PROOF.length), 'base64')
  if (!object.toString('latin1').startsWith(`tree ${tree}\n`)) return false
  const { git, place } = history
  const hash = ['hash-object', '-t', 'commit', '--stdin']
  const hashed = await runGit(git, [`--git-dir=${place.gitDir}`, ...hash], { input: object })
  return hashed.exitCode === 0 && Buffer.from(hashed.stdout).toString('utf8').trim() === of
}

/** A commit without files that keeps others reachable. */
export async function keeperOf(history: HistoryPlace, parents: readonly Oid[]): Promise<Oid> {
  const tree = await ask(history, ['mktree'], { input: '' })
  const named = parents.flatMap((parent) => ['-p', parent])
  const person = { NAME: 'mlv', EMAIL: 'mlv@localhost', DATE: '@0 +0000' }
  return made(history, ['commit-tree', ...named, '-F', '-', tree], 'keep code\n', person)
}

async function made(
  history: HistoryPlace,
  command: readonly string[],
  input: string,
  person: Readonly<Record<string, string>>,
): Promise<Oid> {
  const env = Object.fromEntries(
    Object.entries(person).flatMap(([what, value]) => [
      [`GIT_AUTHOR_${what}`, value],
      [`GIT_COMMITTER_${what}`, value],
    ]),
  )
  const text = await ask(history, command, { input, env })
  const oid = parseOid(text)
  if (oid === undefined) throw refuse('git-failed', { command: command[0] ?? '', exitCode: 0, stderr: text })
  return oid
}

async function ask(history: HistoryPlace, command: readonly string[], input: GitInput = {}): Promise<string> {
  return (await bytesOf(history, command, input)).toString('utf8').trim()
}

async function bytesOf(
  { git, place }: HistoryPlace,
  command: readonly string[],
  input: GitInput = {},
): Promise<Buffer> {
  const result = await runGit(git, [`--git-dir=${place.gitDir}`, ...command], input)
  if (result.exitCode !== 0) throw gitFailure(command[0] ?? '', result, place.gitDir)
  return Buffer.from(result.stdout)
}
